import { toMajor } from "../base/money.ts";
import type { Engine } from "../engine/engine.ts";
import { instant } from "../engine/sql/expression.ts";
import { countDistinct, daysBetween, maximum, minimum, roundUp, sum } from "../engine/sql/functions.ts";
import { from, table } from "../engine/sql/query.ts";
import { type Artifact, openTable } from "../runs/artifact.ts";
import { cleanOrders, cleanRefunds } from "../schema/clean-tables.ts";
import { typesOf } from "../schema/columns.ts";

/** What each customer had bought before a cut-off: the customers of the panel there, in its order. Times are in days. */
export interface PurchasesBefore {
  readonly rows: number;
  readonly customerIds: readonly string[];
  /** Repeat purchases; orders of one day are one purchase. */
  readonly frequency: Float64Array; // (rows)
  /** From the first purchase to the last. */
  readonly recency: Float64Array; // (rows)
  /** From the first purchase to the cut-off. */
  readonly age: Float64Array; // (rows)
  /** All value on the value basis less refunds known by then, major units; may be negative. */
  readonly value: Float64Array; // (rows)
}

/**
 * Purchase histories from facts with `known_at < cutoff`. Days are counted back from the cut-off, so that none is cut in two by
 * it: on day k lies what was known more than k − 1 and at most k days before.
 */
export async function readPurchasesBefore(
  cutoff: number,
  cleaned: Artifact<{ currency: string }>,
  engine: Engine,
): Promise<PurchasesBefore> {
  await openTable(engine, cleaned, "orders", typesOf(cleanOrders.columns));
  await openTable(engine, cleaned, "refunds", typesOf(cleanRefunds.columns));
  const o = table({ ...cleanOrders, name: "clean_orders" }, "o").columns;
  const r = table({ ...cleanRefunds, name: "clean_refunds" }, "r").columns;
  const day = roundUp(daysBetween(o.known_at, instant(cutoff)));
  const bought = from(table({ ...cleanOrders, name: "clean_orders" }, "o"))
    .where(o.known_at.below(instant(cutoff)))
    .groupBy(o.customer_id)
    .select({
      customer_id: o.customer_id,
      purchases: countDistinct(day),
      first: maximum(day),
      last: minimum(day),
      value: sum(o.value_minor),
    })
    .as("bought");
  const refunded = from(table({ ...cleanRefunds, name: "clean_refunds" }, "r"))
    .where(r.known_at.below(instant(cutoff)))
    .groupBy(r.customer_id)
    .select({ customer_id: r.customer_id, value: sum(r.value_minor) })
    .as("refunded");
  const b = bought.columns;
  const { rows, numbers, texts } = await engine.collect(
    from(bought)
      .leftJoin(refunded, refunded.columns.customer_id.equals(b.customer_id))
      .select({
        customer_id: b.customer_id,
        purchases: b.purchases,
        first: b.first,
        last: b.last,
        net: b.value.minus(refunded.columns.value.orElse(0)),
      })
      .orderBy(b.customer_id),
  );
  return {
    rows,
    customerIds: texts.customer_id as string[],
    frequency: numbers.purchases.map((purchases) => purchases - 1),
    recency: numbers.first.map((first, row) => first - numbers.last[row]),
    age: numbers.first,
    value: numbers.net.map((minor) => toMajor(minor, cleaned.values.currency)),
  };
}
