import { type Expression, literal, missing } from "../engine/sql/expression.ts";
import {
  absolute,
  choose,
  count,
  countDistinct,
  countOf,
  dayOfYear,
  daysBetween,
  logBase2,
  maximum,
  mean,
  minimum,
  round,
  standardDeviation,
  sum,
} from "../engine/sql/functions.ts";
import type { ColumnsOf } from "../engine/sql/query.ts";
import { places, windowsDays } from "./catalogue.ts";

type Facts<Names extends string> = ColumnsOf<Record<Names, "integer">>;
type Time = Expression<"timestamp">;

const within = (knownAt: Time, asOf: Time, days: number) => daysBetween(knownAt, asOf).atMost(days);

/** What orders say; money stays in minor units here. */
export function orderAggregates(
  o: Facts<"gross_minor" | "discount_minor" | "net_minor" | "value_minor" | "units"> & {
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
  const apart = absolute(dayOfYear(o.known_at).minus(dayOfYear(asOf)));
  return {
    ...inWindow,
    ordersTotal: count(),
    ordersValueTotal: sum(o.value_minor),
    net: sum(o.net_minor),
    valueDeviation: standardDeviation(o.value_minor),
    largestOrder: maximum(o.value_minor),
    daysSinceLastOrder: minimum(age),
    tenureDays: maximum(age),
    meanGapDays: mean(o.gap_days),
    gapDeviationDays: standardDeviation(o.gap_days),
    longestGapDays: maximum(o.gap_days),
    ordersSameSeason: count().onlyWhere(age.atMost(365).and(age.above(275))),
    // Around New Year the days of the year are 365 apart.
    ordersThisSeason: count().onlyWhere(apart.atMost(45).or(apart.atLeast(320))),
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

/** Parts of one bit that entropy sums are counted in: sums of floats would depend on the order of the rows. */
export const entropyScale = 1e9;

/** From one row per category bought: `lines` bought in it. */
export function categoryAggregates(c: { category: Expression<"text">; lines: Expression<"integer"> }) {
  const lines = c.lines.to("double");
  const named = c.category.isNotNull();
  return {
    lines: sum(c.lines),
    categoryBreadth: countOf(c.category),
    categoryLines: sum(c.lines).onlyWhere(named),
    categoryLineLogs: sum(round(lines.times(logBase2(lines)).times(entropyScale))).onlyWhere(named),
  };
}

export function eventAggregates(
  e: {
    name: Expression<"text">;
    session_id: Expression<"text">;
    category: Expression<"text">;
    known_at: Time;
  },
  asOf: Time,
  categories: readonly string[],
) {
  const recent = (days: number) => within(e.known_at, asOf, days);
  const among = (...names: string[]) => count().onlyWhere(e.name.isAmong(names).and(recent(90)));
  const viewed = e.name.equals("product_view").and(recent(90));
  const age = daysBetween(e.known_at, asOf);
  return {
    sessions30d: countDistinct(e.session_id).onlyWhere(recent(30)),
    sessions90d: countDistinct(e.session_id).onlyWhere(recent(90)),
    productViews90d: count().onlyWhere(viewed),
    carts90d: among("add_to_cart"),
    cartsRemoved90d: among("remove_from_cart"),
    checkouts90d: among("begin_checkout"),
    searches90d: among("search"),
    emailOpens90d: among("email_open"),
    emailClicks90d: among("email_click"),
    promotionViews90d: among("promo_view", "promo_click"),
    ...Object.fromEntries(
      places("category").map((place) => {
        const category = categories[place - 1];
        const seen = category === undefined ? literal(false) : e.category.equals(category);
        return [`viewsCategory${place}`, count().onlyWhere(viewed.and(seen))];
      }),
    ),
    daysSinceLastEvent: minimum(age),
    daysSinceLastView: minimum(choose([[e.name.equals("product_view"), age]], missing("double"))),
  };
}

export function exposureAggregates(
  x: { kind: Expression<"text">; channel: Expression<"text">; known_at: Time },
  asOf: Time,
) {
  const recent = within(x.known_at, asOf, 90);
  const touches = x.channel.equals("ads").and(x.kind.isAmong(["sent", "impression", "click"]));
  return {
    offers90d: count().onlyWhere(x.kind.equals("sent").and(recent)),
    offers365d: count().onlyWhere(x.kind.equals("sent")),
    redeemed365d: count().onlyWhere(x.kind.equals("redeemed")),
    daysSinceLastOffer: minimum(daysBetween(x.known_at, asOf)),
    adTouches90d: count().onlyWhere(touches.and(recent)),
  };
}
