import { type ArticleOutcome, type ArticleProblem, articleOutcome, solveArticle } from "./article.ts";
import { remainingValue } from "./remaining-value.ts";

/** The figures of the article's example (its sections 4.3 and 5.2), as printed there. */
const printed = {
  revenue: [100, 150, 200, 250, 300],
  rate: 0.1,
  lambda: 0.1,
  clvTable: [444.44, 482.78, 521.43, 560, 598.05],
  /** The constant that section 4.3 writes where its own formula has fₜ, and inside the future sum Rₛ. */
  constant: 100,
  listing: { x: [0, 0.06666667, 0.13333333, 0.26666667, 0.43333333], objective: 444.44444444444446 },
} as const;

const readingNames = [
  "objective_as_printed",
  "objective_minimised",
  "clv_table",
  "case_formula_minimised",
  "case_formula_sign_corrected",
  "case_listing",
  "project_listing",
  "repaired_problem",
] as const;
export type ReadingName = (typeof readingNames)[number];

/** One literal reading of the article: its printed figures beside what its formulas give. */
export interface Reading {
  readonly name: ReadingName;
  /** Section of the article. */
  readonly section: string;
  /** Whether what is printed has an optimum, and a program that finds it. */
  readonly hasOptimum: boolean;
  /** Figures as printed; absent where the article prints none. */
  readonly printed?: Figures;
  readonly gives?: Figures;
}

export type Figures = Readonly<Record<string, number | readonly number[]>>;

/** Every reading of the article's own example, computed from its formulas. */
export function literalReadings(): readonly Reading[] {
  return [
    objectiveAsPrinted(),
    objectiveMinimised(),
    clvTable(),
    caseFormula("minimised"),
    caseFormula("sign_corrected"),
    { name: "case_listing", section: "4.3", hasOptimum: false },
    projectListing(),
  ];
}

/**
 * What the article means, with its sign put right, on the problem that was asked. In perfect balance, Rₜ = CLVₜ, revenue
 * goes from one period to the next by the factor (1 + r)/2.
 */
export function repairedReading(
  { rate }: ArticleProblem,
  { x, discountedRevenue, imbalance, objective }: ArticleOutcome,
): Reading {
  const gives = { x: [...x], discountedRevenue, imbalance, objective, shrinkage: 1 - (1 + rate) / 2 };
  return { name: "repaired_problem", section: "4.1", hasOptimum: true, gives };
}

const periods = printed.revenue.length;
const every = (value: number) => new Float64Array(periods).fill(value);
const example: ArticleProblem = {
  response: Float64Array.from(printed.revenue),
  rate: printed.rate,
  imbalancePenalty: printed.lambda,
  lower: every(Number.NEGATIVE_INFINITY),
  upper: every(Number.POSITIVE_INFINITY),
  floor: null,
  terminalGrowth: null,
  shortPeriods: 1,
  solver: "newton",
};

/** J = D + λ·I, as printed: the imbalance is added. */
function printedObjective(x: ArrayLike<number>): number {
  const { discountedRevenue, imbalance } = articleOutcome(example, x);
  return discountedRevenue + printed.lambda * imbalance;
}

/** Section 4.1 maximises a convex function: it grows without end along X = (s, …, s), and in a box ends in a corner. */
function objectiveAsPrinted(): Reading {
  const corners = Array.from({ length: 2 ** periods }, (_, bits) => every(0).map((_, t) => (bits >> t) & 1));
  const values = corners.map(printedObjective);
  const best = values.indexOf(Math.max(...values));
  const alongRay = [1, 10, 100].map((intensity) => printedObjective(every(intensity)));
  const cornerOfUnitBox = [...corners[best]];
  const gives = { everyX: [1, 10, 100], objective: alongRay, cornerOfUnitBox, cornerObjective: values[best] };
  return { name: "objective_as_printed", section: "4.1", hasOptimum: false, gives };
}

/** Section 4.3 minimises the same J. D + λI at −X is −(D − λI) at X, so its minimum mirrors the repaired maximum. */
function objectiveMinimised(): Reading {
  const x = solveArticle(example).outcome.x.map((value) => -value);
  return {
    name: "objective_minimised",
    section: "4.3",
    hasOptimum: true,
    gives: {
      x: [...x],
      objective: printedObjective(x),
      discountedRevenue: articleOutcome(example, x).discountedRevenue,
    },
  };
}

/** The table of section 4.3 against the formula of section 4.2 for its own revenue. */
function clvTable(): Reading {
  const [, ...clv] = remainingValue(printed.revenue, 1 / (1 + printed.rate));
  return {
    name: "clv_table",
    section: "4.3",
    hasOptimum: false,
    printed: { clv: printed.clvTable },
    gives: { clv },
  };
}

/**
 * Section 4.3: J = Σ cXₜ/(1+r)ᵗ + λ·Σ (aₜ − cXₜ)² with a constant future aₜ = Σ_{s>t} c/(1+r)^(s−t). Each period stands
 * alone: minimised at cXₜ = aₜ − 1/(2λ(1+r)ᵗ); with the sign put right, maximise Σ cXₜ/(1+r)ᵗ − λ·Σ (…)², at a plus.
 */
function caseFormula(reading: "minimised" | "sign_corrected"): Reading {
  const { constant, rate, lambda } = printed;
  const discountFactor = 1 / (1 + rate);
  const [, ...future] = remainingValue(every(constant), discountFactor);
  const sign = reading === "minimised" ? -1 : 1;
  const x = future.map((value, t) => (value + (sign * discountFactor ** (t + 1)) / (2 * lambda)) / constant);
  let objective = 0;
  x.forEach((value, t) => {
    const penalty = lambda * (future[t] - constant * value) ** 2;
    objective += constant * value * discountFactor ** (t + 1) - sign * penalty;
  });
  return { name: `case_formula_${reading}`, section: "4.3", hasOptimum: true, gives: { x, objective } };
}

/** The listing of section 5.2 cannot have printed its result; this is what the article's formulas give at that X. */
function projectListing(): Reading {
  const { discountedRevenue, imbalance, objective } = articleOutcome(example, printed.listing.x);
  return {
    name: "project_listing",
    section: "5.2",
    hasOptimum: false,
    printed: printed.listing,
    gives: { discountedRevenue, imbalance, objective, objectiveAsPrinted: printedObjective(printed.listing.x) },
  };
}
