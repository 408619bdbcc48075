import { toMajor } from "../base/money.ts";
import { type Expression, literal } from "../engine/sql/expression.ts";
import { type Bench, cancellations } from "./bench.ts";
import type { Caps } from "./caps.ts";
import { carriedOn } from "./clv-effect.ts";
import type { RuleEffect, RuleReport } from "./options.ts";
import { capped } from "./outliers.ts";
import { orderAmounts, type Valuation } from "./value.ts";

/**
 * What filling and capping do to total CLV on the value basis: each order's filled costs, or what was cut off its value,
 * carried on at its customer's own rate. Against unknown costs as if they were none, and values as they came.
 */
export async function adjustmentEffects(
  bench: Bench,
  valuation: Valuation,
  caps: Caps,
  reports: readonly RuleReport[],
): Promise<RuleEffect[]> {
  const { query, columns: o, value, imputed } = orderAmounts(bench, valuation);
  const c = cancellations("cancelled");
  // What is taken back later was never worth anything, whatever it cost.
  const standing = query.without(c, c.columns.order_id.equals(o.order_id));
  const cost: Readonly<Record<string, Expression<"integer">>> = {
    missing_unit_costs: imputed.unitCosts,
    missing_shipping_costs: imputed.shippingCosts,
    missing_payment_fees: imputed.paymentFees,
    capped_order_values: value.minus(capped(value, caps["orders.value_minor"])),
  };
  const { currency } = bench.options;
  const effects: RuleEffect[] = [];
  for (const { rule, effect, rowsTouched, moneyTouchedMinor } of reports) {
    const lost = cost[rule] ?? literal(0).to("integer");
    const amount = literal(0).to("integer").minus(lost);
    const { customer_id, ordered_at } = o;
    const minor = cost[rule] ? await carriedOn(bench, standing.select({ customer_id, ordered_at, amount })) : 0;
    const money = toMajor(moneyTouchedMinor, currency);
    effects.push({ rule, effect, rows: rowsTouched, money, clvEffect: toMajor(minor, currency) });
  }
  return effects;
}
