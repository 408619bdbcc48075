import { type Expression, instant, literal } from "../../engine/sql/expression.ts";
import { from, type Relation } from "../../engine/sql/query.ts";
import type { Bench } from "../bench.ts";
import type { Rule } from "../rule.ts";

const dated = {
  orders: "ordered_at",
  refunds: "refunded_at",
  events: "occurred_at",
  assignments: "assigned_at",
  exposures: "exposed_at",
} as const;

/** Nothing was sold before the earliest day (1990), and nothing that is known has happened after now. */
export const datesOutsideTheWindow = {
  name: "dates_outside_the_window",
  effect: "set_aside",
  async run(bench) {
    const touched = [];
    for (const [name, column] of Object.entries(dated) as [keyof typeof dated, string][]) {
      const report = await bench.setAside(name, () => {
        const rows = bench.kept(name, "r");
        const at = (rows as Relation).columns[column] as Expression<"timestamp">;
        return from(rows)
          .where(at.below(instant(bench.earliest)).or(at.above(instant(bench.now))))
          .select({ row_id: rows.columns.row_id, reason: literal("date_outside_window") });
      });
      touched.push(report);
    }
    touched.push(await refundsWithoutDate(bench));
    return touched;
  },
} as const satisfies Rule;

/** Sums of refunds stay in the reconciliation; in a customer's history a refund without a date would have to be guessed. */
function refundsWithoutDate(bench: Bench) {
  return bench.setAside("refunds", () => {
    const { refunded_at, row_id } = bench.kept("refunds", "r").columns;
    return from(bench.kept("refunds", "r"))
      .where(refunded_at.isNull())
      .select({ row_id, reason: literal("date_unknown") });
  });
}
