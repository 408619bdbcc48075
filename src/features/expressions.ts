import { type Expression, literal, missing } from "../engine/sql/expression.ts";
import { choose, cosine, dayOfYear, daysBetween, larger, logBase2, nullIf, sine } from "../engine/sql/functions.ts";
import { entropyScale } from "./aggregates.ts";
import { places, windowsDays } from "./catalogue.ts";
import type { Vocabulary } from "./vocabulary.ts";

type Numbers = Readonly<Record<string, Expression<"double">>>;
type Text = Expression<"text">;
type Time = Expression<"timestamp">;

export interface CustomerColumns {
  readonly created_at: Time;
  readonly country: Text;
  readonly acquisition_channel: Text;
  readonly consent_email: Text;
  readonly consent_ads: Text;
}

const counted = [
  "sessions30d",
  "sessions90d",
  "productViews90d",
  "carts90d",
  "cartsRemoved90d",
  "checkouts90d",
  "searches90d",
  "emailOpens90d",
  "emailClicks90d",
  "promotionViews90d",
];

const zero = (value: Expression<"double">) => value.orElse(0);
const flag = (value: Expression<"boolean">) => choose([[value, 1]], literal(0).to("double"));

/** The catalogue's features from the aggregates of one customer at one instant, money in major units. */
export function featureExpressions(
  a: { orders: Numbers; refunds: Numbers; events: Numbers; lines: Numbers; exposures: Numbers },
  customer: CustomerColumns,
  vocabulary: Vocabulary,
  asOf: Time,
  minorPerMajor: number,
): Record<string, Expression<"double">> {
  const { orders, refunds, events, lines, exposures } = a;
  const major = (value: Expression<"double">) => value.over(minorPerMajor);
  const netValue = (window: string) =>
    major(zero(orders[`ordersValue${window}`]).minus(zero(refunds[`refundsValue${window}`])));
  const yearAngle = dayOfYear(asOf)
    .to("double")
    .times((2 * Math.PI) / 365.25);
  return {
    ordersTotal: zero(orders.ordersTotal),
    ...Object.fromEntries(windowsDays.map((days) => [`orders${days}d`, zero(orders[`orders${days}d`])])),
    valueTotal: netValue("Total"),
    ...Object.fromEntries(windowsDays.map((days) => [`value${days}d`, netValue(`${days}d`)])),
    netTotal: major(zero(orders.net)),
    valueShareOfNet: orders.ordersValueTotal.over(orders.net),
    valuePerOrder: major(orders.ordersValueTotal.over(orders.ordersTotal)),
    valueDeviation: major(orders.valueDeviation),
    largestOrder: major(orders.largestOrder),
    daysSinceLastOrder: orders.daysSinceLastOrder,
    meanGapDays: orders.meanGapDays,
    gapDeviationDays: orders.gapDeviationDays,
    gapVariation: orders.gapDeviationDays.over(orders.meanGapDays),
    longestGapDays: orders.longestGapDays,
    lateness: orders.daysSinceLastOrder.over(larger(orders.meanGapDays, 1)),
    ordersSameSeason: zero(orders.ordersSameSeason),
    seasonShare: orders.ordersThisSeason.over(orders.ordersTotal),
    unitsPerOrder: orders.units.over(orders.ordersTotal),
    linesPerOrder: lines.lines.over(orders.ordersTotal),
    discountShare: orders.discount.over(nullIf(orders.gross, 0)),
    couponShare: orders.couponOrders.over(orders.ordersTotal),
    categoryBreadth: zero(lines.categoryBreadth),
    categoryEntropy: logBase2(lines.categoryLines).minus(
      lines.categoryLineLogs.over(lines.categoryLines.times(entropyScale)),
    ),
    refundRate: zero(refunds.refunds).over(orders.ordersTotal),
    refundShare: zero(refunds.refundsValueTotal).over(orders.ordersValueTotal),
    daysSinceLastRefund: refunds.daysSinceLastRefund,
    seasonSine: sine(yearAngle),
    seasonCosine: cosine(yearAngle),
    ...Object.fromEntries(counted.map((name) => [name, zero(events[name])])),
    viewToCart90d: events.carts90d.over(events.productViews90d),
    cartToCheckout90d: events.checkouts90d.over(events.carts90d),
    checkoutToOrder90d: zero(orders.orders90d).over(events.checkouts90d),
    emailClickRate90d: events.emailClicks90d.over(events.emailOpens90d),
    daysSinceLastEvent: events.daysSinceLastEvent,
    viewsPerSession90d: events.productViews90d.over(events.sessions90d),
    ...Object.fromEntries(
      places("category").map((place) => [
        `viewsCategory${place}`,
        vocabulary.category[place - 1] === undefined
          ? missing("double")
          : events[`viewsCategory${place}`].over(events.productViews90d),
      ]),
    ),
    // Counted from the columns at hand: a distinct count would cost more than all other events together.
    viewedCategories90d: places("category")
      .map((place) => flag(events[`viewsCategory${place}`].above(0)))
      .reduce((sum, seen) => sum.plus(seen)),
    viewToBuy90d: zero(orders.orders90d).over(events.productViews90d),
    daysSinceLastView: events.daysSinceLastView,
    offers90d: zero(exposures.offers90d),
    offers365d: zero(exposures.offers365d),
    redeemed365d: zero(exposures.redeemed365d),
    redemptionRate365d: exposures.redeemed365d.over(exposures.offers365d),
    daysSinceLastOffer: exposures.daysSinceLastOffer,
    adTouches90d: zero(exposures.adTouches90d),
    tenureDays: orders.tenureDays,
    accountAgeDays: choose(
      [[customer.created_at.below(asOf), daysBetween(customer.created_at, asOf)]],
      missing("double"),
    ),
    acceptsEmail: flag(customer.consent_email.equals("granted")),
    acceptsAds: flag(customer.consent_ads.equals("granted")),
    ...coded("channel", customer.acquisition_channel, vocabulary.channel),
    ...coded("country", customer.country, vocabulary.country),
  };
}

/** One flag per word of the vocabulary that has a column, and the share of customers who have the customer's word. */
function coded(column: "channel" | "country", value: Text, words: Vocabulary["channel"]): Numbers {
  const flags = places(column).map((place) => [
    `${column}${place}`,
    words[place - 1] === undefined ? missing("double") : flag(value.equals(words[place - 1].word)),
  ]);
  const rare = choose([[value.isNotNull(), 0]], missing("double"));
  const shares = words.map(({ word, share }) => [value.equals(word), literal(share).to("double")] as const);
  return {
    ...Object.fromEntries(flags),
    [`${column}Share`]: words.length === 0 ? missing("double") : choose(shares, rare),
  };
}
