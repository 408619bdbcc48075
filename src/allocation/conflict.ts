import { InputError } from "../base/errors.ts";
import { openLinearProgramSolver } from "../solvers/linear-program.ts";
import { type Contradiction, relaxMultidimensionalKnapsack } from "../solvers/multidimensional-knapsack.ts";
import type { AllocationProblem, Limit } from "./problem.ts";

/**
 * Why limits cannot hold together: the least change that helps, and how far each of the floors among them can be reached while all
 * others are kept. A floor that no plan reaches at all is told as that.
 */
export async function conflict(
  problem: AllocationProblem,
  limits: readonly Limit[],
  { conflicting, relaxations }: Contradiction,
): Promise<InputError> {
  const floors = conflicting.filter((row) => limits[row].sense === "at_least");
  const most = await Promise.all(floors.map(async (row) => ({ row, amount: await attainable(problem, limits, row) })));
  const reached = most.flatMap(({ row, amount }) =>
    amount === undefined ? [] : [`${limits[row].name} ≥ ${rounded(amount, "at_least")}`],
  );
  if (conflicting.length === 1 && reached.length === 1) {
    const [row] = conflicting;
    const { name, limit } = limits[row];
    return new InputError("floor_unattainable", {
      name,
      limit,
      attainable: rounded(most[0].amount as number, "at_least"),
    });
  }
  return new InputError("limits_conflict", {
    limits: conflicting.map((row) => limits[row].name),
    relaxations: limits.flatMap(({ name, limit, sense }, row) => {
      const by = relaxations[row];
      return by > 0
        ? [`${name} ${sense === "at_most" ? "≤" : "≥"} ${rounded(limit + (sense === "at_most" ? by : -by), sense)}`]
        : [];
    }),
    attainable: reached.length > 0 ? reached : ["–"],
  });
}

/** The most of a floor's sum under all other limits; undefined where these conflict by themselves. */
async function attainable(
  { customerIds, actions, eligible }: AllocationProblem,
  limits: readonly Limit[],
  floor: number,
): Promise<number | undefined> {
  const rows = limits.filter((_, row) => row !== floor);
  const size = { items: customerIds.length, choices: actions.length, eligible };
  const found = relaxMultidimensionalKnapsack(
    { ...size, value: limits[floor].weight, rows },
    await openLinearProgramSolver(),
  );
  return found.status === "solved" ? found.value : undefined;
}

/** Rounded to what a person would type, in the direction that still helps. */
function rounded(value: number, sense: Limit["sense"]): number {
  const unit = 10 ** Math.min(0, 2 - Math.ceil(Math.log10(Math.max(1e-9, Math.abs(value)))));
  return (sense === "at_most" ? Math.ceil(value / unit) : Math.floor(value / unit)) * unit;
}
