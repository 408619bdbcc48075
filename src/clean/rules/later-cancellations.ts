import { literal } from "../../engine/sql/expression.ts";
import { from } from "../../engine/sql/query.ts";
import { cancellations, cancellationsTable } from "../bench.ts";
import type { Rule } from "../rule.ts";
import { wasASaleUntilCancelled } from "./cancelled-orders.ts";

/**
 * An order cancelled a day or more after it was placed was a sale until then: it stays, and its whole value is taken back
 * on the day of the cancellation, as a refund is. To drop it would be to know the cancellation before it happened. The
 * order's own refunds go: the cancellation stands for them.
 */
export const laterCancellations = {
  name: "later_cancellations",
  effect: "dated",
  async run(bench) {
    const rows = bench.kept("orders", "r");
    const later = from(rows).where(wasASaleUntilCancelled(bench, rows));
    const orders = await bench.measure("orders", later.select(rows.columns));
    const { order_id, cancelled_at } = rows.columns;
    await bench.materialise(cancellationsTable, later.select({ order_id, cancelled_at }));
    const refunds = await bench.setAside("refunds", () => {
      const r = bench.kept("refunds", "r");
      const c = cancellations("c");
      return from(r)
        .having(c, c.columns.order_id.equals(r.columns.order_id))
        .select({ row_id: r.columns.row_id, reason: literal("cancelled") });
    });
    return [orders, refunds];
  },
} as const satisfies Rule;
