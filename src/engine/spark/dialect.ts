import type { ColumnType } from "../../schema/columns.ts";
import { createDialect, type LiteralValue } from "../sql/dialect.ts";

/**
 * Spark SQL, for Spark 4 with its defaults (ANSI mode) and the session in UTC. Times have no zone on either side
 * (TIMESTAMP_NTZ), so a query means the same whatever the cluster's clock.
 */
const sqlType: Readonly<Record<ColumnType, string>> = {
  text: "STRING",
  integer: "BIGINT",
  double: "DOUBLE",
  boolean: "BOOLEAN",
  timestamp: "TIMESTAMP_NTZ",
  date: "DATE",
};

const micros = (at: string) => `unix_micros(CAST(${at} AS TIMESTAMP))`;

const calls: Readonly<Record<string, (operands: readonly string[]) => string>> = {
  count_all: () => "count(*)",
  count_distinct: ([value]) => `count(DISTINCT ${value})`,
  divide: ([a, b]) => `(CAST(${a} AS DOUBLE) / nullif(CAST(${b} AS DOUBLE), 0D))`,
  quantile: ([value, share]) => `percentile(${value}, ${share})`,
  not: ([value]) => `(NOT ${value})`,
  first_part: ([value, separator]) => `split_part(${value}, ${separator}, 1)`,
  starts_with: ([value, prefix]) => `startswith(${value}, ${prefix})`,
  ends_with: ([value, suffix]) => `endswith(${value}, ${suffix})`,
  // Spark's concat is NULL where any part is; the builder's skips NULLs, as concat_ws does.
  concat: (parts) => `concat_ws('', ${parts.join(", ")})`,
  strict_least: ([a, b]) => `(CASE WHEN ${a} IS NULL OR ${b} IS NULL THEN NULL ELSE least(${a}, ${b}) END)`,
  strict_greatest: ([a, b]) => `(CASE WHEN ${a} IS NULL OR ${b} IS NULL THEN NULL ELSE greatest(${a}, ${b}) END)`,
  days_between: ([start, end]) => `((${micros(end)} - ${micros(start)}) / 8.64e10D)`,
  plus_days: ([start, days]) => `(${start} + make_dt_interval(CAST(${days} AS INT)))`,
  date_of: ([at]) => `CAST(${at} AS DATE)`,
  date_in_zone: ([at, zone]) => `CAST(convert_timezone('UTC', ${zone}, ${at}) AS DATE)`,
  start_of_date: ([date]) => `CAST(${date} AS TIMESTAMP_NTZ)`,
  epoch_ms: ([at]) => `unix_millis(CAST(${at} AS TIMESTAMP))`,
  day_of_year: ([at]) => `CAST(dayofyear(CAST(${at} AS DATE)) AS BIGINT)`,
};

function literal(value: LiteralValue, type: ColumnType): string {
  if (value === null) return `CAST(NULL AS ${sqlType[type]})`;
  if (type === "timestamp") {
    const text = new Date(Math.round(Number(value))).toISOString();
    return `TIMESTAMP_NTZ '${text.slice(0, 10)} ${text.slice(11, -1)}'`;
  }
  if (type === "double") return `${Number(value).toExponential()}D`;
  if (typeof value === "string") return textLiteral(value);
  return String(value);
}

/** Backslashes escape, two quotes would join two texts, and `${…}` would be replaced by a setting of the session. */
function textLiteral(value: string): string {
  const escaped = value.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("${", "\\u0024{");
  return `'${escaped}'`;
}

export const sparkDialect = createDialect({
  name: "spark",
  quote: (name) => `\`${name.replaceAll("`", "``")}\``,
  sqlType,
  literal,
  calls,
  joins: { inner: "JOIN", left: "LEFT JOIN", cross: "CROSS JOIN", semi: "LEFT SEMI JOIN", anti: "LEFT ANTI JOIN" },
  cast(value, from, to, tolerant) {
    // Spark cuts fractions off where DuckDB rounds them, half to even.
    const exact = from === "double" && to === "integer" ? `bround(${value})` : value;
    return `${tolerant ? "try_cast" : "CAST"}(${exact} AS ${sqlType[to]})`;
  },
});
