import type { MappingFile } from "./mapping.ts";

type DateOrder = NonNullable<MappingFile["date_order"]>;
type DecimalSeparator = NonNullable<MappingFile["decimal_separator"]>;

/** Share of a column's values that must look alike for the column to count as dates, numbers or addresses. */
const mostly = 0.9;

/** A column of a table's first rows; blank values are left out. */
export class ColumnSample {
  readonly name: string;
  readonly values: readonly string[];
  /** Share of rows with a value. */
  readonly filled: number;
  readonly distinct: ReadonlySet<string>;

  constructor(name: string, cells: readonly (string | null)[]) {
    this.name = name;
    this.values = cells.flatMap((cell) => (cell?.trim() ? [cell.trim()] : []));
    this.filled = cells.length === 0 ? 0 : this.values.length / cells.length;
    this.distinct = new Set(this.values);
  }

  get isDate(): boolean {
    return this.#share((value) => dateForm.test(value) || namedDate.test(value)) >= mostly;
  }

  /** Seconds or milliseconds since 1970, of this century. */
  get epoch(): "seconds" | "milliseconds" | undefined {
    if (this.#share((value) => /^1\d{9}(\.\d+)?$/.test(value)) >= mostly) return "seconds";
    if (this.#share((value) => /^1\d{12}$/.test(value)) >= mostly) return "milliseconds";
    return undefined;
  }

  get isNumber(): boolean {
    return this.#share((value) => numberForm.test(bare(value))) >= mostly;
  }

  get isEmail(): boolean {
    return this.#share((value) => /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(value)) >= mostly;
  }

  /** Amounts of money show themselves by a sign or by two decimals. */
  get looksLikeMoney(): boolean {
    if (!this.isNumber || this.isDate) return false;
    return this.#share((value) => bare(value) !== value || /[.,]\d{2}$/.test(value)) > 0.5;
  }

  #share(test: (value: string) => boolean): number {
    return this.values.length === 0 ? 0 : this.values.filter(test).length / this.values.length;
  }
}

const dateForm =
  /^((19|20)\d{2}(\D{1,2})\d{1,2}(\D{1,2})\d{1,2}|(19|20)\d{2}(0[1-9]|1[0-2])([0-2]\d|3[01])|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2}))(?!\d)/;
const namedDate = /^(\d{1,2}[ -])?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[ -,]+(\d{1,2},? )?\d{2,4}\b/i;
const numberForm = /^[-+−]?\d[\d.,'’]*$/;

/** A number without signs of currency, spaces and the brackets of a negative one. */
function bare(value: string): string {
  return value.replace(/\b[A-Z]{3}\b|[$€£¥￥₹₩₽฿元圆\s()]|US(?=\$)|HK(?=\$)/gu, "").replace(/-$/, "");
}

/** The order in which dates are written; undefined where their values allow two. */
export function dateOrderOf(columns: readonly ColumnSample[]): DateOrder | undefined {
  const values = columns.flatMap(({ values }) => values);
  const numeric = values.flatMap((value) => {
    const found = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?!\d)/.exec(value);
    return found ? [[Number(found[1]), Number(found[2])]] : [];
  });
  if (numeric.length <= values.length / 2) {
    const epochs = columns.map(({ epoch }) => epoch).filter((epoch) => epoch !== undefined);
    return epochs[0] ?? "YMD";
  }
  const dayFirst = numeric.filter(([first, second]) => first <= 31 && second <= 12).length;
  const monthFirst = numeric.filter(([first, second]) => first <= 12 && second <= 31).length;
  if (dayFirst === monthFirst) return undefined;
  return dayFirst > monthFirst ? "DMY" : "MDY";
}

/** The sign before the decimals; undefined where the values allow both, as 1,234 does. */
export function decimalSeparatorOf(columns: readonly ColumnSample[]): DecimalSeparator | undefined {
  const votes = { ".": 0, ",": 0, either: 0, whole: 0 };
  for (const { values } of columns) for (const value of values) votes[separatorIn(bare(value))]++;
  if (votes["."] === votes[","]) return votes["."] === 0 && votes.either > 0 ? undefined : ".";
  return votes["."] > votes[","] ? "." : ",";
}

/** The decimal separator that a number shows; `either` where one sign stands before exactly three digits. */
function separatorIn(value: string): DecimalSeparator | "either" | "whole" {
  const signs = value.replace(/[^.,]/g, "");
  if (signs === "") return "whole";
  const last = signs.at(-1) as DecimalSeparator;
  const other = last === "." ? "," : ".";
  if (signs.includes(other)) return last;
  if (signs.length > 1) return other;
  return /[.,]\d{3}$/.test(value) && !/^[-+]?0[.,]/.test(value) ? "either" : last;
}

const signs: readonly [RegExp, string][] = [
  [/£/, "GBP"],
  [/€/, "EUR"],
  [/元|圆|人民币|RMB/, "CNY"],
  [/₹/, "INR"],
  [/₩/, "KRW"],
  [/HK\$/, "HKD"],
];

/** The currency that most amounts or a header name by a code or a sign; undefined where none does. */
export function currencyIn(columns: readonly ColumnSample[], defaultCurrency: string): string | undefined {
  for (const { name, values } of columns) {
    for (const text of [name, ...values.slice(0, 200)]) {
      const code = /(?<![A-Za-z])([A-Z]{3})(?![A-Za-z])/.exec(text)?.[1];
      if (code !== undefined && isCurrency(code)) return code;
      const sign = signs.find(([pattern]) => pattern.test(text));
      if (sign) return sign[1];
      // One sign of several currencies: the project's own if it is one of them.
      if (/[¥￥]/.test(text)) return defaultCurrency === "JPY" ? "JPY" : "CNY";
      if (text.includes("$"))
        return ["USD", "CAD", "AUD", "NZD", "SGD"].find((own) => own === defaultCurrency) ?? "USD";
    }
  }
  return undefined;
}

let currencies: ReadonlySet<string> | undefined;

export function isCurrency(code: string): boolean {
  currencies ??= new Set(Intl.supportedValuesOf("currency"));
  return currencies.has(code);
}
