import { literal } from "../../engine/sql/expression.ts";
import { some } from "../../engine/sql/functions.ts";
import { from } from "../../engine/sql/query.ts";
import { setAsideAllOf, together } from "../all-of-customers.ts";
import { matchesAny } from "../patterns.ts";
import type { Rule } from "../rule.ts";
import { allRows } from "../work-tables.ts";

const reason = "test_or_staff";

/**
 * Customers and orders marked as tests, or whose ids or coupons fit a pattern of the project; whatever else belongs to
 * a test customer goes with them.
 */
export const testAndStaffOrders = {
  name: "test_and_staff_orders",
  effect: "set_aside",
  async run(bench) {
    const { orderIds, customerIds, couponCodes } = bench.settings("test_and_staff_orders");
    const c = allRows("customers", "c").columns;
    const o = allRows("orders", "o").columns;
    const staff = from(allRows("customers", "c"))
      .where(some(c.is_test.equals(true), matchesAny(c.customer_id, customerIds)))
      .select({ customer_id: c.customer_id })
      .followedBy(
        from(allRows("orders", "o"))
          .where(matchesAny(o.customer_id, customerIds))
          .select({ customer_id: o.customer_id }),
      )
      .as("staff");
    const theirs = await setAsideAllOf(bench, staff, reason);
    const marked = await bench.setAside("orders", () => {
      const rows = bench.kept("orders", "r");
      const { is_test, order_id, coupon_codes, row_id } = rows.columns;
      return from(rows)
        .where(some(is_test.equals(true), matchesAny(order_id, orderIds), matchesAny(coupon_codes, couponCodes)))
        .select({ row_id, reason: literal(reason) });
    });
    return together(theirs, [marked]);
  },
} as const satisfies Rule;
