import { curveSlope, curveValue } from "../plan/curves.ts";
import type { Curve } from "../plan/input.ts";
import type { Numbers } from "../solvers/items.ts";
import type { AllocationProblem } from "./problem.ts";

/** How much of an action's effect a part of its largest spend brings; the curve's height is of no account. */
export interface SpendCurves {
  /** Undefined where the action is given whole or not at all. */
  curveAt(at: number): Curve | undefined; // by place in (customers, actions)
}

/** What of a limit's weight goes with the spend, what with the effect, and what counts as soon as the action is given. */
export interface WeightParts {
  readonly bySpend: Numbers; // (customers, actions)
  readonly byEffect: Numbers; // (customers, actions)
  readonly whole: Numbers; // (customers, actions)
}

/** Spends that are offered to every customer, as choices beside each other. */
export interface SpendLevels {
  readonly width: number;
  /** The action that each choice is. */
  readonly source: Int32Array; // (width)
  /** Of the largest spend. */
  readonly share: Float64Array; // (customers, width)
  /** Of the effect of the largest spend. */
  readonly effect: Float64Array; // (customers, width)
  readonly offered: Uint8Array; // (customers, width)
}

/** Offered beside the best spends at some prices. */
const coarseShares = [0.05, 0.15, 0.3, 0.5, 0.75, 1];
/** Multiples of a unit's price at whose best spends levels lie; in steps of a given size on the logarithm. */
const steps = [-2, -1, 0, 1, 2];
const bisections = 60;

/**
 * The share b/B of the largest spend B that maximises gain · r(b)/r(B) − price · b, and that maximum; spending nothing is worth 0. On an S-shape only
 * the part beyond the point where the tangent passes through 0 can be best (its concave envelope): that point stands for all below it.
 */
export function bestSpend(curve: Curve, most: number, gain: number, price: number): { share: number; worth: number } {
  if (gain <= 0) return { share: price < 0 ? 1 : 0, worth: Math.max(0, -price * most) };
  const full = curveValue(curve, most);
  const worthOf = (spend: number) => (gain * curveValue(curve, spend)) / full - price * spend;
  const slopeAt = (spend: number) => (gain * curveSlope(curve, spend)) / full;
  let low = Math.min(most, firstConcave(curve));
  let high = most;
  if (price > 0 && slopeAt(high) < price && slopeAt(low) > price) {
    for (let step = 0; step < bisections && high - low > Number.EPSILON * high; step++) {
      const middle = (low + high) / 2;
      if (slopeAt(middle) > price) low = middle;
      else high = middle;
    }
  }
  const spend = price > 0 && slopeAt(most) < price ? low : most;
  return { share: spend / most, worth: Math.max(0, worthOf(spend)) };
}

/** From where a curve is concave for good, as seen from 0 (`concaveEnvelope` in plan/curves.ts). */
function firstConcave(curve: Curve): number {
  return curve.shape === "hill" && curve.slope > 1 ? curve.half * (curve.slope - 1) ** (1 / curve.slope) : 0;
}

/** The levels of a first look. */
export function coarseLevels(problem: AllocationProblem, curves: SpendCurves): SpendLevels {
  return levelsOf(problem, curves, () => []);
}

/**
 * Levels about the best spends at the given prices: of each unit spent, and of all else that comes with the effect. `step` is the distance
 * of neighbours on the logarithm of the unit's price; the straight line between two of them misses the curve by about step²/8 of the change.
 */
export function levelsAround(
  problem: AllocationProblem,
  curves: SpendCurves,
  { gain, spend }: PricedSpend,
  step: number,
): SpendLevels {
  return levelsOf(problem, curves, (at, curve) =>
    steps.map((distance) => {
      const price = (spend(at) / problem.cost[at]) * Math.exp(distance * step);
      return bestSpend(curve, problem.cost[at], gain(at), price).share;
    }),
  );
}

/** By place: what the largest spend's effect is worth, and what that spend costs, at some prices of the limits. */
export interface PricedSpend {
  gain(at: number): number;
  spend(at: number): number;
  /** What giving the action at all costs. */
  whole(at: number): number;
}

export function pricedSpend(
  value: Numbers,
  parts: readonly WeightParts[],
  prices: ArrayLike<number>, // (limits), negative for floors
): PricedSpend {
  const priced = (of: keyof WeightParts, at: number) => {
    let sum = 0;
    for (let limit = 0; limit < parts.length; limit++) sum += prices[limit] * parts[limit][of][at];
    return sum;
  };
  return {
    gain: (at) => value[at] - priced("byEffect", at),
    spend: (at) => priced("bySpend", at),
    whole: (at) => priced("whole", at),
  };
}

/** Σᵢ max over actions and spends of value less prices · weights: with Σ price · limit no plan is worth more. */
export function mostAtPrices(
  problem: AllocationProblem,
  curves: SpendCurves,
  { gain, spend, whole }: PricedSpend,
): number {
  const width = problem.actions.length;
  let sum = 0;
  for (let row = 0; row < problem.short.length; row += width) {
    let most = Number.NEGATIVE_INFINITY;
    for (let at = row; at < row + width; at++) {
      if (at > row && problem.eligible?.[at] === 0) continue;
      const curve = curves.curveAt(at);
      const worth = curve
        ? bestSpend(curve, problem.cost[at], gain(at), spend(at) / problem.cost[at]).worth
        : gain(at) - spend(at);
      most = Math.max(most, worth - whole(at));
    }
    sum += most;
  }
  return sum;
}

/** A matrix over actions as one over levels; `by` says how much of it a level is. */
export function overLevels<T extends Float64Array | Uint8Array>(
  matrix: Numbers | Uint8Array,
  actions: number,
  { width, source }: SpendLevels,
  into: T,
  by?: ArrayLike<number>,
): T {
  for (let at = 0; at < into.length; at++) {
    const from = Math.floor(at / width) * actions + source[at % width];
    into[at] = by ? matrix[from] * by[at] : matrix[from];
  }
  return into;
}

function levelsOf(
  problem: AllocationProblem,
  curves: SpendCurves,
  sharesAt: (at: number, curve: Curve) => readonly number[],
): SpendLevels {
  const actions = problem.actions.length;
  const customers = problem.customerIds.length;
  const isSpent = problem.actions.map((_, action) => {
    for (let at = action; at < problem.short.length; at += actions) if (curves.curveAt(at)) return true;
    return false;
  });
  const most = coarseShares.length + steps.length;
  const source = Int32Array.from(
    problem.actions.flatMap((_, action) => new Array<number>(isSpent[action] ? most : 1).fill(action)),
  );
  const width = source.length;
  const share = new Float64Array(customers * width);
  const effect = new Float64Array(customers * width);
  const offered = new Uint8Array(customers * width);
  for (let customer = 0; customer < customers; customer++) {
    for (let choice = 0; choice < width; ) {
      const at = customer * actions + source[choice];
      const curve = curves.curveAt(at);
      const shares = curve ? [...coarseShares, ...sharesAt(at, curve)] : [1];
      shares.forEach((part, level) => {
        const place = customer * width + choice + level;
        share[place] = part;
        effect[place] = curve ? curveValue(curve, part * problem.cost[at]) / curveValue(curve, problem.cost[at]) : 1;
        offered[place] = 1;
      });
      choice += isSpent[source[choice]] ? most : 1;
    }
  }
  return { width, source, share, effect, offered };
}
