import { describe, expect, it } from "vitest";
import type { Interval, RunSummary } from "../schema/summary.ts";
import { effectsChart } from "./charts/effects.ts";
import { frontierChart } from "./charts/frontier.ts";
import { retentionChart } from "./charts/retention.ts";
import { renderReport } from "./report.ts";
import { backtestLines } from "./show/backtest.ts";
import { lifetimeModelLines, lifetimeModelSentences } from "./show/lifetime-models.ts";
import { summaryLines } from "./summary-text.ts";

const around = (estimate: number): Interval => ({ estimate, low: estimate - 2, high: estimate + 2, level: 0.9 });
const ranking = { spearman: 0.42, normalizedGini: 0.61, decileMape: 0.2, bias: -0.05 };
const tested = {
  ...ranking,
  horizonDays: 90,
  origins: ["2023-10-04"],
  customers: 900,
  baselines: [
    {
      name: "pastSpend" as const,
      ...ranking,
      spearman: 0.31,
      difference: { estimate: 0.11, low: 0.08, high: 0.14, level: 0.95 },
      verdict: "better" as const,
    },
    {
      name: "lifetimeModel" as const,
      ...ranking,
      spearman: 0.41,
      bias: 0.123,
      difference: { estimate: 0.01, low: -0.01, high: 0.03, level: 0.95 },
      verdict: "equal" as const,
    },
  ],
  intervals: {
    quantiles: [0.1, 0.5, 0.9].map((probability) => ({
      probability,
      shareBelow: probability - 0.01,
      shareAtOrBelow: probability + 0.02,
      tenths: [],
      worstTenth: 0.034,
      pinballLoss: 12.34,
      baselinePinballLoss: 15.67,
    })),
    width: 210,
    baselineWidth: 333,
  },
  seasonSeen: false,
};

const weights = { network: 0, lifetimeModel: 0.25, pastSpend: 0.75, ownRate: 0 };
const blended = {
  horizonDays: 90,
  way: "earlier_origin" as const,
  evidence: { origin: "2023-07-01", horizonDays: 90, customers: 812 },
  weights,
  chosen: "pastSpend" as const,
  networkAgainstPastSpend: {
    difference: { estimate: -0.015, low: -0.037, high: 0.006, level: 0.95 },
    verdict: "equal" as const,
  },
  quantiles: "conformal" as const,
};

const part = (model: string) => ({ model, parameters: {}, diagnostics: [] });
const identified = {
  asOf: "2023-10-04",
  customers: 900,
  purchases: part("pareto-nbd"),
  value: part("gamma-gamma"),
  setAside: [],
  nettedAway: { customers: 0, value: 0 },
};
const runOff = {
  ...identified,
  asOf: "2024-01-01",
  purchases: part("nbd"),
  setAside: ["pareto-nbd", "bg-nbd"].map((model) => ({
    model,
    reasons: [{ code: "nobody_leaves" as const, details: { meanProbabilityAlive: 0.99999 } }],
  })),
  nettedAway: { customers: 7, value: -321 },
};

const ready: RunSummary = {
  project: "/shop",
  currency: "USD",
  valueBasis: "margin",
  assumedMargin: false,
  asOf: "2024-01-01",
  customers: 1000,
  stages: [{ stage: "ingest", rows: 10, seconds: 1, reused: false }],
  data: {
    sources: [{ file: "<b>orders</b>.csv", preset: "longrun", rows: 10, kept: 9, setAside: 1 }],
    setAsideReasons: [{ table: "orders", reason: "future_date", rows: 1 }],
    rules: [
      { rule: "exact_repeats", table: "orders", rowsBefore: 10, rowsTouched: 2, moneyTouched: 5 },
      { rule: "exact_repeats", table: "events", rowsBefore: 10, rowsTouched: 3, moneyTouched: 0 },
    ],
    ruleEffects: [{ rule: "exact_repeats", rows: 5, money: 5, clvEffect: -4321 }],
    clv: { horizonDays: 365, asItCame: 98_765, cleaned: 94_444 },
  },
  horizons: {
    horizonsDays: [90, 365],
    longestProvableHorizonDays: 400,
    clvStatus: "proved",
    historyDays: 900,
    clvHorizonDays: 365,
  },
  lifetimeModels: [identified, runOff],
  blends: [
    {
      asOf: "2023-10-04",
      horizons: [{ horizonDays: 90, way: "no_earlier_origin", weights, chosen: "lifetimeModel", quantiles: "network" }],
    },
    { asOf: "2024-01-01", horizons: [blended, { ...blended, horizonDays: 365, way: "shorter_horizon" }] },
  ],
  backtest: {
    value90d: tested,
    clv: { ...tested, horizonDays: 365 },
    horizons: [tested, { ...tested, horizonDays: 365 }],
  },
  distribution: {
    horizonDays: 365,
    deciles: [{ decile: 1, mean: 9, share: 0.6 }],
    histogram: [{ from: 0, to: 5, customers: 7 }],
  },
  retention: [{ cohort: "2023-01-01", customers: 12, shares: [1, 0.5, 0.25] }],
  effects: [
    {
      action: "small_coupon",
      status: "estimated",
      decisions: 300,
      short: around(1),
      long: around(-3),
      total: around(-2),
      minimumDetectableEffect: 4,
    },
    { action: '<img src=x onerror="alert(1)">', status: "refused", reason: "too_few_decisions", decisions: 3 },
  ],
  plan: {
    status: "ready",
    balance: 0.5,
    budget: 100,
    short: 40,
    long: 60,
    total: 100,
    cost: 90,
    objective: 50,
    bound: 50,
    gap: 0,
    shadowPrice: 0.4,
    rows: [
      {
        row: "budget",
        sense: "at_most",
        limit: 100,
        used: 90,
        binding: true,
        price: 0.4,
        sensitivity: { short: 0.3, long: 0.5, total: 0.8 },
      },
    ],
    explorationShare: 0.05,
    explorationCost: 3,
    heldOut: 50,
    assumed: false,
    shortInterval: around(40),
    longInterval: around(60),
    totalInterval: around(100),
    actions: [
      { action: "nothing", customers: 800, short: 0, long: 0, total: 0, cost: 0 },
      { action: "small_coupon", customers: 150, short: 40, long: 60, total: 100, cost: 90 },
    ],
    alternatives: [
      { name: "nobody", short: 0, long: 0, total: 0, cost: 0 },
      { name: "everyone", short: 30, long: -80, total: -50, cost: 400 },
    ],
    heldOutValue: {
      promised: 0.8,
      estimated: around(0.7),
      effectiveSampleSize: 500,
      meanWeight: 1,
      overlapShare: 0.4,
      status: "ok",
    },
  },
  frontier: Array.from({ length: 21 }, (_, index) => ({
    balance: index / 20,
    short: 50 - index,
    long: 30 + 2 * index,
    total: 80 + index,
    cost: 90,
    gap: 0,
    knee: index === 7,
  })),
  truth: {
    replicates: 8,
    policies: (["nobody", "everyone", "everyoneSameBudget", "greedy", "plan", "farSighted", "oracle"] as const).map(
      (name, index) => ({ name, short: index, long: index, total: 2 * index, cost: 1 }),
    ),
  },
  files: { report: "report.html" },
};

const waiting: RunSummary = {
  ...ready,
  horizons: { ...ready.horizons, clvStatus: "withheld" },
  effects: [],
  plan: {
    ...ready.plan,
    status: "needs_experiment",
    reason: "no_randomised_decisions",
    actions: [],
    heldOutValue: undefined,
  },
  frontier: [],
  experiment: {
    customers: 400,
    customersPerArm: 200,
    arms: ["nothing", "offer"],
    days: 90,
    minimumDetectableEffect: 3,
    baselineMean: 20,
  },
  truth: undefined,
};

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

  it("says what a larger budget would bring, or that it would bring nothing; why a few get odd offers; a gap never rounded to none", () => {
    const text = (change: Partial<RunSummary["plan"]>) =>
      summaryLines({ ...ready, plan: { ...ready.plan, ...change } }, "en").join("\n");
    expect(text({ shadowPrice: 0.4 })).toContain("One more USD of budget would bring $0.80");
    expect(text({ shadowPrice: 0.4, balance: 0.8 })).toContain(
      "One more USD of budget would bring $0.80 of what this balance maximises (0.40 × this quarter + 1.60 × what follows)",
    );
    expect(text({ shadowPrice: 0 })).toMatch(/More budget would bring nothing/);
    expect(text({ shadowPrice: 0 })).not.toContain("One more USD");
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
