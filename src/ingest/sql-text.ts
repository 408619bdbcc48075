import { quote, sqlType } from "../engine/duckdb/dialect.ts";
import { textLiteral } from "../engine/duckdb/engine.ts";
import type { ColumnType } from "../schema/columns.ts";

/**
 * A raw column as text, NULL where it is blank. `trim` looks at every character, so only what can have a space at an
 * end is trimmed: what begins or ends with one, or is not ASCII (whose only space it is).
 */
export function text(name: string): string {
  const raw = `raw.${quote(name)}`;
  const trimmable = `prefix(${raw}, ' ') OR suffix(${raw}, ' ') OR strlen(${raw}) <> length(${raw})`;
  return `nullif(CASE WHEN ${trimmable} THEN trim(${raw}) ELSE ${raw} END, '')`;
}

/** A raw column converted, NULL where it is blank or cannot be converted; times with an offset become UTC. */
export function column(name: string, type: ColumnType): string {
  if (type === "text") return text(name);
  if (type === "timestamp") return utc(`TRY_CAST(${text(name)} AS TIMESTAMPTZ)`);
  return `TRY_CAST(${text(name)} AS ${sqlType[type]})`;
}

/** A wall-clock time of a time zone, without an offset, as UTC. */
export function localTime(name: string, timezone: string): string {
  return utc(`TRY_CAST(${text(name)} AS TIMESTAMP) AT TIME ZONE ${textLiteral(timezone)}`);
}

/** An instant as its UTC time, in half the time that `AT TIME ZONE 'UTC'` takes; NULL for the infinite ones. */
function utc(instant: string): string {
  return `make_timestamp(epoch_us(${instant}))`;
}

/** A decimal amount in major units as integer minor units, exactly. */
export function minorUnits(amount: string, exponent: number): string {
  return `CAST(round(TRY_CAST(${amount} AS DECIMAL(18, 6)) * ${10 ** exponent}) AS BIGINT)`;
}
