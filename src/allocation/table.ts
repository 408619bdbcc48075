import { InputError } from "../base/errors.ts";
import { quote } from "../engine/duckdb/dialect.ts";
import { type DuckdbEngine, textLiteral } from "../engine/duckdb/engine.ts";
import { openTableFile } from "../engine/duckdb/table-file.ts";
import type { LimitText, RuleText, Term } from "./limit-text.ts";
import { refuseBadCurves } from "./read-curves.ts";
import { actionOfNothing, countCustomers, currencyOf, refuseBadRows } from "./table-checks.ts";

export interface AllocationFileOptions {
  /** The action that does nothing; else the one whose short, long and cost are 0 for everybody. */
  readonly nothing?: string;
  readonly limits: readonly LimitText[];
  readonly forbid: readonly RuleText[];
  readonly force: readonly RuleText[];
  /** κ ≥ 0: effects count as their mean less κ standard deviations (columns short_sd, long_sd). */
  readonly caution: number;
  /** Of all amounts; else that of the column `currency`, or of the first limit that names one. */
  readonly currency?: string;
}

/** A table of values that was checked, and what is asked of its rows. */
export interface AllocationTable {
  readonly header: readonly string[];
  /** In order of name, nothing first. */
  readonly actions: readonly string[];
  readonly customers: number;
  /** Columns that are read as numbers. */
  readonly numbers: readonly string[];
  /** What limits and rules ask of a row, as SQL. */
  readonly conditions: readonly string[];
  readonly asked: AllocationFileOptions;
  /** Of all amounts, where it is known. */
  readonly currency?: string;
}

const valueColumns = ["short", "long", "cost"] as const;

/**
 * Opens and checks a file of `customer_id, action, short, long, cost`, an optional `eligible`, and whatever columns limits and rules
 * name: Parquet, CSV or JSON lines. Throws InputError missing_file, unknown_column, unknown_action, amount_in_other_currency; DataError unreadable_table,
 * no_rows, effect_not_a_number, repeated_customer_action, no_nothing, customer_without_nothing, unusable_curve, several_currencies.
 */
export async function openAllocationTable(
  engine: DuckdbEngine,
  path: string,
  asked: AllocationFileOptions,
): Promise<AllocationTable> {
  const header = await openTableFile(engine, "allocation_table", path, { isHeld: false });
  const demand = (names: readonly string[]) => {
    for (const name of names)
      if (!header.includes(name)) throw new InputError("unknown_column", { path, column: name, columns: header });
  };
  demand(["customer_id", "action", ...valueColumns]);
  const terms = asked.limits.flatMap((limit) => limit.terms);
  const measured = terms.map(({ column }) => column).filter((name) => !isDerived(name, header));
  const deviations = asked.caution > 0 ? ["short_sd", "long_sd"] : [];
  const numbers = [...new Set([...valueColumns, ...measured, ...deviations])];
  const filters = [...terms, ...asked.forbid, ...asked.force].flatMap(({ where }) => where);
  demand([...numbers, ...filters.map(({ column }) => column)]);
  await refuseBadRows(engine, path, numbers);
  const currency = await currencyOf(engine, path, header, asked);
  await refuseBadCurves(engine, path, header);
  const nothing = asked.nothing ?? (await actionOfNothing(engine, path));
  const customers = await countCustomers(engine, path, nothing);
  const actions = await engine.rows(
    `SELECT action FROM (SELECT DISTINCT CAST(action AS VARCHAR) AS action FROM allocation_table)
     ORDER BY action <> ${textLiteral(nothing)}, action`,
  );
  return {
    header,
    actions: actions.map(({ action }) => String(action)),
    customers,
    numbers,
    conditions: [...new Set(filters.map(conditionOf))],
    asked,
    currency,
  };
}

/** About what the matrices of all customers take, those of the search for a plan included. */
export function memoryMbOf(table: AllocationTable): number {
  return (table.customers * bytesPerCustomer(table)) / 1e6;
}

/** Beside the columns and a weight for each limit: value, propensities, and what the search works on. */
const workingMatrices = 4;
const bytesOfId = 100;

export function bytesPerCustomer({ actions, numbers, conditions, asked }: AllocationTable): number {
  const flags = 2 + conditions.length + asked.forbid.length + asked.force.length;
  const cautious = asked.caution > 0 ? 2 : 0;
  const matrices = numbers.length + asked.limits.length + cautious + workingMatrices;
  return bytesOfId + actions.length * (8 * matrices + flags);
}

/** `contacts` and `total` are what they say, unless the file has columns of these names. */
export function isDerived(name: string, header: readonly string[]): boolean {
  return (name === "contacts" || name === "total") && !header.includes(name);
}

export function conditionOf({ column, values }: Term["where"][number]): string {
  return `CAST(${quote(column)} AS VARCHAR) IN (${values.map(textLiteral).join(", ")})`;
}
