import { InputError } from "../base/errors.ts";
import { type Numbers, valueOfSums } from "../solvers/items.ts";
import { openLinearProgramSolver } from "../solvers/linear-program.ts";
import { type MarginalMove, MultidimensionalKnapsack } from "../solvers/multidimensional-knapsack.ts";
import { type KnapsackProblem, solveMultipleChoiceKnapsack } from "../solvers/multiple-choice-knapsack.ts";
import { conflict, type RemainingLimit } from "./conflict.ts";
import { type AllocationProblem, forEachEligible, type Limit, type Totals } from "./problem.ts";
import {
  checkTailRisk,
  objectiveIn,
  type RiskGoal,
  riskGoal,
  riskOutcome,
  scenarioWorth,
  type TailRisk,
  type TailRiskOutcome,
} from "./tail-risk.ts";

export interface AllocationOptions {
  /** β in [0, 1]: the weight of the long term. */
  readonly balance: number;
  readonly limits: readonly Limit[];
  /** ε in [0, 1): with this probability a customer's action is drawn evenly from the eligible ones. */
  readonly explorationShare: number;
  /** Prices by limit name that a similar plan had: where the search begins, unless scenarios are weighed. */
  readonly warmPrices?: Readonly<Record<string, number>>;
  /**
   * A choice for every customer that keeps the limits, exploration included: the plan where none better is found near the fractional
   * one. For comparing plans: what has a plan at one balance has one at every other. Not looked at under scenarios.
   */
  readonly known?: Int32Array; // (customers)
  /** Scenarios of which the worst count more; none where absent. */
  readonly risk?: TailRisk;
}

/** How a limit stands in a plan. */
export interface AllocationRow {
  readonly name: string;
  readonly sense: Limit["sense"];
  readonly limit: number;
  /** Expected under the propensities. */
  readonly used: number;
  readonly binding: boolean;
  /** Objective gained by relaxing the limit by one unit; 0 where it leaves slack. */
  readonly price: number;
  /** What relaxing it by one unit brings now and later, by the fractional optimum; zeros where it leaves slack. */
  readonly sensitivity: { readonly short: number; readonly long: number; readonly total: number };
}

export interface Allocation {
  /** Index of the optimal action per customer. */
  readonly choice: Int32Array; // (customers)
  /** (1 − ε)·[k is optimal] + ε/|eligible|; rows sum to 1. */
  readonly propensities: Float64Array; // (customers, actions)
  /** Expected under the propensities. */
  readonly totals: Totals;
  readonly objective: number;
  /** No plan of the same problem, exploration included, has a larger objective. */
  readonly bound: number;
  readonly gap: number;
  /** The part of the gap that is not the wholeness of customers. */
  readonly relaxationGap: number;
  readonly rows: readonly AllocationRow[];
  /** Objective given up by exploring instead of always taking the optimal action. */
  readonly explorationCost: number;
  /** Where scenarios are weighed. */
  readonly risk?: TailRiskOutcome;
}

export type OptimalPlan = Omit<Allocation, "propensities">;

/**
 * max Σ xᵢₖ[(1−β)·Sᵢₖ + β·Lᵢₖ] under Σ weight·x ≤ or ≥ limit for every limit, one action a customer, with an exploration
 * share mixed in (docs/methods/allocation.md). What the exploration is expected to use is set aside first, so every limit holds
 * for the mix. One limit from above is solved by the hull of each customer, several by prices in boxes.
 * Throws InputError balance_out_of_range, exploration_share_out_of_range, limit_below_exploration, limits_conflict,
 * floor_unattainable, no_whole_plan, budget_unattainable, tail_share_out_of_range, cvar_weight_out_of_range.
 */
export async function allocate(problem: AllocationProblem, options: AllocationOptions): Promise<Allocation> {
  const plan = await optimalPlan(problem, options);
  return { ...plan, propensities: propensitiesOf(problem, plan.choice, options.explorationShare) };
}

/** `allocate` without a row for everybody. */
export function optimalPlan(problem: AllocationProblem, options: AllocationOptions): Promise<OptimalPlan> {
  return new Allocator(problem, options).plan(options);
}

/** A problem under limits that is solved at one balance after another: what they share is looked at once. */
export class Allocator {
  readonly #problem: AllocationProblem;
  readonly #given: Pick<AllocationOptions, "limits" | "explorationShare" | "risk">;
  readonly #explored: ReadonlyMap<Numbers, number>;
  readonly #remaining: readonly RemainingLimit[];
  #knapsack: MultidimensionalKnapsack | undefined;

  /** Throws InputError exploration_share_out_of_range, limit_below_exploration, tail_share_out_of_range, cvar_weight_out_of_range. */
  constructor(problem: AllocationProblem, given: Pick<AllocationOptions, "limits" | "explorationShare" | "risk">) {
    check(given);
    const { limits, explorationShare } = given;
    const { short, long, cost } = problem;
    const weights = limits.map(({ weight }) => weight);
    this.#problem = problem;
    this.#given = given;
    this.#explored = sumsByChance(problem, explorationShare, [short, long, cost, ...weights]);
    refuseBelowExploration(limits, weights.map(this.#exploredSum), explorationShare);
    this.#remaining = limits.map((limit) => ({
      ...limit,
      limit: (limit.limit - explorationShare * this.#exploredSum(limit.weight)) / (1 - explorationShare),
      asStated: (amount: number) => this.#mixed(amount, this.#exploredSum(limit.weight)),
    }));
  }

  /** Throws InputError balance_out_of_range, limits_conflict, floor_unattainable, no_whole_plan, budget_unattainable. */
  async plan(asked: Pick<AllocationOptions, "balance" | "warmPrices" | "known">): Promise<OptimalPlan> {
    const problem = this.#problem;
    const { limits, explorationShare, risk } = this.#given;
    const { balance } = asked;
    if (!(balance >= 0 && balance <= 1)) throw new InputError("balance_out_of_range", { balance });
    const goal = risk ? riskGoal(problem, balance, risk) : plainGoal(problem, balance);
    const amounts = goal.accounts.map(({ amount }) => amount);
    const ofRisk = sumsByChance(problem, explorationShare, risk ? [goal.value, ...amounts] : []);
    const explored = (numbers: Numbers) => ofRisk.get(numbers) ?? this.#exploredSum(numbers);
    const solution = await this.#solve(goal, asked, explored);
    const sums = new Map(limits.map(({ weight }, row) => [weight, solution.used[row]]));
    const optimal = (numbers: Numbers) => sums.get(numbers) ?? chosenSum(problem, numbers, solution.choice);
    const expected = (numbers: Numbers) => this.#mixed(optimal(numbers), explored(numbers));
    const exploredValue = valueOfSums(goal, explored);
    const [short, long] = [expected(problem.short), expected(problem.long)];
    const objective = this.#mixed(solution.value, exploredValue);
    const bound = this.#mixed(solution.bound, exploredValue);
    const scale = Math.max(1, Math.abs(bound));
    const outcome = (sumOf: typeof optimal) =>
      risk && riskOutcome(goal, risk, amounts.map(sumOf), solution.scenarioWeights);
    const unexplored = objectiveIn(outcome(optimal)) ?? solution.value;
    return {
      choice: solution.choice,
      totals: { short, long, total: short + long, cost: expected(problem.cost) },
      objective,
      bound,
      gap: Math.max(0, bound - objective) / scale,
      relaxationGap: (solution.relaxationGap * Math.max(1, Math.abs(solution.bound)) * (1 - explorationShare)) / scale,
      rows: limits.map(({ name, sense, limit, weight }, index) => ({
        name,
        sense,
        limit,
        used: expected(weight),
        binding: solution.prices[index] > 0,
        price: solution.prices[index],
        sensitivity: sensitivity(problem, solution.marginalMoves[index]),
      })),
      explorationCost: explorationShare > 0 ? unexplored - objective : 0,
      ...(risk && { risk: outcome(expected) }),
    };
  }

  async #solve(
    goal: RiskGoal,
    { balance, warmPrices, known }: Pick<AllocationOptions, "balance" | "warmPrices" | "known">,
    explored: (amount: Numbers) => number,
  ): Promise<Solved> {
    const problem = this.#problem;
    const { explorationShare, risk } = this.#given;
    const limits = this.#remaining;
    const [only] = limits;
    const { value, mix, uncertain } = goal;
    const isRisky = risk !== undefined && uncertain.length > 0;
    const worth = { ...sizeOf(problem), value, ...(mix && { mix }) };
    if (!isRisky && (limits.length === 0 || (limits.length === 1 && only.sense === "at_most")))
      return underOneBudget(worth, only);
    const accounts = uncertain.map((weight) => ({ weight, sense: "at_least", limit: 0 }) as const);
    const perOptimal = explorationShare / (1 - explorationShare);
    const exploredAmounts = goal.accounts.map(({ amount }) => perOptimal * explored(amount));
    const scenarios = isRisky ? scenarioWorth(goal, risk, exploredAmounts, limits.length) : undefined;
    const rows = [...limits, ...accounts];
    const knapsack =
      this.#knapsack ?? new MultidimensionalKnapsack({ ...worth, rows, ...(scenarios && { scenarios }) });
    if (risk === undefined) this.#knapsack = knapsack;
    const solution = knapsack.solve(
      await openLinearProgramSolver(),
      isRisky ? {} : { warmPrices: startPrices(limits, warmPrices), known, ...(mix && { mixShare: balance }) },
    );
    if (solution.status === "solved") return solution;
    if (solution.status === "no_whole_plan") {
      throw new InputError("no_whole_plan", { limits: limits.map(({ name }) => name) });
    }
    throw await conflict(problem, limits, solution);
  }

  readonly #exploredSum = (numbers: Numbers): number => this.#explored.get(numbers) ?? 0;

  readonly #mixed = (optimal: number, drawn: number): number => {
    const { explorationShare } = this.#given;
    return (1 - explorationShare) * optimal + explorationShare * drawn;
  };
}

interface Solved {
  readonly choice: Int32Array;
  readonly value: number;
  readonly bound: number;
  readonly relaxationGap: number;
  readonly used: ArrayLike<number>; // (limits)
  readonly prices: ArrayLike<number>; // (limits)
  readonly marginalMoves: readonly (readonly MarginalMove[])[]; // (limits)
  readonly scenarioWeights: Float64Array; // (scenarios), or none
}

function underOneBudget(worth: Omit<KnapsackProblem, "cost">, budget: Limit | undefined): Solved {
  const cost = budget?.weight ?? new Float64Array(worth.value.length);
  const { fractional, price, ...solution } = solveMultipleChoiceKnapsack({ ...worth, cost }, budget?.limit ?? Infinity);
  const moves = fractional ? [stepOf(fractional, cost, worth.choices)] : [];
  return {
    ...solution,
    used: budget ? [solution.cost] : [],
    prices: budget ? [price] : [],
    marginalMoves: budget ? [moves] : [],
    scenarioWeights: new Float64Array(0),
  };
}

function startPrices(limits: readonly Limit[], warmPrices: AllocationOptions["warmPrices"]) {
  return warmPrices && limits.map(({ name, sense }) => (sense === "at_most" ? 1 : -1) * (warmPrices[name] ?? 0));
}

/**
 * Bound, value and prices (≥ 0) of the best plan in which customers may be split, without exploration and scenarios. Throws InputError
 * limits_conflict, floor_unattainable.
 */
export async function fractionalPlan(
  problem: AllocationProblem,
  { balance, limits, warmPrices }: Pick<AllocationOptions, "balance" | "limits" | "warmPrices">,
): Promise<{ value: number; bound: number; prices: ArrayLike<number> }> {
  const knapsack = new MultidimensionalKnapsack({
    ...sizeOf(problem),
    value: problem.short,
    mix: { value: problem.long, share: balance },
    rows: limits,
  });
  const solution = knapsack.relax(await openLinearProgramSolver(), { warmPrices: startPrices(limits, warmPrices) });
  if (solution.status === "contradiction") {
    const all = limits.map((limit) => ({ ...limit, asStated: (amount: number) => amount }));
    throw await conflict(problem, all, solution);
  }
  return solution;
}

function stepOf(
  { item, lower, upper }: { item: number; lower: number; upper: number },
  cost: Numbers,
  choices: number,
): MarginalMove {
  const amount = 1 / (cost[item * choices + upper] - cost[item * choices + lower]);
  return { item, from: lower, to: upper, amount };
}

function check({ explorationShare, risk }: Pick<AllocationOptions, "explorationShare" | "risk">): void {
  if (risk) checkTailRisk(risk);
  if (!(explorationShare >= 0 && explorationShare < 1)) {
    throw new InputError("exploration_share_out_of_range", { explorationShare });
  }
}

/** The exploration alone may already use more than a limit: say which share would fit. */
function refuseBelowExploration(limits: readonly Limit[], explored: readonly number[], explorationShare: number): void {
  limits.forEach(({ name, limit, sense, weight }, index) => {
    const uses = explored[index];
    if (sense === "at_least" || limit >= explorationShare * uses || uses <= 0 || weight.some((part) => part < 0))
      return;
    throw new InputError("limit_below_exploration", { name, limit, largestShare: Math.max(0, limit / uses) });
  });
}

function sizeOf({ customerIds, actions, eligible }: AllocationProblem) {
  return { items: customerIds.length, choices: actions.length, eligible };
}

/** The value at the effects themselves. */
function plainGoal({ short, long }: AllocationProblem, balance: number): RiskGoal {
  return { value: short, mix: { value: long, share: balance }, accounts: [], uncertain: [] };
}

/** Sums of matrices when everybody's action is drawn evenly from the eligible ones; none where nobody's is. One pass over everything. */
function sumsByChance(
  problem: AllocationProblem,
  explorationShare: number,
  matrices: readonly Numbers[],
): Map<Numbers, number> {
  const different = explorationShare > 0 ? [...new Set(matrices)] : [];
  const sums = new Float64Array(different.length);
  if (different.length > 0)
    forEachEligible(problem, (at, count) => {
      for (let index = 0; index < different.length; index++) sums[index] += different[index][at] / count;
    });
  return new Map(different.map((matrix, index) => [matrix, sums[index]]));
}

/** What a plan sums up to in a matrix of the problem. */
export function chosenSum({ customerIds, actions }: AllocationProblem, numbers: Numbers, choice: Int32Array): number {
  let sum = 0;
  for (let customer = 0; customer < customerIds.length; customer++)
    sum += numbers[customer * actions.length + choice[customer]];
  return sum;
}

/** (1 − ε)·[k is optimal] + ε/|eligible|. */
export function propensitiesOf(
  problem: AllocationProblem,
  choice: Int32Array, // (customers)
  explorationShare: number,
): Float64Array {
  const width = problem.actions.length;
  const matrix = new Float64Array(problem.customerIds.length * width);
  forEachEligible(problem, (at, count, customer) => {
    const optimal = at - customer * width === choice[customer] ? 1 - explorationShare : 0;
    matrix[at] = optimal + explorationShare / count;
  });
  return matrix;
}

function sensitivity(
  { actions, short, long }: AllocationProblem,
  moves: readonly MarginalMove[] | undefined,
): AllocationRow["sensitivity"] {
  let now = 0;
  let later = 0;
  for (const { item, from, to, amount } of moves ?? []) {
    const [at, base] = [item * actions.length + to, item * actions.length + from];
    now += amount * (short[at] - short[base]);
    later += amount * (long[at] - long[base]);
  }
  return { short: now, long: later, total: now + later };
}
