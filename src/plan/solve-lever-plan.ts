import type { Random } from "../base/random.ts";
import { refuseInfeasible, refuseWithCause } from "./attainable.ts";
import { type Coordinates, flat, isSeparable, leverCoordinates, revenueCoordinates } from "./coordinates.ts";
import { concaveEnvelope, isConcave } from "./curves.ts";
import type { LeverPlan } from "./lever-plan.ts";
import { type LeverProgramme, leverProgramme } from "./lever-programme.ts";
import { loose, type Maximum, maximise } from "./maximise.ts";
import { middleOf, startsIn } from "./starts.ts";

/** The search's answer and what is known about how good it is. */
export interface LeverPlanSolution {
  readonly x: Float64Array; // (levers, periods)
  readonly maximum: Maximum;
  readonly programme: LeverProgramme;
  readonly coordinates: Coordinates;
  /** Whether the search moved levers or the revenue they bring. */
  readonly variables: "levers" | "revenue";
  /** Concave: one optimum, and this is it. */
  readonly isConcave: boolean;
  /** No feasible plan has a higher objective; in money. */
  readonly bound: number;
  /** Objectives reached from the starts that ended feasible, best first; in money. */
  readonly reached: readonly number[];
  readonly starts: number;
}

/** Constraints may be missed by this share of their size. */
const feasible = 1e-7;

/**
 * The best plan: from one start where the problem is concave, else the best of several, with a bound from the concave
 * problem above it (envelopes for S-shapes, no imbalance).
 *
 * Throws InputError `plan_limits_conflict`, `plan_clv_floor_unattainable`, `plan_floors_conflict`.
 */
export function solveLeverPlan(plan: LeverPlan, random: Random): LeverPlanSolution {
  const separable = isSeparable(plan);
  const curvesConcave = plan.levers.every(({ responses }) => responses.every(({ curve }) => isConcave(curve)));
  const concave = curvesConcave && (separable || plan.imbalancePenalty === 0);
  const coordinates = separable ? revenueCoordinates(plan) : leverCoordinates(plan);
  const best = concave ? searchOnce(plan, coordinates, random) : searchOften(plan, coordinates, random);
  const { programme, maximum, reached } = best;
  const { moneyUnit, nothing } = programme;
  return {
    x: withinBounds(plan, coordinates.courseAt(maximum.z).x),
    maximum,
    programme,
    coordinates,
    variables: separable ? "revenue" : "levers",
    isConcave: concave,
    bound: separable ? nothing + maximum.bound * moneyUnit : boundOf(plan),
    reached: reached.map((value) => nothing + value * moneyUnit),
    starts: concave ? 1 : plan.starts,
  };
}

interface Search {
  readonly programme: LeverProgramme;
  readonly maximum: Maximum;
  readonly reached: readonly number[];
}

function searchOnce(plan: LeverPlan, coordinates: Coordinates, random: Random): Search {
  const programme = leverProgramme(plan, coordinates, middleOf(coordinates));
  const maximum = maximise(programme, plan.solver);
  if (maximum.kkt.feasibility > feasible) refuseInfeasible(plan, programme, maximum, random);
  return { programme, maximum, reached: [maximum.value] };
}

/** The best of several starts, searched roughly, then once more to the end. */
function searchOften(plan: LeverPlan, coordinates: Coordinates, random: Random): Search {
  const runs: { programme: LeverProgramme; maximum: Maximum }[] = [];
  for (const start of startsIn(coordinates, plan.starts, random)) {
    const programme = leverProgramme(plan, coordinates, start);
    const maximum = maximise(programme, plan.solver, loose);
    if (maximum.kkt.feasibility <= 10 * loose) runs.push({ programme, maximum });
    else if (runs.length === 0) refuseWithCause(plan, random);
  }
  if (runs.length === 0) {
    const programme = leverProgramme(plan, coordinates, middleOf(coordinates));
    refuseInfeasible(plan, programme, maximise(programme, plan.solver, loose), random);
  }
  runs.sort((one, other) => other.maximum.value - one.maximum.value);
  const programme = leverProgramme(plan, coordinates, runs[0].maximum.z);
  const maximum = maximise(programme, plan.solver);
  // Rough runs end a hair outside their limits, and so a hair too high.
  const others = runs.slice(1).map((run) => Math.min(maximum.value, run.maximum.value));
  return { programme, maximum, reached: [maximum.value, ...others] };
}

/** Weak duality on the concave problem above: S-shapes replaced by their concave envelopes, the imbalance left out. */
function boundOf(plan: LeverPlan): number {
  const above: LeverPlan = {
    ...plan,
    imbalancePenalty: 0,
    levers: plan.levers.map((lever) => ({
      ...lever,
      responses: lever.responses.map((response) => ({
        ...response,
        rising: concaveEnvelope(response.curve, lever.mostIntensity),
      })),
    })),
  };
  const coordinates = leverCoordinates(above);
  const programme = leverProgramme(above, coordinates, middleOf(coordinates));
  return programme.nothing + maximise(programme, "lbfgsb").bound * programme.moneyUnit;
}

function withinBounds(plan: LeverPlan, x: Float64Array): Float64Array {
  return flat(plan, ({ lower, upper }, t, l) => Math.min(upper[t], Math.max(lower[t], x[l * plan.periods + t])));
}
