import { type Expression, literal } from "../../engine/sql/expression.ts";
import { lower, some, startsWith, trim } from "../../engine/sql/functions.ts";
import { from, type Relation } from "../../engine/sql/query.ts";
import type { RuleSettings } from "../../runs/clean-config.ts";
import { partAt } from "../amounts.ts";
import { prepareGoods } from "../goods.ts";
import type { Rule } from "../rule.ts";

type Codes = RuleSettings<"lines_that_are_not_goods">;

/** Product codes under which shops book what is not goods; ids may be namespaced, so only the part after ":" counts. */
function isNotGoods(productId: Expression<"text">, { codes, prefixes }: Codes): Expression<"boolean"> {
  const code = lower(trim(partAt(productId, ":", -1)));
  const begins = prefixes.map((prefix) => startsWith(code, prefix.toLowerCase()));
  return some(code.isAmong(codes.map((other) => other.toLowerCase())), ...begins);
}

/** Lines of postage, fees and vouchers: no goods, so neither their money nor their pieces count; refunds of them neither. */
export const linesThatAreNotGoods = {
  name: "lines_that_are_not_goods",
  effect: "not_goods",
  async run(bench) {
    const touched = [];
    const codes = bench.settings("lines_that_are_not_goods");
    for (const name of ["order_lines", "refunds"] as const) {
      const report = await bench.setAside(name, () => {
        const rows = bench.kept(name, "r");
        return from(rows)
          .where(
            name === "refunds" ? isRefundOfOther(rows as Relation, codes) : isNotGoods(rows.columns.product_id, codes),
          )
          .select({ row_id: rows.columns.row_id, reason: literal("not_goods") });
      });
      touched.push(report);
    }
    await prepareGoods(bench);
    return touched;
  },
} as const satisfies Rule;

/** A refund may give the code as its reason. Code D, a discount granted later, is money off goods and counts. */
function isRefundOfOther({ columns }: Relation, codes: Codes): Expression<"boolean"> {
  const { product_id, reason } = columns as Record<"product_id" | "reason", Expression<"text">>;
  const code = product_id.orElse(reason);
  return isNotGoods(code, codes).and(lower(code).differs("d"));
}
