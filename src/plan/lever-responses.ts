import { curveValue } from "./curves.ts";
import { carriedOver } from "./lever-plan.ts";
import type { LeverPlanReport } from "./plan.ts";

/** A lever's curves, to be drawn: pairs of effective intensity and revenue. */
export interface LeverResponses {
  readonly name: string;
  readonly unit: string;
  readonly lines: readonly {
    /** The segment. */
    readonly name: string;
    readonly curve: readonly (readonly [number, number])[];
    /** Where the plan stands in each period. */
    readonly points: readonly (readonly [number, number])[];
  }[];
}

const steps = 80;

/** Each lever's curves up to its largest intensity, seasons left out, and the plan's periods on them. */
export function leverResponses({ input, solution }: LeverPlanReport): LeverResponses[] {
  return input.levers.map(({ name, unit, max, carryOver, initialCarryOver, responses }) => {
    const effective = carriedOver(solution.x[name], carryOver, initialCarryOver);
    const most = Math.max(...[max].flat(), ...effective);
    const grid = Array.from({ length: steps + 1 }, (_, step) => (most * step) / steps);
    const lines = Object.entries(responses).map(([segment, curve]) => ({
      name: segment,
      curve: grid.map((intensity) => [intensity, curveValue(curve, intensity)] as const),
      points: Array.from(effective, (intensity) => [intensity, curveValue(curve, intensity)] as const),
    }));
    return { name, unit, lines };
  });
}
