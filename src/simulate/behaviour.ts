import { actionIndex, actions, salePercentBps } from "./actions.ts";
import type { CustomerTraits } from "./customers.ts";
import { driftAt, type WorldParameters } from "./worlds.ts";

/**
 * What the past has left in a customer. Everything but `lapsed`, `orders` and `lastOrderDay` follows from traits and
 * received actions alone, not from which orders happened to come: so the expected future of a customer is a
 * recursion without sampling (see `replay.ts`), and the truth about one customer carries no luck.
 */
export interface CustomerState {
  orders: number;
  lastOrderDay: number;
  lapsed: boolean;
  breadth: number;
  churnPerYear: number;
  /** Expected orders that coupons have moved forward and that are still to be missed later. */
  pulledForward: number;
  /** Change of the log purchase rate by reference prices: still building up, and in force. */
  pendingReference: number;
  reference: number;
  /** Contacts still remembered. */
  contacts: number;
  offer: number;
  offerUntilDay: number;
  offerLift: number;
  /** Chance that an order that would have come anyway uses the offer. */
  offerRedeemShare: number;
}

/** Expected orders of an active customer in one step, without and with the offer in force. */
export interface Demand {
  base: number;
  lifted: number;
  /** Days of the step in which the offer can be used, 0 … days. */
  offerDays: number;
}

/** A lapsed customer buys at this share of its rate, and comes back by itself this often. */
export const lapsedRateShare = 0.04;
const returnPerYear = 0.12;

const decay = (days: number) => Float64Array.from({ length: 8 }, (_, step) => Math.exp(-step / days)); // (days of a step)
const repayment = decay(130);
const referenceOnset = decay(170);
const referenceDecay = decay(500);
const contactDecay = decay(65);

export function newState(traits: CustomerTraits): CustomerState {
  return {
    orders: 0,
    lastOrderDay: -1,
    lapsed: false,
    breadth: traits.breadth,
    churnPerYear: traits.churnPerYear,
    pulledForward: 0,
    pendingReference: 0,
    reference: 0,
    contacts: 0,
    offer: 0,
    offerUntilDay: 0,
    offerLift: 0,
    offerRedeemShare: 0,
  };
}

/** Copies every field: the replay starts each future from the same state. */
export function copyState(from: CustomerState, to: CustomerState): void {
  Object.assign(to, from);
}

/** Price-sensitive customers wait for public sales: this is what makes them visible. */
export function saleRateFactor(traits: CustomerTraits): number {
  return 0.8 + 2.2 * traits.priceSensitivity;
}

/**
 * Writes the demand of one step and lets the state age by it. `factor` is season × noise × drift;
 * `saleFactor` is 1 outside public sales. A step never has more than seven days.
 */
export function advanceDemand(
  state: CustomerState,
  traits: CustomerTraits,
  world: WorldParameters,
  step: {
    readonly startDay: number;
    readonly days: number;
    readonly factor: number;
    readonly sale: boolean;
    readonly saleFactor: number;
  },
  demand: Demand,
): void {
  const { days } = step;
  let rate = (traits.ratePerYear * days * step.factor * step.saleFactor) / 365;
  rate *= 1 + world.ratePerCategory * (state.breadth - traits.breadth);
  if (state.reference !== 0 || state.pendingReference !== 0) {
    rate *= Math.exp(state.reference);
    const settled = state.pendingReference * (1 - referenceOnset[days]!);
    state.pendingReference -= settled;
    state.reference = state.reference * referenceDecay[days]! + settled;
  }
  demand.offerDays = 0;
  if (state.offer !== 0) {
    const left = Math.min(days, state.offerUntilDay - step.startDay);
    if (left <= 0) state.offer = 0;
    else if (isUsable(state.offer, step.sale)) demand.offerDays = left;
  }
  if (state.offer === 0 && state.pulledForward > 0) {
    const repaid = Math.min(state.pulledForward * (1 - repayment[days]!), 0.6 * rate);
    state.pulledForward -= repaid;
    rate -= repaid;
  }
  demand.base = rate;
  demand.lifted = rate * (1 + (state.offerLift * demand.offerDays) / days);
  if (demand.lifted > rate && actions[state.offer]!.percentBps > 0) {
    state.pulledForward += world.pullForwardShare * (demand.lifted - rate);
  }
  state.contacts *= contactDecay[days]!;
}

/** Chance to lapse in a step of so many days. */
export function lapseChance(state: CustomerState, days: number): number {
  return 1 - Math.exp((-state.churnPerYear * days) / 365);
}

/** Chance that a lapsed customer comes back unasked in a step of so many days. */
export function returnChance(days: number): number {
  return 1 - Math.exp((-returnPerYear * days) / 365);
}

/** A coupon not deeper than the sale price is of no use while the sale is on. */
function isUsable(offer: number, sale: boolean): boolean {
  return !sale || actions[offer]!.percentBps === 0 || actions[offer]!.percentBps > salePercentBps;
}

/**
 * The customer receives an action at the first instant of `day`. Returns the chance that a lapsed customer is back
 * at once (only ads do that); the caller draws it or carries it as a probability. `progress` drives the drift.
 */
export function receive(
  state: CustomerState,
  traits: CustomerTraits,
  world: WorldParameters,
  action: number,
  day: number,
  progress: number,
): number {
  if (action === actionIndex.nothing) return 0;
  const willingness = 1 / (1 + world.fatigue * state.contacts);
  const isNew = world.heterogeneous ? newness(state.orders) : 0.45;
  state.contacts += 1;
  state.offer = action;
  state.offerUntilDay = day + actions[action]!.validDays;
  state.offerRedeemShare = redeemShare(action, traits);
  state.offerLift = willingness * offerLift(action, traits, world, isNew, progress);
  if (action === actionIndex.deepCoupon) rememberDeepPrice(state, traits, world, isNew, progress);
  if (action === actionIndex.recommendations) {
    const gain = world.breadthGain * driftAt(world, "recommendation", progress) * traits.response.recommendation ** 1.5;
    const broadened = Math.min(8, state.breadth + willingness * gain * (1 - state.breadth / 8));
    state.churnPerYear *= Math.exp(-world.churnPerCategory * (broadened - state.breadth));
    state.breadth = broadened;
  }
  if (action !== actionIndex.retargetingAd || !world.heterogeneous) return 0;
  return Math.min(1, world.adReactivation * driftAt(world, "ad", progress) * traits.response.ad * 2 * willingness);
}

/** 1 for customers with at most one order, 0 from the third on. */
function newness(orders: number): number {
  return orders <= 1 ? 1 : orders === 2 ? 0.75 : 0;
}

function offerLift(
  action: number,
  traits: CustomerTraits,
  world: WorldParameters,
  isNew: number,
  progress: number,
): number {
  const { price, recommendation, ad, shipping } = traits.response;
  switch (action) {
    case actionIndex.smallCoupon:
      return world.smallCouponLift * driftAt(world, "coupon", progress) * (0.2 + 2.4 * price * price);
    case actionIndex.deepCoupon:
      return (
        world.deepCouponLift * driftAt(world, "coupon", progress) * (0.25 + 1.7 * price ** 1.5) * (1 + 0.2 * isNew)
      );
    case actionIndex.freeShipping:
      return world.freeShippingLift * driftAt(world, "coupon", progress) * 2 * shipping * shipping;
    case actionIndex.recommendations:
      return world.recommendationLift * driftAt(world, "recommendation", progress) * 2 * recommendation;
    // Where all react alike, the ad works on everybody, at the average size of what it does to the lapsed.
    case actionIndex.retargetingAd:
      return (world.heterogeneous ? world.adLift : 3 * world.adLift) * driftAt(world, "ad", progress) * 2 * ad;
    default:
      return 0;
  }
}

function redeemShare(action: number, traits: CustomerTraits): number {
  switch (action) {
    case actionIndex.smallCoupon:
      return 0.26 + 0.3 * traits.response.price;
    case actionIndex.deepCoupon:
      return 0.26 + 0.3 * traits.response.price;
    case actionIndex.freeShipping:
      return 0.6;
    default:
      return 0;
  }
}

/** Anderson & Simester (2004): a deep discount raises what new customers buy later and lowers what established ones do. */
function rememberDeepPrice(
  state: CustomerState,
  traits: CustomerTraits,
  world: WorldParameters,
  isNew: number,
  progress: number,
): void {
  const { price } = traits.response;
  const gain = isNew * world.newcomerGain * (0.3 + 1.5 * price);
  const harm =
    (1 - isNew) * world.referencePriceHarm * driftAt(world, "referencePrice", progress) * (1.4 - 0.85 * price);
  const wanted = state.reference + state.pendingReference + gain - harm;
  state.pendingReference = Math.min(0.35, Math.max(-0.45, wanted)) - state.reference;
}
