import { type Expression, literal, missing } from "../engine/sql/expression.ts";
import {
  absolute,
  choose,
  count,
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

/** What all orders so far say; money stays in minor units here. */
export function orderAggregates(
  o: Facts<"gross_minor" | "discount_minor" | "net_minor" | "value_minor" | "units"> & {
    known_at: Time;
    has_coupon: Expression<"boolean">;
    gap_days: Expression<"double">;
  },
  asOf: Time,
) {
  const apart = absolute(dayOfYear(o.known_at).minus(dayOfYear(asOf)));
  return {
    ordersTotal: count(),
    ordersValueTotal: sum(o.value_minor),
    net: sum(o.net_minor),
    valueDeviation: standardDeviation(o.value_minor),
    largestOrder: maximum(o.value_minor),
    daysSinceLastOrder: daysBetween(maximum(o.known_at), asOf),
    tenureDays: daysBetween(minimum(o.known_at), asOf),
    meanGapDays: mean(o.gap_days),
    gapDeviationDays: standardDeviation(o.gap_days),
    longestGapDays: maximum(o.gap_days),
    // Around New Year the days of the year are 365 apart.
    ordersThisSeason: count().onlyWhere(apart.atMost(45).or(apart.atLeast(320))),
    units: sum(o.units),
    gross: sum(o.gross_minor),
    discount: sum(o.discount_minor),
    couponOrders: count().onlyWhere(o.has_coupon),
  };
}

/** What the orders of the last 365 days say. */
export function lastYearAggregates(o: Facts<"value_minor"> & { known_at: Time }, asOf: Time) {
  const inWindow = Object.fromEntries(
    windowsDays.flatMap((days) => [
      [`orders${days}d`, count().onlyWhere(within(o.known_at, asOf, days))],
      [`ordersValue${days}d`, sum(o.value_minor).onlyWhere(within(o.known_at, asOf, days))],
    ]),
  );
  return { ...inWindow, ordersSameSeason: count().onlyWhere(daysBetween(o.known_at, asOf).above(275)) };
}

export function refundAggregates(r: Facts<"value_minor"> & { known_at: Time }, asOf: Time) {
  const inWindow = Object.fromEntries(
    windowsDays.map((days) => [`refundsValue${days}d`, sum(r.value_minor).onlyWhere(within(r.known_at, asOf, days))]),
  );
  return {
    ...inWindow,
    refunds: count(),
    refundsValueTotal: sum(r.value_minor),
    daysSinceLastRefund: daysBetween(maximum(r.known_at), asOf),
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

/** From the events of the last 365 days. */
export function lastEventAggregates(e: { name: Expression<"text">; known_at: Time }, asOf: Time) {
  const viewedAt = choose([[e.name.equals("product_view"), e.known_at]], missing("timestamp"));
  return {
    daysSinceLastEvent: daysBetween(maximum(e.known_at), asOf),
    daysSinceLastView: daysBetween(maximum(viewedAt), asOf),
  };
}

/** What is counted in each session, and then summed over the sessions of the last 90 days. */
export function countsOfSession(
  e: { name: Expression<"text">; category: Expression<"text"> },
  categories: readonly string[],
): Record<string, Expression<"integer">> {
  const among = (...names: string[]) => count().onlyWhere(e.name.isAmong(names));
  const viewed = e.name.equals("product_view");
  return {
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
  };
}

/** From one row per session of the last 90 days (one without an id holds the events outside sessions). */
export function sessionAggregates(
  s: { session_id: Expression<"text">; last_at: Time },
  counts: readonly Expression<"integer">[],
  names: readonly string[],
  asOf: Time,
) {
  return {
    sessions30d: countOf(s.session_id).onlyWhere(within(s.last_at, asOf, 30)),
    sessions90d: countOf(s.session_id),
    ...Object.fromEntries(names.map((name, index) => [name, sum(counts[index])])),
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
    daysSinceLastOffer: daysBetween(maximum(x.known_at), asOf),
    adTouches90d: count().onlyWhere(touches.and(recent)),
  };
}
