import { type Expression, literal } from "../engine/sql/expression.ts";
import { larger, smaller } from "../engine/sql/functions.ts";
import { inBase, rounded } from "./amounts.ts";
import type { Bench } from "./bench.ts";
import { goodsOf } from "./goods.ts";
import { orderCosts, prepareCosts } from "./line-costs.ts";
import type { BasisReason, RuleReport, ValueBasis } from "./options.ts";
import { orderFees, prepareFees } from "./order-fees.ts";

/** Less than this share of sales with a known unit cost, and margin is a guess: the basis falls back to net. */
const leastKnownShare = 0.5;

/** What `value_minor` will mean, and what it takes to compute it. */
export interface Valuation {
  readonly valueBasis: ValueBasis;
  readonly basisReason: BasisReason;
  readonly assumed: boolean;
  /** For margin from unit costs: cost share of goods whose lines are unknown. */
  readonly medianCostShare?: number;
  /** For margin as the user states it: margin ÷ net. */
  readonly marginShare?: number;
  readonly reports: readonly RuleReport[];
}

/**
 * Margin from unit costs where most are known, and some were before the first test origin (else nothing could be filled
 * in without looking ahead); else from the stated share, else net; another basis as asked for.
 */
export async function chooseValuation(bench: Bench): Promise<Valuation> {
  const { valueBasis, marginShare } = bench.options;
  if (valueBasis !== "margin") return { valueBasis, basisReason: "as_requested", assumed: false, reports: [] };
  const { knownShare, medianCostShare, imputed } = await prepareCosts(bench);
  if (knownShare >= leastKnownShare && !Number.isNaN(medianCostShare)) {
    const fees = await prepareFees(bench);
    const reports = [{ rule: "missing_unit_costs", effect: "imputed", ...imputed }, ...fees];
    return { valueBasis, basisReason: "unit_costs", assumed: false, medianCostShare, reports };
  }
  if (marginShare !== undefined) {
    return { valueBasis, basisReason: "stated_margin_share", assumed: true, marginShare, reports: [] };
  }
  return { valueBasis: "net", basisReason: "no_costs", assumed: false, reports: [] };
}

/**
 * Amounts of every kept order in workspace minor units. revenue = gross − discount + shipping charged; net = gross −
 * discount; margin = revenue − Σ quantity × unit cost − shipping cost − payment fee (DESIGN §2). Goods whose lines are
 * not in the data cost the median share of their gross. Refunds are never netted here: they come later. `imputed` is
 * what of the margin's costs was filled in, by what is missing.
 */
export function orderAmounts(bench: Bench, valuation: Valuation) {
  const o = bench.kept("orders", "o");
  const { goods, units, joined } = goodsOf(o);
  const inWorkspace = (amount: Expression<"integer">) => inBase(amount, o.columns.factor);
  const optional = (amount: Expression<"integer">) => inWorkspace(amount).orElse(0);
  const gross = inWorkspace(goods);
  const discount = smaller(optional(o.columns.discount_minor), gross);
  const net = gross.minus(discount);
  const shipping = optional(o.columns.shipping_minor);
  const amounts = { columns: o.columns, gross, discount, net, shipping, units };
  const none = { unitCosts: nothing, shippingCosts: nothing, paymentFees: nothing };
  if (valuation.medianCostShare === undefined) {
    let value = valuation.valueBasis === "revenue" ? net.plus(shipping) : net;
    if (valuation.marginShare !== undefined) value = rounded(net.to("double").times(valuation.marginShare));
    return { ...amounts, query: joined, value, imputed: none };
  }
  const costs = orderCosts("costs");
  const unlisted = larger(gross.minus(costs.columns.lines_minor.orElse(0)), 0);
  const guess = rounded(unlisted.to("double").times(valuation.medianCostShare));
  const [shippingCost, paymentFee] = orderFees(bench, gross);
  const query = [shippingCost, paymentFee].reduce(
    (all, { filled, on }) => all.leftJoin(filled, on),
    joined.leftJoin(costs, costs.columns.order_id.equals(o.columns.order_id)),
  );
  const cost = costs.columns.cost_minor.orElse(0).plus(guess);
  const value = net.plus(shipping).minus(cost).minus(shippingCost.fee.plus(paymentFee.fee));
  const imputed = {
    unitCosts: costs.columns.imputed_minor.orElse(0).plus(guess),
    shippingCosts: shippingCost.imputed,
    paymentFees: paymentFee.imputed,
  };
  return { ...amounts, query, value, imputed };
}

const nothing = literal(0).to("integer");

/**
 * What a refund takes back. Returned goods come back without value, so on the margin basis it is all the money handed
 * out; with a stated margin share it is that share of the goods; shipping belongs to revenue and margin, not to net.
 */
export function refundAmounts(
  refund: Readonly<Record<"goods_minor" | "shipping_minor", Expression<"integer">>> & { factor: Expression<"double"> },
  { valueBasis, marginShare }: Valuation,
) {
  const net = inBase(refund.goods_minor, refund.factor);
  if (marginShare !== undefined) return { net, value: rounded(net.to("double").times(marginShare)) };
  const shipping = inBase(refund.shipping_minor, refund.factor).orElse(0);
  return { net, value: valueBasis === "net" ? net : net.plus(shipping) };
}
