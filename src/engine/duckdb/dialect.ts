import type { ColumnType } from "../../schema/columns.ts";
import { createDialect, type LiteralValue } from "../sql/dialect.ts";

const rewritten: Readonly<Record<string, (operands: readonly string[]) => string>> = {
  count_all: () => "count(*)",
  count_distinct: ([value]) => `count(DISTINCT ${value})`,
  sum: ([value]) => `sum(${value})`,
  divide: ([a, b]) => `(CAST(${a} AS DOUBLE) / nullif(CAST(${b} AS DOUBLE), 0))`,
  quantile: ([value, share]) => `quantile_cont(${value}, ${share})`,
  not: ([value]) => `(NOT ${value})`,
  first_part: ([value, separator]) => `split_part(${value}, ${separator}, 1)`,
  strict_least: ([a, b]) => `(CASE WHEN ${a} IS NULL OR ${b} IS NULL THEN NULL ELSE least(${a}, ${b}) END)`,
  strict_greatest: ([a, b]) => `(CASE WHEN ${a} IS NULL OR ${b} IS NULL THEN NULL ELSE greatest(${a}, ${b}) END)`,
  days_between: ([start, end]) => `((epoch_us(${end}) - epoch_us(${start})) / 8.64e10)`,
  plus_days: ([start, days]) => `(${start} + to_days(CAST(${days} AS INTEGER)))`,
  date_of: ([at]) => `CAST(${at} AS DATE)`,
  date_in_zone: ([at, zone]) => `CAST(timezone(${zone}, timezone('UTC', ${at})) AS DATE)`,
  start_of_date: ([date]) => `CAST(${date} AS TIMESTAMP)`,
  epoch_ms: ([at]) => `CAST(epoch_ms(${at}) AS BIGINT)`,
  day_of_year: ([at]) => `dayofyear(${at})`,
};

export const sqlType: Readonly<Record<ColumnType, string>> = {
  text: "VARCHAR",
  integer: "BIGINT",
  double: "DOUBLE",
  boolean: "BOOLEAN",
  timestamp: "TIMESTAMP",
  date: "DATE",
};

function emitLiteral(value: LiteralValue, type: ColumnType): string {
  if (value === null) return `CAST(NULL AS ${sqlType[type]})`;
  if (type === "timestamp") return `make_timestamp(${Math.round(Number(value) * 1000)}::BIGINT)`;
  if (type === "double") return `${Number(value).toExponential()}::DOUBLE`;
  if (typeof value === "string") return `'${value.replaceAll("'", "''")}'`;
  return String(value);
}

export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** DuckDB's SQL. */
export const duckdbDialect = createDialect({
  name: "duckdb",
  quote,
  sqlType,
  literal: emitLiteral,
  calls: rewritten,
  joins: { inner: "JOIN", left: "LEFT JOIN", cross: "CROSS JOIN", semi: "SEMI JOIN", anti: "ANTI JOIN" },
  cast: (value, _, to, tolerant) => `${tolerant ? "TRY_CAST" : "CAST"}(${value} AS ${sqlType[to]})`,
});

export const { emitQuery } = duckdbDialect;
