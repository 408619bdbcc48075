import { choleskyFactor, choleskySolve } from "../stats/linear-algebra.ts";
import { type FractionalPlan, forEachItem } from "./multidimensional-knapsack-box.ts";
import type { PricedChoices } from "./multidimensional-knapsack-pricing.ts";

/** What the fractional optimum changes: `amount` of an item goes from one choice to another. */
export interface MarginalMove {
  readonly item: number;
  readonly from: number;
  readonly to: number;
  readonly amount: number;
}

/** Of the mean value: choices that lose less at the best prices are tied there. */
const tieTolerance = 1e-7;

/**
 * What relaxing each limit by one unit changes in the fractional plan: only items with tied choices move, so that every other
 * binding limit stays as full as it was (sensitivity of a basic solution). Of several ways the one of least norm. Empty for
 * limits that leave slack, and where no ties can fill one limit alone.
 */
export function marginalMoves(priced: PricedChoices, { plan, prices }: FractionalPlan): MarginalMove[][] {
  const { rows, choices } = priced.problem;
  const sign = rows.map(({ sense }) => (sense === "at_most" ? 1 : -1));
  const binding = rows.flatMap((_, row) => (prices[row] === 0 ? [] : [row]));
  const moves: Omit<MarginalMove, "amount">[] = [];
  const equations: number[][] = binding.map(() => []);
  forEachItem(plan.alternatives, (item, first, end) => {
    const own = priced.choiceOf(item, plan.prices);
    const open = [own, ...plan.alternatives.choice.subarray(first, end)];
    const worths = open.map((choice) => priced.worthOf(item, choice, prices));
    const least = Math.max(...worths) - tieTolerance * priced.valueScale;
    const [from, ...others] = open.filter((_, at) => worths[at] >= least);
    for (const to of others) {
      moves.push({ item, from, to });
      binding.forEach((row, equation) => {
        const { weight } = rows[row];
        const more = weight[item * choices + to] - weight[item * choices + from];
        equations[equation].push((sign[row] * more) / priced.weightScales[row]);
      });
    }
  });
  const columns = moves.length;
  const size = binding.length;
  const products = Float64Array.from({ length: size * size }, (_, at) => {
    const [one, other] = [equations[Math.floor(at / size)], equations[at % size]];
    return one.reduce((sum, part, column) => sum + part * other[column], 0);
  });
  const factor = columns >= size && size > 0 ? choleskyFactor(products, size) : null;
  return rows.map((_, row) => {
    const equation = binding.indexOf(row);
    if (equation < 0 || factor === null) return [];
    const unit = Float64Array.from({ length: size }, (_, at) => (at === equation ? 1 / priced.weightScales[row] : 0));
    const weights = choleskySolve(factor, unit, size);
    return moves.map((move, column) => ({
      ...move,
      amount: equations.reduce((sum, part, at) => sum + part[column] * weights[at], 0),
    }));
  });
}
