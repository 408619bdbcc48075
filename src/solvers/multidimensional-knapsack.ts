import { InputError } from "../base/errors.ts";
import type { Numbers, Worth } from "./items.ts";
import type { LinearProgramSolver } from "./linear-program.ts";
import { type FractionalPlan, searchPrices } from "./multidimensional-knapsack-box.ts";
import { choicesOf, type DifferentItems, withoutRepeats } from "./multidimensional-knapsack-equal-items.ts";
import { type MarginalMove, marginalMoves } from "./multidimensional-knapsack-marginal.ts";
import { PricedChoices, type PricedPlan } from "./multidimensional-knapsack-pricing.ts";
import { judged, roundToWhole, type WholePlan } from "./multidimensional-knapsack-rounding.ts";
import { accountPrices, type ScenarioWorth } from "./multidimensional-knapsack-scenarios.ts";

export type { MarginalMove } from "./multidimensional-knapsack-marginal.ts";
export type { ScenarioWorth } from "./multidimensional-knapsack-scenarios.ts";

/** One limit over all items: Σ weight of what is chosen, at most or at least so much. */
export interface ResourceRow {
  /** May be negative. */
  readonly weight: Numbers; // (items, choices)
  readonly sense: "at_most" | "at_least";
  readonly limit: number;
}

/** One choice for each item under several limits. Arrays are (items, choices), row-major. */
export interface MultidimensionalKnapsackProblem extends Worth {
  readonly items: number;
  readonly choices: number;
  /** 1 = may be chosen. Choice 0 ("nothing") may always be chosen, whatever stands here. */
  readonly eligible?: Uint8Array;
  readonly rows: readonly ResourceRow[];
  /** How many equal items each item stands for; 1 each where absent. */
  readonly copies?: Float64Array; // (items)
  /** Worth beside the values, which hangs on what the last rows sum up to. */
  readonly scenarios?: ScenarioWorth;
}

export interface MultidimensionalKnapsackOptions {
  /** Prices of a similar problem without scenarios, one per row: the search starts there instead of at a sample's prices. */
  readonly warmPrices?: ArrayLike<number>;
  /**
   * A whole plan that keeps the limits, one choice for each item, of a problem without scenarios. With it a whole plan is sought only
   * where it is nearest, and the known one is the answer where none is found, or none better.
   */
  readonly known?: Int32Array; // (items)
  /** Instead of the problem's own `mix.share`. */
  readonly mixShare?: number;
}

export interface MultidimensionalKnapsackSolution {
  readonly status: "solved";
  /** The choice of every item: whole and within every limit. */
  readonly choice: Int32Array; // (items)
  readonly value: number;
  /** Σ weight of the choices. */
  readonly used: Float64Array; // (rows)
  /** Value of relaxing each limit by one unit (≥ 0), by the linear relaxation. */
  readonly prices: Float64Array; // (rows)
  /** What relaxing each limit by one unit changes in the fractional optimum. */
  readonly marginalMoves: readonly (readonly MarginalMove[])[]; // (rows)
  /** What a unit more in each scenario would be worth; empty where there are none. */
  readonly scenarioWeights: Float64Array; // (scenarios)
  /** No plan, whole or fractional, can be worth more. */
  readonly bound: number;
  /** (bound − value) / max(1, |bound|). */
  readonly gap: number;
  /** (bound − value of the fractional optimum) / max(1, |bound|); the rest of `gap` is wholeness. */
  readonly relaxationGap: number;
  /** True when the search has shown that no whole solution is better. */
  readonly provedOptimal: boolean;
  /** How often every choice of every item was looked at. */
  readonly passes: number;
}

/** No fractional plan keeps all limits. */
export interface Contradiction {
  readonly status: "contradiction";
  /** How far each limit would have to be relaxed, in its own unit, so that Σ relaxation ÷ its weights' sum is least. */
  readonly relaxations: Float64Array; // (rows)
  /** The rows that cannot hold together: those with a price in the proof that no plan keeps them (Farkas 1902). */
  readonly conflicting: readonly number[];
}

/** As a share of a price, how far a similar problem's prices may be off at first. */
const warmRadius = 0.02;

/**
 * Maximises Σ value with one choice per item under several limits: the multidimensional multiple-choice knapsack.
 *
 * At given prices every item chooses for itself, and Σᵢ maxₖ(vᵢₖ − Σ price·weight) + Σ price·limit bounds every plan
 * (Lagrangian duality; Everett 1963). In a box around the prices most items cannot change their choice; the linear
 * programme of the others is then exactly the search for the best prices in the box, because rows that may be
 * exceeded at the box's upper price and left unused at its lower price keep prices inside it. Best prices inside their box
 * are the best of all (the bound is convex in them); on its edge, the next box is laid around them. Samples of the items,
 * each larger than the last, say where to begin. Whole plans come from a search among the items that hardly care.
 *
 * Throws InputError `shape_mismatch`, `value_not_finite`, `limit_not_a_number`.
 */
export function solveMultidimensionalKnapsack(
  problem: MultidimensionalKnapsackProblem,
  solveLinear: LinearProgramSolver,
  options: MultidimensionalKnapsackOptions = {},
): MultidimensionalKnapsackSolution | Contradiction | { readonly status: "no_whole_plan" } {
  return new MultidimensionalKnapsack(problem).solve(solveLinear, options);
}

/** A problem that is solved again and again, with its two values mixed otherwise: checked and measured once. */
export class MultidimensionalKnapsack {
  readonly #problem: MultidimensionalKnapsackProblem;
  readonly #different: DifferentItems | undefined;
  readonly #priced: PricedChoices;

  /** Throws InputError `shape_mismatch`, `value_not_finite`, `limit_not_a_number`. */
  constructor(problem: MultidimensionalKnapsackProblem) {
    check(problem);
    this.#problem = problem;
    this.#different = withoutRepeats(problem);
    this.#priced = new PricedChoices(this.#different?.problem ?? problem);
  }

  solve(
    solveLinear: LinearProgramSolver,
    { warmPrices, known, mixShare }: MultidimensionalKnapsackOptions = {},
  ): MultidimensionalKnapsackSolution | Contradiction | { readonly status: "no_whole_plan" } {
    const different = this.#different;
    const priced = this.#priced.mixed(mixShare);
    const relaxed = fractionalOptimum(priced, solveLinear, warmPrices);
    if ("status" in relaxed) return relaxed;
    const whole = roundToWhole(priced, relaxed, solveLinear, { isNearEnough: known !== undefined });
    const moves = marginalMoves(priced, relaxed).map((some) =>
      some.map((move) => ({ ...move, item: different ? different.first[move.item] : move.item })),
    );
    const fallBack = known && judged(different ? new PricedChoices(this.#problem).mixed(mixShare) : priced, known);
    if (fallBack && !(whole && whole.value >= fallBack.value)) {
      return solution(priced, relaxed, fallBack, fallBack.choice, moves);
    }
    if (whole === undefined) return { status: "no_whole_plan" };
    return solution(priced, relaxed, whole, different ? choicesOf(whole, different.group) : whole.choice, moves);
  }

  /** The same where items may be split among choices: value, bound and prices without the search for whole items. */
  relax(
    solveLinear: LinearProgramSolver,
    { warmPrices, mixShare }: Pick<MultidimensionalKnapsackOptions, "warmPrices" | "mixShare"> = {},
  ): Pick<MultidimensionalKnapsackSolution, "status" | "value" | "bound" | "prices"> | Contradiction {
    const relaxed = fractionalOptimum(this.#priced.mixed(mixShare), solveLinear, warmPrices);
    if ("status" in relaxed) return relaxed;
    return { status: "solved", value: relaxed.value, bound: relaxed.bound, prices: relaxed.prices.map(Math.abs) };
  }
}

function fractionalOptimum(
  priced: PricedChoices,
  solveLinear: LinearProgramSolver,
  warmPrices?: ArrayLike<number>,
): FractionalPlan | Contradiction {
  for (let highestPrice = 1e4; ; highestPrice *= 1e4) {
    const relaxed = relaxation(priced, solveLinear, highestPrice, warmPrices);
    if (relaxed.exceeded.every((amount) => amount === 0)) return relaxed;
    const contradiction = findContradiction(priced, solveLinear);
    if (contradiction) return contradiction;
    // The limits can be kept, but one more unit of them is worth more than was allowed for.
    if (highestPrice > 1e12) throw new Error(`prices beyond ${highestPrice} mean values per mean weight`);
  }
}

function relaxation(
  priced: PricedChoices,
  solveLinear: LinearProgramSolver,
  highestPrice: number,
  warmPrices?: ArrayLike<number>,
) {
  const all = priced.samples;
  // Where prices of a similar problem are known, a small sample would know them less well.
  const samples = warmPrices ? all.slice(-1) : all;
  let start = warmPrices ? Float64Array.from(warmPrices) : startPrices(priced);
  let radius = warmPrices ? warmRadius : Number.POSITIVE_INFINITY;
  for (const sample of samples) {
    start = searchPrices(sample, solveLinear, { start, radius, highestPrice }).prices;
    radius = 1.5 / Math.sqrt(sample.problem.items);
  }
  const largest = samples.at(-1);
  if (largest === undefined) return searchPrices(priced, solveLinear, { start, radius, highestPrice });
  // What the sample uses too much or too little at some prices it does at prices nearby as well.
  const restart = (plan: PricedPlan) => {
    largest.calibrate(plan);
    return searchPrices(largest, solveLinear, { start: plan.prices, radius, highestPrice }).prices;
  };
  const relaxed = searchPrices(priced, solveLinear, { start, radius, highestPrice, restart });
  largest.calibrate(relaxed.plan);
  return relaxed;
}

/** Limits for nothing; accounts at what they are worth when all scenarios count in proportion: prices that bound every plan. */
function startPrices({ problem: { rows, scenarios } }: PricedChoices): Float64Array {
  const prices = new Float64Array(rows.length);
  if (scenarios === undefined) return prices;
  const { mostWeight, totalWeight, firstAccount } = scenarios;
  const all = mostWeight.reduce((sum, weight) => sum + weight, 0);
  prices.set(
    accountPrices(
      scenarios,
      mostWeight.map((weight) => (totalWeight * weight) / all),
    ),
    firstAccount,
  );
  return prices;
}

function solution(
  { passes }: PricedChoices,
  { bound, value: relaxedValue, prices, scenarioWeights }: FractionalPlan,
  { value, used, provedOptimal }: WholePlan,
  choice: Int32Array,
  moves: MarginalMove[][],
): MultidimensionalKnapsackSolution {
  const relative = (difference: number) => Math.max(0, difference) / Math.max(1, Math.abs(bound));
  return {
    status: "solved",
    choice,
    value,
    used,
    prices: prices.map(Math.abs),
    marginalMoves: moves,
    scenarioWeights,
    bound,
    gap: relative(bound - value),
    relaxationGap: relative(bound - relaxedValue),
    provedOptimal,
    passes,
  };
}

/** The plan that exceeds the limits least, whatever it is worth; undefined where all can be kept. */
function findContradiction(priced: PricedChoices, solveLinear: LinearProgramSolver): Contradiction | undefined {
  const { scenarios, ...problem } = priced.problem;
  const value = new Float64Array(problem.items * problem.choices);
  const limits = problem.rows.slice(0, scenarios?.firstAccount);
  const worthless = new PricedChoices({ ...problem, value, rows: limits });
  const { exceeded, prices } = relaxation(worthless, solveLinear, 1);
  if (exceeded.every((amount) => amount === 0)) return undefined;
  const conflicting = limits.flatMap((_, row) =>
    Math.abs(prices[row]) * priced.weightScales[row] > 1e-6 ? [row] : [],
  );
  return { status: "contradiction", relaxations: exceeded, conflicting };
}

function check({ items, choices, value, mix, eligible, rows }: MultidimensionalKnapsackProblem): void {
  const cells = items * choices;
  if (choices < 1) throw new InputError("shape_mismatch", { array: "choices", length: choices, expected: 1 });
  const arrays = {
    value,
    mix: mix?.value,
    eligible,
    ...Object.fromEntries(rows.map(({ weight }, row) => [`weight ${row}`, weight])),
  };
  for (const [array, numbers] of Object.entries(arrays)) {
    if (numbers !== undefined && numbers.length !== cells) {
      throw new InputError("shape_mismatch", { array, length: numbers.length, expected: cells });
    }
  }
  rows.forEach(({ limit }, row) => {
    if (!Number.isFinite(limit)) throw new InputError("limit_not_a_number", { row, limit });
  });
}
