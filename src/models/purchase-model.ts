import type { Random } from "../base/random.ts";

/**
 * Purchase histories, grouped: customers with the same frequency, recency and age stand in one row and are counted, so that
 * memory and time grow with distinct histories and not with customers. Times are in one unit, whichever it is.
 */
export interface PurchaseHistories {
  readonly rows: number;
  /** Repeat purchases, x: purchases after the first. */
  readonly frequency: Float64Array; // (rows)
  /** From the first purchase to the last, tₓ; 0 where there is no repeat purchase. */
  readonly recency: Float64Array; // (rows)
  /** From the first purchase to the end of the observation, T. */
  readonly age: Float64Array; // (rows)
  /** How many customers the row stands for. */
  readonly customers: Float64Array; // (rows)
  /** What is known of the customers beside their purchases, for models with `covariateLinks`. */
  readonly covariates?: Covariates;
  /** Σ ln(gap) over the gaps between purchases, mean over the row's customers; only models of regularity need it. */
  readonly logGaps?: Float64Array; // (rows)
}

/** Characteristics that do not change with time, as numbers (0 and 1 for yes and no). */
export interface Covariates {
  readonly names: readonly string[];
  readonly columns: readonly Float64Array[]; // (names) of (rows)
}

/**
 * A parameter that covariates z multiply by exp(sign·γ·z); `coefficient` names γ: `rate` above 0 means more purchases, `dropout`
 * above 0 sooner leaving, other names the parameter itself.
 */
export interface CovariateLink {
  readonly coefficient: string;
  readonly parameter: string;
  readonly sign: 1 | -1;
}

/** One customer as the purchase models see them: x, tₓ, T. */
export interface CustomerHistory {
  readonly frequency: number;
  readonly recency: number;
  readonly age: number;
}

/** ln likelihood of one history at the prepared parameters; overwrites `gradient` with its derivatives by them. */
export type HistoryLikelihood = (history: CustomerHistory, gradient: Float64Array) => number;

/**
 * A model of when customers buy and when they stop. Every file of a model exports one of these; parameters are in the order
 * of `parameterNames`, all positive. `time` and the results are in the unit of the histories.
 */
export interface PurchaseModel {
  readonly name: string;
  readonly parameterNames: readonly string[];
  /** Parameters measured in time: α of days is seven times α of weeks. */
  readonly timeParameters: readonly string[];
  /** Whoever bought is a customer for ever: assumed, not found. */
  readonly assumesNobodyLeaves?: true;
  /** How static covariates act; absent where the model has none. */
  readonly covariateLinks?: readonly CovariateLink[];
  /** Does the work that all histories share; `mostPurchases` is the largest frequency that will be asked for. */
  prepare(parameters: Float64Array, mostPurchases: number): HistoryLikelihood;
  /** P(still a customer at T | history). */
  probabilityAlive(parameters: Float64Array, history: CustomerHistory): number;
  /** E[purchases in (T, T + time] | history]. */
  expectedPurchases(parameters: Float64Array, history: CustomerHistory, time: number): number;
  /** E[purchases in (T, T + time] | x, T, still a customer], where it does not depend on recency: `expectedPurchases` over P(alive). */
  expectedIfAlive?(parameters: Float64Array, history: Omit<CustomerHistory, "recency">, time: number): number;
  /** Σ discountⁱ·E[purchases at the i-th opportunity from now], where purchases come at fixed times only. */
  discountedOpportunities?(parameters: Float64Array, history: CustomerHistory, time: number, discount: number): number;
  /** E[repeat purchases in (0, time]] of a customer of whom nothing is known yet. */
  expectedPurchasesOfNewCustomer(parameters: Float64Array, time: number): number;
  /** P(repeat purchases in (0, time] = count) of such a customer, for count = 0 … most. */
  countDistribution(parameters: Float64Array, most: number, time: number): Float64Array;
  /** Draws the repeat purchases of one customer over `age`. */
  simulate(parameters: Float64Array, age: number, random: Random): SimulatedHistory;
}

export interface SimulatedHistory extends CustomerHistory {
  /** Times of the repeat purchases, from the first purchase. */
  readonly times: readonly number[];
}

/** The history of a customer who bought again at `times` after the first purchase. */
export function historyOf(times: readonly number[], age: number): SimulatedHistory {
  return { frequency: times.length, recency: times.at(-1) ?? 0, age, times };
}
