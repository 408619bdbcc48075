import { gaussLegendre } from "../stats/quadrature.ts";
import type { CustomerHistory, PurchaseModel } from "./purchase-model.ts";

const daysPerYear = 365;

export interface Discounting {
  /** Time ahead, in the model's unit; Infinity for all that is still to come. */
  readonly time: number;
  /** Days of the model's unit of time. */
  readonly unitDays: number;
  /** As a share a year: 0.1 for 10 %. */
  readonly annualDiscountRate: number;
}

/**
 * Discounted expected residual transactions: ∫ e^(−δt) dE[X(t) | history] over the time ahead, δ the continuous rate of the annual
 * one. By parts it needs nothing of a model but its expected purchases (for Pareto/NBD it is the DERT of Fader, Hardie & Lee
 * 2005, "RFM and CLV", eq. 2). Throws nothing; Infinity where it diverges: without discount over all time.
 */
export function discountedPurchases(
  model: Pick<PurchaseModel, "expectedPurchases" | "discountedOpportunities">,
  parameters: Float64Array,
  history: CustomerHistory,
  { time, unitDays, annualDiscountRate }: Discounting,
): number {
  const rate = (Math.log1p(annualDiscountRate) * unitDays) / daysPerYear;
  if (rate === 0) return time === Infinity ? Infinity : model.expectedPurchases(parameters, history, time);
  if (model.discountedOpportunities) {
    return model.discountedOpportunities(parameters, history, time, Math.exp(-rate));
  }
  const last = Math.exp(-rate * time); // e^(−δ·time), 0 for all time
  const { nodes, weights } = gaussLegendre(24);
  let sum = time === Infinity ? 0 : last * model.expectedPurchases(parameters, history, time);
  // δ∫ e^(−δt) E(t) dt with u = e^(−δt); u = last + (1 − last)·w³ softens the logarithm at u = 0.
  for (let i = 0; i < nodes.length; i++) {
    const u = last + (1 - last) * nodes[i] ** 3;
    const weight = weights[i] * 3 * nodes[i] ** 2 * (1 - last);
    sum += weight * model.expectedPurchases(parameters, history, -Math.log(u) / rate);
  }
  return sum;
}
