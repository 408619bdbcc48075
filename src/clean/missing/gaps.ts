import { type Expression, instant } from "../../engine/sql/expression.ts";
import { count, sum } from "../../engine/sql/functions.ts";
import { from, type Query, type Relation } from "../../engine/sql/query.ts";
import { rounded } from "../amounts.ts";

/**
 * A column with gaps, as every method reads it: `key` names the row whatever the order of the file; `value` is NULL where it is missing; `known_at` says when the row became
 * known; `group_key` by what it may be filled apart; price, quantity and day are what neighbours are near in, NULL where
 * unknown.
 */
const gapTypes = {
  row_id: "integer",
  key: "text",
  value: "double",
  known_at: "timestamp",
  group_key: "text",
  price: "double",
  quantity: "double",
  day: "double",
} as const;
export type Gaps = Relation<typeof gapTypes>;

/** What each gap is filled with. */
export type Filled = Query<{ row_id: "integer"; filled: "double" }>;

/** The rows that can be learned from: their value was known before `before` (epoch ms). */
export function references(gaps: Gaps, before: number) {
  const { value, known_at } = gaps.columns;
  return from(gaps).where(value.isNotNull(), known_at.below(instant(before)));
}

/** Means of floats differ in their last digit with the order of the rows: whole millionths are summed instead. */
export function exactMean(value: Expression<"double">): Expression<"double"> {
  return sum(rounded(value.times(1e6)))
    .to("double")
    .over(count().to("double").times(1e6));
}
