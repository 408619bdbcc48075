import type { CustomerState } from "./behaviour.ts";
import { secondsPerDay, stepsPerMonth } from "./calendar.ts";
import { productsPerCategory } from "./catalogue.ts";
import type { CustomerTraits } from "./customers.ts";
import { purposes, uniformAt } from "./hash.ts";
import type { ShopOrder } from "./orders.ts";
import type { ShopWorld } from "./shop.ts";

export const eventNames = ["product_view", "add_to_cart", "email_open", "email_click", "search"] as const;
const [productView, addToCart, emailOpen, emailClick, search] = [0, 1, 2, 3, 4] as const;

/** Events as columns: there are hundreds of thousands of them. */
export interface EventLog {
  count: number;
  customer: Int32Array;
  session: Int32Array;
  second: Int32Array;
  name: Uint8Array;
  /** −1 where the event has no product. */
  product: Int16Array;
  sessions: number;
}

export function newEventLog(): EventLog {
  const size = 4096;
  return {
    count: 0,
    customer: new Int32Array(size),
    session: new Int32Array(size),
    second: new Int32Array(size),
    name: new Uint8Array(size),
    product: new Int16Array(size),
    sessions: 0,
  };
}

function log(events: EventLog, customer: number, second: number, name: number, product: number): void {
  if (events.count === events.customer.length) grow(events);
  const row = events.count++;
  events.customer[row] = customer;
  events.session[row] = events.sessions;
  events.second[row] = second;
  events.name[row] = name;
  events.product[row] = product;
}

function grow(events: EventLog): void {
  const size = events.customer.length * 2;
  const wider = <T extends Int32Array | Uint8Array | Int16Array>(old: T, fresh: T): T => {
    fresh.set(old);
    return fresh;
  };
  events.customer = wider(events.customer, new Int32Array(size));
  events.session = wider(events.session, new Int32Array(size));
  events.second = wider(events.second, new Int32Array(size));
  events.name = wider(events.name, new Uint8Array(size));
  events.product = wider(events.product, new Int16Array(size));
}

/** The visit that led to the order: a look at each product (bargain hunters look at more), then the cart. */
export function logOrderSession(events: EventLog, traits: CustomerTraits, order: ShopOrder): void {
  events.sessions++;
  const start = order.second - 900;
  for (const [line, product] of order.product.entries()) {
    log(events, traits.index, start + line * 120, productView, product);
  }
  if (uniformAt(traits.key, order.step, purposes.event) < traits.priceSensitivity) {
    log(events, traits.index, start + 60, search, -1);
  }
  log(events, traits.index, order.second - 60, addToCart, order.product[0]!);
}

/** An offer that comes by mail may be opened and clicked. */
export function logTreatmentMail(events: EventLog, traits: CustomerTraits, step: number, day: number): void {
  logMail(events, traits, step, day * secondsPerDay, 1.4 * traits.openRate, purposes.event + 2);
}

/** What a step leaves without an order: now and then a visit, each month a newsletter. Lapsed customers do less. */
export function logQuietStep(
  events: EventLog,
  shop: ShopWorld,
  traits: CustomerTraits,
  state: CustomerState,
  step: number,
): void {
  if (step === traits.arrivalStep) return;
  const { key } = traits;
  const startDay = shop.calendar.stepStartDay[step]!;
  const activity = state.lapsed ? 0.1 : 1;
  const visits = 0.016 * (1 + 0.5 * Math.sqrt(traits.ratePerYear) + traits.priceSensitivity) * activity;
  if (uniformAt(key, step, purposes.event + 8) < visits) {
    events.sessions++;
    const day = startDay + Math.floor(uniformAt(key, step, purposes.event + 9) * shop.calendar.stepDays[step]!);
    const second = day * secondsPerDay + 7 * 3600 + Math.floor(uniformAt(key, step, purposes.event + 10) * 50_000);
    const views = 1 + Math.floor(uniformAt(key, step, purposes.event + 11) * 3);
    for (let view = 0; view < views; view++) {
      const nth = Math.floor(uniformAt(key, step, purposes.event + 16 + view) ** 1.5 * state.breadth);
      const taste = 0.6 * traits.spendLevel + 0.4 * uniformAt(key, step, purposes.event + 24 + view);
      const product = traits.categoryOrder[nth]! * productsPerCategory + Math.floor(taste * productsPerCategory);
      log(events, traits.index, second + view * 90, productView, product);
      if (view === 0 && uniformAt(key, step, purposes.event + 12) < 0.2) {
        log(events, traits.index, second + 45, addToCart, product);
      }
    }
    if (uniformAt(key, step, purposes.event + 13) < 0.2 + 0.5 * traits.priceSensitivity) {
      log(events, traits.index, second + 10, search, -1);
    }
  }
  const newsletter = step % stepsPerMonth === 2 && traits.consentEmail === "granted";
  if (newsletter) {
    const open = traits.openRate * (state.lapsed ? 0.35 : 1);
    logMail(events, traits, step, startDay * secondsPerDay, open, purposes.event + 5);
  }
}

function logMail(
  events: EventLog,
  traits: CustomerTraits,
  step: number,
  midnight: number,
  openChance: number,
  purpose: number,
): void {
  const { key, index } = traits;
  const opened = uniformAt(key, step, purpose);
  if (opened >= openChance) return;
  events.sessions++;
  const second = midnight + 7 * 3600 + Math.floor(uniformAt(key, step, purpose + 1) * 50_000);
  log(events, index, second, emailOpen, -1);
  if (opened < openChance * (0.1 + 0.4 * traits.recommendationResponse))
    log(events, index, second + 30, emailClick, -1);
}

/** Row numbers in order of time, then of logging. */
export function eventsByTime(events: EventLog): Int32Array {
  const keys = new Float64Array(events.count);
  const slots = 2 ** 22;
  if (events.count > slots) throw new RangeError("too many events to sort");
  for (let row = 0; row < events.count; row++) keys[row] = events.second[row]! * slots + row;
  keys.sort();
  return Int32Array.from(keys, (key) => key % slots);
}
