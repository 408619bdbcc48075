import { describe, expect, it } from "vitest";
import { actionIndex, actions } from "./actions.ts";
import { basketMargin, cancelledShare, expectedRefund, fillBasket, newBasket, priceFor } from "./basket.ts";
import { newState, receive } from "./behaviour.ts";
import { createCalendar } from "./calendar.ts";
import { childKey, purposes, seedKey, uniformAt } from "./hash.ts";
import { liveStep, stepFactors } from "./history.ts";
import { type ReplayValues, replayValues } from "./replay.ts";
import { type SimulatedShop, simulateShop } from "./shop.ts";
import { orderMarginDollars } from "./truth.ts";
import { worldNames } from "./worlds.ts";

const options = { replicates: 4, seed: "future", shortHorizonDays: 90, clvHorizonDays: 365, annualDiscountRate: 0.1 };
const small = (world: SimulatedShop["options"]["world"]) =>
  simulateShop({ customers: 500, months: 48, seed: "replay", world });
const shop = simulateShop({ customers: 2000, months: 48, seed: "replay", world: "default" });
const values = replayValues(shop, options);
const K = actions.length;

/** Sums over the eligible customers that `chosen` accepts, against "nothing". */
function effects(of: ReplayValues, action: number, chosen: (customer: number) => boolean = () => true) {
  const sums = { short: 0, long: 0, total: 0, cost: 0, baseline: 0, ordersShort: 0, ordersLong: 0, baselineOrders: 0 };
  for (let customer = 0; customer < of.customerIds.length; customer++) {
    const cell = customer * K + action;
    const nothing = customer * K;
    if (!of.eligible[cell] || !chosen(customer)) continue;
    sums.short += of.short[cell]! - of.short[nothing]!;
    sums.long += of.long[cell]! - of.long[nothing]!;
    sums.cost += of.cost[cell]!;
    sums.baseline += of.short[nothing]! + of.long[nothing]!;
    sums.ordersShort += of.ordersShort[cell]! - of.ordersShort[nothing]!;
    sums.ordersLong += of.ordersLong[cell]! - of.ordersLong[nothing]!;
    sums.baselineOrders += of.ordersShort[nothing]!;
  }
  return { ...sums, total: sums.short + sums.long };
}

describe("replayValues in the default world", () => {
  it("moves 90-day orders by the documented shares", () => {
    const lift = (action: number) => effects(values, action).ordersShort / effects(values, action).baselineOrders;
    expect(lift(actionIndex.smallCoupon)).toBeGreaterThan(0.03);
    expect(lift(actionIndex.smallCoupon)).toBeLessThan(0.08);
    expect(lift(actionIndex.deepCoupon)).toBeGreaterThan(0.1);
    expect(lift(actionIndex.deepCoupon)).toBeLessThan(0.2);
    for (const other of [actionIndex.freeShipping, actionIndex.recommendations, actionIndex.retargetingAd]) {
      expect(lift(other)).toBeGreaterThan(0);
      expect(lift(other)).toBeLessThan(0.05);
    }
  });

  it("pulls 30 to 60 % of the deep coupon's extra orders forward, reference prices aside", () => {
    const world = { ...shop.world, referencePriceHarm: 0, newcomerGain: 0 };
    const { ordersShort, ordersLong } = effects(replayValues({ ...shop, world }, options), actionIndex.deepCoupon);
    expect(-ordersLong / ordersShort).toBeGreaterThan(0.3);
    expect(-ordersLong / ordersShort).toBeLessThan(0.6);
  });

  it("sets now against later", () => {
    const deep = effects(values, actionIndex.deepCoupon);
    expect(deep.short).toBeGreaterThan(0);
    expect(deep.long).toBeLessThan(0);
    const orders = (customer: number) => shop.finalStates[customer]!.orders;
    expect(effects(values, actionIndex.deepCoupon, (c) => orders(c) > 2).total).toBeLessThan(0);
    expect(effects(values, actionIndex.deepCoupon, (c) => orders(c) <= 1).total).toBeGreaterThan(0);
    const recommendations = effects(values, actionIndex.recommendations);
    expect(Math.abs(recommendations.short)).toBeLessThan(0.005 * recommendations.baseline);
    expect(recommendations.long).toBeGreaterThan(0.02 * recommendations.baseline);
    const coupon = effects(values, actionIndex.smallCoupon);
    expect(Math.abs(coupon.total)).toBeLessThan(0.005 * coupon.baseline);
    const lapsed = (customer: number) => shop.finalStates[customer]!.lapsed;
    expect(effects(values, actionIndex.retargetingAd, lapsed).total).toBeGreaterThan(0);
    expect(effects(values, actionIndex.retargetingAd, (c) => !lapsed(c)).total).toBeLessThan(0);
  });

  it("gives each action some customers for whom it is the best, and spreads effects less than a third of outcomes", () => {
    const best = new Array<number>(K).fill(0);
    for (let customer = 0; customer < values.customerIds.length; customer++) {
      const total = (action: number) => values.short[customer * K + action]! + values.long[customer * K + action]!;
      const allowed = actions.map((_, action) => action).filter((action) => values.eligible[customer * K + action]);
      if (allowed.length === K) best[allowed.reduce((a, b) => (total(b) > total(a) ? b : a))]!++;
    }
    for (const count of best) expect(count).toBeGreaterThan(0);
    const outcomeSd = standardDeviation(yearMargins());
    for (let action = 1; action < K; action++) {
      const difference: number[] = [];
      for (let cell = action; cell < values.short.length; cell += K) {
        const nothing = cell - action;
        if (!values.eligible[cell]) continue;
        difference.push(values.short[cell]! + values.long[cell]! - values.short[nothing]! - values.long[nothing]!);
      }
      expect(standardDeviation(difference)).toBeLessThan(outcomeSd / 3);
    }
  });

  it("costs nothing to do nothing, and gives the same bytes again", () => {
    for (let cell = 0; cell < values.cost.length; cell += K) expect(values.cost[cell]).toBe(0);
    expect(replayValues(shop, options)).toEqual(values);
  });

  it("splits the same value wherever the short horizon ends", () => {
    const split = replayValues(shop, { ...options, shortHorizonDays: 200 });
    for (let cell = 0; cell < 600; cell++) {
      expect(split.short[cell]! + split.long[cell]!).toBeCloseTo(values.short[cell]! + values.long[cell]!, 9);
    }
  });
});

describe("the replay's recursion", () => {
  it("equals the mean of futures lived step by step, for every action", () => {
    const world = small("default");
    const replay = replayValues(world, { ...options, replicates: 24, annualDiscountRate: 0 });
    const runs = 60;
    for (let action = 0; action < K; action++) {
      let orders = 0;
      let margin = 0;
      const totals: number[] = [];
      for (let run = 0; run < runs; run++) {
        const future = liveForward(world, action, run);
        orders += future.orders / runs;
        margin += future.margin / runs;
        totals.push(future.margin);
      }
      let expectedOrders = 0;
      let expectedMargin = 0;
      for (let cell = action; cell < replay.short.length; cell += K) {
        expectedOrders += replay.ordersShort[cell]! + replay.ordersLong[cell]!;
        expectedMargin += replay.short[cell]! + replay.long[cell]! + actions[action]!.contactCostMinor / 100;
      }
      const error = standardDeviation(totals) / Math.sqrt(runs);
      expect(Math.abs(orders / expectedOrders - 1)).toBeLessThan(0.02);
      // Four standard errors, and 1 % for the replay's own sampled baskets.
      expect(Math.abs(margin - expectedMargin)).toBeLessThan(4 * error + 0.01 * expectedMargin);
    }
  });

  it("changes nothing but an action's own consequences", () => {
    const world = small("default");
    const nothing = liveForward(world, actionIndex.nothing, 0);
    expect(liveForward(world, actionIndex.nothing, 0)).toEqual(nothing);
    const coupon = liveForward(world, actionIndex.deepCoupon, 0);
    // While the coupon is valid it only adds orders; all that would have come still come.
    const kept = nothing.places.filter(([, step]) => step < 245);
    const couponPlaces = new Set(coupon.places.map((place) => place.join()));
    expect(kept.length).toBeGreaterThan(10);
    for (const place of kept) expect(couponPlaces.has(place.join())).toBe(true);
    expect(couponPlaces.size).not.toBe(nothing.places.length);
  });

  it("leaves behaviour alone in the world without effects, where discounts and contacts still cost", () => {
    const world = small("zero-effects");
    const nothing = liveForward(world, actionIndex.nothing, 1);
    for (let action = 1; action < K; action++) expect(liveForward(world, action, 1).places).toEqual(nothing.places);
    const replay = replayValues(world, options);
    for (let action = 1; action < K; action++) {
      const { ordersShort, ordersLong, long, short, cost } = effects(replay, action);
      expect([ordersShort, ordersLong, long]).toEqual([0, 0, 0]);
      expect(short).toBeLessThan(0);
      // Discounts given away, less the payment and refund shares that shrink with them.
      expect(-short / cost).toBeGreaterThan(0.85);
      expect(-short / cost).toBeLessThanOrEqual(1.0000001);
    }
  });

  it("has no harm later in the world without conflict, and one relative answer in the world without heterogeneity", () => {
    const calm = effects(replayValues(small("no-conflict"), options), actionIndex.deepCoupon);
    expect(calm.long).toBeGreaterThanOrEqual(0);
    const same = small("no-heterogeneity");
    const responses = new Set(same.customers.map((traits) => JSON.stringify(traits.response)));
    expect(responses.size).toBe(1);
  });

  it("finds old answers misleading where they drift", () => {
    const drifting = small("strong-drift");
    const now = effects(replayValues(drifting, options), actionIndex.deepCoupon);
    const early = small("default");
    const then = effects(replayValues(early, options), actionIndex.deepCoupon);
    expect(now.ordersShort / now.baselineOrders).toBeLessThan(0.4 * (then.ordersShort / then.baselineOrders));
  });

  it("rejects horizons that cannot be and knows every world", () => {
    expect(() => replayValues(shop, { ...options, replicates: 0 })).toThrow("invalid_replay");
    expect(() => replayValues(shop, { ...options, clvHorizonDays: 30 })).toThrow("invalid_replay");
    expect(worldNames.length).toBe(5);
  });
});

/** Lives all customers for a year after the last day under one action, with drawn orders and lapses. */
function liveForward(world: SimulatedShop, action: number, run: number) {
  const { stepCount, months, dayCount } = world.calendar;
  const calendar = createCalendar(months + 12);
  const noise = childKey(seedKey("lived", "test"), run);
  const future = { ...world, calendar, stepFactor: stepFactors(calendar, noise, () => 1) };
  const demand = { base: 0, lifted: 0, offerDays: 0 };
  const outcome = { ordered: false, day: 0, redeemed: false };
  const basket = newBasket();
  const places: [customer: number, step: number][] = [];
  let orders = 0;
  let margin = 0;
  for (const traits of world.customers) {
    const state = Object.assign(newState(traits), world.finalStates[traits.index]);
    const key = childKey(noise, traits.index);
    const back = receive(state, traits, world.world, action, dayCount, 1);
    if (state.lapsed && uniformAt(key, 0, purposes.reactivate) < back) state.lapsed = false;
    const dollars = (traits.currency === "EUR" ? world.dollarsPerEuro.at(-1)! : 1) / 100;
    for (let step = stepCount; step < calendar.stepCount; step++) {
      liveStep(future, traits, state, step, key, demand, outcome);
      if (!outcome.ordered) continue;
      places.push([traits.index, step]);
      orders += 1 - cancelledShare;
      const offer = actions[outcome.redeemed ? state.offer : 0]!;
      const sale = calendar.stepSale[step] === 1;
      const price = priceFor(offer.percentBps, offer.type === "free_shipping", sale, world.world.couponQuantityLift);
      fillBasket(basket, traits, world.catalogue, state.breadth, key, step, price);
      margin += (1 - cancelledShare) * dollars * (basketMargin(basket) - expectedRefund(basket));
    }
  }
  return { orders, margin, places };
}

/** Realised margin of the last year, US dollars, of everyone eligible at its start. */
function yearMargins(): number[] {
  const start = shop.calendar.dayCount - 365;
  const margins = new Map<number, number>();
  for (const order of shop.history.orders) {
    const day = order.second / 86_400;
    if (order.cancelled || day < start - 365) continue;
    const known = margins.get(order.customer) ?? (day < start ? 0 : undefined);
    if (known !== undefined) margins.set(order.customer, known + (day >= start ? orderMarginDollars(shop, order) : 0));
  }
  return [...margins.values()];
}

function standardDeviation(sample: readonly number[]): number {
  const mean = sample.reduce((sum, x) => sum + x, 0) / sample.length;
  return Math.sqrt(sample.reduce((sum, x) => sum + (x - mean) ** 2, 0) / sample.length);
}
