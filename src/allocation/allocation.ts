import { InputError } from "../base/errors.ts";
import { openLinearProgramSolver } from "../solvers/linear-program.ts";
import {
  type MarginalMove,
  type Numbers,
  solveMultidimensionalKnapsack,
} from "../solvers/multidimensional-knapsack.ts";
import { solveMultipleChoiceKnapsack } from "../solvers/multiple-choice-knapsack.ts";
import { type AllocationProblem, forEachEligible, type Limit, type Totals } from "./problem.ts";

export interface AllocationOptions {
  /** β in [0, 1]: the weight of the long term. */
  readonly balance: number;
  readonly limits: readonly Limit[];
  /** ε in [0, 1): with this probability a customer's action is drawn evenly from the eligible ones. */
  readonly explorationShare: number;
  /** Prices by limit name that a similar plan had: where the search begins. */
  readonly warmPrices?: Readonly<Record<string, number>>;
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
}

/**
 * max Σ xᵢₖ[(1−β)·Sᵢₖ + β·Lᵢₖ] under Σ weight·x ≤ or ≥ limit for every limit, one action a customer, with an exploration
 * share mixed in (docs/methods/allocation.md). What the exploration is expected to use is set aside first, so every limit holds
 * for the mix. One limit from above is solved by the hull of each customer, several by prices in boxes.
 * Throws InputError balance_out_of_range, exploration_share_out_of_range, limit_below_exploration, limits_conflict,
 * no_whole_plan, budget_unattainable.
 */
export async function allocate(problem: AllocationProblem, options: AllocationOptions): Promise<Allocation> {
  const plan = await optimalPlan(problem, options);
  return { ...plan, propensities: propensities(problem, plan.choice, options.explorationShare) };
}

/** `allocate` without a row for everybody: for comparing plans, of which a frontier has many. */
export async function optimalPlan(
  problem: AllocationProblem,
  options: AllocationOptions,
): Promise<Omit<Allocation, "propensities">> {
  check(options);
  const { balance, limits, explorationShare } = options;
  const value = weighted(problem, balance);
  const summed = [value, problem.short, problem.long, problem.cost, ...limits.map(({ weight }) => weight)];
  // A pass over everything, for sums that nothing is mixed with.
  const explored = explorationShare > 0 ? expectedByChance(problem, summed) : summed.map(() => 0);
  const [exploredValue, exploredShort, exploredLong, exploredCost, ...exploredUse] = explored;
  const mixed = (optimal: number, drawn: number) => (1 - explorationShare) * optimal + explorationShare * drawn;
  const remaining = limits.map((limit, index) => ({
    ...limit,
    limit: (limit.limit - explorationShare * exploredUse[index]) / (1 - explorationShare),
  }));
  refuseBelowExploration(limits, exploredUse, explorationShare);
  // A limit of what is chosen, as a limit of the whole plan.
  const whole = (limit: number, index: number) => mixed(limit, exploredUse[index]);
  const solution = await solve(problem, value, { limits: remaining, whole }, options);
  const optimal = (numbers: Numbers) => chosenSum(problem, numbers, solution.choice);
  const short = mixed(optimal(problem.short), exploredShort);
  const long = mixed(optimal(problem.long), exploredLong);
  const objective = mixed(solution.value, exploredValue);
  const bound = mixed(solution.bound, exploredValue);
  const scale = Math.max(1, Math.abs(bound));
  return {
    choice: solution.choice,
    totals: { short, long, total: short + long, cost: mixed(optimal(problem.cost), exploredCost) },
    objective,
    bound,
    gap: Math.max(0, bound - objective) / scale,
    relaxationGap: (solution.relaxationGap * Math.max(1, Math.abs(solution.bound)) * (1 - explorationShare)) / scale,
    rows: limits.map(({ name, sense, limit, weight }, index) => ({
      name,
      sense,
      limit,
      used: mixed(optimal(weight), exploredUse[index]),
      binding: solution.prices[index] > 0,
      price: solution.prices[index],
      sensitivity: sensitivity(problem, solution.marginalMoves[index]),
    })),
    explorationCost: solution.value - objective,
  };
}

interface Solved {
  readonly choice: Int32Array;
  readonly value: number;
  readonly bound: number;
  readonly relaxationGap: number;
  readonly prices: ArrayLike<number>; // (limits)
  readonly marginalMoves: readonly (readonly MarginalMove[])[]; // (limits)
}

async function solve(
  { customerIds, actions, eligible }: AllocationProblem,
  value: Float64Array,
  { limits, whole }: { limits: readonly Limit[]; whole: (limit: number, index: number) => number },
  { warmPrices }: AllocationOptions,
): Promise<Solved> {
  const size = { items: customerIds.length, choices: actions.length, value, eligible };
  const [only] = limits;
  if (limits.length === 0 || (limits.length === 1 && only.sense === "at_most")) {
    const cost = only?.weight ?? new Float64Array(value.length);
    const { fractional, price, ...solution } = solveMultipleChoiceKnapsack({ ...size, cost }, only?.limit ?? Infinity);
    const moves = fractional ? [stepOf(fractional, cost, actions.length)] : [];
    return { ...solution, prices: limits.map(() => price), marginalMoves: limits.map(() => moves) };
  }
  const start = warmPrices && limits.map(({ name, sense }) => (sense === "at_most" ? 1 : -1) * (warmPrices[name] ?? 0));
  const solution = solveMultidimensionalKnapsack({ ...size, rows: limits }, await openLinearProgramSolver(), {
    warmPrices: start,
  });
  if (solution.status === "solved") return solution;
  if (solution.status === "no_whole_plan") {
    throw new InputError("no_whole_plan", { limits: limits.map(({ name }) => name) });
  }
  throw new InputError("limits_conflict", {
    limits: solution.conflicting.map((row) => limits[row].name),
    relaxations: limits.flatMap(({ name, limit, sense }, row) => {
      const by = solution.relaxations[row];
      return by > 0
        ? [`${name} ${symbol(sense)} ${rounded(whole(sense === "at_most" ? limit + by : limit - by, row), sense)}`]
        : [];
    }),
  });
}

const symbol = (sense: Limit["sense"]) => (sense === "at_most" ? "≤" : "≥");

/** Rounded to what a person would type, in the direction that still helps. */
function rounded(value: number, sense: Limit["sense"]): number {
  const scale = 10 ** Math.max(0, 4 - Math.ceil(Math.log10(Math.max(1e-9, Math.abs(value)))));
  return (sense === "at_most" ? Math.ceil(value * scale) : Math.floor(value * scale)) / scale;
}

function stepOf(
  { item, lower, upper }: { item: number; lower: number; upper: number },
  cost: Numbers,
  choices: number,
): MarginalMove {
  const amount = 1 / (cost[item * choices + upper] - cost[item * choices + lower]);
  return { item, from: lower, to: upper, amount };
}

function check({ balance, explorationShare }: AllocationOptions): void {
  if (!(balance >= 0 && balance <= 1)) throw new InputError("balance_out_of_range", { balance });
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

function weighted({ short, long }: AllocationProblem, balance: number): Float64Array {
  const value = new Float64Array(short.length);
  for (let at = 0; at < value.length; at++) value[at] = (1 - balance) * short[at] + balance * long[at];
  return value;
}

/** The sums of each matrix when everybody's action is drawn evenly from the eligible ones. */
function expectedByChance(problem: AllocationProblem, matrices: readonly Numbers[]): number[] {
  const sums = matrices.map(() => 0);
  forEachEligible(problem, (at, count) => {
    for (let index = 0; index < matrices.length; index++) sums[index] += matrices[index][at] / count;
  });
  return sums;
}

function chosenSum({ customerIds, actions }: AllocationProblem, numbers: Numbers, choice: Int32Array): number {
  let sum = 0;
  for (let customer = 0; customer < customerIds.length; customer++)
    sum += numbers[customer * actions.length + choice[customer]];
  return sum;
}

function propensities(problem: AllocationProblem, choice: Int32Array, explorationShare: number): Float64Array {
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
