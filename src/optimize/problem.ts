import { isHeldOut } from "../allocation/assignment.ts";
import type { AllocationProblem } from "../allocation/problem.ts";
import type { Engine } from "../engine/engine.ts";
import { from, namedTable } from "../engine/sql/query.ts";
import { type Artifact, openTable } from "../runs/artifact.ts";

/** An allocation with its customers' posterior standard deviations. */
export interface Problem extends AllocationProblem {
  readonly short: Float64Array;
  readonly long: Float64Array;
  readonly cost: Float64Array;
  readonly eligible: Uint8Array;
  readonly shortSd: Float64Array;
  readonly longSd: Float64Array;
}

const numberColumns = ["short", "long", "cost", "shortSd", "longSd"] as const;

/** What each action would do to each of today's customers, as predicted. */
export async function readActionValues(engine: Engine, predicted: Artifact<{ actions: string[] }>): Promise<Problem> {
  const { actions } = predicted.values;
  const types = {
    customer_id: "text",
    action: "text",
    eligible: "integer",
    short: "double",
    long: "double",
    cost: "double",
    shortSd: "double",
    longSd: "double",
  } as const;
  const v = namedTable(await openTable(engine, predicted, "action_values", types), types, "v");
  const { rows, texts, numbers } = await engine.collect(from(v).select(v.columns).orderBy(v.columns.customer_id));
  const width = actions.length;
  const customerIds = Array.from(
    { length: rows / width },
    (_, customer) => texts.customer_id[customer * width] as string,
  );
  const problem = {
    customerIds,
    actions,
    eligible: new Uint8Array(rows),
    ...Object.fromEntries(numberColumns.map((name) => [name, new Float64Array(rows)])),
  } as unknown as Problem;
  for (let row = 0; row < rows; row++) {
    const at = Math.floor(row / width) * width + actions.indexOf(texts.action[row] as string);
    problem.eligible[at] = numbers.eligible[row];
    for (const name of numberColumns) problem[name][at] = numbers[name][row] || 0;
  }
  return problem;
}

/** The customers that may get something, and the ids of the global holdout, which never enters an allocation. */
export function withoutHoldout(all: Problem, seed: string, share: number): { problem: Problem; heldOut: string[] } {
  const width = all.actions.length;
  const kept: number[] = [];
  const heldOut: string[] = [];
  all.customerIds.forEach((id, customer) => {
    if (isHeldOut(seed, id, share)) heldOut.push(id);
    else kept.push(customer);
  });
  const pick = <T extends Float64Array | Uint8Array>(matrix: T): T => {
    const picked = new (matrix.constructor as new (length: number) => T)(kept.length * width);
    kept.forEach((customer, index) => {
      picked.set(matrix.subarray(customer * width, (customer + 1) * width) as never, index * width);
    });
    return picked;
  };
  const problem: Problem = {
    customerIds: kept.map((customer) => all.customerIds[customer]),
    actions: all.actions,
    eligible: pick(all.eligible),
    short: pick(all.short),
    long: pick(all.long),
    cost: pick(all.cost),
    shortSd: pick(all.shortSd),
    longSd: pick(all.longSd),
  };
  return { problem, heldOut };
}
