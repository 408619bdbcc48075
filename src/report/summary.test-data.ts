import { quadrants } from "../schema/relation.ts";
import type { Interval, RunSummary } from "../schema/summary.ts";

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
  behaviour: {
    boughtShare: 0.31,
    areaUnderRoc: { estimate: 0.71, low: 0.7, high: 0.72, level: 0.95 },
    areaUnderRocOfPastSpend: { estimate: 0.66, low: 0.65, high: 0.67, level: 0.95 },
    difference: { estimate: 0.05, low: 0.04, high: 0.06, level: 0.95 },
    verdict: "better" as const,
    brierSkill: { estimate: 0.12, low: 0.1, high: 0.14, level: 0.95 },
    shareBias: { estimate: -0.03, low: -0.05, high: -0.01, level: 0.95 },
    ordersBias: { estimate: 0.02, low: 0, high: 0.04, level: 0.95 },
  },
  seasonSeen: false,
};

export const weights = { network: 0, sequence: 0, lifetimeModel: 0.25, pastSpend: 0.75, ownRate: 0 };
const blended = {
  horizonDays: 90,
  way: "earlier_origin" as const,
  evidence: { origin: "2023-07-01", horizonDays: 90, customers: 812 },
  weights,
  chosen: "pastSpend" as const,
  againstPastSpend: {
    network: {
      difference: { estimate: -0.015, low: -0.037, high: 0.006, level: 0.95 },
      verdict: "equal" as const,
    },
  },
  quantiles: "conformal" as const,
};

export const part = (model: string) => ({ model, parameters: {}, diagnostics: [] });
export const identified = {
  asOf: "2023-10-04",
  customers: 900,
  purchases: part("pareto-nbd"),
  value: part("gamma-gamma"),
  setAside: [],
  nettedAway: { customers: 0, value: 0 },
};
export const runOff = {
  ...identified,
  asOf: "2024-01-01",
  purchases: part("nbd"),
  setAside: ["pareto-nbd", "bg-nbd"].map((model) => ({
    model,
    reasons: [{ code: "nobody_leaves" as const, details: { meanProbabilityAlive: 0.99999 } }],
  })),
  nettedAway: { customers: 7, value: -321 },
};

/** A run with a plan. */
export const ready: RunSummary = {
  project: "/shop",
  currency: "USD",
  valueBasis: "margin",
  assumedMargin: false,
  asOf: "2024-01-01",
  customers: 1000,
  stages: [{ stage: "ingest", rows: 10, seconds: 1, reused: false }],
  networks: [
    {
      name: "network",
      asOf: "2024-01-01",
      rows: 900,
      learning: [
        { trainingLoss: [3, 2, 1.5], validationLoss: [2.5, 2, 2.25], bestEpoch: 2 },
        { trainingLoss: [3.5, 2.5], validationLoss: [3, 2.75], bestEpoch: 2 },
      ],
    },
  ],
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
      horizons: [
        {
          horizonDays: 90,
          way: "no_earlier_origin",
          weights,
          chosen: "lifetimeModel",
          againstPastSpend: {},
          quantiles: "network",
        },
      ],
    },
    { asOf: "2024-01-01", horizons: [blended, { ...blended, horizonDays: 365, way: "shorter_horizon" }] },
  ],
  backtest: {
    value90d: tested,
    clv: { ...tested, horizonDays: 365 },
    horizons: [tested, { ...tested, horizonDays: 365 }],
  },
  relation: {
    shortDays: 90,
    clvDays: 365,
    customers: 1000,
    cuts: { short: 12, clv: 50, upperShare: 0.2, fittedOn: "2023-10-04" },
    quadrants: quadrants.map((quadrant, index) => ({
      quadrant,
      customers: 100 * (index + 1),
      shortShare: 0.25,
      clvShare: 0.25,
      meanShort: 20 - index,
      meanClv: 90 - index,
      ...(index === 1
        ? {}
        : { tested: { customers: 40, predictedShort: 9, short: around(8), predictedClv: 80, clv: around(77) } }),
    })),
    correlation: { clv: around(0.9), long: around(0.85), actualClv: around(0.6), actualLong: around(0.3) },
    migrations: [
      {
        from: "2023-10-04",
        to: "2024-01-01",
        customers: [
          [61, 2, 3, 4],
          [5, 6, 7, 8],
          [9, 10, 11, 12],
          [13, 14, 15, 16],
        ],
        joined: [17, 18, 19, 20],
        kept: around(0.8),
        keptByChance: 0.6,
        movedByRetraining: 0.07,
      },
    ],
    conflict: {
      sharedUpper: 0.95,
      overrated: [
        { customerId: "<i>ann</i>", quadrant: "passing_spenders", short: 19, clv: 40, shortRank: 3, clvRank: 300 },
      ],
      underrated: [
        {
          ...{ customerId: "bob", quadrant: "late_bloomers", short: 3, clv: 60, shortRank: 400, clvRank: 4 },
          ...{ greedy: "nothing", farSighted: "small_coupon" },
        },
      ],
      plans: {
        customers: 950,
        differing: 321,
        choices: [{ greedy: "nothing", farSighted: "small_coupon", customers: 321 }],
      },
    },
    plane: { shortEdges: [1, 10, 100], clvEdges: [5, 50, 500], cells: [{ short: 0, clv: 1, customers: 7 }] },
  },
  reasons: {
    explained: 1000,
    horizonsDays: [90, 365],
    typicalValues: [3, 11],
    completenessError: 0,
    examples: [
      {
        customerId: "<i>bob</i>",
        quadrant: "late_bloomers",
        forecast: {
          horizonDays: 365,
          value: 60,
          typicalValue: 11,
          reasons: [
            {
              ...{ concept: "recency", feature: "daysSinceLastOrder", unit: "days", own: 12, typical: 329 },
              ...{ effect: 23.1, standardError: 0.4 },
            },
            {
              ...{ concept: "origin", feature: "country2", unit: "flag", word: "<b>FR</b>", own: 0, typical: 1 },
              ...{ effect: -3, standardError: 0.1 },
            },
          ],
        },
      },
    ],
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
        counts: false,
        sense: "at_most",
        limit: 10_000,
        used: 10_000,
        left: 0,
        binding: true,
        price: 0.4,
        sensitivity: { short: 0.3, long: 0.5, total: 0.8 },
      },
      {
        row: "<u>mail</u>",
        counts: true,
        sense: "at_most",
        limit: 500,
        used: 150,
        left: 350,
        binding: false,
        price: 0,
        sensitivity: { short: 0, long: 0, total: 0 },
      },
      {
        row: "long",
        counts: false,
        sense: "at_least",
        limit: 60,
        used: 60,
        left: 0,
        binding: true,
        price: 0.2,
        sensitivity: { short: 1.5, long: -1, total: 0.5 },
      },
    ],
    rules: [
      { rule: "small_coupon[country=<u>]", price: 20, short: 10, long: 30, total: 40, cost: 12 },
      { rule: "*[language=de]", price: 0, short: 0, long: 0, total: 0, cost: 0 },
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

/** A run that proposes an experiment. */
export const waiting: RunSummary = {
  ...ready,
  relation: undefined,
  reasons: { ...ready.reasons, examples: [] },
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
