import { literal } from "../../engine/sql/expression.ts";
import { from } from "../../engine/sql/query.ts";
import type { Rule } from "../rule.ts";
import { allRows } from "../work-tables.ts";

const reason = literal("test_or_staff");

/** Customers and orders marked as tests; whatever else belongs to a test customer goes with them. */
export const testAndStaffOrders = {
  name: "test_and_staff_orders",
  effect: "set_aside",
  async run(bench) {
    const customers = await bench.setAside("customers", () => {
      const rows = bench.kept("customers", "r");
      return from(rows).where(rows.columns.is_test.equals(true)).select({ row_id: rows.columns.row_id, reason });
    });
    const marked = await bench.setAside("orders", () => {
      const rows = bench.kept("orders", "r");
      return from(rows).where(rows.columns.is_test.equals(true)).select({ row_id: rows.columns.row_id, reason });
    });
    const touched = [customers, marked];
    const staff = allRows("customers", "s");
    for (const name of ["orders", "refunds", "events", "assignments", "exposures"] as const) {
      const owned = await bench.setAside(name, () => {
        const rows = bench.kept(name, "r");
        const isStaff = staff.columns.is_test
          .equals(true)
          .and(staff.columns.customer_id.equals(rows.columns.customer_id));
        return from(rows).having(staff, isStaff).select({ row_id: rows.columns.row_id, reason });
      });
      if (name !== "orders") touched.push(owned);
      else {
        marked.rowsTouched += owned.rowsTouched;
        marked.moneyTouchedMinor += owned.moneyTouchedMinor;
      }
    }
    return touched;
  },
} as const satisfies Rule;
