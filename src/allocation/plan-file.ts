import { spreadsheetSafe } from "../base/spreadsheet.ts";
import { quote } from "../engine/duckdb/dialect.ts";
import { type DuckdbEngine, textLiteral } from "../engine/duckdb/engine.ts";
import { writeTableFileInParts } from "../engine/duckdb/table-file.ts";
import type { NewColumn } from "../engine/engine.ts";
import type { AllocationProblem, Limit } from "./problem.ts";
import type { Reasons } from "./reasons.ts";

/** What some customers get. */
export interface PlanPart extends Reasons {
  /** With effects as they are reported. */
  readonly problem: AllocationProblem;
  readonly limits: readonly Limit[];
  /** Of every action; 1 for the one that is got where absent. */
  readonly propensities?: Float64Array; // (customers, actions)
  /** The action each customer gets. */
  readonly drawn: Int32Array; // (customers)
}

/**
 * One row per customer: action, its propensity, what it is expected to bring and cost, what it uses of every limit, why it
 * was chosen and which binding limits stood in the way of the customer's own best. Whole or not at all.
 */
export async function writePlan(
  engine: DuckdbEngine,
  path: string,
  parts: AsyncIterable<PlanPart> | Iterable<PlanPart>,
): Promise<void> {
  await writeTableFileInParts(engine, path, columnsOf(parts));
}

async function* columnsOf(parts: AsyncIterable<PlanPart> | Iterable<PlanPart>): AsyncGenerator<NewColumn[]> {
  for await (const part of parts) yield planColumns(part);
}

function planColumns({ problem, limits, propensities, drawn, reasons, bindingLimits }: PlanPart): NewColumn[] {
  const width = problem.actions.length;
  const ofDrawn = (matrix: ArrayLike<number>) =>
    Float64Array.from(drawn, (action, customer) => matrix[customer * width + action]);
  const double = (name: string, values: Float64Array): NewColumn => ({ name, type: "double", values });
  return [
    { name: "customer_id", type: "text", values: problem.customerIds.map(spreadsheetSafe) },
    { name: "action", type: "text", values: Array.from(drawn, (action) => problem.actions[action]) },
    double("propensity", propensities ? ofDrawn(propensities) : new Float64Array(drawn.length).fill(1)),
    double("short", ofDrawn(problem.short)),
    double("long", ofDrawn(problem.long)),
    double("cost", ofDrawn(problem.cost)),
    ...limits.map(({ name, weight }) => double(`uses_${name}`, ofDrawn(weight))),
    { name: "reason", type: "text", values: reasons },
    { name: "binding_limits", type: "text", values: bindingLimits },
  ];
}

export interface WrittenSums {
  readonly short: number;
  readonly long: number;
  readonly cost: number;
  /** Of every limit, in its order. */
  readonly used: readonly number[];
}

/** A number of so many significant digits is the same whether it is read as decimal or binary. */
const exactDigits = 15;

/**
 * The plan's sums from the written file. Every column is added up in whole units of a power of ten, so small that its largest amount has
 * 15 digits: amounts of money add up exactly, whatever their currency's smallest unit, and small ones do not vanish.
 */
export async function sumsOfPlan(
  engine: DuckdbEngine,
  path: string,
  limits: readonly Pick<Limit, "name">[],
): Promise<WrittenSums> {
  const reader = path.endsWith(".csv")
    ? `read_csv(${textLiteral(path)}, header = true)`
    : `read_parquet(${textLiteral(path)})`;
  const columns = ["short", "long", "cost", ...limits.map(({ name }) => `uses_${name}`)].map(quote);
  const one = async (expressions: readonly string[]) => {
    const [row] = await engine.rows(
      `SELECT ${expressions.map((expression, at) => `${expression} AS value_${at}`).join(", ")} FROM ${reader}`,
    );
    return expressions.map((_, at) => row[`value_${at}`]);
  };
  const largest = await one(columns.map((column) => `max(abs(${column}))`));
  const decimals = largest.map((most) =>
    Number(most) > 0 ? Math.min(300, exactDigits - 1 - Math.floor(Math.log10(Number(most)))) : 0,
  );
  const sums = await one(
    columns.map((column, at) => `CAST(sum(CAST(round(${column} * 1e${decimals[at]}) AS HUGEINT)) AS VARCHAR)`),
  );
  // As text, the sum is rounded to binary once.
  const [short, long, cost, ...used] = sums.map((sum, at) => Number(`${sum}e${-decimals[at]}`));
  return { short, long, cost, used };
}
