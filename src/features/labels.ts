import type { Expression } from "../engine/sql/expression.ts";
import { count, daysBetween, plusDays, power, round, sum } from "../engine/sql/functions.ts";
import { from, namedTable, type Query } from "../engine/sql/query.ts";
import { cleanOrders, cleanRefunds } from "../schema/clean-tables.ts";
import { cleanTable } from "./clean-table.ts";
import { type FamilyQuery, pointTypes } from "./families.ts";

/** Discounted amounts are summed as integers of this many parts of a minor unit: sums of floats would depend on their order. */
export const discountScale = 10_000;

export type LabelFact = "orders" | "refunds";

/**
 * Per point, the discounted value of each fact between neighbouring boundaries (days after it), as scaled integers, and
 * how many facts that were.
 */
export function labelQueries(
  pointTable: string,
  boundaries: readonly number[],
  annualDiscountRate: number,
): Record<LabelFact, FamilyQuery> {
  const p = namedTable(pointTable, pointTypes, "p");
  const slices = boundaries.slice(0, -1).map((start, index) => ({ start, end: boundaries[index + 1] }));
  const last = boundaries[boundaries.length - 1];
  const slicesOf = (definition: typeof cleanOrders | typeof cleanRefunds): FamilyQuery => {
    // Both tables have these columns; the union of their types hides it.
    const relation = cleanTable(definition as typeof cleanRefunds, "fact");
    const fact = relation.columns;
    const days = daysBetween(p.columns.as_of, fact.known_at);
    const discounted = round(
      fact.value_minor
        .to("double")
        .times(power(1 + annualDiscountRate, days.over(-365)))
        .times(discountScale),
    );
    const following = fact.customer_id
      .equals(p.columns.customer_id)
      .and(fact.known_at.atLeast(p.columns.as_of))
      .and(fact.known_at.below(plusDays(p.columns.as_of, last)));
    const sums = slices.flatMap(({ start, end }): [string, Expression<"double">][] => {
      const inside = days.atLeast(start).and(days.below(end));
      return [
        [`from${start}`, sum(discounted).onlyWhere(inside).to("double")],
        [`countFrom${start}`, count().onlyWhere(inside).to("double")],
      ];
    });
    const query = from(p)
      .join(relation, following)
      .groupBy(p.columns.customer_id, p.columns.as_of)
      .select({ ...p.columns, ...Object.fromEntries(sums) });
    return { query: query as unknown as Query, types: query.types };
  };
  return { orders: slicesOf(cleanOrders), refunds: slicesOf(cleanRefunds) };
}
