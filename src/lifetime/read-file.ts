import { millisecondsPerDay } from "../base/clock.ts";
import { DataError, InputError } from "../base/errors.ts";
import { quote } from "../engine/duckdb/dialect.ts";
import type { DuckdbEngine } from "../engine/duckdb/engine.ts";
import { openTableFile } from "../engine/duckdb/table-file.ts";
import { from, namedTable } from "../engine/sql/query.ts";
import type { Covariates } from "../models/purchase-model.ts";
import type { Purchases } from "../models/purchase-summary.ts";

/** Which columns of a table of transactions are what; those not stated are looked for by the usual names. */
export interface TransactionColumns {
  readonly customer?: string;
  readonly date?: string;
  /** Only when stated: counts need no money. */
  readonly amount?: string;
  /** Columns of what is known of each customer; the same in all of its rows. */
  readonly covariates?: readonly string[];
}

export interface TransactionFile extends Purchases {
  /** Customer ids by index. */
  readonly ids: readonly string[];
  /** By customer index. */
  readonly covariates?: Covariates;
  /** Rows without a customer, or whose date or amount cannot be read. */
  readonly setAside: number;
  readonly rows: number;
  readonly firstDay: number;
  readonly lastDay: number;
}

const usualNames = {
  customer: ["customer_id", "customer", "customerid", "customer id", "id", "user_id", "client_id"],
  date: ["date", "order_date", "ordered_at", "transaction_date", "invoicedate", "created_at", "timestamp"],
} as const;

/** A file of which more is unreadable is refused. */
const mostSetAsideShare = 0.05;

/**
 * Reads transactions from CSV, TSV, JSON or Parquet; the purchases of a customer's day become one row, its refunds another. Throws InputError missing_file,
 * unknown_column; DataError unreadable_table, no_rows, no_customers_in_file, unreadable_values, covariate_varies, not_a_number.
 */
export async function readTransactions(
  engine: DuckdbEngine,
  path: string,
  columns: TransactionColumns,
): Promise<TransactionFile> {
  const header = await openTableFile(engine, "fit_table", path);
  const customer = chosenColumn(path, header, columns.customer, "customer");
  const date = chosenColumn(path, header, columns.date, "date");
  if (columns.amount !== undefined && !header.includes(columns.amount))
    throw unknownColumn(path, columns.amount, header);
  const amount = columns.amount === undefined ? "1.0" : `TRY_CAST(${quote(columns.amount)} AS DOUBLE)`;
  const amountText = columns.amount === undefined ? "NULL" : `CAST(${quote(columns.amount)} AS VARCHAR)`;
  const covariates = columns.covariates ?? [];
  for (const name of covariates) if (!header.includes(name)) throw unknownColumn(path, name, header);
  const covariateColumns = covariates
    .map((name, at) => `CAST(${quote(name)} AS VARCHAR) AS covariate_${at}, `)
    .join("");
  await engine.statement(
    `CREATE OR REPLACE TEMP TABLE fit_rows AS SELECT nullif(trim(CAST(${quote(customer)} AS VARCHAR)), '') AS customer,
       TRY_CAST(${quote(date)} AS TIMESTAMP) AS bought_at, ${amount} AS amount, CAST(${quote(date)} AS VARCHAR) AS date_text, ${amountText} AS amount_text, ${covariateColumns}row_number() OVER () AS row FROM fit_table`,
  );
  const usable = "customer IS NOT NULL AND bought_at IS NOT NULL AND amount IS NOT NULL AND isfinite(amount)";
  await refuseUnreadable(engine, path, { date, amount: columns.amount });
  await engine.statement(
    `CREATE OR REPLACE TEMP TABLE fit_days AS SELECT dense_rank() OVER (ORDER BY customer) - 1 AS customer_index, customer, day, amount FROM (
       SELECT customer, datediff('day', DATE '1970-01-01', CAST(bought_at AS DATE)) AS day, sum(amount) AS amount FROM fit_rows WHERE ${usable} GROUP BY 1, 2, amount < 0)`,
  );
  const types = { customer_index: "integer", day: "integer", amount: "double" } as const;
  const d = namedTable("fit_days", types, "d");
  const days = await engine.collect(
    from(d).select(d.columns).orderBy(d.columns.customer_index, d.columns.day, d.columns.amount),
  );
  const [{ rows, kept }] = await engine.rows(
    `SELECT count(*) AS rows, count(*) FILTER (WHERE ${usable}) AS kept FROM fit_rows`,
  );
  await engine.statement(
    "CREATE OR REPLACE TEMP TABLE fit_customers AS SELECT customer_index, any_value(customer) AS customer FROM fit_days GROUP BY 1",
  );
  const c = namedTable("fit_customers", { customer_index: "integer", customer: "text" }, "c");
  const named = await engine.collect(from(c).select(c.columns).orderBy(c.columns.customer_index));
  const ids = named.texts.customer as string[];
  const ofCustomers = covariates.length > 0 ? await readCovariates(engine, path, covariates, usable) : undefined;
  for (const name of ["fit_customers", "fit_days", "fit_rows", "fit_table"]) await engine.drop(name);
  return {
    customers: ids.length,
    ids,
    customer: Int32Array.from(days.numbers.customer_index),
    day: Int32Array.from(days.numbers.day),
    ...(columns.amount === undefined ? {} : { value: days.numbers.amount }),
    ...(ofCustomers ? { covariates: ofCustomers } : {}),
    rows: Number(rows),
    setAside: Number(rows) - Number(kept),
    firstDay: days.numbers.day.reduce((least, day) => Math.min(least, day), Number.POSITIVE_INFINITY),
    lastDay: days.numbers.day.reduce((most, day) => Math.max(most, day), Number.NEGATIVE_INFINITY),
  };
}

/** What is known of each customer, by index. Throws DataError not_a_number, covariate_varies. */
async function readCovariates(
  engine: DuckdbEngine,
  path: string,
  names: readonly string[],
  usable: string,
): Promise<Covariates> {
  const columns: Float64Array[] = [];
  for (const [at, name] of names.entries()) {
    const text = `covariate_${at}`;
    const number = `TRY_CAST(${text} AS DOUBLE)`;
    const [wrong] = await engine.rows(
      `SELECT row, ${text} AS value FROM fit_rows WHERE ${usable} AND NOT coalesce(isfinite(${number}), false) ORDER BY row LIMIT 1`,
    );
    if (wrong) {
      const { row, value } = wrong;
      throw new DataError("not_a_number", { path, row: Number(row), column: name, value: String(value ?? "") });
    }
    const extremes = `SELECT customer, min(${number}) AS least, max(${number}) AS most FROM fit_rows WHERE ${usable} GROUP BY customer`;
    const [varying] = await engine.rows(`SELECT * FROM (${extremes}) WHERE least < most ORDER BY customer LIMIT 1`);
    if (varying) {
      const { customer, least, most } = varying;
      throw new DataError("covariate_varies", {
        path,
        name,
        customer: String(customer),
        least: Number(least),
        most: Number(most),
      });
    }
    await engine.statement(
      `CREATE OR REPLACE TEMP TABLE fit_covariate AS SELECT customer_index, least AS value FROM fit_customers JOIN (${extremes}) USING (customer)`,
    );
    const v = namedTable("fit_covariate", { customer_index: "integer", value: "double" }, "v");
    const { numbers } = await engine.collect(from(v).select(v.columns).orderBy(v.columns.customer_index));
    columns.push(numbers.value);
    await engine.drop("fit_covariate");
  }
  return { names, columns };
}

/** Number columns of a summary file by what they stand for, e.g. { x: "x", tx: "t_x", T: "T" }; every value must be a number. */
export async function readNumbers<Name extends string>(
  engine: DuckdbEngine,
  path: string,
  columns: Readonly<Record<Name, string>>,
): Promise<Record<Name, Float64Array>> {
  const header = await openTableFile(engine, "fit_table", path);
  const wanted = Object.entries(columns) as [Name, string][];
  for (const [, column] of wanted) if (!header.includes(column)) throw unknownColumn(path, column, header);
  for (const [, column] of wanted) {
    const bad = await engine.rows(
      `SELECT row, value FROM (SELECT row_number() OVER () AS row, CAST(${quote(column)} AS VARCHAR) AS value FROM fit_table)
       WHERE NOT coalesce(isfinite(TRY_CAST(value AS DOUBLE)), false) ORDER BY row LIMIT 1`,
    );
    if (bad.length > 0) {
      const { row, value } = bad[0];
      throw new DataError("not_a_number", { path, row: Number(row), column, value: String(value ?? "") });
    }
  }
  const selected = wanted.map(([name, column]) => `TRY_CAST(${quote(column)} AS DOUBLE) AS ${quote(name)}`).join(", ");
  await engine.statement(
    `CREATE OR REPLACE TEMP TABLE fit_numbers AS SELECT ${selected}, row_number() OVER () AS row_number FROM fit_table`,
  );
  const types = Object.fromEntries([...wanted.map(([name]) => [name, "double"]), ["row_number", "integer"]]);
  const n = namedTable("fit_numbers", types as Record<string, "double">, "n");
  const { numbers } = await engine.collect(from(n).select(n.columns).orderBy(n.columns.row_number));
  for (const name of ["fit_numbers", "fit_table"]) await engine.drop(name);
  return numbers as Record<Name, Float64Array>;
}

function chosenColumn(
  path: string,
  header: readonly string[],
  stated: string | undefined,
  kind: keyof typeof usualNames,
): string {
  if (stated !== undefined) {
    if (!header.includes(stated)) throw unknownColumn(path, stated, header);
    return stated;
  }
  const found = usualNames[kind].map((name) => header.find((column) => column.toLowerCase() === name));
  const column = found.find((name) => name !== undefined);
  if (column === undefined)
    throw new InputError("column_not_stated", { path, option: `--${kind}`, columns: [...header] });
  return column;
}

function unknownColumn(path: string, column: string, header: readonly string[]): InputError {
  return new InputError("unknown_column", { path, column, columns: [...header] });
}

/** Guests belong to nobody and are only counted; dates and amounts that cannot be read are a fault of the file. */
async function refuseUnreadable(
  engine: DuckdbEngine,
  path: string,
  columns: { date: string; amount?: string },
): Promise<void> {
  const unreadable = "customer IS NOT NULL AND (bought_at IS NULL OR amount IS NULL OR NOT isfinite(amount))";
  const [{ known, bad }] = await engine.rows(
    `SELECT count(*) FILTER (WHERE customer IS NOT NULL) AS known, count(*) FILTER (WHERE ${unreadable}) AS bad FROM fit_rows`,
  );
  if (Number(known) === 0) throw new DataError("no_customers_in_file", { path });
  const share = Number(bad) / Number(known);
  if (share <= mostSetAsideShare && Number(bad) < Number(known)) return;
  const [first] = await engine.rows(
    `SELECT row, date_text, amount_text, bought_at IS NULL AS bad_date FROM fit_rows WHERE ${unreadable} ORDER BY row LIMIT 1`,
  );
  throw new DataError("unreadable_values", {
    path,
    share: Math.round(1000 * share) / 10,
    limit: 100 * mostSetAsideShare,
    column: first.bad_date ? columns.date : (columns.amount ?? ""),
    value: String((first.bad_date ? first.date_text : first.amount_text) ?? ""),
    row: Number(first.row),
  });
}

/** Days since 1970 of an ISO date that a user typed. Throws InputError invalid_date. */
export function dayOfDate(option: string, date: string): number {
  const instant = Date.parse(`${date}T00:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || Number.isNaN(instant))
    throw new InputError("invalid_date", { option, date });
  return instant / millisecondsPerDay;
}
