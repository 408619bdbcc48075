import type { Coordinates } from "./coordinates.ts";
import { courseOf, emptyGradient, presentWorth } from "./lever-model.ts";
import { type Judgement, objectiveOf, slackOf, surplusOf } from "./lever-objective.ts";
import type { LeverPlan, Limit } from "./lever-plan.ts";
import type { Programme, Scalar } from "./maximise.ts";

/** A plan as a programme in some coordinates, everything over its own size; the objective is that above doing nothing. */
export interface LeverProgramme extends Programme {
  /** Money that 1 of the objective, or of a floor's constraint, stands for. */
  readonly moneyUnit: number;
  /** The objective of doing nothing, in money. */
  readonly nothing: number;
  /** What 1 of each limit's constraint stands for, in the limit's unit. */
  readonly limitUnits: readonly number[];
}

/** The plan's objective under its limits (first) and floors. */
export function leverProgramme(plan: LeverPlan, coordinates: Coordinates, start: Float64Array): LeverProgramme {
  const moneyUnit = moneyUnitOf(plan);
  const judge = objectiveOf(plan);
  const nothing = judge(courseOf(plan, new Float64Array(coordinates.lower.length)), emptyGradient(plan));
  const limitUnits = plan.limits.map((limit) => limitUnit(plan, limit));
  return {
    start,
    lower: coordinates.lower,
    upper: coordinates.upper,
    objective: scalarOf(plan, coordinates, (course, gradient) => judge(course, gradient) - nothing, moneyUnit),
    constraints: [
      ...plan.limits.map((limit, j) => scalarOf(plan, coordinates, slackOf(limit), limitUnits[j])),
      ...plan.floors.map((floor) => scalarOf(plan, coordinates, surplusOf(plan, floor), moneyUnit)),
    ],
    moneyUnit,
    nothing,
    limitUnits,
  };
}

/** A judgement over its unit, as a function of z. */
export function scalarOf(plan: LeverPlan, coordinates: Coordinates, judge: Judgement, unit: number): Scalar {
  return (z, gradient) => {
    const course = coordinates.courseAt(z);
    const by = emptyGradient(plan);
    const value = judge(course, by);
    coordinates.pullBack(course, by, gradient);
    for (let i = 0; i < gradient.length; i++) gradient[i] /= unit;
    return value / unit;
  };
}

/** The most that one lever can bring in one period, at its present worth. */
function moneyUnitOf(plan: LeverPlan): number {
  const worth = presentWorth(plan);
  let most = 0;
  for (const { responses, season, mostIntensity } of plan.levers) {
    const brought = responses.reduce((sum, { rising }) => sum + rising.value(mostIntensity), 0);
    for (let t = 0; t < plan.periods; t++) most = Math.max(most, worth[t] * season[t] * brought);
  }
  return most > 0 ? most : 1;
}

function limitUnit({ levers, periods }: LeverPlan, { limit, weights }: Limit): number {
  let most = Math.abs(limit);
  levers.forEach(({ upper }, l) => {
    for (let t = 0; t < periods; t++) most = Math.max(most, weights[l * periods + t] * upper[t]);
  });
  return most > 0 ? most : 1;
}
