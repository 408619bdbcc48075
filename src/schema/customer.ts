import type { ExplainedForecast } from "./reasons.ts";
import type { Quadrant } from "./relation.ts";

/** Everything the last run knows of one customer; amounts in major units of `currency`, null where missing. */
export interface CustomerView {
  customerId: string;
  currency: string;
  /** ISO date. */
  asOf: string;
  quadrant: Quadrant | null;
  /** Places on the days before, ISO dates, the earliest first. */
  earlierQuadrants: { asOf: string; quadrant: Quadrant }[];
  forecasts: {
    horizonDays: number;
    mean: number;
    /** Expected to hold 8 of 10 customers like this one. */
    p10: number;
    p90: number;
    /** Of at least one order, and how many are expected. */
    purchaseProbability: number;
    orders: number;
    /** What these two, which `mean` blends with others, forecast alone. */
    networkMean: number;
    lifetimeModelMean: number | null;
  }[];
  /** By horizon; all concepts, the strongest first. */
  reasons: ExplainedForecast[];
  /** The line of plan.csv; null without a plan. */
  plan: {
    action: string;
    propensity: number;
    short: number;
    long: number;
    cost: number;
    /** Why: best, within_limits, rule, exploration or holdout. */
    reason: string;
    /** Limits that kept the customer's own best away. */
    bindingLimits: string[];
  } | null;
  /** Those that the network learned from. */
  features: {
    name: string;
    unit: string;
    word?: string;
    words?: readonly string[];
    own: number | null;
    typical: number | null;
  }[];
}
