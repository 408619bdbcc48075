import { InputError } from "../base/errors.ts";
import type { Random } from "../base/random.ts";
import { lbfgsb } from "../solvers/lbfgsb.ts";
import { leverCoordinates } from "./coordinates.ts";
import { isConcave } from "./curves.ts";
import { surplusOf } from "./lever-objective.ts";
import type { LeverPlan } from "./lever-plan.ts";
import { type LeverProgramme, leverProgramme, scalarOf } from "./lever-programme.ts";
import { loose, type Maximum, maximise } from "./maximise.ts";
import { middleOf, startsIn } from "./starts.ts";

/** Missed by less than this share of its size, a constraint holds. */
const tolerance = 1e-5;

/**
 * Says why no plan fits. Throws InputError `plan_limits_conflict`, `plan_clv_floor_unattainable`, or `plan_floors_conflict`:
 * each floor alone can be had, but not all together.
 */
export function refuseInfeasible(plan: LeverPlan, programme: LeverProgramme, { z }: Maximum, random: Random): never {
  refuseWithCause(plan, random);
  const slacks = programme.constraints.map((constraint) => constraint(z, new Float64Array(z.length)));
  const worst = slacks.indexOf(Math.min(...slacks));
  const floor = plan.floors[worst - plan.limits.length];
  const segment = floor?.segment ?? null;
  const unit = floor ? programme.moneyUnit : programme.limitUnits[worst];
  throw new InputError("plan_floors_conflict", {
    name: floor
      ? `floors[${plan.floors.indexOf(floor) + 1}]${segment === null ? "" : ` (${plan.segments[segment].name})`}`
      : plan.limits[worst].name,
    missed: rounded(-slacks[worst] * unit),
  });
}

/** Throws InputError where limits contradict each other or a floor alone is out of reach. */
export function refuseWithCause(plan: LeverPlan, random: Random): void {
  refuseConflictingLimits(plan);
  refuseUnattainableFloors(plan, random);
}

/** Throws InputError `plan_limits_conflict` where bounds and limits leave no plan at all. */
function refuseConflictingLimits(plan: LeverPlan): void {
  const coordinates = leverCoordinates(plan);
  const { constraints, limitUnits, lower, upper } = leverProgramme(plan, coordinates, middleOf(coordinates));
  const limits = constraints.slice(0, plan.limits.length);
  if (limits.length === 0) return;
  const missed = (z: Float64Array) => limits.map((limit) => Math.max(0, -limit(z, new Float64Array(z.length))));
  const { x } = lbfgsb(
    {
      start: middleOf(coordinates),
      lower,
      upper,
      evaluate(z, gradient) {
        gradient.fill(0);
        let value = 0;
        for (const limit of limits) {
          const slope = new Float64Array(z.length);
          const slack = limit(z, slope);
          if (slack >= 0) continue;
          value += (slack * slack) / 2;
          for (let i = 0; i < z.length; i++) gradient[i] += slack * slope[i];
        }
        return value;
      },
    },
    { gradientTolerance: 1e-9, valueTolerance: 0 },
  );
  const amounts = missed(x);
  const broken = amounts.flatMap((amount, j) => (amount > tolerance ? [j] : []));
  if (broken.length === 0) return;
  throw new InputError("plan_limits_conflict", {
    limits: [...new Set(broken.map((j) => plan.limits[j].name))],
    missed: broken.map((j) => String(rounded(amounts[j] * limitUnits[j]))),
  });
}

/** Throws InputError `plan_clv_floor_unattainable` where bounds and limits keep the value below a floor. */
function refuseUnattainableFloors(plan: LeverPlan, random: Random): void {
  const coordinates = leverCoordinates(plan);
  for (const floor of plan.floors) {
    const concave = plan.levers.every(({ responses }) =>
      responses.every(
        ({ segment, curve }) => isConcave(curve) || (floor.segment !== null && segment !== floor.segment),
      ),
    );
    const runs = startsIn(coordinates, concave ? 1 : plan.starts, random).map((start) => {
      const programme = leverProgramme({ ...plan, floors: [] }, coordinates, start);
      const objective = scalarOf(plan, coordinates, surplusOf(plan, floor), programme.moneyUnit);
      const { value } = maximise({ ...programme, objective }, "lbfgsb", loose);
      return value * programme.moneyUnit;
    });
    const surplus = Math.max(...runs);
    if (surplus >= -tolerance * Math.max(1, Math.abs(floor.atLeast))) continue;
    throw new InputError("plan_clv_floor_unattainable", {
      segment: floor.segment === null ? "–" : plan.segments[floor.segment].name,
      after: floor.after,
      floor: floor.atLeast,
      attainable: rounded(floor.atLeast + surplus),
    });
  }
}

const rounded = (value: number) => Number(value.toPrecision(7));
