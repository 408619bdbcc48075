import { type Expression, instant, literal } from "../../engine/sql/expression.ts";
import { daysBetween, not, some } from "../../engine/sql/functions.ts";
import { from, type Relation } from "../../engine/sql/query.ts";
import type { Bench } from "../bench.ts";
import type { Rule } from "../rule.ts";
import type { WorkTypes } from "../work-tables.ts";

/** Orders that never became sales: cancelled soon, failed, or cancelled nobody knows when. */
export const cancelledOrders = {
  name: "cancelled_orders",
  effect: "set_aside",
  async run(bench) {
    const orders = await bench.setAside("orders", () => {
      const rows = bench.kept("orders", "r");
      const { status, row_id } = rows.columns;
      const cancelled = some(status.isAmong(["cancelled", "failed"]), rows.columns.cancelled_at.isNotNull());
      return from(rows)
        .where(cancelled, not(wasASaleUntilCancelled(bench, rows)))
        .select({ row_id, reason: literal("cancelled") });
    });
    return [orders];
  },
} as const satisfies Rule;

/** Whether an order stood so long before it was cancelled that it counted as a sale meanwhile. Never NULL. */
export function wasASaleUntilCancelled(bench: Bench, orders: Relation<WorkTypes<"orders">>): Expression<"boolean"> {
  const settings = bench.settings("later_cancellations");
  if (!settings) return literal(false);
  const { status, ordered_at, cancelled_at } = orders.columns;
  return status
    .differs("failed")
    .and(cancelled_at.atMost(instant(bench.now)))
    .and(daysBetween(ordered_at, cancelled_at).above(settings.afterHours / 24))
    .orElse(false);
}
