import { type Expression, literal } from "../../engine/sql/expression.ts";
import { some } from "../../engine/sql/functions.ts";
import { from } from "../../engine/sql/query.ts";
import type { Rule } from "../rule.ts";

function outside(largest: number, ...amounts: Expression<"integer">[]): Expression<"boolean"> {
  return some(...amounts.flatMap((amount) => [amount.below(0), amount.above(largest)]));
}

/**
 * Negative or absurd amounts, discounts above the goods they are for, lines of no pieces or no price (the order's own
 * sum never contained them), propensities that are no probabilities.
 */
export const impossiblePricesAndQuantities = {
  name: "impossible_prices_and_quantities",
  effect: "set_aside",
  async run(bench) {
    const reason = literal("impossible_amount");
    const { largestQuantity, largestAmountMinor } = bench.settings("impossible_prices_and_quantities");
    const impossible = (...amounts: Expression<"integer">[]) => outside(largestAmountMinor, ...amounts);
    const orders = await bench.setAside("orders", () => {
      const rows = bench.kept("orders", "r");
      const { items_gross_minor: gross, discount_minor: discount, ...r } = rows.columns;
      const wrong = impossible(gross, discount, r.shipping_minor, r.shipping_cost_minor, r.payment_fee_minor);
      return from(rows)
        .where(wrong.or(discount.above(gross)))
        .select({ row_id: r.row_id, reason });
    });
    const lines = await bench.setAside("order_lines", () => {
      const rows = bench.kept("order_lines", "r");
      const { quantity, unit_price_minor: price, row_id } = rows.columns;
      const wrong = some(quantity.atMost(0), quantity.above(largestQuantity), price.atMost(0), impossible(price));
      return from(rows).where(wrong).select({ row_id, reason });
    });
    const refunds = await bench.setAside("refunds", () => {
      const rows = bench.kept("refunds", "r");
      const { goods_minor, shipping_minor, row_id } = rows.columns;
      return from(rows).where(impossible(goods_minor, shipping_minor)).select({ row_id, reason });
    });
    const assignments = await bench.setAside("assignments", () => {
      const rows = bench.kept("assignments", "r");
      const { propensity, row_id } = rows.columns;
      return from(rows)
        .where(propensity.atMost(0).or(propensity.above(1)))
        .select({ row_id, reason: literal("impossible_propensity") });
    });
    return [orders, lines, refunds, assignments];
  },
} as const satisfies Rule;
