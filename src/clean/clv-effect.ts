import { type Expression, instant, literal, missing } from "../engine/sql/expression.ts";
import { choose, daysBetween, larger, maximum, minimum, smaller } from "../engine/sql/functions.ts";
import { from, namedTable, type Query } from "../engine/sql/query.ts";
import { discountedDays, leastTenureDays } from "../stats/own-rate.ts";
import { inBase, largestAmountMinor, rounded, total } from "./amounts.ts";
import { type Bench, cancellations, refundLinks } from "./bench.ts";
import { goodsOf } from "./goods.ts";
import { allRows } from "./work-tables.ts";

/**
 * Total CLV of all customers by the simplest estimator there is, their own rate carried on: net sales less refunds so
 * far ÷ days since the first order (at least 90), over the discounted days of the horizon; workspace minor units.
 * It looks at the rows kept so far as if the cleaning ended here: refunds of orders that are gone, and of nobody, do not
 * count. Amounts without an exchange rate, or too large to be any, cannot be added and count in neither.
 */
export async function ownRateClv(bench: Bench): Promise<number> {
  await bench.materialise(soldTable, soldOrders(bench));
  const sold = namedTable(soldTable, soldTypes, "sold");
  const { customer_id, ordered_at, amount } = sold.columns;
  const orders = from(sold).where(customer_id.isNotNull()).select({ customer_id, ordered_at, amount });
  return carriedOn(bench, orders.followedBy(refunds(bench)));
}

const soldTable = "cleaning_sold";
const soldTypes = { order_id: "text", customer_id: "text", ordered_at: "timestamp", amount: "integer" } as const;

/** What some amounts by customer and order date add to total CLV at every customer's own rate; workspace minor units. */
export async function carriedOn(
  bench: Bench,
  rows: Query<{ customer_id: "text"; ordered_at: "timestamp"; amount: "integer" }>,
): Promise<number> {
  const amounts = rows.as("amounts");
  const { customer_id, ordered_at, amount } = amounts.columns;
  const people = from(amounts)
    .groupBy(customer_id)
    .select({ first: minimum(ordered_at), value: total(amount) })
    .as("people");
  const { first, value } = people.columns;
  const tenure = larger(daysBetween(first, instant(bench.dataEnd)), leastTenureDays);
  const { clvHorizonDays, annualDiscountRate } = bench.options.horizons;
  const days = discountedDays(clvHorizonDays, annualDiscountRate);
  const clv = total(rounded(value.to("double").times(literal(days).to("double").over(tenure))));
  const batch = await bench.engine.collect(from(people).where(first.isNotNull()).select({ clv }));
  return batch.numbers.clv[0];
}

function soldOrders(bench: Bench) {
  const o = bench.kept("orders", "o");
  const { customer_id, ordered_at, discount_minor, factor, order_id } = o.columns;
  const { goods, joined } = goodsOf(o);
  const c = cancellations("cancelled");
  const gross = plausible(inBase(goods, factor));
  const net = gross.minus(smaller(plausible(inBase(discount_minor, factor)).orElse(0), gross));
  const amount = choose([[c.columns.order_id.isNotNull(), literal(0).to("integer")]], net);
  return joined.leftJoin(c, c.columns.order_id.equals(order_id)).select({ order_id, customer_id, ordered_at, amount });
}

/** Kept refunds, negative, by the customer of their order, or their own; none of an order that is gone. */
function refunds(bench: Bench) {
  const r = bench.kept("refunds", "r");
  const sold = namedTable(soldTable, soldTypes, "sold");
  // Before repeated ids are gone, one order may stand there twice; its refund is still one.
  const o = from(sold)
    .groupBy(sold.columns.order_id)
    .select({ order_id: sold.columns.order_id, customer_id: maximum(sold.columns.customer_id) })
    .as("of");
  const every = allRows("orders", "every");
  const gone = from(every)
    .without(sold, sold.columns.order_id.equals(every.columns.order_id))
    .select({ order_id: every.columns.order_id })
    .distinct()
    .as("gone");
  const link = refundLinks("link");
  const orderId = link.columns.order_id.orElse(r.columns.order_id);
  const customerId = o.columns.customer_id.orElse(r.columns.customer_id);
  const goods = plausible(inBase(r.columns.goods_minor, r.columns.factor));
  return from(r)
    .leftJoin(link, link.columns.row_id.equals(r.columns.row_id))
    .leftJoin(o, o.columns.order_id.equals(orderId))
    .without(gone, gone.columns.order_id.equals(r.columns.order_id))
    .where(customerId.isNotNull())
    .select({
      customer_id: customerId,
      ordered_at: missing("timestamp"),
      amount: literal(0).to("integer").minus(goods),
    });
}

function plausible(amount: Expression<"integer">): Expression<"integer"> {
  return choose([[amount.above(largestAmountMinor).or(amount.below(-largestAmountMinor)), missing("integer")]], amount);
}
