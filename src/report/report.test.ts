import { describe, expect, it } from "vitest";
import type { RunSummary } from "../schema/summary.ts";
import { effectsChart } from "./charts/effects.ts";
import { frontierChart } from "./charts/frontier.ts";
import { learningChart } from "./charts/learning.ts";
import { relationChart } from "./charts/relation.ts";
import { retentionChart } from "./charts/retention.ts";
import { renderReport } from "./report.ts";
import { backtestLines } from "./show/backtest.ts";
import { lifetimeModelLines, lifetimeModelSentences } from "./show/lifetime-models.ts";
import { planLines } from "./show/plan.ts";
import { relationLines } from "./show/relation.ts";
import { identified, ready, runOff, waiting } from "./summary.test-data.ts";
import { summaryLines } from "./summary-text.ts";

describe("the chart of how the network learned", () => {
  it("rings the kept epoch of every member of a network", () => {
    const rings = (svg: string) => svg.match(/stroke="#b3372f"/g)?.length ?? 0;
    const [{ learning }] = ready.networks;
    expect(rings(learningChart(learning, "en"))).toBe(2);
    expect(rings(learningChart(learning.slice(1), "en"))).toBe(1);
  });
});

describe("the report", () => {
  it.each([
    ["ready", ready],
    ["needs_experiment", waiting],
  ] as const)("is whole in both languages: %s", (_, summary) => {
    for (const language of ["en", "zh-CN"] as const) {
      const page = renderReport(summary, language);
      expect(page).not.toMatch(/undefined|NaN|\{\w+\}(?![^<]*<\/style>)/);
      expect(page).not.toMatch(/(?:src|href)="?https?:/);
      const lines = summaryLines(summary, language);
      expect(lines.length).toBeGreaterThanOrEqual(4);
      for (const line of lines) expect(line).not.toMatch(/\{\w+\}|undefined|NaN/);
    }
  });

  it("says which lifetime model was used, what was set aside before it and why, and shows every baseline's figures", () => {
    const sentence = (model: RunSummary["lifetimeModels"][number]) =>
      summaryLines({ ...ready, lifetimeModels: [model] }, "en")
        .filter((line) => line.startsWith("Lifetime model"))
        .join();
    expect(sentence(identified)).toBe(
      "Lifetime model of 2023-10-04: Pareto/NBD for when customers buy, Gamma-Gamma for what a purchase is worth.",
    );
    expect(sentence(runOff)).toMatch(
      /NBD for when.*Pareto\/NBD, BG\/NBD set aside: the data cannot tell leaving from waiting.*nobody ever leaves.*NBD, used instead/,
    );
    const alike = { ...identified, asOf: "2024-01-01" };
    expect(lifetimeModelSentences([identified, alike], "en")).toHaveLength(1);
    expect(lifetimeModelSentences([identified, runOff], "en")).toHaveLength(2);
    const shown = [summaryLines(ready, "en"), backtestLines(ready, "en")].map((lines) => lines.join("\n"));
    for (const text of shown) for (const figure of ["0.310", "0.410", "-0.010"]) expect(text).toContain(figure);
    const models = lifetimeModelLines([identified, runOff], { language: "en", currency: "USD" }).join("\n");
    for (const part of ["2023-10-04", "2024-01-01", "Pareto/NBD", "7 customers", "-$321"])
      expect(models).toContain(part);
  });

  it("says where customers stand between now and later, how they moved beside chance, and where two plans part", () => {
    const said = relationLines(ready, "en").join("\n");
    for (const part of [
      "100 steady regulars (10% of customers)",
      "9 of 70 steady regulars",
      "60% by chance",
      "7% stand",
    ])
      expect(said).toContain(part);
    expect(said).toContain("choose differently for 321 of 950 customers, most often nothing against small coupon");
    expect(said).toMatch(/new since +17 +18 +19 +20/);
    expect(relationLines(waiting, "zh-CN")).toHaveLength(1);
    const chart = relationChart(ready.relation as NonNullable<RunSummary["relation"]>, "USD", "en");
    expect(chart).toContain("late bloomers 300");
    expect(renderReport(ready, "en")).toContain("&lt;i&gt;ann");
  });

  it("shows the weights of the blend, says where the network has none and why, and how the intervals did", () => {
    const [summary, shown, page] = [
      summaryLines(ready, "en").join("\n"),
      backtestLines(ready, "en").join("\n"),
      renderReport(ready, "en"),
    ];
    for (const text of [summary, shown, page])
      expect(text).toContain("did not beat past spend (difference in rank correlation -0.015");
    expect(summary).toContain("Forecasts over 90 days mix 25% lifetime model, 75% past spend");
    expect(summary).toContain("9% of the outcomes lay below p10, 8% above p90");
    expect(summary).toContain("no year before shows these weeks");
    for (const text of [shown, page])
      for (const figure of [
        "75%",
        "812 customers of 2023-07-01",
        "the 90 days of 2023-07-01",
        "$12.34",
        "$15.67",
        "3.4%",
        "$333",
      ])
        expect(text).toContain(figure);
    expect(shown).toContain("uncalibrated");
    expect(summaryLines(ready, "zh-CN").join("\n")).toContain("网络在 90 天上的权重为零");
  });

  it("never lets data become markup", () => {
    const page = renderReport(ready, "en");
    expect(page).not.toContain("<img");
    expect(page).not.toContain("<b>orders");
    expect(page).toContain("&lt;b&gt;orders&lt;/b&gt;.csv");
  });

  it("prints a rule's effect on CLV once, with the baseline it is measured from", () => {
    const page = renderReport(ready, "en");
    expect(page.split("-$4,321")).toHaveLength(2);
    expect(page).toContain("from $98,765 in the data as they came in to $94,444 cleaned");
  });

  it("says of every limit what is used and left, whether it binds and what relaxing it would bring, and of every rule what it costs", () => {
    const [summary, shown, page, chinese] = [
      summaryLines(ready, "en").join("\n"),
      planLines(ready, "en").join("\n"),
      renderReport(ready, "en"),
      planLines(ready, "zh-CN").join("\n"),
    ];
    for (const text of [summary, shown, page])
      for (const part of [
        "Limit “budget”: at most $10,000, $10,000 used, $0 left. Raising it by $100 would bring $80.00 of lifetime profit: $30.00 now and $50.00 later.",
        "at most 500, 150 used, 350 left. It does not bind",
        "Limit “value later”: at least $60, $60 reached, $0 beyond it. Lowering it by $1 would bring",
        "would bring $40.00 more of lifetime profit: $10.00 now and $30.00 later",
        "The rule “*[language=de]” costs nothing",
      ])
        expect(text).toContain(part);
    expect(shown).toMatch(/budget +≤ \$10,000 +\$10,000 +\$0 +yes +0.4000/);
    expect(page).toContain("<td>≥ $60</td>");
    expect(page).not.toContain("<u>");
    expect(chinese).toContain("提高 US$100 可多得终身利润 US$80.00：当期 US$30.00，以后 US$50.00。");
    expect(chinese).toContain("规则“*[language=de]”没有代价");
  });

  it("says why a few get odd offers; a gap never rounded to none", () => {
    const text = (change: Partial<RunSummary["plan"]>) =>
      summaryLines({ ...ready, plan: { ...ready.plan, ...change } }, "en").join("\n");
    expect(text({ explorationShare: 0.05 })).toContain("5% of the plan is drawn at random");
    expect(text({ explorationShare: 0 })).not.toContain("at random over all offers");
    expect(text({ gap: 1e-9 })).toContain("more than 0.0001 %");
    expect(text({ gap: 1.21e-4 })).toContain("more than 0.0121 %");
  });

  it("says what to do when there is no plan: who, how many, how long, what can be found", () => {
    const text = summaryLines(waiting, "en").join("\n");
    for (const part of ["400", "200", "90 days", "$3.00", "no randomised decisions"]) expect(text).toContain(part);
  });

  it("draws every point: 21 on the frontier, one cell a period, one dot an effect", () => {
    const paths = (svg: string, color: string) => svg.split(color).length - 1;
    expect(paths(frontierChart(ready, "en"), "#2f6f9f")).toBeGreaterThanOrEqual(21);
    expect(retentionChart(ready)).toContain(">25<");
    expect(effectsChart(ready, "en")).toContain("small coupon");
    for (const svg of [frontierChart(ready, "en"), retentionChart(ready), effectsChart(ready, "zh-CN")]) {
      expect(svg.startsWith("<svg")).toBe(true);
      expect(svg.trimEnd().endsWith("</svg>")).toBe(true);
    }
  });
});
