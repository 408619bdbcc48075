import { InputError } from "../base/errors.ts";
import { openLinearProgramSolver } from "../solvers/linear-program.ts";
import { type Contradiction, solveMultidimensionalKnapsack } from "../solvers/multidimensional-knapsack.ts";
import { solveMultipleChoiceKnapsack } from "../solvers/multiple-choice-knapsack.ts";
import type { AllocationProblem, Limit } from "./problem.ts";

/** What a limit leaves for those who are not explored with. */
export interface RemainingLimit extends Limit {
  /** An amount for these as one for all, in which the limit was stated. */
  asStated(amount: number): number;
}

/**
 * Why limits cannot hold together: the least change that helps, and how far each of the floors among them can be reached while all
 * others are kept. A floor that no plan reaches at all is told as that.
 */
export async function conflict(
  problem: AllocationProblem,
  limits: readonly RemainingLimit[],
  { conflicting, relaxations }: Contradiction,
): Promise<InputError> {
  const floors = conflicting.filter((row) => limits[row].sense === "at_least");
  const most = await Promise.all(floors.map(async (row) => ({ row, amount: await attainable(problem, limits, row) })));
  const reached = most.flatMap(({ row, amount }) =>
    amount === undefined ? [] : [`${limits[row].name} ≥ ${rounded(limits[row].asStated(amount), "at_least")}`],
  );
  if (conflicting.length === 1 && reached.length === 1) {
    const [row] = conflicting;
    const { name, limit, asStated } = limits[row];
    const attainable = rounded(asStated(most[0].amount as number), "at_least");
    return new InputError("floor_unattainable", { limits: [name], limit: asStated(limit), most: attainable });
  }
  return new InputError("limits_conflict", {
    limits: conflicting.map((row) => limits[row].name),
    relaxations: limits.flatMap(({ name, limit, sense, asStated }, row) => {
      const by = relaxations[row];
      return by > 0
        ? [
            `${name} ${sense === "at_most" ? "≤" : "≥"} ${rounded(asStated(limit + (sense === "at_most" ? by : -by)), sense)}`,
          ]
        : [];
    }),
    attainable: reached.length > 0 ? reached : ["–"],
  });
}

/** The most of a floor's sum in a whole plan under all other limits; undefined where these conflict by themselves. */
async function attainable(
  { customerIds, actions, eligible }: AllocationProblem,
  limits: readonly Limit[],
  floor: number,
): Promise<number | undefined> {
  const rows = limits.filter((_, row) => row !== floor);
  const problem = { items: customerIds.length, choices: actions.length, eligible, value: limits[floor].weight, rows };
  if (rows.length === 0) {
    const free = { ...problem, cost: new Float64Array(problem.value.length) };
    return solveMultipleChoiceKnapsack(free, Number.POSITIVE_INFINITY).value;
  }
  const found = solveMultidimensionalKnapsack(problem, await openLinearProgramSolver());
  return found.status === "solved" ? found.value : undefined;
}

/** Rounded to what a person would type, in the direction that still helps. */
function rounded(value: number, sense: Limit["sense"]): number {
  const scale = 10 ** Math.max(0, 4 - Math.ceil(Math.log10(Math.max(1e-9, Math.abs(value)))));
  return (sense === "at_most" ? Math.ceil(value * scale) : Math.floor(value * scale)) / scale;
}
