import { InputError } from "../base/errors.ts";
import { actions, eligibilityDays, eligibleMask } from "./actions.ts";
import { basketMargin, cancelledShare, expectedRefund, fillBasket, newBasket, priceFor } from "./basket.ts";
import {
  advanceDemand,
  type CustomerState,
  copyState,
  type Demand,
  lapseChance,
  lapsedRateShare,
  newState,
  receive,
  returnChance,
  saleRateFactor,
} from "./behaviour.ts";
import { type Calendar, createCalendar } from "./calendar.ts";
import type { CustomerTraits } from "./customers.ts";
import { childKey, type RandomKey, seedKey } from "./hash.ts";
import { stepFactors } from "./history.ts";
import type { SimulatedShop } from "./shop.ts";
import { driftAt } from "./worlds.ts";

export interface ReplayOptions {
  readonly replicates: number;
  readonly seed: string;
  readonly shortHorizonDays: number;
  readonly clvHorizonDays: number;
  readonly annualDiscountRate: number;
  /** Called as customers are replayed, with `total` = replicates × customers. */
  readonly onCustomer?: (done: number, total: number) => void;
}

/**
 * What each customer is worth after the last day under each action, US dollars. Levels, not differences: subtract
 * the column of "nothing". All arrays but `replicateTotals` are (customers, actions), row by row.
 */
export interface ReplayValues {
  readonly customerIds: readonly string[];
  readonly actions: readonly string[];
  /** 1 where the shop's rule allows the action on that day: a recent order and consent. */
  readonly eligible: Uint8Array;
  /** Expected discounted margin inside the short horizon, less the contact cost; the rest up to the CLV horizon. */
  readonly short: Float64Array;
  readonly long: Float64Array;
  /** Expected redeemed discount and contact cost, undiscounted; 0 for "nothing". */
  readonly cost: Float64Array;
  /** Expected orders that are not cancelled, inside the short horizon and after it. */
  readonly ordersShort: Float64Array;
  readonly ordersLong: Float64Array;
  /** short + long summed over all customers, (replicates, actions): their spread is the Monte-Carlo error. */
  readonly replicateTotals: Float64Array;
}

/** Weights of one step: an order falls on each of its days alike. */
interface StepWeights {
  readonly short: Float64Array; // (steps), discounted share of the step inside the short horizon
  readonly long: Float64Array; // (steps)
  readonly shortShare: Float64Array; // (steps), the same undiscounted
  readonly longShare: Float64Array; // (steps)
}

/** A future of the shop: its noise, and which sample baskets are drawn. */
interface Future {
  readonly calendar: Calendar;
  readonly firstStep: number;
  readonly endStep: number;
  readonly stepFactor: Float64Array; // (steps)
  readonly weights: StepWeights;
  readonly key: RandomKey;
}

/** Mean margin (US dollars, net of expected refunds and cancellations) and redeemed discount of an order. */
interface OrderValue {
  margin: number;
  redeemed: number;
}

/** Sample baskets per customer and replicate; the same ones under every action. */
const sampleBaskets = 2;

/**
 * Replays the time after the last day for every customer under every action, as if that action were given at that
 * instant and nothing else ever after. Orders, lapses and returns enter as probabilities (the recursion is exact
 * because nothing in a customer's state depends on which orders came); replicates differ in the shop's weekly
 * noise and in the sampled baskets, and share both over all actions.
 * Throws InputError "invalid_replay".
 */
export function replayValues(shop: SimulatedShop, options: ReplayOptions): ReplayValues {
  checkOptions(options);
  const customerCount = shop.customers.length;
  const size = customerCount * actions.length;
  const column = () => new Float64Array(size);
  const sums = { short: column(), long: column(), cost: column(), ordersShort: column(), ordersLong: column() };
  const replicateTotals = new Float64Array(options.replicates * actions.length);
  const replayer = new CustomerReplay(shop);
  for (let replicate = 0; replicate < options.replicates; replicate++) {
    const future = drawFuture(shop, options, replicate);
    for (let customer = 0; customer < customerCount; customer++) {
      replayer.open(customer, future);
      for (let action = 0; action < actions.length; action++) {
        const cell = customer * actions.length + action;
        replayer.run(action, future);
        sums.short[cell]! += replayer.short;
        sums.long[cell]! += replayer.long;
        sums.cost[cell]! += replayer.cost;
        sums.ordersShort[cell]! += replayer.ordersShort;
        sums.ordersLong[cell]! += replayer.ordersLong;
        replicateTotals[replicate * actions.length + action]! += replayer.short + replayer.long;
      }
      options.onCustomer?.(replicate * customerCount + customer + 1, options.replicates * customerCount);
    }
  }
  for (const sum of Object.values(sums)) for (let cell = 0; cell < size; cell++) sum[cell]! /= options.replicates;
  return {
    customerIds: shop.customers.map((traits) => traits.id),
    actions: actions.map((action) => action.id),
    eligible: eligibleCells(shop),
    ...sums,
    replicateTotals,
  };
}

function checkOptions(options: ReplayOptions): void {
  const { replicates, shortHorizonDays, clvHorizonDays, annualDiscountRate } = options;
  const sound =
    Number.isInteger(replicates) &&
    replicates >= 1 &&
    shortHorizonDays >= 1 &&
    clvHorizonDays >= shortHorizonDays &&
    clvHorizonDays <= 3650 &&
    annualDiscountRate > -1;
  if (!sound) {
    throw new InputError("invalid_replay", { replicates, shortHorizonDays, clvHorizonDays, annualDiscountRate });
  }
}

function eligibleCells(shop: SimulatedShop): Uint8Array {
  const cells = new Uint8Array(shop.customers.length * actions.length);
  for (const { index, consentEmail, consentAds } of shop.customers) {
    const state = shop.finalStates[index]!;
    const recent = state.orders > 0 && shop.calendar.dayCount - state.lastOrderDay <= eligibilityDays;
    const mask = recent ? eligibleMask(consentEmail, consentAds) : 1;
    for (let action = 0; action < actions.length; action++)
      cells[index * actions.length + action] = (mask >> action) & 1;
  }
  return cells;
}

function drawFuture(shop: SimulatedShop, options: ReplayOptions, replicate: number): Future {
  const { months, stepCount: firstStep, dayCount } = shop.calendar;
  const calendar = createCalendar(months + Math.ceil(options.clvHorizonDays / 28) + 1);
  let endStep = firstStep;
  while (calendar.stepStartDay[endStep]! < dayCount + options.clvHorizonDays) endStep++;
  const key = childKey(seedKey(options.seed, "replay"), replicate);
  const drift = (step: number) => driftAt(shop.world, "rate", step / firstStep);
  const stepFactor = stepFactors(calendar, key, drift);
  return { calendar, firstStep, endStep, stepFactor, weights: stepWeights(calendar, dayCount, endStep, options), key };
}

/** Discounting is 1/(1 + r)^(t/365) at the middle of each day, t counted from the replay's first instant. */
function stepWeights(calendar: Calendar, startDay: number, endStep: number, options: ReplayOptions): StepWeights {
  const column = () => new Float64Array(endStep);
  const weights = { short: column(), long: column(), shortShare: column(), longShare: column() };
  for (let step = 0; step < endStep; step++) {
    const days = calendar.stepDays[step]!;
    for (let day = calendar.stepStartDay[step]!; day < calendar.stepStartDay[step + 1]!; day++) {
      const elapsed = day - startDay;
      if (elapsed < 0 || elapsed >= options.clvHorizonDays) continue;
      const discounted = (1 + options.annualDiscountRate) ** (-(elapsed + 0.5) / 365) / days;
      const isShort = elapsed < options.shortHorizonDays;
      weights[isShort ? "short" : "long"][step]! += discounted;
      weights[isShort ? "shortShare" : "longShare"][step]! += 1 / days;
    }
  }
  return weights;
}

/** One customer's futures; reused over customers so that the hot loop makes no objects. */
class CustomerReplay {
  readonly #shop: SimulatedShop;
  readonly #state: CustomerState;
  readonly #demand: Demand = { base: 0, lifted: 0, offerDays: 0 };
  readonly #step = { startDay: 0, days: 0, factor: 0, sale: false, saleFactor: 1 };
  readonly #basket = newBasket();
  readonly #dollarsPerEuro: number;
  #traits: CustomerTraits;
  #key: RandomKey;
  short = 0;
  long = 0;
  cost = 0;
  ordersShort = 0;
  ordersLong = 0;

  constructor(shop: SimulatedShop) {
    this.#shop = shop;
    this.#traits = shop.customers[0]!;
    this.#key = this.#traits.key;
    this.#state = newState(this.#traits);
    // The future knows no exchange rate but the last one.
    this.#dollarsPerEuro = shop.dollarsPerEuro.at(-1)!;
  }

  open(customer: number, future: Future): void {
    this.#traits = this.#shop.customers[customer]!;
    this.#key = childKey(future.key, customer);
  }

  /** Leaves the expected values of one action in the public fields. */
  run(action: number, future: Future): void {
    const { weights, firstStep, endStep } = future;
    const { world, calendar } = this.#shop;
    const state = this.#state;
    const demand = this.#demand;
    copyState(this.#shop.finalStates[this.#traits.index]!, state);
    const contactCost = actions[action]!.contactCostMinor / 100;
    this.short = -contactCost;
    this.cost = contactCost;
    this.long = this.ordersShort = this.ordersLong = 0;
    const back = receive(state, this.#traits, world, action, calendar.dayCount, 1);
    let active = state.lapsed ? back : 1;
    const [plain, sale] = [this.#orderValue(0, false), this.#orderValue(0, true)];
    const isCoupon = actions[action]!.code !== "";
    const offered = isCoupon ? [this.#orderValue(action, false), this.#orderValue(action, true)] : [plain, sale];
    const saleFactor = saleRateFactor(this.#traits);
    for (let step = firstStep; step < endStep; step++) {
      const days = this.#enterStep(step, future, saleFactor);
      advanceDemand(state, this.#traits, world, this.#step, demand);
      const usual = this.#step.sale ? sale : plain;
      const base = orderChance(demand.base, active);
      let margin = base * usual.margin;
      let orders = base;
      if (demand.offerDays > 0) {
        const redeemable = this.#step.sale ? offered[1]! : offered[0]!;
        const caused = orderChance(demand.lifted, active) - base;
        const redeemed = (base * state.offerRedeemShare * demand.offerDays) / days + caused;
        margin += caused * usual.margin + (isCoupon ? redeemed * (redeemable.margin - usual.margin) : 0);
        orders += caused;
        if (isCoupon)
          this.cost += redeemed * redeemable.redeemed * (weights.shortShare[step]! + weights.longShare[step]!);
      }
      this.short += margin * weights.short[step]!;
      this.long += margin * weights.long[step]!;
      this.ordersShort += orders * (1 - cancelledShare) * weights.shortShare[step]!;
      this.ordersLong += orders * (1 - cancelledShare) * weights.longShare[step]!;
      active = active * (1 - lapseChance(state, days)) + (1 - active) * returnChance(days);
    }
  }

  #enterStep(step: number, future: Future, saleFactor: number): number {
    const days = future.calendar.stepDays[step]!;
    this.#step.startDay = future.calendar.stepStartDay[step]!;
    this.#step.days = days;
    this.#step.factor = future.stepFactor[step]!;
    this.#step.sale = future.calendar.stepSale[step] === 1;
    this.#step.saleFactor = this.#step.sale ? saleFactor : 1;
    return days;
  }

  /** The value of an order that uses `offer` (0: none), by the customer's sample baskets. */
  #orderValue(offer: number, sale: boolean): OrderValue {
    const { world, catalogue } = this.#shop;
    const { percentBps, type } = actions[offer]!;
    const price = priceFor(percentBps, type === "free_shipping", sale, world.couponQuantityLift);
    const dollars = (this.#traits.currency === "EUR" ? this.#dollarsPerEuro : 1) / 100;
    const scale = ((1 - cancelledShare) * dollars) / sampleBaskets;
    let margin = 0;
    let redeemed = 0;
    for (let sample = 0; sample < sampleBaskets; sample++) {
      const basket = this.#basket;
      fillBasket(basket, this.#traits, catalogue, this.#state.breadth, this.#key, sample, price);
      margin += basketMargin(basket) - expectedRefund(basket);
      redeemed += percentBps > 0 ? basket.discount : basket.waivedShipping;
    }
    return { margin: margin * scale, redeemed: redeemed * scale };
  }
}

/** Chance of an order in a step, for a customer that is active with this probability. */
function orderChance(expected: number, active: number): number {
  return active * (1 - Math.exp(-expected)) + (1 - active) * (1 - Math.exp(-expected * lapsedRateShare));
}
