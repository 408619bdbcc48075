import { flat } from "./coordinates.ts";
import { baselineOf, courseOf, presentWorth, spendOf, totalOf, valueOverTime } from "./lever-model.ts";
import { addImbalance } from "./lever-objective.ts";
import type { LeverPlan } from "./lever-plan.ts";
import type { LeverPlanReport } from "./plan.ts";
import { remainingValue } from "./remaining-value.ts";
import type { LeverPlanSolution } from "./solve-lever-plan.ts";

/** What a plan of levers brings, by the curves themselves. */
export function leverSolution(plan: LeverPlan, x: Float64Array): LeverPlanReport["solution"] {
  const { periods, segments, discountFactor, imbalancePenalty, shortPeriods } = plan;
  const { revenue } = courseOf(plan, x);
  const total = totalOf(revenue);
  const spend = spendOf(plan, x);
  const baseline = baselineOf(plan);
  const imbalance = imbalanceOf(plan, total, baseline);
  const worth = presentWorth(plan);
  const net = (of: Float64Array, cost?: Float64Array) =>
    worth.reduce((sum, weight, t) => sum + weight * (of[t] - (cost ? cost[t] : 0)), 0);
  const [clvNow, ...clv] = valueOverTime(plan, total);
  const inHorizon = (series: Float64Array) => [...series.subarray(0, periods)];
  const discountedRevenue = remainingValue(inHorizon(total), discountFactor)[0];
  const discountedSpend = remainingValue(inHorizon(spend), discountFactor)[0];
  return {
    x: byLever(plan, x),
    discountedRevenue,
    discountedSpend,
    terminalValue: net(total, spend) - discountedRevenue + discountedSpend,
    shortTermRevenue: total.slice(0, shortPeriods).reduce((sum, value) => sum + value, 0),
    imbalance,
    objective: net(total, spend) - imbalancePenalty * baseline.mean * imbalance,
    objectiveOfBaseline: net(baseline.revenue),
    clv,
    clvNow,
    revenue: inHorizon(total),
    revenueBySegment: Object.fromEntries(segments.map(({ name }, s) => [name, inHorizon(revenue[s])])),
    baseline: inHorizon(baseline.revenue),
    spend: inHorizon(spend),
  };
}

/** NaN-free: without revenue in some period there is nothing to compare with, and no imbalance is stated. */
function imbalanceOf(plan: LeverPlan, total: Float64Array, baseline: ReturnType<typeof baselineOf>): number {
  if (baseline.revenue.some((value) => value === 0)) return 0;
  return addImbalance(plan, total, baseline, 0, new Float64Array(plan.periods + 1));
}

/** What every limit, floor and bound is worth, in money per unit. */
export function leverMultipliers(plan: LeverPlan, solved: LeverPlanSolution): LeverPlanReport["multipliers"] {
  const { x, maximum, programme } = solved;
  const { moneyUnit, limitUnits, constraints } = programme;
  const slacks = constraints.map((constraint) => constraint(maximum.z, new Float64Array(x.length)));
  const binds = (j: number) => slacks[j] <= 1e-7 && maximum.multipliers[j] > 1e-9;
  const price = (j: number, unit: number) => (binds(j) ? (maximum.multipliers[j] * moneyUnit) / unit : 0);
  const limits = plan.limits.map(({ name, period, kind, limit, weights }, j) => ({
    name,
    period: period === null ? null : period + 1,
    kind,
    limit,
    value: weights.reduce((sum, weight, i) => sum + weight * x[i], 0),
    binding: binds(j),
    multiplier: price(j, limitUnits[j]),
  }));
  const { revenue } = courseOf(plan, x);
  const floors = plan.floors.map(({ segment, after, atLeast }, f) => {
    const series = segment === null ? totalOf(revenue) : revenue[segment];
    const j = plan.limits.length + f;
    return {
      segment: segment === null ? null : plan.segments[segment].name,
      after,
      limit: atLeast,
      value: valueOverTime(plan, series)[after],
      binding: binds(j),
      multiplier: price(j, moneyUnit),
    };
  });
  return { limits, floors, ...boundMultipliers(plan, solved) };
}

function boundMultipliers(
  plan: LeverPlan,
  { x, maximum, coordinates, programme }: LeverPlanSolution,
): Pick<LeverPlanReport["multipliers"], "min" | "max"> {
  const perLever = coordinates.perLever(coordinates.courseAt(maximum.z));
  const slope = maximum.lagrangianGradient.map((value, i) =>
    Number.isFinite(perLever[i]) ? value * perLever[i] * programme.moneyUnit : 0,
  );
  const at = (bound: "lower" | "upper", sign: number) =>
    flat(plan, (lever, t, l) => {
      const i = l * plan.periods + t;
      const isAt = Math.abs(x[i] - lever[bound][t]) <= 1e-9 * Math.max(1, lever.upper[t]);
      return isAt ? Math.max(0, sign * slope[i]) : 0;
    });
  return { min: byLever(plan, at("lower", -1)), max: byLever(plan, at("upper", 1)) };
}

function byLever({ levers, periods }: LeverPlan, values: Float64Array): Record<string, number[]> {
  return Object.fromEntries(levers.map(({ name }, l) => [name, [...values.subarray(l * periods, (l + 1) * periods)]]));
}
