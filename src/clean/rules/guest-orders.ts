import { literal } from "../../engine/sql/expression.ts";
import { from } from "../../engine/sql/query.ts";
import type { Rule } from "../rule.ts";

/** Orders of nobody we could ever address again: they count in the reconciliation, not in anybody's value. */
export const guestOrders = {
  name: "guest_orders",
  effect: "set_aside",
  always: true,
  async run(bench) {
    const orders = await bench.setAside("orders", () => {
      const rows = bench.kept("orders", "r");
      return from(rows)
        .where(rows.columns.customer_id.isNull())
        .select({ row_id: rows.columns.row_id, reason: literal("guest") });
    });
    return [orders];
  },
} as const satisfies Rule;
