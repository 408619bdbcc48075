import {
  addValueSlopes,
  baselineOf,
  type Course,
  type CourseGradient,
  presentWorth,
  spendOf,
  totalOf,
  valueOverTime,
} from "./lever-model.ts";
import type { Floor, LeverPlan, Limit } from "./lever-plan.ts";

/** A number that judges a course; adds its derivatives to `gradient`. */
export type Judgement = (course: Course, gradient: CourseGradient) => number;

/**
 * Σ (Rₜ − spendₜ)/(1+r)ᵗ with what follows the last period, less imbalancePenalty · mean baseline revenue ·
 * Σ (CLVₜ/CLV⁰ₜ − Rₜ/R⁰ₜ)², where ⁰ marks doing nothing: each period's revenue and the value left after it, as an annuity
 * of the baseline's pattern, over the baseline's.
 */
export function objectiveOf(plan: LeverPlan): Judgement {
  const { imbalancePenalty, periods, levers } = plan;
  const worth = presentWorth(plan);
  const baseline = baselineOf(plan);
  const price = imbalancePenalty * baseline.mean;
  return ({ x, revenue }, gradient) => {
    const total = totalOf(revenue);
    const byTotal = worth.slice();
    const spend = spendOf(plan, x);
    let objective = 0;
    for (let t = 0; t <= periods; t++) objective += worth[t] * (total[t] - spend[t]);
    levers.forEach(({ unitCost }, l) => {
      for (let t = 0; t <= periods; t++)
        gradient.byLever[l * periods + Math.min(t, periods - 1)] -= worth[t] * unitCost;
    });
    if (price > 0) objective -= price * addImbalance(plan, total, baseline, -price, byTotal);
    for (const series of gradient.byRevenue) for (let t = 0; t <= periods; t++) series[t] += byTotal[t];
    return objective;
  };
}

/** The imbalance of a course of total revenue; adds `weight` times its derivatives to `gradient`. */
export function addImbalance(
  plan: LeverPlan,
  total: Float64Array,
  baseline: { revenue: Float64Array; value: Float64Array },
  weight: number,
  gradient: Float64Array,
): number {
  const { periods } = plan;
  const value = valueOverTime(plan, total);
  const byValue = new Float64Array(periods + 1);
  let imbalance = 0;
  for (let t = 0; t < periods; t++) {
    // Nothing follows the last period where there is no terminal value.
    if (baseline.value[t + 1] === 0) continue;
    const difference = value[t + 1] / baseline.value[t + 1] - total[t] / baseline.revenue[t];
    imbalance += difference * difference;
    byValue[t + 1] = (2 * weight * difference) / baseline.value[t + 1];
    gradient[t] -= (2 * weight * difference) / baseline.revenue[t];
  }
  addValueSlopes(plan, byValue, gradient);
  return imbalance;
}

/** How much a limit leaves, in its own unit. */
export function slackOf({ kind, limit, weights }: Limit): Judgement {
  const sign = kind === "atMost" ? -1 : 1;
  return ({ x }, gradient) => {
    let sum = 0;
    for (let i = 0; i < x.length; i++) {
      sum += weights[i] * x[i];
      gradient.byLever[i] += sign * weights[i];
    }
    return sign * (sum - limit);
  };
}

/** By how much a floor on the value at the end of a period is exceeded, in money. */
export function surplusOf(plan: LeverPlan, { segment, after, atLeast }: Floor): Judgement {
  const weights = new Float64Array(plan.periods + 1);
  weights[after] = 1;
  const byRevenue = new Float64Array(plan.periods + 1);
  addValueSlopes(plan, weights, byRevenue);
  return ({ revenue }, gradient) => {
    let value = 0;
    revenue.forEach((series, s) => {
      if (segment !== null && segment !== s) return;
      for (let t = 0; t <= plan.periods; t++) {
        value += byRevenue[t] * series[t];
        gradient.byRevenue[s][t] += byRevenue[t];
      }
    });
    return value - atLeast;
  };
}
