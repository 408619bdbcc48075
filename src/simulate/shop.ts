import { InputError } from "../base/errors.ts";
import type { CustomerState } from "./behaviour.ts";
import { type Calendar, createCalendar } from "./calendar.ts";
import { type Catalogue, createCatalogue, createExchangeRates } from "./catalogue.ts";
import { type CustomerTraits, drawCustomer } from "./customers.ts";
import { newEventLog } from "./events.ts";
import { childKey, type RandomKey, seedKey } from "./hash.ts";
import { type History, liveHistory, stepFactors } from "./history.ts";
import { driftAt, type WorldName, type WorldParameters, worldParameters } from "./worlds.ts";

/** More do not fit into memory. */
export const mostCustomers = 100_000;

export interface ShopOptions {
  readonly customers: number;
  /** From 2021-01-01 on; 48 gives decision waves in months 12 … 36 with a year of outcomes behind each. */
  readonly months: number;
  readonly seed: string;
  readonly world: WorldName;
  readonly encoding?: "utf-8" | "gb18030";
}

/** What does not change while customers live in it. */
export interface ShopWorld {
  readonly calendar: Calendar;
  readonly catalogue: Catalogue;
  readonly world: WorldParameters;
  readonly stepFactor: Float64Array; // (steps)
}

/** A shop whose truth is known; the raw exports and the truth files are written from it. */
export interface SimulatedShop extends ShopWorld {
  readonly options: ShopOptions;
  readonly key: RandomKey;
  /** US dollars for one euro. */
  readonly dollarsPerEuro: Float64Array; // (days)
  readonly customers: readonly CustomerTraits[];
  /** After the last day. */
  readonly finalStates: readonly CustomerState[];
  readonly history: History;
}

/**
 * Makes a shop in memory. Same options, same shop; the encoding changes only the bytes of the files.
 * Throws InputError "invalid_shop_size" or "unknown_world".
 */
export function simulateShop(options: ShopOptions, onCustomer?: (done: number, total: number) => void): SimulatedShop {
  const { customers: customerCount, months, seed } = options;
  if (!Number.isInteger(customerCount) || customerCount < 1 || customerCount > mostCustomers) {
    throw new InputError("invalid_shop_size", {
      option: "customers",
      value: customerCount,
      least: 1,
      most: mostCustomers,
    });
  }
  if (!Number.isInteger(months) || months < 1 || months > 120) {
    throw new InputError("invalid_shop_size", { option: "months", value: months, least: 1, most: 120 });
  }
  const world = worldParameters(options.world);
  const key = seedKey(seed, "shop");
  const calendar = createCalendar(months);
  const progressAt = (step: number) => step / calendar.stepCount;
  const shopWorld: ShopWorld = {
    calendar,
    catalogue: createCatalogue(key),
    world,
    stepFactor: stepFactors(calendar, childKey(key, -9), (step) => driftAt(world, "rate", progressAt(step))),
  };
  const history: History = { orders: [], assignments: [], events: newEventLog() };
  const customers = Array.from({ length: customerCount }, (_, index) =>
    drawCustomer(key, index, calendar.stepCount, world),
  );
  const finalStates = customers.map((traits, index) => {
    const state = liveHistory(shopWorld, traits, history);
    onCustomer?.(index + 1, customerCount);
    return state;
  });
  return {
    ...shopWorld,
    options,
    key,
    dollarsPerEuro: createExchangeRates(key, calendar.dayCount),
    customers,
    finalStates,
    history,
  };
}
