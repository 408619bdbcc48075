import { InputError } from "../base/errors.ts";
import { CompensatedSum } from "./compensated-sum.ts";
import type { Numbers } from "./multidimensional-knapsack.ts";
import { improveAroundBreak } from "./multiple-choice-knapsack-core.ts";

/** One choice for each item, all under one budget. Arrays are (items, choices), row-major. */
export interface KnapsackProblem {
  readonly items: number;
  readonly choices: number;
  /** Values and costs may be negative: they are usually estimates of differences. */
  readonly value: Numbers;
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

/** Sums that differ by less than this share of the money in play are the same sum (0.1 + 0.2 fits into 0.3). */
const costTolerance = 1e-12;
/** One bin per 1/256 octave: the upper 16 bits of the float32 of a positive efficiency, which order as it does. */
const binCount = 65536;

/**
 * Maximises Σ value under Σ cost ≤ budget with one choice per item: multiple-choice knapsack.
 *
 * The linear relaxation is solved exactly: on the upper hull of an item's (cost, value) points efficiencies fall, so
 * taking increments by falling efficiency is optimal (Sinha & Zoltners 1979). Increments are counted into a histogram
 * and only the bin in which the budget ends is sorted: two passes, no global sort. A search around the break
 * then tightens the whole-item solution (see `improveAroundBreak`).
 *
 * Throws InputError `budget_unattainable`, `budget_not_a_number`, `value_not_finite`, `shape_mismatch`.
 */
export function solveMultipleChoiceKnapsack(problem: KnapsackProblem, budget: number): KnapsackSolution {
  const scale = checkProblem(problem, budget);
  const hull = new Hull(problem);
  const tolerance = costTolerance * Math.max(scale, Number.isFinite(budget) ? Math.abs(budget) : 0);
  const limit = budget + tolerance;
  const histogram = countIncrements(hull);
  if (histogram.leastCost > limit) {
    throw new InputError("budget_unattainable", { budget, attainable: histogram.leastCost });
  }

  const { choice, breakAt } = fillToBreak(hull, histogram, limit);
  const greedy = totals(problem, choice);
  if (breakAt === undefined) {
    const bound = dualBound(problem, 0, 0);
    const gap = relative(bound - greedy.value, bound);
    return { choice, ...greedy, price: 0, bound, gap, relaxationGap: gap, provedOptimal: true };
  }

  const { item, lower, upper } = breakAt;
  const row = item * problem.choices;
  const stepCost = problem.cost[row + upper] - problem.cost[row + lower];
  const stepValue = problem.value[row + upper] - problem.value[row + lower];
  const price = stepValue / stepCost;
  const share = Math.min(1, Math.max(0, (budget - greedy.cost) / stepCost));
  const bound = dualBound(problem, price, budget);
  const provedOptimal = improveAroundBreak(problem, choice, price, Math.max(0, limit - greedy.cost), bound);
  const whole = totals(problem, choice);
  return {
    choice,
    ...whole,
    price,
    bound,
    gap: relative(bound - whole.value, bound),
    relaxationGap: relative(bound - (greedy.value + share * stepValue), bound),
    provedOptimal,
    fractional: { item, lower, upper, share },
  };
}

/** Rounding can put a difference of equals just below 0; a gap never is. */
function relative(difference: number, bound: number): number {
  return Math.max(0, difference) / Math.max(1, Math.abs(bound));
}

/** Checks shapes and numbers; returns Σᵢ maxₖ|cᵢₖ|, the money in play. */
function checkProblem({ items, choices, value, cost, eligible }: KnapsackProblem, budget: number): number {
  const cells = items * choices;
  for (const [array, length] of Object.entries({
    value: value.length,
    cost: cost.length,
    eligible: eligible?.length,
  })) {
    if (length !== undefined && length !== cells) {
      throw new InputError("shape_mismatch", { array, length, expected: cells });
    }
  }
  if (choices < 1) throw new InputError("shape_mismatch", { array: "choices", length: choices, expected: 1 });
  if (Number.isNaN(budget)) throw new InputError("budget_not_a_number", { budget });
  let scale = 0;
  for (let item = 0, at = 0; item < items; item++) {
    let largest = 0;
    for (let choice = 0; choice < choices; choice++, at++) {
      if (choice > 0 && eligible !== undefined && eligible[at] === 0) continue;
      if (!Number.isFinite(value[at]) || !Number.isFinite(cost[at])) {
        const array = Number.isFinite(value[at]) ? "cost" : "value";
        throw new InputError("value_not_finite", { array, item, choice, found: String({ value, cost }[array][at]) });
      }
      largest = Math.max(largest, Math.abs(cost[at]));
    }
    scale += largest;
  }
  return scale;
}

/** The efficient choices of one item at a time, from its cheapest upwards; `of` overwrites what it found before. */
class Hull {
  readonly problem: KnapsackProblem;
  /** Choices on the hull, by rising cost. */
  readonly vertex: Int32Array;
  /** Value per cost of the step up to this vertex; strictly falling from index 1 on. */
  readonly efficiency: Float64Array;
  readonly #byCost: Int32Array;

  constructor(problem: KnapsackProblem) {
    this.problem = problem;
    this.vertex = new Int32Array(problem.choices);
    this.efficiency = new Float64Array(problem.choices);
    this.#byCost = new Int32Array(problem.choices);
  }

  /** Finds the hull of an item and returns its number of vertices (≥ 1). */
  of(item: number): number {
    const { choices, value, cost } = this.problem;
    const { vertex, efficiency } = this;
    const byCost = this.#byCost;
    const eligibleCount = this.#sortByCost(item);
    const row = item * choices;
    vertex[0] = byCost[0];
    let count = 1;
    for (let position = 1; position < eligibleCount; position++) {
      const choice = byCost[position];
      const choiceValue = value[row + choice];
      if (choiceValue <= value[row + vertex[count - 1]]) continue;
      for (;;) {
        const below = row + vertex[count - 1];
        // The quotient itself is compared, not a cross product: the efficiencies then fall strictly as floats too.
        const slope = (choiceValue - value[below]) / (cost[row + choice] - cost[below]);
        if (count === 1 || slope < efficiency[count - 1]) {
          vertex[count] = choice;
          efficiency[count] = slope;
          count++;
          break;
        }
        count--;
      }
    }
    return count;
  }

  /** Eligible choices by rising cost; of equal cost the most valuable first, then the first named. */
  #sortByCost(item: number): number {
    const { choices, value, cost, eligible } = this.problem;
    const byCost = this.#byCost;
    const row = item * choices;
    let count = 0;
    for (let choice = 0; choice < choices; choice++) {
      const at = row + choice;
      if (choice > 0 && eligible !== undefined && eligible[at] === 0) continue;
      let position = count++;
      for (; position > 0; position--) {
        const before = row + byCost[position - 1];
        if (cost[before] < cost[at] || (cost[before] === cost[at] && value[before] >= value[at])) break;
        byCost[position] = byCost[position - 1];
      }
      byCost[position] = choice;
    }
    return count;
  }
}

const binFloat = new Float32Array(1);
const binBits = new Uint32Array(binFloat.buffer);

function binOf(efficiency: number): number {
  binFloat[0] = efficiency;
  return binBits[0] >>> 15;
}

interface Histogram {
  readonly leastCost: number;
  readonly costOfBin: Float64Array; // (bins)
}

/** First pass: the cost of the cheapest plan, and the cost of all steps up by bin of efficiency. */
function countIncrements(hull: Hull): Histogram {
  const { items, choices, cost } = hull.problem;
  const costOfBin = new Float64Array(binCount);
  const least = new CompensatedSum();
  for (let item = 0; item < items; item++) {
    const row = item * choices;
    const count = hull.of(item);
    least.add(cost[row + hull.vertex[0]]);
    for (let step = 1; step < count; step++) {
      costOfBin[binOf(hull.efficiency[step])] += cost[row + hull.vertex[step]] - cost[row + hull.vertex[step - 1]];
    }
  }
  return { leastCost: least.total, costOfBin };
}

interface Step {
  readonly item: number;
  readonly lower: number;
  readonly upper: number;
  readonly efficiency: number;
}

/** Second pass: takes the steps by falling efficiency until one no longer fits, the break. */
function fillToBreak(hull: Hull, { leastCost, costOfBin }: Histogram, limit: number) {
  const { choices, cost } = hull.problem;
  let critical = binCount - 1;
  for (let filled = leastCost; critical > 0 && filled + costOfBin[critical] <= limit; critical--) {
    filled += costOfBin[critical];
  }
  for (; ; critical--) {
    const { choice, steps } = takeAbove(hull, critical);
    steps.sort((a, b) => b.efficiency - a.efficiency || a.item - b.item);
    let spent = totals(hull.problem, choice).cost;
    for (const step of steps) {
      const row = step.item * choices;
      const stepCost = cost[row + step.upper] - cost[row + step.lower];
      if (spent + stepCost > limit) return { choice, breakAt: step };
      spent += stepCost;
      choice[step.item] = step.upper;
    }
    // Only rounding of the bins' sums can bring the loop here with steps left: they are in the next bin with any.
    while (critical > 0 && costOfBin[critical - 1] === 0) critical--;
    if (critical === 0) return { choice, breakAt: undefined };
  }
}

/** Takes every step in a bin above `critical`, and lists the steps in it. */
function takeAbove(hull: Hull, critical: number): { choice: Int32Array; steps: Step[] } {
  const { items } = hull.problem;
  const choice = new Int32Array(items);
  const steps: Step[] = [];
  for (let item = 0; item < items; item++) {
    const count = hull.of(item);
    let step = 1;
    while (step < count && binOf(hull.efficiency[step]) > critical) step++;
    choice[item] = hull.vertex[step - 1];
    for (; step < count && binOf(hull.efficiency[step]) === critical; step++) {
      steps.push({
        item,
        lower: hull.vertex[step - 1],
        upper: hull.vertex[step],
        efficiency: hull.efficiency[step],
      });
    }
  }
  return { choice, steps };
}

/** Σᵢ maxₖ(vᵢₖ − price·cᵢₖ) + price·budget, from the rows alone: valid for any price ≥ 0, however it was found. */
function dualBound({ items, choices, value, cost, eligible }: KnapsackProblem, price: number, budget: number): number {
  const sum = new CompensatedSum();
  for (let item = 0; item < items; item++) {
    const row = item * choices;
    let best = value[row] - price * cost[row];
    for (let at = row + 1; at < row + choices; at++) {
      if (eligible !== undefined && eligible[at] === 0) continue;
      const reduced = value[at] - price * cost[at];
      if (reduced > best) best = reduced;
    }
    sum.add(best);
  }
  sum.add(price * budget);
  return sum.total;
}

function totals({ items, choices, value, cost }: KnapsackProblem, choice: Int32Array) {
  const valueSum = new CompensatedSum();
  const costSum = new CompensatedSum();
  for (let item = 0; item < items; item++) {
    valueSum.add(value[item * choices + choice[item]]);
    costSum.add(cost[item * choices + choice[item]]);
  }
  return { value: valueSum.total, cost: costSum.total };
}
