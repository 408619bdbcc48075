import { childKey, normalAt, purposes, type RandomKey, uniformAt } from "./hash.ts";
import type { WorldParameters } from "./worlds.ts";

/** What a customer is. Only behaviour shows it; `truth/customers.csv` tells. Shares and responses lie in (0, 1). */
export interface CustomerTraits {
  readonly index: number;
  readonly id: string;
  readonly key: RandomKey;
  readonly arrivalStep: number;
  /** Orders a year while active, before season and sales. */
  readonly ratePerYear: number;
  readonly churnPerYear: number;
  readonly priceSensitivity: number;
  /** 0 buys the cheapest things of a category, 1 the dearest. */
  readonly spendLevel: number;
  /** How many categories the customer shops in, 1 … 8, not whole. */
  readonly breadth: number;
  readonly categoryOrder: readonly number[];
  readonly recommendationResponse: number;
  readonly adResponse: number;
  readonly openRate: number;
  /** What the answer to offers uses: the traits above, or everybody's average in "no-heterogeneity". */
  readonly response: {
    readonly price: number;
    readonly recommendation: number;
    readonly ad: number;
    readonly shipping: number;
  };
  readonly country: string;
  readonly language: string;
  readonly currency: "USD" | "EUR";
  readonly acquisitionChannel: string;
  readonly consentEmail: string;
  readonly consentAds: string;
}

export const categoryCount = 8;

/** Averages of the traits over the population, for the world in which all react alike. */
const averageResponse = { price: 0.46, recommendation: 0.46, ad: 0.46, shipping: 0.5 };

const countries = [
  { country: "US", language: "en", currency: "USD", share: 0.56 },
  { country: "CA", language: "en", currency: "USD", share: 0.1 },
  { country: "CN", language: "zh", currency: "USD", share: 0.08 },
  { country: "DE", language: "de", currency: "EUR", share: 0.14 },
  { country: "FR", language: "fr", currency: "EUR", share: 0.12 },
] as const;

export function drawCustomer(shopKey: RandomKey, index: number, steps: number, world: WorldParameters): CustomerTraits {
  const key = childKey(shopKey, index);
  // Traits live at step −1 … −3 of the counter, apart from every draw of the customer's life.
  const normal = (slot: number) => normalAt(key, -1, purposes.trait + 2 * slot);
  const uniform = (slot: number) => uniformAt(key, -2, purposes.trait + slot);
  const rate = normal(0);
  const price = normal(2);
  const recommendation = normal(5);
  const ad = normal(6);
  const priceSensitivity = logistic(-0.2 + price);
  const spendLevel = logistic(1.2 * normal(3));
  const recommendationResponse = logistic(-0.2 + 1.1 * recommendation);
  const adResponse = logistic(-0.2 + 1.1 * ad);
  const place = pickCountry(uniform(0));
  return {
    index,
    id: `C${String(index + 1).padStart(6, "0")}`,
    key,
    arrivalStep: drawArrival(uniform(1), uniform(2), steps),
    ratePerYear: Math.exp(Math.log(2.1) + 0.65 * rate),
    churnPerYear: Math.exp(Math.log(0.5) + 0.5 * normal(1) - 0.15 * rate),
    priceSensitivity,
    spendLevel,
    breadth: 1 + 5 * logistic(-0.6 + normal(4)),
    categoryOrder: drawCategoryOrder(key),
    recommendationResponse,
    adResponse,
    openRate: 0.08 + 0.4 * logistic(0.9 * recommendation + 0.5 * normal(7)),
    response: world.heterogeneous
      ? { price: priceSensitivity, recommendation: recommendationResponse, ad: adResponse, shipping: 1 - spendLevel }
      : averageResponse,
    ...place,
    acquisitionChannel: pickChannel(price + 0.8 * normal(8), ad + 0.8 * normal(9), uniform(3)),
    consentEmail: pickConsent(uniform(4), 0.84),
    consentAds: pickConsent(uniform(5), 0.76),
  };
}

function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** 35 % come in the first six months (the shop's opening), the others evenly over the whole time. */
function drawArrival(which: number, when: number, steps: number): number {
  return Math.floor(when * (which < 0.35 ? Math.min(30, steps) : steps));
}

function drawCategoryOrder(key: RandomKey): number[] {
  const order = Array.from({ length: categoryCount }, (_, category) => category);
  for (let i = categoryCount - 1; i > 0; i--) {
    const j = Math.floor(uniformAt(key, -3, purposes.trait + i) * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

function pickCountry(uniform: number): { country: string; language: string; currency: "USD" | "EUR" } {
  let left = uniform;
  for (const { country, language, currency, share } of countries) {
    left -= share;
    if (left < 0) return { country, language, currency };
  }
  return { country: "US", language: "en", currency: "USD" };
}

/** Bargain hunters come through affiliates, ad-minded people through paid social: the channel is a hint, not proof. */
function pickChannel(bargain: number, adMinded: number, uniform: number): string {
  if (bargain > 1.4) return "affiliate";
  if (adMinded > 1.1) return "paid_social";
  return uniform < 0.45 ? "organic_search" : uniform < 0.75 ? "paid_search" : uniform < 0.9 ? "direct" : "referral";
}

function pickConsent(uniform: number, granted: number): string {
  return uniform < granted ? "granted" : uniform < granted + (1 - granted) * 0.6 ? "denied" : "unknown";
}
