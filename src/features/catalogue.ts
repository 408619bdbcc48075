import { type Expression, literal } from "../engine/sql/expression.ts";
import {
  choose,
  cosine,
  count,
  countDistinct,
  dayOfYear,
  daysBetween,
  larger,
  maximum,
  mean,
  minimum,
  nullIf,
  sine,
  standardDeviation,
  sum,
} from "../engine/sql/functions.ts";
import type { ColumnsOf } from "../engine/sql/query.ts";

/** A feature of a customer at a cut-off instant, from facts known before it. */
export interface Feature {
  readonly name: string;
  readonly definition: string;
  readonly unit: "count" | "days" | "money" | "share" | "flag" | "ratio";
}

const windowsDays = [30, 90, 180, 365] as const;

export const features: readonly Feature[] = [
  { name: "ordersTotal", definition: "orders so far", unit: "count" },
  ...windowsDays.map(
    (days): Feature => ({ name: `orders${days}d`, definition: `orders in the last ${days} days`, unit: "count" }),
  ),
  { name: "valueTotal", definition: "value so far, refunds known by then taken off: past spend", unit: "money" },
  ...windowsDays.map(
    (days): Feature => ({
      name: `value${days}d`,
      definition: `value of the last ${days} days, net of refunds of those days`,
      unit: "money",
    }),
  ),
  { name: "valuePerOrder", definition: "mean value of an order", unit: "money" },
  {
    name: "valueDeviation",
    definition: "standard deviation of the value of an order; missing with fewer than two",
    unit: "money",
  },
  { name: "largestOrder", definition: "largest value of an order", unit: "money" },
  { name: "daysSinceLastOrder", definition: "days since the last order", unit: "days" },
  { name: "tenureDays", definition: "days since the first order", unit: "days" },
  { name: "meanGapDays", definition: "mean days between orders; missing with fewer than two", unit: "days" },
  {
    name: "gapDeviationDays",
    definition: "standard deviation of the days between orders; missing with fewer than three",
    unit: "days",
  },
  { name: "lateness", definition: "days since the last order ÷ mean gap", unit: "ratio" },
  { name: "ordersSameSeason", definition: "orders in the 90 days that began a year before", unit: "count" },
  { name: "unitsPerOrder", definition: "mean units of an order", unit: "count" },
  { name: "discountShare", definition: "discount ÷ gross sales so far", unit: "share" },
  { name: "couponShare", definition: "share of orders with a coupon", unit: "share" },
  { name: "categoryBreadth", definition: "distinct categories bought", unit: "count" },
  { name: "refundRate", definition: "refunds per order", unit: "ratio" },
  { name: "daysSinceLastRefund", definition: "days since the last refund; missing without one", unit: "days" },
  { name: "sessions30d", definition: "sessions in the last 30 days", unit: "count" },
  { name: "sessions90d", definition: "sessions in the last 90 days", unit: "count" },
  { name: "productViews90d", definition: "product views in the last 90 days", unit: "count" },
  { name: "carts90d", definition: "products put into a cart in the last 90 days", unit: "count" },
  { name: "searches90d", definition: "searches in the last 90 days", unit: "count" },
  { name: "emailOpens90d", definition: "e-mails opened in the last 90 days", unit: "count" },
  { name: "emailClicks90d", definition: "e-mails clicked in the last 90 days", unit: "count" },
  {
    name: "daysSinceLastEvent",
    definition: "days since the last event of the last 365 days; missing without one",
    unit: "days",
  },
  { name: "offers365d", definition: "offers sent in the last 365 days", unit: "count" },
  { name: "redeemed365d", definition: "offers redeemed in the last 365 days", unit: "count" },
  {
    name: "daysSinceLastOffer",
    definition: "days since the last offer of the last 365 days; missing without one",
    unit: "days",
  },
  { name: "acceptsEmail", definition: "consent to e-mail is granted", unit: "flag" },
  { name: "acceptsAds", definition: "consent to advertising is granted", unit: "flag" },
  { name: "seasonSine", definition: "sine of the day of the year of the cut-off", unit: "ratio" },
  { name: "seasonCosine", definition: "cosine of the day of the year of the cut-off", unit: "ratio" },
];

/** Features by which the effect of an offer may differ between customers. */
export const modifierNames = ["ordersTotal", "daysSinceLastOrder", "discountShare", "categoryBreadth", "emailOpens90d"];

type Facts<Names extends string> = ColumnsOf<Record<Names, "integer">>;
type Time = Expression<"timestamp">;

const within = (knownAt: Time, asOf: Time, days: number) => daysBetween(knownAt, asOf).atMost(days);

/** What orders say; money stays in minor units here. */
export function orderAggregates(
  o: Facts<"gross_minor" | "discount_minor" | "value_minor" | "units"> & {
    known_at: Time;
    has_coupon: Expression<"boolean">;
    gap_days: Expression<"double">;
  },
  asOf: Time,
) {
  const inWindow = Object.fromEntries(
    windowsDays.flatMap((days) => [
      [`orders${days}d`, count().onlyWhere(within(o.known_at, asOf, days))],
      [`ordersValue${days}d`, sum(o.value_minor).onlyWhere(within(o.known_at, asOf, days))],
    ]),
  );
  const age = daysBetween(o.known_at, asOf);
  return {
    ...inWindow,
    ordersTotal: count(),
    ordersValueTotal: sum(o.value_minor),
    valueDeviation: standardDeviation(o.value_minor),
    largestOrder: maximum(o.value_minor),
    daysSinceLastOrder: minimum(age),
    tenureDays: maximum(age),
    meanGapDays: mean(o.gap_days),
    gapDeviationDays: standardDeviation(o.gap_days),
    ordersSameSeason: count().onlyWhere(age.atMost(365).and(age.above(275))),
    units: sum(o.units),
    gross: sum(o.gross_minor),
    discount: sum(o.discount_minor),
    couponOrders: count().onlyWhere(o.has_coupon),
  };
}

export function refundAggregates(r: Facts<"value_minor"> & { known_at: Time }, asOf: Time) {
  const inWindow = Object.fromEntries(
    windowsDays.map((days) => [`refundsValue${days}d`, sum(r.value_minor).onlyWhere(within(r.known_at, asOf, days))]),
  );
  return {
    ...inWindow,
    refunds: count(),
    refundsValueTotal: sum(r.value_minor),
    daysSinceLastRefund: minimum(daysBetween(r.known_at, asOf)),
  };
}

export function eventAggregates(
  e: { name: Expression<"text">; session_id: Expression<"text">; known_at: Time },
  asOf: Time,
) {
  const recent = (days: number) => within(e.known_at, asOf, days);
  const named = (name: string) => count().onlyWhere(e.name.equals(name).and(recent(90)));
  return {
    sessions30d: countDistinct(e.session_id).onlyWhere(recent(30)),
    sessions90d: countDistinct(e.session_id).onlyWhere(recent(90)),
    productViews90d: named("product_view"),
    carts90d: named("add_to_cart"),
    searches90d: named("search"),
    emailOpens90d: named("email_open"),
    emailClicks90d: named("email_click"),
    daysSinceLastEvent: minimum(daysBetween(e.known_at, asOf)),
  };
}

export function exposureAggregates(x: { kind: Expression<"text">; known_at: Time }, asOf: Time) {
  return {
    offers365d: count().onlyWhere(x.kind.equals("sent")),
    redeemed365d: count().onlyWhere(x.kind.equals("redeemed")),
    daysSinceLastOffer: minimum(daysBetween(x.known_at, asOf)),
  };
}

type Numbers = Readonly<Record<string, Expression<"double">>>;

/** The catalogue's features from the aggregates of one customer at one instant, money in major units. */
export function featureExpressions(
  a: { orders: Numbers; refunds: Numbers; events: Numbers; lines: Numbers; exposures: Numbers },
  customer: { acceptsEmail: Expression<"boolean">; acceptsAds: Expression<"boolean"> },
  asOf: Time,
  minorPerMajor: number,
): Record<string, Expression<"double">> {
  const zero = (value: Expression<"double">) => value.orElse(0);
  const major = (value: Expression<"double">) => value.over(minorPerMajor);
  const netValue = (window: string) =>
    major(zero(a.orders[`ordersValue${window}`]).minus(zero(a.refunds[`refundsValue${window}`])));
  const flag = (value: Expression<"boolean">) => choose([[value, 1]], literal(0).to("double"));
  const yearAngle = dayOfYear(asOf)
    .to("double")
    .times((2 * Math.PI) / 365.25);
  return {
    ordersTotal: zero(a.orders.ordersTotal),
    ...Object.fromEntries(windowsDays.map((days) => [`orders${days}d`, zero(a.orders[`orders${days}d`])])),
    valueTotal: netValue("Total"),
    ...Object.fromEntries(windowsDays.map((days) => [`value${days}d`, netValue(`${days}d`)])),
    valuePerOrder: major(a.orders.ordersValueTotal.over(a.orders.ordersTotal)),
    valueDeviation: major(a.orders.valueDeviation),
    largestOrder: major(a.orders.largestOrder),
    daysSinceLastOrder: a.orders.daysSinceLastOrder,
    tenureDays: a.orders.tenureDays,
    meanGapDays: a.orders.meanGapDays,
    gapDeviationDays: a.orders.gapDeviationDays,
    lateness: a.orders.daysSinceLastOrder.over(larger(a.orders.meanGapDays, 1)),
    ordersSameSeason: zero(a.orders.ordersSameSeason),
    unitsPerOrder: a.orders.units.over(a.orders.ordersTotal),
    discountShare: a.orders.discount.over(nullIf(a.orders.gross, 0)),
    couponShare: a.orders.couponOrders.over(a.orders.ordersTotal),
    categoryBreadth: zero(a.lines.categoryBreadth),
    refundRate: zero(a.refunds.refunds).over(a.orders.ordersTotal),
    daysSinceLastRefund: a.refunds.daysSinceLastRefund,
    ...Object.fromEntries(
      [
        "sessions30d",
        "sessions90d",
        "productViews90d",
        "carts90d",
        "searches90d",
        "emailOpens90d",
        "emailClicks90d",
      ].map((name) => [name, zero(a.events[name])]),
    ),
    daysSinceLastEvent: a.events.daysSinceLastEvent,
    offers365d: zero(a.exposures.offers365d),
    redeemed365d: zero(a.exposures.redeemed365d),
    daysSinceLastOffer: a.exposures.daysSinceLastOffer,
    acceptsEmail: flag(customer.acceptsEmail),
    acceptsAds: flag(customer.acceptsAds),
    seasonSine: sine(yearAngle),
    seasonCosine: cosine(yearAngle),
  };
}
