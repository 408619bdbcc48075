import { quote, sqlType } from "../engine/duckdb/dialect.ts";
import { textLiteral } from "../engine/duckdb/engine.ts";
import type { ColumnType } from "../schema/columns.ts";
import type { DateOrder, WrittenForm } from "./written-forms.ts";

/**
 * A raw column as text, NULL where it is blank. `trim` looks at every character, so only what can have a space at an
 * end is trimmed: what begins or ends with one, or is not ASCII (whose only space it is).
 */
export function text(name: string): string {
  const raw = `raw.${quote(name)}`;
  const trimmable = `prefix(${raw}, ' ') OR suffix(${raw}, ' ') OR strlen(${raw}) <> length(${raw})`;
  return `nullif(CASE WHEN ${trimmable} THEN trim(${raw}) ELSE ${raw} END, '')`;
}

/**
 * A raw column converted as its file writes it, NULL where it is blank, cannot be converted, or could be read in two ways; times
 * with an offset become UTC, an integer has no decimals.
 */
export function column(name: string, type: ColumnType, form: WrittenForm = {}): string {
  const value = text(name);
  if (type === "timestamp") return dated(value, form, `${utc(`TRY_CAST(${value} AS TIMESTAMPTZ)`)}`);
  if (type === "date") return `CAST(${dated(value, form, `TRY_CAST(${value} AS TIMESTAMP)`)} AS DATE)`;
  if (type === "double") return `TRY_CAST(${plainNumber(value, form)} AS DOUBLE)`;
  if (type === "integer") {
    const number = plainNumber(value, form);
    const isWhole = `NOT contains(${number}, '.') OR TRY_CAST(${number} AS DECIMAL(38, 9)) % 1 = 0`;
    return `CASE WHEN ${isWhole} THEN TRY_CAST(${number} AS BIGINT) END`;
  }
  return type === "text" ? value : `TRY_CAST(${value} AS ${sqlType[type]})`;
}

/** A wall-clock time of a time zone, without an offset, as UTC. */
export function localTime(name: string, timezone: string, form: WrittenForm = {}): string {
  const value = text(name);
  const local = dated(value, form, `TRY_CAST(${value} AS TIMESTAMP)`);
  return utc(`${local} AT TIME ZONE ${textLiteral(timezone)}`);
}

/** An instant as its UTC time, in half the time that `AT TIME ZONE 'UTC'` takes; NULL for the infinite ones. */
function utc(instant: string): string {
  return `make_timestamp(epoch_us(${instant}))`;
}

/** A decimal amount in major units as integer minor units, exactly. */
export function minorUnits(amount: string, exponent: number, form: WrittenForm = {}): string {
  return `CAST(round(${decimalNumber(amount, form)} * ${10 ** exponent}) AS BIGINT)`;
}

/** A number as a decimal with six places. */
export function decimalNumber(value: string, form: WrittenForm = {}): string {
  return `TRY_CAST(${plainNumber(value, form)} AS DECIMAL(18, 6))`;
}

const blanks = "\\s\\x{00a0}\\x{202f}'’";

/** A way of writing numbers: what it allows, and how it reads in SQL's own. */
function decimalForm(decimal: "." | ",", thousands: "," | ".") {
  const pattern = `[+-]?(\\d+|[1-9]\\d{0,2}([${thousands}${blanks}]\\d{3})+)?([${decimal}]\\d*)?`;
  return {
    allows: (value: string) => `regexp_full_match(${value}, ${textLiteral(pattern)})`,
    plain: (value: string) =>
      `replace(regexp_replace(${value}, ${textLiteral(`[${thousands}${blanks}]`)}, '', 'g'), '${decimal}', '.')`,
  };
}

export const pointDecimal = decimalForm(".", ",");
export const commaDecimal = decimalForm(",", ".");

/** A number's text as SQL writes it; a column whose form is left out writes it so itself, and a comma there makes no number. */
function plainNumber(value: string, { decimal }: WrittenForm): string {
  if (decimal === ",") return `CASE WHEN ${commaDecimal.allows(value)} THEN ${commaDecimal.plain(value)} END`;
  if (decimal === "mixed") return `CASE WHEN NOT regexp_matches(${value}, '[.,]') THEN ${value} END`;
  if (decimal === undefined) return value;
  return `CASE WHEN NOT contains(${value}, ',') THEN ${value} WHEN ${pointDecimal.allows(value)} THEN ${pointDecimal.plain(value)} END`;
}

const clocks = ["", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p"];

/** A date of day, month and year, or month, day and year, divided by slashes, points or hyphens, with or without a time. */
export function dayMonthYear(value: string, order: DateOrder): string {
  const start = order === "day_first" ? "%d#%m#%Y" : "%m#%d#%Y";
  const formats = clocks.map((clock) => textLiteral(start + clock)).join(", ");
  // With a sign of their own between, a text that the pattern does not fit fits no format either: 13/02/24 is not the year 24.
  const pattern = "^(\\d{1,2})[/.-](\\d{1,2})[/.-](\\d{4})(?:[T,]?\\s*)?";
  return `try_strptime(trim(regexp_replace(${value}, '${pattern}', '\\1#\\2#\\3 ')), [${formats}])`;
}

/** 13/02/2024, 1.2.2024: for the engine they are no dates, but 13-02-24 would be one of the year 13. */
function beginsWithDayOrMonth(value: string): string {
  return `(${value}[2] IN ('/', '.', '-') OR ${value}[3] IN ('/', '.', '-'))`;
}

/** A date that begins with day or month, in the order of its column; if that is not known, only where it has one reading. */
function dated(value: string, { dateOrder }: WrittenForm, iso: string): string {
  const day = dayMonthYear(value, "day_first");
  const month = dayMonthYear(value, "month_first");
  const oneWay = `CASE WHEN ${month} IS NULL OR ${month} = ${day} THEN ${day} WHEN ${day} IS NULL THEN ${month} END`;
  const known = { day_first: day, month_first: month, mixed: oneWay, unknown: oneWay, none: "NULL" };
  return `CASE WHEN ${beginsWithDayOrMonth(value)} THEN ${known[dateOrder ?? "none"]} ELSE ${iso} END`;
}

/** A time as UTC: with the offset its text ends in (`+0800`, `-05:00`, `Z`), else as the clock of a time zone. */
export function instant(name: string, timezone: string, form: WrittenForm = {}): string {
  const value = text(name);
  const offset = "\\s*(?:([+-]\\d{2}):?(\\d{2})|Z|UTC|GMT)$";
  const absolute = `regexp_replace(regexp_replace(${value}, '\\s*(Z|UTC|GMT)$', '+00:00'), '${offset}', '\\1:\\2')`;
  return `(CASE WHEN regexp_matches(${value}, '\\d:\\d{2}.*${offset}') THEN TRY_CAST(${absolute} AS TIMESTAMPTZ) AT TIME ZONE 'UTC' ELSE ${localTime(name, timezone, form)} END)`;
}
