import { literal } from "../../engine/sql/expression.ts";
import { from } from "../../engine/sql/query.ts";
import type { Rule } from "../rule.ts";

/** Orders that never became sales. */
export const cancelledOrders = {
  name: "cancelled_orders",
  effect: "set_aside",
  async run(bench) {
    const orders = await bench.setAside("orders", () => {
      const rows = bench.kept("orders", "r");
      const { status, cancelled_at, row_id } = rows.columns;
      return from(rows)
        .where(status.isAmong(["cancelled", "failed"]).or(cancelled_at.isNotNull()))
        .select({ row_id, reason: literal("cancelled") });
    });
    return [orders];
  },
} as const satisfies Rule;
