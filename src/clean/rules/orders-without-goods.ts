import { literal } from "../../engine/sql/expression.ts";
import { goodsOf } from "../goods.ts";
import type { Rule } from "../rule.ts";

/** Orders in which nothing is left to sell: only postage, fees or gifts. They would count as purchases of nothing. */
export const ordersWithoutGoods = {
  name: "orders_without_goods",
  effect: "set_aside",
  always: true,
  async run(bench) {
    const orders = await bench.setAside("orders", () => {
      const rows = bench.kept("orders", "r");
      const { goods, joined } = goodsOf(rows);
      return joined.where(goods.equals(0)).select({ row_id: rows.columns.row_id, reason: literal("no_goods") });
    });
    return [orders];
  },
} as const satisfies Rule;
