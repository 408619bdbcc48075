import type { Engine } from "../engine/engine.ts";
import { type Expression, instant, literal } from "../engine/sql/expression.ts";
import { choose, count, daysBetween, previous, valueAtMaximum } from "../engine/sql/functions.ts";
import { from, type Query } from "../engine/sql/query.ts";
import { cleanOrderLines, cleanOrders } from "../schema/clean-tables.ts";
import { cleanTable } from "./clean-table.ts";

/** Categories with a number of their own in baskets; the others share the 0. */
const mostCategories = 31;

/** What is measured of every basket, beside its instant and its category. */
export const basketMeasures = ["gapDays", "value", "discountShare", "units", "coupon"] as const;

/** Categories of order lines known before the first training origin, the most frequent first, ties by the word. */
export function basketCategoryQuery(firstOrigin: number): Query {
  const l = cleanTable(cleanOrderLines, "l");
  return from(l)
    .where(l.columns.category.isNotNull(), l.columns.known_at.below(instant(firstOrigin)))
    .groupBy(l.columns.category)
    .select({ word: l.columns.category, n: count() })
    .orderBy(count().descending(), l.columns.category)
    .limit(mostCategories) as unknown as Query;
}

export async function fitBasketCategories(firstOrigin: number, engine: Engine): Promise<string[]> {
  const { texts } = await engine.collect(basketCategoryQuery(firstOrigin));
  return texts.word as string[];
}

/** The place of a word in a vocabulary, counted from 1; 0 for any other. */
export function wordNumber(value: Expression<"text">, words: readonly string[]): Expression<"double"> {
  if (words.length === 0) return literal(0);
  return choose(
    words.map((word, at): [Expression<"boolean">, Expression<"double">] => [value.equals(word), literal(at + 1)]),
    literal(0),
  );
}

/**
 * Every order as a basket, by customer and time. Its category is that of its dearest line; of equals the rarest, so that there
 * is always one answer.
 */
export function basketsQuery(categories: readonly string[], minorPerMajor: number): Query {
  const l = cleanTable(cleanOrderLines, "l");
  const number = wordNumber(l.columns.category, categories);
  const dearest = l.columns.net_minor.to("double").plus(number.over(2 * mostCategories));
  const lines = from(l)
    .groupBy(l.columns.order_id)
    .select({ order_id: l.columns.order_id, category: valueAtMaximum(number, dearest) })
    .as("lines");
  const o = cleanTable(cleanOrders, "o");
  // Sorting carries every column along, so only those that are read.
  const { order_id, customer_id, known_at, value_minor, gross_minor, discount_minor, units, has_coupon } = o.columns;
  const previousAt = previous(known_at).within([customer_id], [known_at.ascending(), order_id.ascending()]);
  const told = from(o)
    .select({
      order_id,
      customer_id,
      known_at,
      value_minor,
      gross_minor,
      discount_minor,
      units,
      has_coupon,
      previous_at: previousAt,
    })
    .as("told");
  const t = told.columns;
  const double = (value: Expression<"integer">) => value.to("double");
  return from(told)
    .leftJoin(lines, lines.columns.order_id.equals(t.order_id))
    .select({
      customer_id: t.customer_id,
      order_id: t.order_id,
      known_at: t.known_at,
      gapDays: daysBetween(t.previous_at, t.known_at),
      value: double(t.value_minor).over(minorPerMajor),
      discountShare: double(t.discount_minor).over(double(t.gross_minor)),
      units: double(t.units),
      coupon: choose([[t.has_coupon, literal(1)]], literal(0)),
      category: lines.columns.category.orElse(0),
    })
    .orderBy(t.customer_id, t.known_at, t.order_id) as unknown as Query;
}
