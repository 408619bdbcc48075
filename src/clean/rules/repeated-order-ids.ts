import { type Expression, literal } from "../../engine/sql/expression.ts";
import { choose, rowNumber } from "../../engine/sql/functions.ts";
import { from } from "../../engine/sql/query.ts";
import { rowsWithRepeatedKeys } from "../repeats.ts";
import type { Rule } from "../rule.ts";
import { workNames } from "../work-tables.ts";

/** How far an order has come; a later status tells more than an earlier one. */
const statusRank: Readonly<Record<string, number>> = { pending: 0, paid: 1, completed: 2, failed: 3, cancelled: 4 };

/**
 * An order sent again when its status changed: the latest status stays, else the row read last. The other tables obey
 * the same rule (one row per id), so that no join can count anything twice.
 */
export const repeatedOrderIds = {
  name: "repeated_order_ids",
  effect: "set_aside",
  async run(bench) {
    const touched = [];
    for (const name of workNames) {
      const report = await bench.setAside(name, () => {
        const { rows, columns, key } = rowsWithRepeatedKeys(bench, name);
        const { row_id, source_id, file, line, status } = columns as Record<string, Expression>;
        const rank = name === "orders" ? [rankOf(status as Expression<"text">)] : [];
        const latest = [...rank, source_id, file, line, row_id].map((expression) => expression.descending());
        const numbered = rows.select({ row_id: columns.row_id, place: rowNumber(key, latest) }).as("numbered");
        return from(numbered)
          .where(numbered.columns.place.above(1))
          .select({ row_id: numbered.columns.row_id, reason: literal("repeated_id") });
      });
      touched.push(report);
    }
    return touched;
  },
} as const satisfies Rule;

function rankOf(status: Expression<"text">): Expression<"double"> {
  const branches = Object.entries(statusRank).map(([name, rank]) => [status.equals(name), literal(rank)] as const);
  return choose(branches, literal(-1));
}
