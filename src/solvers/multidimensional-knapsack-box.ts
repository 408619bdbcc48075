import type { LinearProgram, LinearProgramSolver } from "./linear-program.ts";
import type { Alternatives } from "./multidimensional-knapsack-alternatives.ts";
import type { PricedChoices, PricedPlan } from "./multidimensional-knapsack-pricing.ts";
import {
  accountPrices,
  allowedWeights,
  withScenarios,
  worthInScenarios,
} from "./multidimensional-knapsack-scenarios.ts";

/** A fractional plan: everybody's choice at `plan.prices`, but `share` of the alternatives instead. */
export interface FractionalPlan {
  readonly plan: PricedPlan;
  /** Of an item's copies, how many. */
  readonly share: Float64Array; // (alternatives)
  readonly value: number;
  /** The best prices, signed as in `PricedChoices`. */
  readonly prices: Float64Array; // (rows)
  /** Those at which scenarios count in these prices; empty where there are none. */
  readonly scenarioWeights: Float64Array; // (scenarios)
  /** Σ prices' bound: equal to `value` where the plan keeps its limits. */
  readonly bound: number;
}

export interface PriceSearch {
  /** How prices may begin; zeros else. */
  readonly start?: Float64Array; // (rows)
  /** First radius of the box, as a share of a price (and of 0.3 where it is 0, in units of mean value per mean weight). */
  readonly radius: number;
  /** Largest price in the same units: what a limit may be exceeded at. */
  readonly highestPrice: number;
  /** Where to go on, once, when the best prices are not in the first box. */
  readonly restart?: (plan: PricedPlan) => Float64Array; // (rows)
}

/** In units of mean value per mean weight, how far a price of 0 may be off. */
export const widthOfNothing = 0.3;
const mostBoxes = 60;
/** Of a mean weight; HiGHS keeps rows to 1e-10 of it. */
const tolerance = 1e-7;

/**
 * The best prices and the fractional plan they support. `exceeded` are the rows that this plan breaks although it would
 * save `highestPrice` by keeping them, in the rows' own units; all 0 where the limits can be kept.
 */
export function searchPrices(
  priced: PricedChoices,
  solveLinear: LinearProgramSolver,
  { start, radius: firstRadius, highestPrice, restart }: PriceSearch,
): FractionalPlan & { readonly exceeded: Float64Array } {
  const { rows } = priced.problem;
  const unit = priced.weightScales.map((scale) => priced.valueScale / scale);
  const sign = rows.map(({ sense }) => (sense === "at_most" ? 1 : -1));
  const inUnits = (from: Float64Array | undefined) =>
    rows.map((_, row) => Math.min(highestPrice, Math.abs(from?.[row] ?? 0) / unit[row]));
  let scaled = inUnits(start);
  let radius = firstRadius;
  for (let boxes = 1; ; boxes++) {
    const width = scaled.map((price) => price + widthOfNothing);
    const prices = Float64Array.from(scaled, (price, row) => sign[row] * price * unit[row]);
    const plan = priced.at(
      prices,
      Float64Array.from(width, (span, row) => span * unit[row]),
      radius,
    );
    if (plan.radius === 0 && !priced.breaksTies) {
      priced.breakTies();
      continue;
    }
    const box = {
      lower: scaled.map((price, row) => Math.max(0, price - plan.radius * width[row])),
      upper: scaled.map((price, row) => Math.min(highestPrice, price + plan.radius * width[row])),
    };
    const columns = plan.alternatives.count;
    const { x, price } = solveLinear(boxProgram(priced, plan, box, sign));
    const exceeded = Float64Array.from(rows, (_, row) => x[columns + row]);
    const unused = rows.map((_, row) => (box.lower[row] > 0 ? x[columns + rows.length + row] : 0));
    const inside = rows.every(
      (_, row) => unused[row] <= tolerance && (exceeded[row] <= tolerance || box.upper[row] >= highestPrice),
    );
    const next = rows.map((_, row) => Math.min(box.upper[row], Math.max(box.lower[row], price[row])));
    if (inside || boxes === mostBoxes) {
      const share = x.slice(0, columns);
      const best = Float64Array.from(next, (amount, row) => sign[row] * amount * unit[row]);
      const scenarioWeights = weightsOf(priced, price.subarray(rows.length), best);
      return {
        plan,
        share,
        prices: best,
        scenarioWeights,
        ...valuesOf(priced, plan, share, best, scenarioWeights),
        exceeded: exceeded.map((amount, row) => (amount > tolerance ? amount * priced.weightScales[row] : 0)),
      };
    }
    const isRestarted = restart !== undefined && boxes === 1;
    scaled = isRestarted ? inUnits(restart(plan)) : next;
    radius = isRestarted ? firstRadius : 2 * plan.radius;
  }
}

/**
 * The weights of the scenarios, from the prices of their rows. The accounts' prices are set to what these weights make them: only
 * then do prices bound every plan.
 */
function weightsOf({ problem }: PricedChoices, rowPrices: Float64Array, prices: Float64Array): Float64Array {
  const { scenarios } = problem;
  if (scenarios === undefined) return new Float64Array(0);
  const weights = allowedWeights(rowPrices, scenarios);
  accountPrices(scenarios, weights).forEach((price, account) => {
    prices[scenarios.firstAccount + account] = -price;
  });
  return weights;
}

/** Value of the fractional plan, and the bound at the programme's prices: the alternatives are the only ones to change. */
function valuesOf(
  priced: PricedChoices,
  plan: PricedPlan,
  share: Float64Array,
  prices: Float64Array,
  scenarioWeights: Float64Array,
) {
  const { choices, rows, scenarios } = priced.problem;
  const used = Float64Array.from(plan.used);
  let value = plan.value;
  // At the plan's own prices nobody gains by an alternative, so the plan's bound holds what tie breaks add.
  let bound = plan.bound;
  for (let row = 0; row < rows.length; row++)
    bound += (prices[row] - plan.prices[row]) * (priced.limit(row) - plan.used[row]);
  const certain = scenarioWeights.reduce((sum, weight, scenario) => sum + weight * priced.constant(scenario), 0);
  bound += certain;
  forEachItem(plan.alternatives, (item, first, end) => {
    const choice = plan.choice[item];
    const base = item * choices + choice;
    const own = priced.worthOf(item, choice, prices);
    let most = 0;
    for (let index = first; index < end; index++) {
      const at = item * choices + plan.alternatives.choice[index];
      value += share[index] * (priced.valueAt(at) - priced.valueAt(base));
      for (let row = 0; row < rows.length; row++)
        used[row] += share[index] * (rows[row].weight[at] - rows[row].weight[base]);
      most = Math.max(most, priced.worthOf(item, plan.alternatives.choice[index], prices) - own);
    }
    bound += priced.copiesOf(item) * most;
  });
  if (priced.breaksTies) bound = Math.min(bound, priced.boundAt(prices) + certain);
  return { value: value + worthInScenarios(scenarios, used, priced.share), bound };
}

/** Calls `visit` with each item and the range of its alternatives, which stand together. */
export function forEachItem(
  { count, item }: Alternatives,
  visit: (item: number, first: number, end: number) => void,
): void {
  for (let first = 0; first < count; ) {
    let end = first + 1;
    while (end < count && item[end] === item[first]) end++;
    visit(item[first], first, end);
    first = end;
  }
}

interface Box {
  readonly lower: readonly number[]; // (rows)
  readonly upper: readonly number[]; // (rows)
}

/**
 * The alternatives as columns, measured against their item's choice; then, for every row, what exceeds it (at the box's
 * upper price) and what is left unused (at its lower price). An item with several
 * alternatives takes one at most for each of its copies.
 */
function boxProgram(priced: PricedChoices, plan: PricedPlan, box: Box, sign: readonly number[]): LinearProgram {
  const { choices, rows, scenarios } = priced.problem;
  const free = new Float64Array(rows.length);
  const { alternatives } = plan;
  const columns = alternatives.count + 2 * rows.length;
  const gain = new Float64Array(columns);
  const upper = new Float64Array(columns);
  const limits = rows.map((_, row) => (sign[row] * (priced.limit(row) - plan.used[row])) / priced.weightScales[row]);
  scenarios?.constant.forEach((_, scenario) => {
    limits.push(priced.constant(scenario) / priced.valueScale);
  });
  const start = new Int32Array(columns + 1);
  const entryRow: number[] = [];
  const coefficient: number[] = [];
  const entry = (row: number, amount: number) => {
    if (amount === 0) return;
    entryRow.push(row);
    coefficient.push(amount);
  };
  forEachItem(alternatives, (item, first, end) => {
    const chosen = plan.choice[item];
    const base = item * choices + chosen;
    const copies = priced.copiesOf(item);
    if (end - first > 1) limits.push(copies);
    for (let index = first; index < end; index++) {
      const at = item * choices + alternatives.choice[index];
      const choice = alternatives.choice[index];
      upper[index] = copies;
      gain[index] = (priced.worthOf(item, choice, free) - priced.worthOf(item, chosen, free)) / priced.valueScale;
      rows.forEach(({ weight }, row) => {
        entry(row, (sign[row] * (weight[at] - weight[base])) / priced.weightScales[row]);
      });
      if (end - first > 1) entry(limits.length - 1, 1);
      start[index + 1] = entryRow.length;
    }
  });
  rows.forEach((_, row) => {
    const column = alternatives.count + row;
    gain[column] = -box.upper[row];
    upper[column] = Number.POSITIVE_INFINITY;
    entry(row, -1);
    start[column + 1] = entryRow.length;
  });
  rows.forEach((_, row) => {
    const column = alternatives.count + rows.length + row;
    gain[column] = box.lower[row];
    upper[column] = box.lower[row] > 0 ? Number.POSITIVE_INFINITY : 0;
    entry(row, 1);
    start[column + 1] = entryRow.length;
  });
  const program: LinearProgram = {
    gain,
    lower: new Float64Array(columns),
    upper,
    limit: Float64Array.from(limits),
    start,
    row: Int32Array.from(entryRow),
    coefficient: Float64Array.from(coefficient),
  };
  return scenarios ? withScenarios(program, scenarios, priced, rows.length) : program;
}
