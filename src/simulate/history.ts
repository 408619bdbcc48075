import { actionIndex, actions, actionsInMask, eligibilityDays, eligibleMask } from "./actions.ts";
import { cancelledShare, fillBasket, newBasket, priceFor } from "./basket.ts";
import {
  advanceDemand,
  type CustomerState,
  type Demand,
  lapseChance,
  lapsedRateShare,
  newState,
  receive,
  returnChance,
  saleRateFactor,
} from "./behaviour.ts";
import { type Calendar, secondsPerDay, stepsPerMonth } from "./calendar.ts";
import type { CustomerTraits } from "./customers.ts";
import { type EventLog, logOrderSession, logQuietStep, logTreatmentMail } from "./events.ts";
import { purposes, type RandomKey, uniformAt } from "./hash.ts";
import { drawRefund, type ShopOrder } from "./orders.ts";
import type { ShopWorld } from "./shop.ts";

export interface ShopAssignment {
  readonly customer: number;
  readonly step: number;
  readonly action: number;
  readonly eligible: number;
  /** False for the shop's own rule, whose propensity nobody wrote down. */
  readonly randomised: boolean;
}

export interface History {
  readonly orders: ShopOrder[];
  readonly assignments: ShopAssignment[];
  readonly events: EventLog;
}

/** What happened in one step of a customer's life. */
export interface StepOutcome {
  ordered: boolean;
  day: number;
  redeemed: boolean;
}

/** Share of the eligible customers of a wave that are randomised. */
export const randomisedShare = 0.3;

/** The first and the last-but-one month of the decision waves: a 365-day outcome can be seen for each. */
function waveMonths(months: number): { first: number; end: number } {
  return { first: Math.min(12, months), end: Math.min(36, Math.max(12, months - 12)) };
}

/** Lives one customer's life from its arrival to the last day, writing it into `history`; returns its final state. */
export function liveHistory(shop: ShopWorld, traits: CustomerTraits, history: History): CustomerState {
  const { calendar } = shop;
  const state = newState(traits);
  const demand: Demand = { base: 0, lifted: 0, offerDays: 0 };
  const outcome: StepOutcome = { ordered: false, day: 0, redeemed: false };
  const waves = waveMonths(calendar.months);
  const mask = eligibleMask(traits.consentEmail, traits.consentAds);
  let assignment = -1;
  for (let step = traits.arrivalStep; step < calendar.stepCount; step++) {
    const month = Math.floor(step / stepsPerMonth);
    const isWave = step % stepsPerMonth === 0 && month >= waves.first && month < waves.end;
    const today = calendar.stepStartDay[step]!;
    if (isWave && mask > 1 && state.orders > 0 && today - state.lastOrderDay <= eligibilityDays) {
      const action = decide(traits, state, mask, step, history);
      if (action !== actionIndex.nothing) {
        assignment = history.assignments.length - 1;
        accept(shop, traits, state, action, step, history);
      }
    }
    liveStep(shop, traits, state, step, traits.key, demand, outcome);
    if (outcome.ordered) placeOrder(shop, traits, state, step, outcome, assignment, history);
    logQuietStep(history.events, shop, traits, state, step);
  }
  return state;
}

/** One step with drawn outcomes. The lapse at its end counts from the next step on. */
export function liveStep(
  shop: ShopWorld,
  traits: CustomerTraits,
  state: CustomerState,
  step: number,
  key: RandomKey,
  demand: Demand,
  outcome: StepOutcome,
): void {
  const days = shop.calendar.stepDays[step]!;
  const startDay = shop.calendar.stepStartDay[step]!;
  const sale = shop.calendar.stepSale[step] === 1;
  const saleFactor = sale ? saleRateFactor(traits) : 1;
  advanceDemand(
    state,
    traits,
    shop.world,
    { startDay, days, factor: shop.stepFactor[step]!, sale, saleFactor },
    demand,
  );
  const share = state.lapsed ? lapsedRateShare : 1;
  const drawn = uniformAt(key, step, purposes.order);
  const baseline = 1 - Math.exp(-demand.base * share);
  const first = step === traits.arrivalStep;
  outcome.ordered = first || drawn < 1 - Math.exp(-demand.lifted * share);
  if (outcome.ordered) {
    // An order that only the offer brings falls into the offer's days and uses it.
    const caused = !first && drawn >= baseline;
    const place = uniformAt(key, step, purposes.orderDay);
    const dayOfStep = Math.floor(place * (caused ? demand.offerDays : days));
    outcome.day = startDay + dayOfStep;
    const redeems = caused || uniformAt(key, step, purposes.redeem) < state.offerRedeemShare;
    outcome.redeemed = redeems && dayOfStep < demand.offerDays && actions[state.offer]!.code !== "";
  }
  const turn = uniformAt(key, step, purposes.lapse);
  state.lapsed = state.lapsed ? turn >= returnChance(days) : turn < lapseChance(state, days);
}

/** Draws the wave's decision and logs it. */
function decide(
  traits: CustomerTraits,
  state: CustomerState,
  eligible: number,
  step: number,
  history: History,
): number {
  const { key, index } = traits;
  const randomised = uniformAt(key, step, purposes.wave) < randomisedShare;
  let action: number = actionIndex.nothing;
  if (randomised) {
    const choices = actionsInMask(eligible);
    action = choices[Math.floor(uniformAt(key, step, purposes.waveAction) * choices.length)]!;
  } else if (state.orders >= 4 && traits.consentEmail === "granted") {
    if (uniformAt(key, step, purposes.usualRule) < 0.12) action = actionIndex.smallCoupon;
  }
  history.assignments.push({ customer: index, step, action, eligible, randomised });
  return action;
}

function accept(
  shop: ShopWorld,
  traits: CustomerTraits,
  state: CustomerState,
  action: number,
  step: number,
  history: History,
): void {
  const progress = step / shop.calendar.stepCount;
  const day = shop.calendar.stepStartDay[step]!;
  const back = receive(state, traits, shop.world, action, day, progress);
  if (state.lapsed && uniformAt(traits.key, step, purposes.reactivate) < back) state.lapsed = false;
  if (actions[action]!.channel === "email") logTreatmentMail(history.events, traits, step, day);
}

const basket = newBasket();

function placeOrder(
  shop: ShopWorld,
  traits: CustomerTraits,
  state: CustomerState,
  step: number,
  { day, redeemed }: StepOutcome,
  assignment: number,
  history: History,
): void {
  const { key } = traits;
  const offer = redeemed ? actions[state.offer]! : actions[actionIndex.nothing]!;
  const sale = shop.calendar.stepSale[step] === 1;
  const price = priceFor(offer.percentBps, offer.type === "free_shipping", sale, shop.world.couponQuantityLift);
  fillBasket(basket, traits, shop.catalogue, state.breadth, key, step, price);
  const first = step === traits.arrivalStep;
  // Shops are open around the clock, their customers from six to eleven.
  const second = day * secondsPerDay + 6 * 3600 + Math.floor(uniformAt(key, step, purposes.orderSecond) * 17 * 3600);
  const cancelled = !first && uniformAt(key, step, purposes.cancel) < cancelledShare;
  const order: ShopOrder = {
    customer: traits.index,
    second,
    cancelled,
    action: redeemed ? state.offer : 0,
    assignment: redeemed ? assignment : -1,
    itemsGross: basket.itemsGross,
    discount: basket.discount,
    shipping: basket.shipping,
    waivedShipping: basket.waivedShipping,
    shippingCost: basket.shippingCost,
    paymentFee: basket.paymentFee,
    unitCosts: basket.unitCosts,
    product: Array.from(basket.product.subarray(0, basket.lineCount)),
    quantity: Array.from(basket.quantity.subarray(0, basket.lineCount)),
    lineGross: Array.from(basket.lineGross.subarray(0, basket.lineCount)),
    lineDiscount: Array.from(basket.lineDiscount.subarray(0, basket.lineCount)),
    lineUnitCost: Array.from(basket.lineUnitCost.subarray(0, basket.lineCount)),
    step,
    refund: undefined,
  };
  if (!cancelled) {
    order.refund = drawRefund(order, key, shop.calendar);
    state.orders++;
    state.lastOrderDay = day;
    // Some first orders are all there ever is, whatever the rate.
    if (first) state.lapsed = uniformAt(key, step, purposes.firstLapse) < 0.2;
  }
  history.orders.push(order);
  logOrderSession(history.events, traits, order);
}

/** Season and noise of every step, shared by the whole shop, and the drift of the purchase rate. */
export function stepFactors(calendar: Calendar, noiseKey: RandomKey, driftOf: (step: number) => number): Float64Array {
  const season = [0.88, 0.86, 0.94, 0.95, 0.97, 0.93, 0.88, 0.9, 0.98, 1.04, 1.3, 1.42];
  const factors = new Float64Array(calendar.stepCount);
  for (let step = 0; step < calendar.stepCount; step++) {
    // Uniform noise of ±14 % has a standard deviation of 8 % and a mean of exactly 1.
    const noise = 1 + 0.28 * (uniformAt(noiseKey, step, purposes.shopNoise) - 0.5);
    factors[step] = season[calendar.stepMonth[step]!]! * noise * driftOf(step);
  }
  return factors;
}
