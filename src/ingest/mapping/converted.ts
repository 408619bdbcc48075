import { currencyExponent } from "../../base/money.ts";
import { sqlType } from "../../engine/duckdb/dialect.ts";
import { textLiteral } from "../../engine/duckdb/engine.ts";
import type { ColumnType } from "../../schema/columns.ts";
import type { TableMapping } from "./mapping.ts";

/** How a file writes its values. */
export type Notation = Pick<TableMapping, "time_zone" | "date_order" | "decimal_separator" | "amounts">;

/** SQL text converted to a canonical type, NULL where it is blank or not written as the notation says. */
export function converted(text: string, type: ColumnType, notation: Notation): string {
  if (type === "text") return text;
  if (type === "timestamp") return timestamp(text, notation);
  if (type === "date") return `CAST(${wallClock(text, notation)} AS DATE)`;
  if (type === "boolean") return truth(text);
  const number = decimal(text, notation);
  if (type === "double") return `CAST(${number} AS DOUBLE)`;
  return `(CASE WHEN ${number} = round(${number}) THEN CAST(round(${number}) AS ${sqlType.integer}) END)`;
}

/** An amount in integer minor units of the currency that the SQL text `currency` names, rounded half away from zero. */
export function money(text: string, currency: string, notation: Notation): string {
  if (notation.amounts === "minor") return converted(text, "integer", notation);
  const scale = `(CASE ${currency} ${unusualScales()} ELSE 100 END)`;
  return `CAST(round(CAST(${decimal(text, notation)} AS DECIMAL(38, 6)) * ${scale}) AS BIGINT)`;
}

let scales: string | undefined;

function unusualScales(): string {
  scales ??= Intl.supportedValuesOf("currency")
    .filter((code) => currencyExponent(code) !== 2)
    .map((code) => `WHEN '${code}' THEN ${10 ** currencyExponent(code)}`)
    .join(" ");
  return scales;
}

/**
 * A number without currency signs and grouping. Grouped digits must stand in threes, so that a comma meant as a decimal
 * point is refused and never read as a hundred times the amount. Fourteen digits before the point are the most.
 */
function decimal(text: string, { decimal_separator }: Notation): string {
  const [point, grouping] = decimal_separator === "." ? ["\\.", "[,'’]"] : [",", "[.'’]"];
  const bare = `regexp_replace(${text}, '(US|HK|NT|A|C|S|R)?[$€£¥￥₹₩₽฿]|[A-Z]{3}|[元圆]|\\s|\\xA0|\\x{202F}', '', 'g')`;
  const signed = `regexp_replace(regexp_replace(${bare}, '^\\((.*)\\)$', '-\\1'), '^([^-].*)-$', '-\\1')`;
  const form = `[-+−]?(\\d{1,3}(${grouping.replaceAll("'", "''")}\\d{3})+|\\d+)?(${point}\\d*)?`;
  const plain = `replace(replace(regexp_replace(${signed}, '${grouping.replaceAll("'", "''")}', '', 'g'), '−', '-'), ',', '.')`;
  return `(CASE WHEN regexp_full_match(${signed}, '${form}') THEN TRY_CAST(${plain} AS DECIMAL(20, 6)) END)`;
}

function truth(text: string): string {
  return `(CASE WHEN lower(${text}) IN ('true', 't', 'yes', 'y', '1', '是') THEN true WHEN lower(${text}) IN ('false', 'f', 'no', 'n', '0', '否') THEN false END)`;
}

/** An instant as UTC: with its own offset where it has one, else in the file's time zone. */
function timestamp(text: string, notation: Notation): string {
  const { date_order, time_zone } = notation;
  if (date_order === "seconds" || date_order === "milliseconds") return wallClock(text, notation);
  const offset = `regexp_extract(${text}, '\\d:\\d.*?\\s*(Z|[+-]\\d{2}:?\\d{2})$', 1)`;
  const local = `((${wallClock(text, notation)} AT TIME ZONE ${textLiteral(time_zone)}) AT TIME ZONE 'UTC')`;
  const absolute = `(TRY_CAST(strftime(${wallClock(text, notation)}, '%Y-%m-%d %H:%M:%S.%f') || ${offset} AS TIMESTAMPTZ) AT TIME ZONE 'UTC')`;
  return `(CASE WHEN ${offset} <> '' THEN ${absolute} ELSE ${local} END)`;
}

const parts = {
  YMD: {
    form: "^(\\d{4})(?:\\D{1,2}(\\d{1,2})\\D{1,2}(\\d{1,2})|(\\d{2})(\\d{2}))",
    year: 1,
    month: [2, 4],
    day: [3, 5],
  },
  DMY: { form: "^(\\d{1,2})\\D{1,2}(\\d{1,2})\\D{1,2}(\\d{4}|\\d{2})", year: 3, month: [2], day: [1] },
  MDY: { form: "^(\\d{1,2})\\D{1,2}(\\d{1,2})\\D{1,2}(\\d{4}|\\d{2})", year: 3, month: [1], day: [2] },
} as const;

const namedMonths = ["%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y", "%d-%b-%Y", "%d-%b-%y"];
const timesOfDay = ["", " %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %I:%M %p"];

/** Date and time of day as written, without a time zone. */
function wallClock(text: string, { date_order }: Notation): string {
  if (date_order === "seconds" || date_order === "milliseconds") {
    const [scale, most] = date_order === "seconds" ? [1_000_000, 1e10] : [1_000, 1e13];
    const count = `CAST(TRY_CAST(${text} AS DECIMAL(16, 3)) AS DECIMAL(38, 3))`;
    return `(CASE WHEN abs(${count}) < ${most} THEN make_timestamp(CAST(${count} * ${scale} AS BIGINT)) END)`;
  }
  const { form, year, month, day } = parts[date_order];
  const part = (places: number | readonly number[]) =>
    [places]
      .flat()
      .map((place) => `regexp_extract(${text}, '${form}', ${place})`)
      .join(" || ");
  const fullYear = `CASE length(${part(year)}) WHEN 2 THEN '20' || ${part(year)} ELSE ${part(year)} END`;
  const rest = `regexp_replace(${text}, '${form}[日号]?[T,\\s]*', '')`;
  const clock = `regexp_replace(${rest}, '\\s*(Z|[+-]\\d{2}:?\\d{2}|UTC|GMT)$', '')`;
  const half = `upper(replace(regexp_extract(${clock}, '(?i)(am|pm|a\\.m\\.|p\\.m\\.|上午|下午)', 1), '.', ''))`;
  const bare = `trim(regexp_replace(${clock}, '(?i)(am|pm|a\\.m\\.|p\\.m\\.|上午|下午)', ''))`;
  const midnight = `TRY_CAST((${fullYear}) || '-' || ${part(month)} || '-' || ${part(day)} AS TIMESTAMP)`;
  const time = `(CASE WHEN ${bare} = '' THEN '00:00' ELSE ${bare} END)`;
  const asWritten = `TRY_CAST((${fullYear}) || '-' || ${part(month)} || '-' || ${part(day)} || ' ' || ${time} AS TIMESTAMP)`;
  const hours = `(CASE WHEN ${half} IN ('PM', '下午') AND hour(${asWritten}) < 12 THEN 12 WHEN ${half} IN ('AM', '上午') AND hour(${asWritten}) = 12 THEN -12 ELSE 0 END)`;
  const numeric = `(CASE WHEN ${midnight} IS NOT NULL THEN ${asWritten} + to_hours(${hours}) END)`;
  const formats = namedMonths.flatMap((date) => timesOfDay.map((clockForm) => textLiteral(date + clockForm)));
  const named = `try_strptime(replace(regexp_replace(${text}, '\\s*(Z|[+-]\\d{2}:?\\d{2})$', ''), ',', ''), [${formats.join(", ")}])`;
  return `(CASE WHEN regexp_matches(${text}, '[A-Za-z]{3}') AND NOT regexp_matches(${text}, '${form}') THEN ${named} ELSE ${numeric} END)`;
}
