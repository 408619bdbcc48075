import type { AllocationReport } from "../allocation/report.ts";
import { type Language, translate } from "../language/catalogue.ts";
import { allocationLines } from "./allocation-text.ts";
import { frontierChart, priceOfLaterChart } from "./charts/frontier.ts";
import { escapeHtml } from "./report.ts";
import { wordsOf } from "./show/words.ts";
import { style } from "./style.ts";

/** One self-contained page about a plan with its frontier: the text, what now and later can be had together, and what more of later costs. */
export function renderAllocationPage(file: string, report: AllocationReport, language: Language): string {
  const title = `${translate(language, "allocate_page_title")} – ${file.split("/").at(-1)}`;
  const text = allocationLines(report, language).map(escapeHtml).join("\n");
  const { frontier = [] } = report;
  const figure = (svg: string, caption: string) =>
    `<figure>${svg}<figcaption>${escapeHtml(caption)}</figcaption></figure>`;
  return `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)}</title><style>${style} pre { overflow-x: auto; }</style></head>
<body><main><h1>${escapeHtml(title)}</h1>
<pre>${text}</pre>
${figure(frontierChart({ frontier, plan: report }, language), kneeSentence(report, language))}
${figure(priceOfLaterChart(frontier, language), translate(language, "caption_price_of_later"))}
</main></body></html>
`;
}

function kneeSentence({ frontier = [] }: AllocationReport, language: Language): string {
  const { say, number } = wordsOf(language);
  const knee = frontier.find(({ knee: isKnee }) => isKnee);
  if (knee?.priceOfLongTerm === undefined) return say("caption_allocation_frontier");
  const { balance, priceOfLongTerm } = knee;
  return `${say("caption_allocation_frontier")} ${say("caption_allocation_knee", { balance: balance.toFixed(2), price: number(priceOfLongTerm, 3) })}`;
}
