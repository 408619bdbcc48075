import { digamma, logGamma } from "../stats/gamma.ts";

/** Spending per transaction of customers grouped by (transactions, mean value). */
export interface SpendingHistories {
  readonly rows: number;
  /** Transactions that the mean is over. */
  readonly transactions: Float64Array; // (rows)
  /** Mean value of a transaction, above 0. */
  readonly meanValue: Float64Array; // (rows)
  readonly customers: Float64Array; // (rows)
}

export const gammaGammaParameters = ["p", "q", "v"] as const;

/**
 * Gamma–Gamma (Fader & Hardie 2013, "The Gamma-Gamma model of monetary value"; Colombo & Jiang 1999): a customer's
 * transactions are Gamma(p, ν) in value, ν ~ Gamma(q, v) over customers. ln likelihood of one history, eq. 1a; overwrites `gradient`.
 */
export function spendingLikelihood(
  [p, q, v]: Float64Array,
  transactions: number,
  meanValue: number,
  gradient: Float64Array,
): number {
  const shape = p * transactions;
  const spent = transactions * meanValue;
  const logScale = Math.log(v + spent);
  const both = digamma(shape + q);
  gradient[0] = transactions * (both - digamma(shape) + Math.log(spent) - logScale);
  gradient[1] = both - digamma(q) + Math.log(v) - logScale;
  gradient[2] = q / v - (shape + q) / (v + spent);
  return (
    logGamma(shape + q) -
    logGamma(shape) -
    logGamma(q) +
    q * Math.log(v) +
    shape * Math.log(spent) -
    Math.log(meanValue) -
    (shape + q) * logScale
  );
}

/**
 * E[mean transaction value | history], eq. 5: between the shop's mean and the customer's own. With q ≤ 1 the shop's mean does
 * not exist; then it is Infinity for a customer without transactions (the fit's diagnostics say so).
 */
export function expectedSpending([p, q, v]: Float64Array, transactions: number, meanValue: number): number {
  const weight = p * transactions + q - 1;
  return weight > 0 ? (p * (v + transactions * meanValue)) / weight : Number.POSITIVE_INFINITY;
}
