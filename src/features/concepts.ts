import type { Concept } from "../schema/concepts.ts";
import { places, windowsDays } from "./catalogue.ts";

/**
 * Which features say the same kind of thing. They lean on one another (who ordered often in 30 days did so in 90), so that credit
 * for a forecast could go to any of them: reasons are given for the concept, and the feature that says most speaks for it.
 */
const members: Readonly<Record<Concept, readonly string[]>> = {
  recency: ["daysSinceLastOrder", "lateness"],
  frequency: ["ordersTotal", ...windowsDays.map((days) => `orders${days}d`), "meanGapDays"],
  spending: ["valueTotal", ...windowsDays.map((days) => `value${days}d`), "netTotal"],
  basket: ["valuePerOrder", "valueDeviation", "largestOrder", "unitsPerOrder", "linesPerOrder", "valueShareOfNet"],
  rhythm: ["gapDeviationDays", "gapVariation", "longestGapDays"],
  season: ["ordersSameSeason", "seasonShare", "seasonSine", "seasonCosine"],
  discounts: ["discountShare", "couponShare", "redeemed365d", "redemptionRate365d"],
  variety: ["categoryBreadth", "categoryEntropy"],
  returns: ["refundRate", "refundShare", "daysSinceLastRefund"],
  visits: [
    "sessions30d",
    "sessions90d",
    "daysSinceLastEvent",
    "productViews90d",
    "searches90d",
    "viewsPerSession90d",
    "daysSinceLastView",
  ],
  interests: ["viewedCategories90d", ...places("category").map((place) => `viewsCategory${place}`)],
  carts: [
    "carts90d",
    "cartsRemoved90d",
    "checkouts90d",
    "viewToCart90d",
    "cartToCheckout90d",
    "checkoutToOrder90d",
    "viewToBuy90d",
  ],
  email: ["emailOpens90d", "emailClicks90d", "emailClickRate90d", "acceptsEmail"],
  offers: ["offers90d", "offers365d", "daysSinceLastOffer", "adTouches90d", "promotionViews90d", "acceptsAds"],
  tenure: ["tenureDays", "accountAgeDays"],
  origin: [
    ...places("channel").map((place) => `channel${place}`),
    "channelShare",
    ...places("country").map((place) => `country${place}`),
    "countryShare",
  ],
};

const conceptOfFeature = new Map(
  Object.entries(members).flatMap(([concept, names]) => names.map((name) => [name, concept as Concept] as const)),
);

export function conceptOf(feature: string): Concept {
  const concept = conceptOfFeature.get(feature);
  if (!concept) throw new Error(`the feature ${feature} belongs to no concept`);
  return concept;
}
