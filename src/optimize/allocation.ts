import { InputError } from "../base/errors.ts";
import { type KnapsackProblem, solveMultipleChoiceKnapsack } from "../solvers/multiple-choice-knapsack.ts";

/** What each action would do to each customer, against doing nothing; major units, discounted. */
export interface AllocationProblem {
  readonly customerIds: readonly string[];
  /** The first is "nothing"; its columns are 0. */
  readonly actions: readonly string[];
  readonly short: Float64Array; // (customers, actions)
  readonly long: Float64Array; // (customers, actions)
  readonly cost: Float64Array; // (customers, actions)
  readonly eligible?: Uint8Array; // (customers, actions); nothing is always eligible
}

export interface AllocationOptions {
  /** β in [0, 1]: the weight of the long term. */
  readonly balance: number;
  /** Expected cost the plan may have; Infinity for none. */
  readonly budget: number;
  /** ε in [0, 1): with this probability a customer's action is drawn evenly from the eligible ones. */
  readonly explorationShare: number;
}

export interface Totals {
  short: number;
  long: number;
  total: number;
  cost: number;
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
  /** Objective per unit of budget; 0 where the budget leaves slack. */
  readonly shadowPrice: number;
  readonly budget: { limit: number; used: number; slack: number; binding: boolean };
  /** What one more unit of budget brings, from the step at which the budget ends; zeros where it leaves slack. */
  readonly sensitivity: { short: number; long: number; total: number };
  /** Objective given up by exploring instead of always taking the optimal action. */
  readonly explorationCost: number;
}

/**
 * max Σ xᵢₖ[(1−β)·Sᵢₖ + β·Lᵢₖ] under Σ xᵢₖ·cᵢₖ ≤ budget, one action a customer, with an exploration share mixed in.
 * The exploration's expected cost is set aside first, so the limit holds for the mix.
 * Throws InputError balance_out_of_range, exploration_share_out_of_range, budget_below_exploration, budget_unattainable.
 */
export function allocate(problem: AllocationProblem, options: AllocationOptions): Allocation {
  check(options);
  const { balance, budget, explorationShare } = options;
  const knapsack = weighted(problem, balance);
  const explored = exploredTotals(problem, knapsack.value);
  const remaining = (budget - explorationShare * explored.cost) / (1 - explorationShare);
  const solution = solveMultipleChoiceKnapsack(knapsack, attainable(knapsack, remaining, budget, explored.cost));
  const mixed = (optimal: number, drawn: number) => (1 - explorationShare) * optimal + explorationShare * drawn;
  const optimal = chosenTotals(problem, solution.choice);
  const short = mixed(optimal.short, explored.short);
  const long = mixed(optimal.long, explored.long);
  const objective = mixed(solution.value, explored.value);
  const bound = mixed(solution.bound, explored.value);
  const used = mixed(optimal.cost, explored.cost);
  const scale = Math.max(1, Math.abs(bound));
  return {
    choice: solution.choice,
    propensities: propensities(problem, solution.choice, explorationShare),
    totals: { short, long, total: short + long, cost: used },
    objective,
    bound,
    gap: Math.max(0, bound - objective) / scale,
    relaxationGap: (solution.relaxationGap * Math.max(1, Math.abs(solution.bound)) * (1 - explorationShare)) / scale,
    shadowPrice: solution.price,
    budget: { limit: budget, used, slack: budget - used, binding: solution.price > 0 },
    sensitivity: sensitivity(problem, solution.fractional),
    explorationCost: solution.value - objective,
  };
}

function check({ balance, explorationShare }: AllocationOptions): void {
  if (!(balance >= 0 && balance <= 1)) throw new InputError("balance_out_of_range", { balance });
  if (!(explorationShare >= 0 && explorationShare < 1)) {
    throw new InputError("exploration_share_out_of_range", { explorationShare });
  }
}

/** The exploration alone may already cost more than the budget: say which share would fit. */
function attainable(problem: KnapsackProblem, remaining: number, budget: number, exploredCost: number): number {
  if (remaining >= 0 || exploredCost <= 0 || hasNegativeCost(problem)) return remaining;
  throw new InputError("budget_below_exploration", { budget, largestShare: Math.max(0, budget / exploredCost) });
}

function hasNegativeCost({ cost }: KnapsackProblem): boolean {
  return cost.some((value) => value < 0);
}

function weighted(
  { customerIds, actions, short, long, cost, eligible }: AllocationProblem,
  balance: number,
): KnapsackProblem {
  const value = short.map((now, at) => (1 - balance) * now + balance * long[at]);
  return { items: customerIds.length, choices: actions.length, value, cost, eligible };
}

/** Calls `visit` with every customer's eligible places and how many there are. */
function forEachEligible(
  { customerIds, actions, eligible }: AllocationProblem,
  visit: (at: number, count: number, customer: number) => void,
) {
  const width = actions.length;
  for (let customer = 0; customer < customerIds.length; customer++) {
    const row = customer * width;
    let count = 0;
    for (let at = row; at < row + width; at++) if (at === row || eligible?.[at] !== 0) count++;
    for (let at = row; at < row + width; at++) if (at === row || eligible?.[at] !== 0) visit(at, count, customer);
  }
}

function exploredTotals(problem: AllocationProblem, value: Float64Array) {
  const sums = { short: 0, long: 0, cost: 0, value: 0 };
  forEachEligible(problem, (at, count) => {
    sums.short += problem.short[at] / count;
    sums.long += problem.long[at] / count;
    sums.cost += problem.cost[at] / count;
    sums.value += value[at] / count;
  });
  return sums;
}

function chosenTotals({ customerIds, actions, short, long, cost }: AllocationProblem, choice: Int32Array) {
  const sums = { short: 0, long: 0, cost: 0 };
  for (let customer = 0; customer < customerIds.length; customer++) {
    const at = customer * actions.length + choice[customer];
    sums.short += short[at];
    sums.long += long[at];
    sums.cost += cost[at];
  }
  return sums;
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
  { actions, short, long, cost }: AllocationProblem,
  step?: { item: number; lower: number; upper: number },
): Allocation["sensitivity"] {
  if (!step) return { short: 0, long: 0, total: 0 };
  const lower = step.item * actions.length + step.lower;
  const upper = step.item * actions.length + step.upper;
  const perUnit = 1 / (cost[upper] - cost[lower]);
  const now = (short[upper] - short[lower]) * perUnit;
  const later = (long[upper] - long[lower]) * perUnit;
  return { short: now, long: later, total: now + later };
}
