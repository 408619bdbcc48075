import type { ColumnType } from "../../schema/columns.ts";
import { Expression, type Ordering, toNode, type Value } from "./expression.ts";

function call<T extends ColumnType>(name: string, type: T, ...operands: (Expression | string | number | boolean)[]) {
  return new Expression<T>({ kind: "call", name, operands: operands.map(toNode) }, type);
}

// Aggregates. Sums of integers are exact; sums of doubles depend on order and stay out of what models learn from.
export const count = (): Expression<"integer"> => call("count_all", "integer");
export const countOf = (value: Expression): Expression<"integer"> => call("count", "integer", value);
export const countDistinct = (value: Expression): Expression<"integer"> => call("count_distinct", "integer", value);
export const sum = <T extends "integer" | "double">(value: Expression<T>): Expression<T> =>
  call("sum", value.type, value);
export const mean = (value: Expression): Expression<"double"> => call("avg", "double", value);
export const minimum = <T extends ColumnType>(value: Expression<T>): Expression<T> => call("min", value.type, value);
export const maximum = <T extends ColumnType>(value: Expression<T>): Expression<T> => call("max", value.type, value);
/** The value of `value` in the row where `by` is largest. */
export const valueAtMaximum = <T extends ColumnType>(value: Expression<T>, by: Expression): Expression<T> =>
  call("max_by", value.type, value, by);
export const standardDeviation = (value: Expression): Expression<"double"> => call("stddev_samp", "double", value);
/** Exact quantile by interpolation; never the approximate one, which is off by 2.5 times in the tail. */
export const quantile = (value: Expression, share: number): Expression<"double"> =>
  call("quantile", "double", value, share);

// Windows.
export const rowNumber = (partitionBy: readonly Expression[], orderBy: readonly Ordering[]): Expression<"integer"> =>
  call("row_number", "integer").within(partitionBy, orderBy);
export const previous = <T extends ColumnType>(value: Expression<T>): Expression<T> => call("lag", value.type, value);

// Scalars.
export const not = (value: Expression<"boolean">): Expression<"boolean"> => call("not", "boolean", value);
export const absolute = <T extends "integer" | "double">(value: Expression<T>): Expression<T> =>
  call("abs", value.type, value);
export const round = (value: Expression): Expression<"integer"> => call("round", "double", value).to("integer");
export const roundUp = (value: Expression): Expression<"integer"> => call("ceil", "double", value).to("integer");
export const naturalLog = (value: Expression): Expression<"double"> => call("ln", "double", value);
export const logBase2 = (value: Expression): Expression<"double"> => call("log2", "double", value);
/** A fingerprint of a text, the same in every engine: for an order that has nothing to do with the text. */
export const md5 = (value: Expression<"text">): Expression<"text"> => call("md5", "text", value);
export const cosine = (value: Expression): Expression<"double"> => call("cos", "double", value);
export const sine = (value: Expression): Expression<"double"> => call("sin", "double", value);
export const power = (base: Value<"double">, exponent: Value<"double">): Expression<"double"> =>
  call("power", "double", base, exponent);
export const lower = (value: Expression<"text">): Expression<"text"> => call("lower", "text", value);
export const trim = (value: Expression<"text">): Expression<"text"> => call("trim", "text", value);
export const length = (value: Expression<"text">): Expression<"integer"> => call("length", "integer", value);
export const startsWith = (value: Expression<"text">, prefix: string): Expression<"boolean"> =>
  call("starts_with", "boolean", value, prefix);
export const endsWith = (value: Expression<"text">, suffix: string): Expression<"boolean"> =>
  call("ends_with", "boolean", value, suffix);
export const contains = (value: Expression<"text">, part: Value<"text">): Expression<"boolean"> =>
  call("contains", "boolean", value, part);
export const concatenate = (...parts: Value<"text">[]): Expression<"text"> => call("concat", "text", ...parts);
export const firstPart = (value: Expression<"text">, separator: string): Expression<"text"> =>
  call("first_part", "text", value, separator);
/** Smaller of two values; NULL if either is NULL (plain SQL `least` would skip the NULL). */
export const smaller = <T extends "integer" | "double">(a: Expression<T>, b: Value<"double">): Expression<T> =>
  call("strict_least", a.type, a, b);
/** Larger of two values; NULL if either is NULL. */
export const larger = <T extends "integer" | "double">(a: Expression<T>, b: Value<"double">): Expression<T> =>
  call("strict_greatest", a.type, a, b);
/** NULL where the two are equal. */
export const nullIf = <T extends ColumnType>(value: Expression<T>, other: Value<T>): Expression<T> =>
  call("nullif", value.type, value, other);

// Time.
/** Days from `start` to `end` as a fraction, to the microsecond. */
export const daysBetween = (start: Expression<"timestamp">, end: Expression<"timestamp">): Expression<"double"> =>
  call("days_between", "double", start, end);
export const plusDays = (start: Expression<"timestamp">, days: Value<"integer">): Expression<"timestamp"> =>
  call("plus_days", "timestamp", start, days);
export const dateOf = (at: Expression<"timestamp">): Expression<"date"> => call("date_of", "date", at);
/** The date on the calendars of a time zone (IANA name) at an instant, daylight saving time included. */
export const dateInZone = (at: Expression<"timestamp">, timezone: string): Expression<"date"> =>
  timezone === "UTC" ? dateOf(at) : call("date_in_zone", "date", at, timezone);
export const startOfDate = (date: Expression<"date">): Expression<"timestamp"> =>
  call("start_of_date", "timestamp", date);
export const epochMs = (at: Expression<"timestamp">): Expression<"integer"> => call("epoch_ms", "integer", at);
export const dayOfYear = (at: Expression<"timestamp">): Expression<"integer"> => call("day_of_year", "integer", at);

/** `choose([[condition, value], …], otherwise)`: the value of the first condition that holds. */
export function choose<T extends ColumnType>(
  branches: readonly (readonly [Expression<"boolean">, Value<T>])[],
  otherwise: Expression<T>,
): Expression<T> {
  return new Expression(
    {
      kind: "case",
      branches: branches.map(([condition, value]) => [condition.node, toNode(value)] as const),
      otherwise: otherwise.node,
    },
    otherwise.type,
  );
}

export function every(...conditions: Expression<"boolean">[]): Expression<"boolean"> {
  return conditions.reduce((left, right) => left.and(right));
}

export function some(...conditions: Expression<"boolean">[]): Expression<"boolean"> {
  return conditions.reduce((left, right) => left.or(right));
}
