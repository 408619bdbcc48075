import { carriedOver, type Lever, type LeverPlan, stock } from "./lever-plan.ts";
import { addValueGradient, remainingValue } from "./remaining-value.ts";

/** What a choice of levers leads to, before it is judged. */
export interface Course {
  readonly x: Float64Array; // (levers, periods)
  /** Baseline with the levers' memory, and what the levers bring; the last element is the settled period. */
  readonly revenue: readonly Float64Array[]; // (segments) of (periods + 1)
}

/** How a number depends on the course: its derivatives by revenue and, where it costs, by the levers themselves. */
export interface CourseGradient {
  readonly byRevenue: readonly Float64Array[]; // (segments) of (periods + 1)
  readonly byLever: Float64Array; // (levers, periods)
}

export function emptyGradient({ segments, levers, periods }: LeverPlan): CourseGradient {
  return {
    byRevenue: segments.map(() => new Float64Array(periods + 1)),
    byLever: new Float64Array(levers.length * periods),
  };
}

/**
 * Revenue of each segment under levers x. After the last period its levers are held: what follows is worth
 * `terminalMultiple` times a settled period, in which carry-over has filled up (A = x/(1 − θ)) and the stock of what is
 * remembered is the mean of those to come. So nothing is gained by raiding the last periods.
 */
export function courseOf(plan: LeverPlan, x: Float64Array): Course {
  const { periods, segments, levers } = plan;
  const revenue = segments.map(({ baseline }) => Float64Array.from({ length: periods + 1 }, (_, t) => at(baseline, t)));
  levers.forEach((lever, l) => {
    const { season, responses, memory } = lever;
    const intensity = x.subarray(l * periods, (l + 1) * periods);
    const effective = effectiveOf(lever, intensity);
    for (const { segment, rising } of responses) {
      for (let t = 0; t <= periods; t++) revenue[segment][t] += at(season, t) * rising.value(effective[t]);
    }
    if (!memory) return;
    const met = stock(intensity, memory.decay, memory.initial);
    const { ofStock, ofLever } = settledStock(plan, memory.decay);
    const settled = ofStock * met[periods - 1] + ofLever * intensity[periods - 1];
    for (const { segment, effect } of memory.effects) {
      const { baseline } = segments[segment];
      for (let t = 0; t <= periods; t++) revenue[segment][t] += at(baseline, t) * effect * (met[t] ?? settled);
    }
  });
  return { x, revenue };
}

/** Adds to `gradient` (levers, periods) what a number with these derivatives gains per unit of each lever. */
export function pullBack(
  plan: LeverPlan,
  x: Float64Array,
  { byRevenue, byLever }: CourseGradient,
  gradient: Float64Array,
): void {
  const { periods, segments, levers } = plan;
  for (let i = 0; i < x.length; i++) gradient[i] += byLever[i];
  if (byRevenue.every((series) => series.every((value) => value === 0))) return;
  levers.forEach((lever, l) => {
    const { carryOver, season, responses, memory } = lever;
    const offset = l * periods;
    const effective = effectiveOf(lever, x.subarray(offset, offset + periods));
    const byEffectiveAt = (t: number) => {
      let sum = 0;
      for (const { segment, rising } of responses) {
        const weight = byRevenue[segment][t];
        if (weight !== 0) sum += weight * at(season, t) * rising.slope(effective[t]);
      }
      return sum;
    };
    const byStockAt = (t: number) => {
      let sum = 0;
      for (const { segment, effect } of memory?.effects ?? []) {
        sum += byRevenue[segment][t] * at(segments[segment].baseline, t) * effect;
      }
      return sum;
    };
    const { ofStock, ofLever } = settledStock(plan, memory?.decay ?? 0);
    const bySettled = byStockAt(periods);
    gradient[offset + periods - 1] += byEffectiveAt(periods) / (1 - carryOver) + ofLever * bySettled;
    let byEffective = 0;
    let byStock = 0; // by the stock that the next period meets
    for (let t = periods - 1; t >= 0; t--) {
      byEffective = carryOver * byEffective + byEffectiveAt(t);
      gradient[offset + t] += byEffective + byStock;
      if (memory) byStock = memory.decay * byStock + byStockAt(t) + (t === periods - 1 ? ofStock * bySettled : 0);
    }
  });
}

/** Effective intensities, the settled one last. */
function effectiveOf({ carryOver, initialCarryOver }: Lever, intensity: Float64Array): Float64Array {
  const effective = new Float64Array(intensity.length + 1);
  effective.set(carriedOver(intensity, carryOver, initialCarryOver));
  effective[intensity.length] = intensity[intensity.length - 1] / (1 - carryOver);
  return effective;
}

/**
 * The mean of the stocks met after the last period T, weighted by wᵏ = (κ/(1+r))ᵏ, in terms of S_T and x_T: with the lever
 * held, S_{T+k} = δᵏ·S_T + x_T·(1 − δᵏ)/(1 − δ).
 */
function settledStock({ terminalMultiple }: LeverPlan, decay: number): { ofStock: number; ofLever: number } {
  const weight = terminalMultiple / (1 + terminalMultiple);
  const ofStock = ((1 - weight) * decay) / (1 - weight * decay);
  return { ofStock, ofLever: (1 - ofStock) / (1 - decay) };
}

/** The settled period has the season and baseline of the last. */
function at(series: Float64Array, t: number): number {
  return series[Math.min(t, series.length - 1)];
}

/** Revenue of all segments together. */
export function totalOf(revenue: readonly Float64Array[]): Float64Array {
  const total = new Float64Array(revenue[0].length);
  for (const series of revenue) for (let t = 0; t < total.length; t++) total[t] += series[t];
  return total;
}

/** What the levers cost in each period, and in the settled one. */
export function spendOf({ periods, levers }: LeverPlan, x: Float64Array): Float64Array {
  const spend = new Float64Array(periods + 1);
  levers.forEach(({ unitCost }, l) => {
    for (let t = 0; t <= periods; t++) spend[t] += unitCost * x[l * periods + Math.min(t, periods - 1)];
  });
  return spend;
}

/** CLVₜ at the end of t = 0 … T of a series with its settled period. */
export function valueOverTime(
  { discountFactor, terminalMultiple, periods }: LeverPlan,
  series: Float64Array,
): Float64Array {
  return remainingValue(series.subarray(0, periods), discountFactor, terminalMultiple * series[periods]);
}

/** Adds to `gradient` (periods + 1) what Σ weightₜ·CLVₜ gains per unit of revenue in each period and the settled one. */
export function addValueSlopes(
  { discountFactor, terminalMultiple, periods }: LeverPlan,
  weights: ArrayLike<number>, // (periods + 1)
  gradient: Float64Array,
): void {
  const byTerminal = addValueGradient(weights, discountFactor, gradient);
  gradient[periods] += terminalMultiple * byTerminal;
}

/** Present worth of one unit in each period, and in each of those that follow together: (1+r)⁻ᵗ, m·(1+r)⁻ᵀ. */
export function presentWorth(plan: LeverPlan): Float64Array {
  const worth = new Float64Array(plan.periods + 1);
  const now = new Float64Array(plan.periods + 1);
  now[0] = 1;
  addValueSlopes(plan, now, worth);
  return worth;
}

/** Doing nothing: revenue without levers, its value over time, and the mean revenue of a period. */
export function baselineOf(plan: LeverPlan): { revenue: Float64Array; value: Float64Array; mean: number } {
  const { periods, segments } = plan;
  const revenue = totalOf(
    segments.map(({ baseline }) => Float64Array.from({ length: periods + 1 }, (_, t) => at(baseline, t))),
  );
  const mean = revenue.subarray(0, periods).reduce((sum, value) => sum + value, 0) / periods;
  return { revenue, value: valueOverTime(plan, revenue), mean };
}
