import { CompensatedSum } from "./compensated-sum.ts";
import { rowsOf, spreadItems, valueReader } from "./items.ts";
import type { KnapsackProblem } from "./multiple-choice-knapsack.ts";
import { Hull } from "./multiple-choice-knapsack-hull.ts";

/** The optimum of the linear relaxation, as the whole plan before the step that the budget splits. */
export interface Relaxation {
  readonly choice: Int32Array; // (items)
  readonly value: number;
  readonly cost: number;
  /** What a plan may cost: the budget and what rounding can make of it. */
  readonly limit: number;
  /** Where the budget ends; absent where it leaves slack. */
  readonly breakAt?: Step;
  /** The items that choose differently at the two ends of `prices`; every other item is sure of its choice between them. */
  readonly undecided: Int32Array;
  readonly prices: PriceRange;
}

/** From one choice of an item to the next dearer efficient one. */
export interface Step {
  readonly item: number;
  readonly lower: number;
  readonly upper: number;
  /** Value per cost. */
  readonly efficiency: number;
}

/** Prices of a unit of budget. At an infinite one every item takes the cheapest. */
export interface PriceRange {
  readonly low: number;
  readonly high: number;
}

const everyPrice: PriceRange = { low: 0, high: Number.POSITIVE_INFINITY };
/** Sums that differ by less than this share of the money in play are the same sum (0.1 + 0.2 fits into 0.3). */
const costTolerance = 1e-12;
/** So few items are all looked at closely. */
const fewItems = 4096;
const sampleShare = 1 / 32;
/** Standard errors of a sample's cost within which the prices are sought first. */
const standardErrors = 4;
/** How often prices that do not enclose the budget's end are moved on before all that are left are taken. */
const patience = 4;
/** Sums are carried over in such blocks, because adding millions of terms one by one would lose digits. */
const itemsPerBlock = 1024;

/**
 * On the upper hull of an item's (cost, value) points efficiencies fall, so taking steps by falling efficiency until the budget
 * ends is the optimum of the relaxation (Sinha & Zoltners 1979). The efficiency at the end is the price of the budget. A sample
 * of the items says between which prices it lies; an item that chooses the same at both of these chooses so at all between them, and
 * only the steps of the others are sorted. Prices that turn out not to enclose the budget's end are moved on.
 *
 * Where even the cheapest plan costs more than the budget, what that plan costs.
 */
export function relax(problem: KnapsackProblem, budget: number): Relaxation | { readonly leastCost: number } {
  let prices = firstPrices(problem, budget);
  for (let misses = 1; ; misses++) {
    const plan = chooseBetween(problem, prices);
    const limit = budget + costTolerance * Math.max(plan.moneyInPlay, Number.isFinite(budget) ? Math.abs(budget) : 0);
    if (plan.cost.total > limit) {
      if (prices.high === everyPrice.high) return { leastCost: plan.cost.total };
      prices = { low: prices.high, high: misses < patience ? prices.high * 4 ** misses : everyPrice.high };
      continue;
    }
    const breakAt = fill(problem, plan, limit);
    if (breakAt || prices.low === 0) {
      const { choice, undecided, value, cost } = plan;
      return { choice, value: value.total, cost: cost.total, limit, undecided, prices, ...(breakAt && { breakAt }) };
    }
    prices = { low: misses < patience ? prices.low / 4 ** misses : 0, high: prices.low };
  }
}

/** Prices between which the budget will end: those at which a sample spends a little less and a little more than its share. */
function firstPrices(problem: KnapsackProblem, budget: number): PriceRange {
  if (budget === Number.POSITIVE_INFINITY) return { low: 0, high: 0 };
  if (problem.items <= fewItems) return everyPrice;
  const sample = sampleOf(problem, Math.ceil(problem.items * sampleShare));
  const ofSample = budget * (sample.items / problem.items);
  const middle = relax(sample, ofSample);
  if ("leastCost" in middle) return everyPrice;
  const error = standardErrors * Math.sqrt(sample.items) * deviationOfCost(sample, middle.choice);
  const priceAt = (amount: number, otherwise: number) => {
    const found = relax(sample, amount);
    return "leastCost" in found ? otherwise : (found.breakAt?.efficiency ?? 0);
  };
  return { low: priceAt(ofSample + error, 0), high: priceAt(ofSample - error, everyPrice.high) };
}

/** Evenly many items from every part of the list. */
function sampleOf(problem: KnapsackProblem, count: number): KnapsackProblem {
  const { items, choices, value, mix, cost, eligible } = problem;
  const picked = spreadItems(items, count);
  const only = (numbers: ArrayLike<number>) => rowsOf(numbers, choices, picked, new Float64Array(count * choices));
  return {
    items: count,
    choices,
    value: only(value),
    cost: only(cost),
    ...(mix && { mix: { ...mix, value: only(mix.value) } }),
    ...(eligible && { eligible: rowsOf(eligible, choices, picked, new Uint8Array(count * choices)) }),
  };
}

function deviationOfCost({ items, choices, cost }: KnapsackProblem, choice: Int32Array): number {
  let [sum, squares] = [0, 0];
  for (let item = 0; item < items; item++) {
    const spent = cost[item * choices + choice[item]];
    sum += spent;
    squares += spent * spent;
  }
  return Math.sqrt(Math.max(0, squares / items - (sum / items) ** 2));
}

/** What every item chooses at the higher of two prices, of equals the cheapest. */
interface PlanAtHighPrice {
  readonly choice: Int32Array; // (items)
  readonly value: CompensatedSum;
  readonly cost: CompensatedSum;
  /** Σ |cost| of what was chosen. */
  readonly moneyInPlay: number;
  /** The items that would choose otherwise at the lower price, and their steps between the prices. */
  readonly undecided: Int32Array;
  readonly steps: Step[];
}

function chooseBetween(problem: KnapsackProblem, prices: PriceRange): PlanAtHighPrice {
  const { items, choices, cost } = problem;
  const choice = new Int32Array(items);
  const decided = prices.high === everyPrice.high ? undefined : chooseAtBothPrices(problem, prices, choice);
  const undecided = decided?.undecided ?? Int32Array.from({ length: items }, (_, item) => item);
  const [valueSum, costSum] = [decided?.value ?? new CompensatedSum(), decided?.cost ?? new CompensatedSum()];
  let moneyInPlay = decided?.moneyInPlay ?? 0;
  const worthAt = valueReader(problem);
  const hull = new Hull(problem);
  const steps: Step[] = [];
  for (const item of undecided) {
    const count = hull.of(item);
    let step = 1;
    while (step < count && hull.efficiency[step] > prices.high) step++;
    const at = item * choices + hull.vertex[step - 1];
    choice[item] = hull.vertex[step - 1];
    valueSum.add(worthAt(at));
    costSum.add(cost[at]);
    moneyInPlay += Math.abs(cost[at]);
    for (; step < count && hull.efficiency[step] >= prices.low; step++) {
      steps.push({ item, lower: hull.vertex[step - 1], upper: hull.vertex[step], efficiency: hull.efficiency[step] });
    }
  }
  return { choice, value: valueSum, cost: costSum, moneyInPlay, undecided, steps };
}

/** Every item's choice at both prices; sums are of the items that choose the same. */
function chooseAtBothPrices(problem: KnapsackProblem, prices: PriceRange, choice: Int32Array) {
  const [value, cost] = [new CompensatedSum(), new CompensatedSum()];
  const undecided: number[] = [];
  let moneyInPlay = 0;
  for (let start = 0; start < problem.items; start += itemsPerBlock) {
    const end = Math.min(problem.items, start + itemsPerBlock);
    const sums = chooseInBlock(problem, start, end, prices, choice, undecided);
    value.add(sums.value);
    cost.add(sums.cost);
    moneyInPlay += sums.moneyInPlay;
  }
  return { value, cost, moneyInPlay, undecided: Int32Array.from(undecided) };
}

/** A function of its own because what is called often is compiled soon. */
function chooseInBlock(
  { choices, value, cost, eligible, mix }: KnapsackProblem,
  start: number,
  end: number,
  { low, high }: PriceRange,
  choice: Int32Array,
  undecided: number[],
) {
  const [other, share] = [mix?.value ?? value, mix?.share ?? 0];
  const sums = { value: 0, cost: 0, moneyInPlay: 0 };
  for (let item = start; item < end; item++) {
    const first = item * choices;
    let [bestAtHigh, bestAtLow] = [first, first];
    let [mostAtHigh, mostAtLow] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let at = first; at < first + choices; at++) {
      if (at > first && eligible !== undefined && eligible[at] === 0) continue;
      const worth = (1 - share) * value[at] + share * other[at];
      const worthAtHigh = worth - high * cost[at];
      const worthAtLow = worth - low * cost[at];
      if (worthAtHigh > mostAtHigh || (worthAtHigh === mostAtHigh && cost[at] < cost[bestAtHigh])) {
        mostAtHigh = worthAtHigh;
        bestAtHigh = at;
      }
      if (worthAtLow > mostAtLow) {
        mostAtLow = worthAtLow;
        bestAtLow = at;
      }
    }
    if (bestAtHigh !== bestAtLow) {
      undecided.push(item);
      continue;
    }
    choice[item] = bestAtHigh - first;
    sums.value += (1 - share) * value[bestAtHigh] + share * other[bestAtHigh];
    sums.cost += cost[bestAtHigh];
    sums.moneyInPlay += Math.abs(cost[bestAtHigh]);
  }
  return sums;
}

/** Takes steps by falling efficiency, of equals in the order of the items, until one no longer fits: the break. */
function fill(problem: KnapsackProblem, { choice, value, cost: spent, steps }: PlanAtHighPrice, limit: number) {
  const { choices, cost } = problem;
  const worthAt = valueReader(problem);
  steps.sort((a, b) => b.efficiency - a.efficiency || a.item - b.item);
  for (const step of steps) {
    const [lower, upper] = [step.item * choices + step.lower, step.item * choices + step.upper];
    if (spent.total + (cost[upper] - cost[lower]) > limit) return step;
    spent.add(cost[upper] - cost[lower]);
    value.add(worthAt(upper) - worthAt(lower));
    choice[step.item] = step.upper;
  }
}
