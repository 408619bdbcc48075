import { spreadsheetSafe } from "../base/spreadsheet.ts";
import { quote } from "../engine/duckdb/dialect.ts";
import { type DuckdbEngine, textLiteral } from "../engine/duckdb/engine.ts";
import { writeTableFile } from "../engine/duckdb/table-file.ts";
import type { NewColumn } from "../engine/engine.ts";
import type { Allocation } from "./allocation.ts";
import type { AllocationProblem, Limit } from "./problem.ts";
import type { Reasons } from "./reasons.ts";

/**
 * One row per customer: action, its propensity, what it is expected to bring and cost, what it uses of every limit, why it
 * was chosen and which binding limits stood in the way of the customer's own best. Whole or not at all.
 */
export async function writePlan(
  engine: DuckdbEngine,
  path: string,
  {
    problem,
    limits,
    allocation,
    drawn,
    reasons,
    bindingLimits,
  }: Reasons & {
    problem: AllocationProblem;
    limits: readonly Limit[];
    allocation: Allocation;
    /** The action each customer gets. */
    drawn: Int32Array; // (customers)
  },
): Promise<void> {
  const width = problem.actions.length;
  const ofDrawn = (matrix: ArrayLike<number>) =>
    Float64Array.from(drawn, (action, customer) => matrix[customer * width + action]);
  const double = (name: string, values: Float64Array): NewColumn => ({ name, type: "double", values });
  const columns: NewColumn[] = [
    { name: "customer_id", type: "text", values: problem.customerIds.map(spreadsheetSafe) },
    { name: "action", type: "text", values: Array.from(drawn, (action) => problem.actions[action]) },
    double("propensity", ofDrawn(allocation.propensities)),
    double("short", ofDrawn(problem.short)),
    double("long", ofDrawn(problem.long)),
    double("cost", ofDrawn(problem.cost)),
    ...limits.map(({ name, weight }) => double(`uses_${name}`, ofDrawn(weight))),
    { name: "reason", type: "text", values: reasons },
    { name: "binding_limits", type: "text", values: bindingLimits },
  ];
  await writeTableFile(engine, path, columns);
}

export interface WrittenSums {
  readonly short: number;
  readonly long: number;
  readonly cost: number;
  /** Of every limit, in its order. */
  readonly used: readonly number[];
}

/**
 * The plan's sums from the written file: money in whole cents of every row, so that nothing is lost in adding up; where spends
 * may be any amount, as it stands.
 */
export async function sumsOfPlan(
  engine: DuckdbEngine,
  path: string,
  limits: readonly Limit[],
  { inCents }: { inCents: boolean },
): Promise<WrittenSums> {
  const reader = path.endsWith(".csv")
    ? `read_csv(${textLiteral(path)}, header = true)`
    : `read_parquet(${textLiteral(path)})`;
  const cents = (name: string) =>
    inCents ? `CAST(sum(CAST(round(${quote(name)} * 100) AS BIGINT)) AS DOUBLE) / 100` : `sum(${quote(name)})`;
  const sums = limits.map(({ name }, at) => `, ${cents(`uses_${name}`)} AS used_${at}`).join("");
  const [row] = await engine.rows(
    `SELECT sum(short) AS short, sum(long) AS long, ${cents("cost")} AS cost ${sums} FROM ${reader}`,
  );
  return {
    short: Number(row.short),
    long: Number(row.long),
    cost: Number(row.cost),
    used: limits.map((_, at) => Number(row[`used_${at}`])),
  };
}
