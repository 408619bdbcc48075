import { InputError } from "../base/errors.ts";
import { statedAmount } from "../base/money.ts";

/** A column summed over the plan, where the row's other columns have one of the stated values. */
export interface Term {
  readonly factor: number;
  readonly column: string;
  readonly where: readonly { readonly column: string; readonly values: readonly string[] }[];
}

/** `name=terms<=limit` or `name=terms>=limit`. */
export interface LimitText {
  readonly name: string;
  readonly terms: readonly Term[];
  readonly sense: "at_most" | "at_least";
  readonly limit: number;
  /** In which the limit was stated, where it names one: "500 EUR". */
  readonly currency?: string;
}

const number = String.raw`\d+(?:\.\d+)?(?:[eE][+-]?\d+)?`;
const term = new RegExp(
  String.raw`^\s*([+-]?)\s*(?:(${number})\s*\*\s*)?([\p{L}_][\p{L}\p{N}_]*)((?:\[[^\]]*\])*)`,
  "u",
);

/** Reads 5000, "5000 EUR" or "5000EUR"; the amount is NaN where the text is none. */
export function parseAmount(text: string): Pick<LimitText, "limit" | "currency"> {
  const [, amount = text, currency] = statedAmount.exec(text.trim()) ?? [];
  return { limit: amount.trim() === "" ? Number.NaN : Number(amount), ...(currency !== undefined && { currency }) };
}

/**
 * Reads a limit such as `email=contacts[channel=email]<=2000`, `vip=cost[segment=vip]<=500 EUR` or `margin=short-0.1*revenue>=0`.
 * Throws InputError unreadable_limit.
 */
export function parseLimit(text: string): LimitText {
  const [, name, expression, sign, stated = ""] = /^\s*([^=<>]+?)\s*=(.*?)(<=|>=)\s*([^<>]+)$/u.exec(text) ?? [];
  const amount = parseAmount(stated);
  if (name === undefined || !Number.isFinite(amount.limit)) throw unreadable(text);
  const terms: Term[] = [];
  for (let rest = expression; rest.trim() !== ""; ) {
    const [matched, sign = "", factor, column, filters] = term.exec(rest) ?? [];
    if (matched === undefined || (terms.length > 0 && sign === "")) throw unreadable(text);
    terms.push({
      factor: (sign === "-" ? -1 : 1) * Number(factor ?? 1),
      column,
      where: [...filters.matchAll(/\[([^\]]*)\]/gu)].map(([, filter]) => parseFilter(filter, text)),
    });
    rest = rest.slice(matched.length);
  }
  if (terms.length === 0) throw unreadable(text);
  return { name, terms, sense: sign === "<=" ? "at_most" : "at_least", ...amount };
}

/** Some actions for some customers: `coupon[segment=vip,gold]`, or `*[segment=vip]` for all but nothing. */
export interface RuleText {
  readonly text: string;
  /** Absent: every action but nothing. */
  readonly action?: string;
  readonly where: Term["where"];
}

/** Throws InputError unreadable_rule. */
export function parseRule(text: string): RuleText {
  const [, action, filters] = /^\s*([^[\]]+?)\s*((?:\[[^\]]*\])*)\s*$/u.exec(text) ?? [];
  if (action === undefined) throw new InputError("unreadable_rule", { text });
  const where = [...filters.matchAll(/\[([^\]]*)\]/gu)].map(([, filter]) => parseFilter(filter, text));
  return { text, where, ...(action === "*" ? {} : { action }) };
}

function parseFilter(filter: string, text: string): Term["where"][number] {
  const [, column, values] = /^\s*([^=]+?)\s*=\s*(.+)$/u.exec(filter) ?? [];
  if (column === undefined) throw unreadable(text);
  return { column, values: values.split(",").map((value) => value.trim()) };
}

function unreadable(text: string): InputError {
  return new InputError("unreadable_limit", { text });
}

/** Σ factor·amount of the terms in every cell where their filters hold. */
export function sumOfTerms(
  terms: readonly Term[],
  cells: number,
  of: {
    /** Reads a column by cell. */
    amount(column: string): (at: number) => number;
    /** Whether all filters hold in a cell. */
    meets(where: Term["where"]): (at: number) => boolean;
  },
): Float64Array {
  const sum = new Float64Array(cells);
  for (const { factor, column, where } of terms) {
    const [isMet, amount] = [of.meets(where), of.amount(column)];
    for (let at = 0; at < cells; at++) if (isMet(at)) sum[at] += factor * amount(at);
  }
  return sum;
}
