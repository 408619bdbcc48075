import { literal } from "../../engine/sql/expression.ts";
import { count, rowNumber } from "../../engine/sql/functions.ts";
import { from, type Query, type Relation } from "../../engine/sql/query.ts";
import { canonicalTables } from "../../schema/tables.ts";
import type { Bench } from "../bench.ts";
import { prepareGoods } from "../goods.ts";
import type { Rule } from "../rule.ts";
import { allRows } from "../work-tables.ts";

/**
 * Lines of one order that are equal in everything but their number: typed in twice, exported twice, or scanned piece by
 * piece. Nobody but the shop can tell, and the order's own sum holds them all; so they are counted and kept unless the
 * project says `set_aside`.
 */
export const repeatedLines = {
  name: "repeated_lines",
  effect: "flagged",
  async run(bench) {
    const { action } = bench.settings("repeated_lines");
    if (action === "set_aside") {
      const lines = await bench.setAside("order_lines", () => {
        const found = repeats(bench).as("repeat");
        return from(found).select({ row_id: found.columns.row_id, reason: literal("repeated_line") });
      });
      await prepareGoods(bench);
      return [lines];
    }
    const rows = allRows("order_lines", "l");
    const found = repeats(bench).as("repeat");
    return [
      await bench.measure(
        "order_lines",
        from(rows).having(found, found.columns.row_id.equals(rows.columns.row_id)).select(rows.columns),
      ),
    ];
  },
} as const satisfies Rule;

/** All but the first of equal lines. */
function repeats(bench: Bench): Query<{ row_id: "integer" }> {
  const counted = (alias: string) => bench.kept("order_lines", alias);
  const every = counted("every").columns;
  const several = from(counted("every"))
    .groupBy(every.order_id, every.product_id, every.quantity, every.unit_price_minor)
    .select({ order_id: every.order_id, copies: count() })
    .as("several");
  const lines = counted("l") as Relation;
  const { order_id, row_id, ...columns } = counted("l").columns;
  const isOften = several.columns.copies.above(1).and(several.columns.order_id.equals(order_id));
  const same = Object.keys(canonicalTables.order_lines.columns)
    .filter((name) => name !== "line_no")
    .map((name) => lines.columns[name]);
  const first = [columns.source_id, columns.file, columns.line, columns.line_no, row_id];
  const numbered = from(lines)
    .having(several, isOften)
    .select({
      row_id,
      place: rowNumber(
        same,
        first.map((column) => column.ascending()),
      ),
    })
    .as("numbered");
  return from(numbered).where(numbered.columns.place.above(1)).select({ row_id: numbered.columns.row_id });
}
