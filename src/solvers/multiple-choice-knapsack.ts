import { InputError } from "../base/errors.ts";
import { CompensatedSum } from "./compensated-sum.ts";
import { type Numbers, valueReader, type Worth } from "./items.ts";
import { improveAroundBreak } from "./multiple-choice-knapsack-core.ts";
import { relax } from "./multiple-choice-knapsack-relaxation.ts";

/** One choice for each item, all under one budget. Arrays are (items, choices), row-major. */
export interface KnapsackProblem extends Worth {
  readonly items: number;
  readonly choices: number;
  /** May be negative, as values may be: they are usually estimates of differences. */
  readonly cost: Numbers;
  /** 1 = may be chosen. Choice 0 ("nothing") may always be chosen, whatever stands here. */
  readonly eligible?: Uint8Array;
}

export interface KnapsackSolution {
  /** The choice of every item: whole and within the budget. */
  readonly choice: Int32Array; // (items)
  readonly value: number;
  readonly cost: number;
  /** Value of one more unit of budget (≥ 0), by the linear relaxation; 0 where the budget leaves slack. */
  readonly price: number;
  /** No plan, whole or fractional, can be worth more: Σᵢ maxₖ(vᵢₖ − price·cᵢₖ) + price·budget. */
  readonly bound: number;
  /** (bound − value) / max(1, |bound|). */
  readonly gap: number;
  /** (bound − value of the fractional optimum) / max(1, |bound|): 0 up to rounding, the rest of `gap` is wholeness. */
  readonly relaxationGap: number;
  /** True when the search has shown that no whole solution is better. */
  readonly provedOptimal: boolean;
  /** The one item the fractional optimum splits: `share` of it at `upper`, the rest at `lower`. Absent when slack. */
  readonly fractional?: {
    readonly item: number;
    readonly lower: number;
    readonly upper: number;
    readonly share: number;
  };
}

/**
 * Maximises Σ value under Σ cost ≤ budget with one choice per item: multiple-choice knapsack.
 *
 * The linear relaxation is solved exactly (see `relax`): at two prices that enclose the price of the budget nearly every item chooses
 * the same, and only the steps of the others are sorted. A search around the break then tightens the whole-item
 * solution (see `improveAroundBreak`).
 *
 * Throws InputError `budget_unattainable`, `budget_not_a_number`, `value_not_finite`, `shape_mismatch`.
 */
export function solveMultipleChoiceKnapsack(problem: KnapsackProblem, budget: number): KnapsackSolution {
  checkProblem(problem, budget);
  const relaxed = relax(problem, budget);
  if ("leastCost" in relaxed) {
    refuseNotFinite(problem);
    throw new InputError("budget_unattainable", { budget, attainable: relaxed.leastCost });
  }
  const { choice, breakAt, limit, ...greedy } = relaxed;
  if (breakAt === undefined) {
    const { value, cost } = greedy;
    const bound = dualBound(problem, 0, 0);
    const gap = relative(bound - value, bound);
    return { choice, value, cost, price: 0, bound, gap, relaxationGap: gap, provedOptimal: true };
  }

  const { item, lower, upper } = breakAt;
  const [from, to] = [item * problem.choices + lower, item * problem.choices + upper];
  const worthAt = valueReader(problem);
  const stepCost = problem.cost[to] - problem.cost[from];
  const stepValue = worthAt(to) - worthAt(from);
  const price = stepValue / stepCost;
  const share = Math.min(1, Math.max(0, (budget - greedy.cost) / stepCost));
  const bound = dualBound(problem, price, budget);
  const improved = improveAroundBreak(problem, relaxed, { price, room: Math.max(0, limit - greedy.cost), bound });
  const value = greedy.value + improved.value;
  return {
    choice,
    value,
    cost: greedy.cost + improved.cost,
    price,
    bound,
    gap: relative(bound - value, bound),
    relaxationGap: relative(bound - (greedy.value + share * stepValue), bound),
    provedOptimal: improved.provedOptimal,
    fractional: { item, lower, upper, share },
  };
}

/** Rounding can put a difference of equals just below 0; a gap never is. */
function relative(difference: number, bound: number): number {
  return Math.max(0, difference) / Math.max(1, Math.abs(bound));
}

/** Checks shapes and numbers. */
function checkProblem(problem: KnapsackProblem, budget: number): void {
  const { items, choices, value, cost, eligible, mix } = problem;
  const cells = items * choices;
  const lengths = { value: value.length, mix: mix?.value.length, cost: cost.length, eligible: eligible?.length };
  for (const [array, length] of Object.entries(lengths)) {
    if (length !== undefined && length !== cells) {
      throw new InputError("shape_mismatch", { array, length, expected: cells });
    }
  }
  if (choices < 1) throw new InputError("shape_mismatch", { array: "choices", length: choices, expected: 1 });
  if (Number.isNaN(budget)) throw new InputError("budget_not_a_number", { budget });
}

/** Throws InputError value_not_finite for the first number that is none. */
function refuseNotFinite({ items, choices, value, cost, eligible, mix }: KnapsackProblem): void {
  const arrays = { value, cost, ...(mix && { mix: mix.value }) };
  for (let at = 0; at < items * choices; at++) {
    const choice = at % choices;
    if (choice > 0 && eligible !== undefined && eligible[at] === 0) continue;
    for (const [array, numbers] of Object.entries(arrays)) {
      if (Number.isFinite(numbers[at])) continue;
      throw new InputError("value_not_finite", {
        array,
        item: Math.floor(at / choices),
        choice,
        found: String(numbers[at]),
      });
    }
  }
}

/**
 * Σᵢ maxₖ(vᵢₖ − price·cᵢₖ) + price·budget, from the rows alone: valid for any price ≥ 0, however it was found. Every number is
 * looked at, so that one that is not finite shows here.
 */
function dualBound(problem: KnapsackProblem, price: number, budget: number): number {
  const { items, choices, value, cost, eligible, mix } = problem;
  const [other, share] = [mix?.value ?? value, mix?.share ?? 0];
  const sum = new CompensatedSum();
  let nothing = 0;
  for (let item = 0; item < items; item++) {
    const first = item * choices;
    let best = Number.NEGATIVE_INFINITY;
    for (let at = first; at < first + choices; at++) {
      if (at > first && eligible !== undefined && eligible[at] === 0) continue;
      const reduced = (1 - share) * value[at] + share * other[at] - price * cost[at];
      nothing += reduced * 0;
      if (reduced > best) best = reduced;
    }
    sum.add(best);
  }
  if (nothing !== 0) refuseNotFinite(problem);
  if (price > 0) sum.add(price * budget);
  return sum.total;
}
