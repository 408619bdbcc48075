import { type Language, type MessageKey, translate } from "../language/catalogue.ts";
import { leverResponses } from "../plan/lever-responses.ts";
import type { ArticlePlan, LeverPlanReport, PlanReport } from "../plan/plan.ts";
import { periodChart, responseChart } from "./charts/multi-period.ts";
import { planLines } from "./multi-period-text.ts";
import { escapeHtml } from "./report.ts";
import { style } from "./style.ts";

/** One self-contained page about a multi-period plan: its text, levers, revenue, CLV and response curves. */
export function renderPlanPage(file: string, report: PlanReport, language: Language): string {
  const title = `${translate(language, "plan_page_title")} – ${file.split("/").at(-1)}`;
  const text = planLines(report, language).map(escapeHtml).join("\n");
  const figures = report.kind === "article" ? articleFigures(report, language) : leverFigures(report, language);
  return `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)}</title><style>${style} pre { overflow-x: auto; }</style></head>
<body><main><h1>${escapeHtml(title)}</h1>
<pre>${text}</pre>
${figures.join("\n")}
</main></body></html>
`;
}

function articleFigures({ solution }: ArticlePlan, language: Language): string[] {
  const say = (key: MessageKey) => translate(language, key);
  const line = (key: MessageKey, values: readonly number[]) =>
    periodChart([{ name: say(key), values }], { language, axis: "" });
  return [
    figure(line("column_lever", solution.x), say("caption_article_levers")),
    figure(line("column_plan_revenue", solution.revenue), say("caption_article_revenue")),
    figure(line("column_clv_after", solution.clv), say("caption_clv")),
  ];
}

function leverFigures(report: LeverPlanReport, language: Language): string[] {
  const { solution, input } = report;
  const say = (key: MessageKey) => translate(language, key);
  const currency = input.currency ?? say("label_money");
  const levers = input.levers.map(({ name, max }) => {
    const most = Math.max(...[max].flat()) || 1;
    return { name, values: solution.x[name].map((x) => x / most) };
  });
  const revenue = [
    { name: say("column_plan_revenue"), values: solution.revenue },
    { name: say("column_without_levers"), values: solution.baseline, isDashed: true },
  ];
  const clv = [{ name: say("column_clv_after"), values: solution.clv }];
  const responses = leverResponses(report).map(({ name, unit, lines }) =>
    figure(responseChart(lines, { language, unit, currency }), name),
  );
  return [
    figure(periodChart(levers, { language, axis: say("label_share_of_most") }), say("caption_levers")),
    figure(periodChart(revenue, { language, axis: currency, scale: true }), say("caption_revenue")),
    figure(periodChart(clv, { language, axis: currency, scale: true }), say("caption_clv")),
    `<h2>${escapeHtml(say("plan_response_title"))}</h2><p>${escapeHtml(say("caption_response"))}</p>`,
    ...responses,
  ];
}

function figure(svg: string, caption: string): string {
  return `<figure>${svg}<figcaption>${escapeHtml(caption)}</figcaption></figure>`;
}
