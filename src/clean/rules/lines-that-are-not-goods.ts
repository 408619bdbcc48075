import { type Expression, literal } from "../../engine/sql/expression.ts";
import { lower, some, startsWith, trim } from "../../engine/sql/functions.ts";
import { from, type Relation } from "../../engine/sql/query.ts";
import { partAt } from "../amounts.ts";
import type { Rule } from "../rule.ts";

/** Postage, carriage, manual entries, discounts, samples, bad debt, bank and marketplace fees, donations, packing. */
const codes = ["post", "dot", "c2", "m", "d", "s", "b", "bank charges", "amazonfee", "cruk", "pads"];
/** Gift vouchers are sold once more when they are used; the shop's marketplace stock is booked for adjustments. */
const prefixes = ["gift_", "dcgs"];

/** Product codes under which shops book what is not goods; ids may be namespaced, so only the part after ":" counts. */
function isNotGoods(productId: Expression<"text">): Expression<"boolean"> {
  const code = lower(trim(partAt(productId, ":", -1)));
  return some(code.isAmong(codes), ...prefixes.map((prefix) => startsWith(code, prefix)));
}

/** Lines of postage, fees and vouchers: no goods, so neither their money nor their pieces count; refunds of them neither. */
export const linesThatAreNotGoods = {
  name: "lines_that_are_not_goods",
  effect: "not_goods",
  async run(bench) {
    const touched = [];
    for (const name of ["order_lines", "refunds"] as const) {
      const report = await bench.setAside(name, () => {
        const rows = bench.kept(name, "r");
        return from(rows)
          .where(name === "refunds" ? isRefundOfOther(rows as Relation) : isNotGoods(rows.columns.product_id))
          .select({ row_id: rows.columns.row_id, reason: literal("not_goods") });
      });
      touched.push(report);
    }
    return touched;
  },
} as const satisfies Rule;

/** A refund may give the code as its reason. Code D, a discount granted later, is money off goods and counts. */
function isRefundOfOther({ columns }: Relation): Expression<"boolean"> {
  const { product_id, reason } = columns as Record<"product_id" | "reason", Expression<"text">>;
  const code = product_id.orElse(reason);
  return isNotGoods(code).and(lower(code).differs("d"));
}
