import type { BlendHorizon, MemberName, NetworkName } from "./blend.ts";
import type { LearningCurve } from "./learning-curve.ts";
import type { LifetimeModel } from "./lifetime-model.ts";
import type { HeldBack } from "./limit.ts";
import type { ReasonsSummary } from "./reasons.ts";
import type { RelationSummary } from "./relation.ts";

/**
 * What a run has to say, in one place: the command line prints it, `--json` is it, the report draws it.
 * Money is in major units of `currency`; `short`, `long` and `total` are discounted, incremental to doing nothing,
 * costs already inside `short`, and total = short + long.
 */
export const stageNames = ["ingest", "clean", "features", "train", "predict", "optimize", "evaluate"] as const;
export type StageName = (typeof stageNames)[number];

export interface Interval {
  estimate: number;
  low: number;
  high: number;
  /** Nominal level, 0.9 for a 90 % interval. */
  level: number;
}

export interface Money {
  short: number;
  long: number;
  total: number;
  cost: number;
}

export interface ForecastMetrics {
  spearman: number;
  normalizedGini: number;
  decileMape: number;
  /** Sum of predictions ÷ sum of actuals − 1. */
  bias: number;
}

export interface BaselineMetrics extends ForecastMetrics {
  /** A member of the blend, or at each origin the member whose order was best on earlier ones. */
  name: MemberName | "chosenMember";
  /** Blend − baseline in Spearman's rank correlation, paired bootstrap over customers. */
  difference: Interval;
  verdict: "better" | "equal" | "worse";
}

/** How one forecast quantile did: share(Y < q) should be at most its probability, share(Y ≤ q) at least. */
export interface QuantileTest {
  probability: number;
  shareBelow: number;
  shareAtOrBelow: number;
  /** The same shares in each tenth of the customers by forecast, lowest first. */
  tenths: { shareBelow: number; shareAtOrBelow: number }[];
  /** By how much they miss the probability in the worst of the tenths; 0 where they miss it nowhere. */
  worstTenth: number;
  pinballLoss: number;
  /** Of the same quantile for everybody, that of an earlier origin's outcomes; absent where there was none. */
  baselinePinballLoss?: number;
}

/** How the value network's chances of an order and numbers of orders did; intervals by bootstrap over customers. */
export interface BehaviourTest {
  /** Share of the customers who ordered. */
  boughtShare: number;
  /** How well the chances order customers by who ordered: 1 perfectly, 0.5 at random; past spend beside it. */
  areaUnderRoc: Interval;
  areaUnderRocOfPastSpend: Interval;
  /** Chances − past spend. */
  difference: Interval;
  verdict: "better" | "equal" | "worse";
  /** 1 − mean squared error of the chances ÷ that of the same chance for everybody. */
  brierSkill: Interval;
  /** Sum of chances ÷ customers who ordered − 1, and sum of orders forecast ÷ orders − 1. */
  shareBias: Interval;
  ordersBias: Interval;
}

/** The blend's forecasts of one horizon beside those of everything simpler. */
export interface BacktestHorizon extends ForecastMetrics {
  horizonDays: number;
  /** Test origins, ISO dates. */
  origins: string[];
  customers: number;
  /** Past spend first; the lifetime model where one could be fitted at every origin. */
  baselines: BaselineMetrics[];
  intervals: {
    quantiles: QuantileTest[];
    /** Mean of p90 − p10, and that of the baseline. */
    width: number;
    baselineWidth?: number;
  };
  /** Absent where all ordered, or nobody did. */
  behaviour?: BehaviourTest;
  /** Whether history before every origin holds the same weeks a year earlier; otherwise no forecast can know their season. */
  seasonSeen: boolean;
}

export interface ActionSummary {
  action: string;
  status: "estimated" | "refused" | "assumed";
  reason?: string;
  decisions: number;
  /** Unshrunk average effects per customer decided upon; absent when refused. */
  short?: Interval;
  long?: Interval;
  total?: Interval;
  /** Smallest average total effect that would have been found with 80 % power. */
  minimumDetectableEffect?: number;
}

export interface PlanSummary extends Money {
  status: "ready" | "needs_experiment";
  reason?: string;
  balance: number;
  budget: number;
  objective: number;
  bound: number;
  gap: number;
  /** Objective per unit of budget, or of the budget per period where that alone is stated. */
  shadowPrice: number;
  rows: PlanRow[];
  /** What each manual rule, and each offer held back, gives away: what the plan would bring and cost more without it, and objective (`price`). */
  rules: PlanRule[];
  /** Limits that do not count because nothing may be given and a plan of nothing cannot meet them; absent on other days. */
  limitsSetAside?: string[];
  explorationShare: number;
  /** The limit per period of which too little is left to explore with; `explorationShare` is then 0. */
  explorationLeftOutFor?: string;
  explorationCost: number;
  heldOut: number;
  assumed: boolean;
  shortInterval: Interval;
  longInterval: Interval;
  totalInterval: Interval;
  actions: (Money & { action: string; customers: number })[];
  /** What the same model expects of plain policies. */
  alternatives: (Money & { name: "nobody" | "everyone" })[];
  /** Value per customer of the plan's rule on held-out randomised decisions, beside what the model promised there. */
  heldOutValue?: HeldOutValue;
}

/** A manual rule, or what the day holds back. */
export interface PlanRule extends Money {
  /** As the configuration states it. */
  rule: string;
  price: number;
  /** Absent for a rule for some customers or offers on every day. */
  heldBack?: HeldBack;
}

/** What a limit counts, and whence its amount comes. */
export interface RowMeaning {
  /** Whether it counts customers or units, not money. */
  counts: boolean;
  /** Of a limit per period, which earlier plans have used too: the row's `limit` is what they left, never below 0. */
  period?: { days: number; limit: number; usedBefore: number };
  /** Of a limited stock: what an offer is expected to take of it by the log; absent where every offer counts as one unit. */
  stock?: { action: string; redemptionsPerOffer?: number; decisions?: number };
}

/** How a limit stands in the plan; money in major units. */
export interface PlanRow extends RowMeaning {
  /** Its name: "budget", "contacts", "long", "total", "stock of …" or what the configuration calls it. */
  row: string;
  sense: "at_most" | "at_least";
  limit: number;
  /** Expected under the propensities. */
  used: number;
  /** What may still be used, or is brought beyond what must be. */
  left: number;
  binding: boolean;
  /** Objective gained by relaxing the limit by one unit. */
  price: number;
  /** What relaxing it by one unit brings now, later and in all. */
  sensitivity: { short: number; long: number; total: number };
}

/** Withheld, with the reason, where the logged decisions cannot tell. */
export type HeldOutValue = {
  effectiveSampleSize: number;
  /** 1 in expectation where the logged propensities are right. */
  meanWeight: number;
  /** Share of the decisions that did what the rule would do. */
  overlapShare: number;
} & ({ status: "ok"; promised: number; estimated: Interval } | { status: "refused"; reason: string });

export interface TruthPolicy extends Money {
  name: "nobody" | "everyone" | "everyoneSameBudget" | "greedy" | "plan" | "farSighted" | "oracle";
}

export interface RunSummary {
  project: string;
  currency: string;
  valueBasis: string;
  assumedMargin: boolean;
  asOf: string;
  customers: number;
  stages: { stage: StageName; rows: number; seconds: number; reused: boolean }[];
  data: {
    sources: { file: string; preset: string; rows: number; kept: number; setAside: number }[];
    setAsideReasons: { table: string; reason: string; rows: number }[];
    rules: { rule: string; table: string; rowsBefore: number; rowsTouched: number; moneyTouched: number }[];
    /** Change of total own-rate CLV when a rule is applied after those above it; the changes sum to cleaned − asItCame. */
    ruleEffects: { rule: string; rows: number; money: number; clvEffect: number }[];
    clv: { horizonDays: number; asItCame: number; cleaned: number };
  };
  horizons: {
    horizonsDays: number[];
    longestProvableHorizonDays: number;
    clvStatus: "proved" | "untested" | "withheld";
    historyDays: number;
    clvHorizonDays: number;
  };
  /** One per test origin, the last for today, with the curve of each member; `asOf` are ISO dates. */
  networks: { name: NetworkName; asOf: string; rows: number; learning: readonly LearningCurve[] }[];
  /** One per test origin, the last for today; `asOf` are ISO dates. */
  lifetimeModels: (LifetimeModel & { asOf: string })[];
  /** How forecasts are blended at each test origin, the last for today; `asOf` are ISO dates. */
  blends: { asOf: string; horizons: readonly BlendHorizon[] }[];
  backtest: { value90d?: BacktestHorizon; clv?: BacktestHorizon; horizons: BacktestHorizon[] };
  /** Absent where the history proves only one horizon. */
  relation?: RelationSummary;
  reasons: ReasonsSummary;
  distribution: {
    horizonDays: number;
    deciles: { decile: number; mean: number; share: number }[];
    histogram: { from: number; to: number; customers: number }[];
  };
  /** Share of each quarter's new customers who order again k quarters later. */
  retention: { cohort: string; customers: number; shares: number[] }[];
  effects: ActionSummary[];
  plan: PlanSummary;
  frontier: (Money & { balance: number; gap: number; knee: boolean })[];
  experiment?: {
    customers: number;
    customersPerArm: number;
    arms: string[];
    days: number;
    minimumDetectableEffect: number;
    baselineMean: number;
  };
  truth?: { policies: TruthPolicy[]; replicates: number };
  files: Record<string, string>;
}
