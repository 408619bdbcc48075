import { Expression, toNode } from "../engine/sql/expression.ts";
import { sum } from "../engine/sql/functions.ts";

/** Above this many minor units an amount is a typing mistake, whatever the currency. */
export const largestAmountMinor = 1e12;

/**
 * Minor units as read × factor, in minor units of the workspace currency, rounded half away from zero.
 * NULL where the exchange rate is unknown or the amount is absurd: rows like that are set aside, not an engine error.
 */
export function inBase(amount: Expression<"integer">, factor: Expression<"double">): Expression<"integer"> {
  return rounded(amount.to("double").times(factor));
}

/** A float to the nearest integer; NULL where it does not fit. */
export function rounded(value: Expression<"double">): Expression<"integer"> {
  return new Expression({ kind: "call", name: "round", operands: [value.node] }, "double").tryTo("integer");
}

/** An exact sum of integers, 0 over no rows. (DuckDB's own type for it is 128 bits wide.) */
export function total(value: Expression<"integer">): Expression<"integer"> {
  return sum(value).to("integer").orElse(0);
}

/** The value of `value` in the row where `by` is smallest, looking only at rows that have one. */
export function valueAtMinimum<T extends "text" | "timestamp">(value: Expression<T>, by: Expression): Expression<T> {
  return new Expression({ kind: "call", name: "min_by", operands: [value.node, by.node] }, value.type);
}

/** The value in the following row of the window. */
export function following<T extends "date">(value: Expression<T>): Expression<T> {
  return new Expression({ kind: "call", name: "lead", operands: [value.node] }, value.type);
}

/** Part number `index` (from 1; negative from the end) of a list joined by `separator`; empty where there is none. */
export function partAt(value: Expression<"text">, separator: string, index: number): Expression<"text"> {
  const operands = [value.node, toNode(separator), toNode(index)];
  return new Expression({ kind: "call", name: "split_part", operands }, "text");
}
