import { currencyExponent } from "../base/money.ts";
import { quote, sqlType } from "../engine/duckdb/dialect.ts";
import { textLiteral } from "../engine/duckdb/engine.ts";
import type { ColumnType } from "../schema/columns.ts";
import type { PresetContext, Problem } from "./preset.ts";
import { column as converted, decimalNumber, instant } from "./sql-text.ts";

/** A raw column by name, or the first of several names that the header has: exports change their names with age. */
export type Names = string | readonly string[];

interface FieldOptions {
  /** Rows without a value are set aside. */
  readonly required?: boolean;
}

/**
 * The fields of an export, converted once and kept beside the raw text. Each method answers with the SQL that names the
 * converted value (NULL where the export has no such column) and notes what can be wrong with it; the first problem counts.
 */
export class Fields {
  readonly derived: Record<string, string> = {};
  readonly problems: Problem[] = [];
  readonly #context: PresetContext;

  constructor(context: PresetContext) {
    this.#context = context;
  }

  /** The name that the header has, if any. */
  named(names: Names): string | undefined {
    return [names].flat().find((name) => this.#context.header.includes(name));
  }

  /** Text as it stands, NULL where blank. */
  text(names: Names, { required = false }: FieldOptions = {}): string {
    const name = this.named(names);
    if (name === undefined) return nothing("text");
    const value = this.keep(name, plainText(name));
    if (required) this.problem("missing_required", name, `${value} IS NULL`);
    return value;
  }

  /** A time as UTC: its own offset counts, else the time zone's clock. Times after now are problems. */
  instant(names: Names, timezone: string, { required = false }: FieldOptions = {}): string {
    const name = this.named(names);
    if (name === undefined) return nothing("timestamp");
    const value = this.#converted(
      name,
      instant(name, timezone, this.#context.forms[name]),
      "unparsable_date",
      required,
    );
    this.problem("future_date", name, `${value} > ${this.#context.now}`);
    return value;
  }

  /** A calendar date. */
  date(names: Names, { required = false }: FieldOptions = {}): string {
    const name = this.named(names);
    if (name === undefined) return nothing("date");
    const value = converted(name, "date", this.#context.forms[name]);
    return this.#converted(name, value, "unparsable_date", required);
  }

  /** A whole number, grouped or not. */
  integer(names: Names, { required = false }: FieldOptions = {}): string {
    const name = this.named(names);
    if (name === undefined) return nothing("integer");
    const [value, number] = [plainText(name), this.#number(name)];
    // Microseconds since 1970 have more digits than a decimal with six places.
    const whole = `CASE WHEN regexp_full_match(${value}, '[+-]?\\d+') THEN TRY_CAST(${value} AS BIGINT) WHEN ${number} % 1 = 0 THEN CAST(${number} AS BIGINT) END`;
    return this.#converted(name, whole, "unparsable_number", required);
  }

  double(names: Names): string {
    const name = this.named(names);
    if (name === undefined) return nothing("double");
    return this.#converted(name, `CAST(${this.#number(name)} AS DOUBLE)`, "unparsable_number", false);
  }

  /** An amount in minor units of the currency that SQL names, never negative; `signed` amounts keep their sign. */
  money(names: Names, currency: string, options: FieldOptions & { readonly signed?: boolean } = {}): string {
    const { required = false, signed = false } = options;
    const name = this.named(names);
    if (name === undefined) return nothing("integer");
    const amount = minorUnitsIn(currency, plainText(name), this.#context.forms[name]);
    const value = this.#converted(name, amount, "unparsable_number", required);
    if (!signed) this.problem("negative_amount", name, `${value} < 0`);
    return value;
  }

  /** A currency code; the stated one where the export has none. */
  currency(names: Names, otherwise: string): string {
    const name = this.named(names);
    if (name === undefined) return textLiteral(otherwise);
    const value = this.keep(name, `upper(${plainText(name)})`);
    this.problem("unknown_currency", name, `NOT regexp_full_match(${value}, '[A-Z]{3}')`);
    return value;
  }

  /** Keeps the value of any SQL over the raw columns, and answers with its name. */
  keep(name: string, sql: string): string {
    this.derived[`longrun:${name}`] = sql;
    // Without a table's name: later derived columns build on earlier ones.
    return quote(`longrun:${name}`);
  }

  problem(reason: string, column: string | undefined, when: string): void {
    this.problems.push({ reason, column, when });
  }

  /** Sets aside the rows of an order (or whatever SQL names) none of which has a value; such columns fill only the first. */
  requireOnce(name: string, key: string): void {
    this.problem("missing_required", name, `max(${plainText(name)}) OVER (PARTITION BY ${key}) IS NULL`);
  }

  #number(name: string): string {
    return decimalNumber(plainText(name), { decimal: this.#context.forms[name]?.decimal ?? "." });
  }

  #converted(name: string, sql: string, reason: string, required: boolean): string {
    const value = this.keep(name, sql);
    const blank = `${plainText(name)} IS NULL`;
    if (required) this.problem("missing_required", name, blank);
    this.problem(reason, name, `${value} IS NULL AND NOT ${blank}`);
    return value;
  }
}

/** A raw column's text, NULL where blank, without what exports write around it or instead of it: `="123"`, `'123`, `--`. */
function plainText(name: string): string {
  return `nullif(regexp_replace(trim(raw.${quote(name)}), '^=?"(.*)"$|^''(.*)$|^--$', '\\1\\2'), '')`;
}

const nothing = (type: ColumnType) => `CAST(NULL AS ${sqlType[type]})`;

/** An amount's text in minor units of the currency that SQL names; a currency sign around it is no fault. */
export function minorUnitsIn(currency: string, amount: string, form: { decimal?: "." | "," | "mixed" } = {}): string {
  const bare = `trim(regexp_replace(${amount}, '^([A-Z]{0,3}[$€£¥￥]|[A-Z]{3} )|元$', ''))`;
  const decimal = form.decimal ?? ".";
  return `CAST(round(${decimalNumber(bare, { decimal })} * (CASE ${currency} ${unusualScales()} ELSE 100 END)) AS BIGINT)`;
}

let scales: string | undefined;

function unusualScales(): string {
  scales ??= Intl.supportedValuesOf("currency")
    .filter((code) => currencyExponent(code) !== 2)
    .map((code) => `WHEN '${code}' THEN ${10 ** currencyExponent(code)}`)
    .join(" ");
  return scales;
}
