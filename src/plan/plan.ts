import { createRandom } from "../base/random.ts";
import { solveArticle } from "./article.ts";
import type { ArticleInput, LeverPlanInput } from "./input.ts";
import { leverPlanOf } from "./lever-plan.ts";
import { leverMultipliers, leverSolution } from "./lever-report.ts";
import type { KktResiduals, Maximum, SolverName } from "./maximise.ts";
import { articleProblemOf, readPlanInput } from "./read-input.ts";
import { literalReadings, type Reading, repairedReading } from "./readings.ts";
import { solveLeverPlan } from "./solve-lever-plan.ts";

/** What a solver did, and how good its answer is known to be. */
export interface SolverReport {
  readonly name: SolverName;
  readonly status: Maximum["status"];
  readonly iterations: number;
  readonly evaluations: number;
  /** What the search moved. */
  readonly variables: "levers" | "revenue";
  /** A concave problem has one optimum; without it the answer is the best of several starts. */
  readonly concave: boolean;
  /** `not_reached`: the search stopped before the conditions of an optimum held. */
  readonly optimum: "global" | "local" | "not_reached";
  /** No feasible plan has a higher objective; null where the problem is concave and the box has no end. */
  readonly bound: number | null;
  /** (bound − objective)/max(1, |bound|). */
  readonly gap: number | null;
  readonly starts: {
    readonly tried: number;
    readonly feasible: number;
    /** How many reached the best objective to one millionth of it. */
    readonly atBest: number;
    readonly best: number;
    readonly median: number;
    readonly worst: number;
  };
}

export interface ArticlePlan {
  readonly kind: "article";
  readonly input: ArticleInput;
  readonly solution: {
    readonly x: readonly number[];
    readonly discountedRevenue: number;
    readonly terminalValue: number;
    readonly shortTermRevenue: number;
    readonly imbalance: number;
    readonly objective: number;
    readonly clv: readonly number[];
    readonly revenue: readonly number[];
  };
  /** Money per unit: floor per unit of money, min and max per unit of the lever in each period. */
  readonly multipliers: { readonly floor: number; readonly min: readonly number[]; readonly max: readonly number[] };
  readonly kkt: KktResiduals;
  readonly solver: SolverReport;
  readonly readings: readonly Reading[];
}

/** A limit or floor as it stands in the plan. */
export interface RowReport {
  readonly name: string;
  /** From 1; null for a limit over all periods. */
  readonly period: number | null;
  readonly kind: "atMost" | "atLeast";
  readonly limit: number;
  readonly value: number;
  readonly binding: boolean;
  /** What the objective gains per unit by which the limit is relaxed. */
  readonly multiplier: number;
}

export interface FloorReport extends Omit<RowReport, "name" | "period" | "kind"> {
  /** Null for all segments together. */
  readonly segment: string | null;
  readonly after: number;
}

export interface LeverPlanReport {
  readonly kind: "plan";
  readonly input: LeverPlanInput;
  readonly solution: {
    /** By lever. */
    readonly x: Readonly<Record<string, readonly number[]>>;
    /** Σ Rₜ/(1+r)ᵗ. */
    readonly discountedRevenue: number;
    readonly discountedSpend: number;
    /** What follows the last period, net of its spending, at its present worth. */
    readonly terminalValue: number;
    readonly shortTermRevenue: number;
    readonly imbalance: number;
    readonly objective: number;
    /** The objective of doing nothing, where that is allowed or not. */
    readonly objectiveOfBaseline: number;
    /** CLVₜ: value of what follows the end of each period. */
    readonly clv: readonly number[];
    /** Value of everything, today. */
    readonly clvNow: number;
    readonly revenue: readonly number[];
    readonly revenueBySegment: Readonly<Record<string, readonly number[]>>;
    readonly baseline: readonly number[];
    readonly spend: readonly number[];
  };
  readonly multipliers: {
    readonly limits: readonly RowReport[];
    readonly floors: readonly FloorReport[];
    /** Money per unit of the lever, by lever and period. */
    readonly min: Readonly<Record<string, readonly number[]>>;
    readonly max: Readonly<Record<string, readonly number[]>>;
  };
  readonly kkt: KktResiduals;
  readonly solver: SolverReport;
  readonly readings: readonly Reading[];
}

export type PlanReport = ArticlePlan | LeverPlanReport;

/**
 * Solves a plan's input (docs/plan.schema.json): the article's problem or a plan of several levers. Pure; `seed` draws the
 * starts where the problem is not concave.
 *
 * Throws InputError with the codes of `readPlanInput`, `articleProblemOf`, `leverPlanOf`, `solveArticle`, `solveLeverPlan`.
 */
export function solvePlan(given: unknown, { seed = "longrun" }: { seed?: string } = {}): PlanReport {
  const input = readPlanInput(given);
  return input.kind === "article" ? articlePlan(input) : leverPlan(input, seed);
}

function articlePlan(input: ArticleInput): ArticlePlan {
  const problem = articleProblemOf(input);
  const { outcome, multipliers, kkt, maximum, bound } = solveArticle(problem);
  const { x, clv, revenue, ...sums } = outcome;
  return {
    kind: "article",
    input,
    solution: { x: [...x], ...sums, clv: [...clv], revenue: [...revenue] },
    multipliers: { floor: multipliers.floor, min: [...multipliers.min], max: [...multipliers.max] },
    kkt,
    solver: {
      ...solverReport(problem.solver, maximum, true),
      variables: "revenue",
      ...certificate(bound, outcome.objective),
      starts: startsReport([outcome.objective], 1),
    },
    readings: [...literalReadings(), repairedReading(problem, outcome)],
  };
}

function leverPlan(input: LeverPlanInput, seed: string): LeverPlanReport {
  const plan = leverPlanOf(input);
  const solved = solveLeverPlan(plan, createRandom(`${seed}/plan`));
  const solution = leverSolution(plan, solved.x);
  const { objective } = solution;
  return {
    kind: "plan",
    input,
    solution,
    multipliers: leverMultipliers(plan, solved),
    kkt: solved.maximum.kkt,
    solver: {
      ...solverReport(plan.solver, solved.maximum, solved.isConcave),
      variables: solved.variables,
      ...certificate(solved.bound, objective),
      // What solving left out at upright starts belongs to all of them.
      starts: startsReport(
        solved.reached.map((value) => value + (objective - solved.reached[0])),
        solved.starts,
      ),
    },
    readings: [],
  };
}

/** A larger residual than this is no optimum. */
const acceptable = 1e-6;

function solverReport(name: SolverName, { status, iterations, evaluations, kkt }: Maximum, concave: boolean) {
  const optimum = kkt.residual > acceptable ? "not_reached" : concave ? "global" : "local";
  return { name, status, iterations, evaluations, concave, optimum } as const;
}

function certificate(bound: number, objective: number): Pick<SolverReport, "bound" | "gap"> {
  if (!Number.isFinite(bound)) return { bound: null, gap: null };
  return { bound, gap: Math.max(0, bound - objective) / Math.max(1, Math.abs(bound)) };
}

/** `reached`: objectives, best first. */
function startsReport(reached: readonly number[], tried: number): SolverReport["starts"] {
  const [best] = reached;
  return {
    tried,
    feasible: reached.length,
    atBest: reached.filter((value) => best - value <= 1e-6 * Math.max(1, Math.abs(best))).length,
    best,
    median: reached[Math.floor((reached.length - 1) / 2)],
    worst: reached[reached.length - 1],
  };
}
