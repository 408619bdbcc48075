import { normalQuantile } from "./normal.ts";

export interface PowerOptions {
  /** Two-sided significance level. Default 0.05. */
  significance?: number;
  /** Probability of detecting the effect if it is there. Default 0.8. */
  power?: number;
}

/** (z₁₋α⁄₂ + z_power): the smallest detectable effect in standard errors, 2.80 by default. */
export function detectableStandardErrors({ significance = 0.05, power = 0.8 }: PowerOptions = {}): number {
  return normalQuantile(1 - significance / 2) + normalQuantile(power);
}

/** Customers per arm to detect a difference of means in a two-arm trial of equal arms: 2(z·σ/δ)², rounded up. */
export function sampleSizePerArm(
  sizes: { effect: number; standardDeviation: number },
  options: PowerOptions = {},
): number {
  return Math.ceil(2 * ((detectableStandardErrors(options) * sizes.standardDeviation) / sizes.effect) ** 2);
}

/** The smallest difference of means two arms of these sizes detect. */
export function minimumDetectableEffect(
  sizes: { control: number; treatment: number; standardDeviation: number },
  options: PowerOptions = {},
): number {
  const standardError = sizes.standardDeviation * Math.sqrt(1 / sizes.control + 1 / sizes.treatment);
  return detectableStandardErrors(options) * standardError;
}

/**
 * Days until an experiment can be read: enrolment at `weeklyInflow` customers over all arms, on top of those `available`
 * on the first day, and then the outcome's own horizon. Infinity when there is no inflow and too few are available.
 */
export function daysNeeded(plan: {
  customersNeeded: number;
  available: number;
  weeklyInflow: number;
  outcomeDays: number;
}): number {
  const missing = Math.max(0, plan.customersNeeded - plan.available);
  const enrolment = missing === 0 ? 0 : Math.ceil((7 * missing) / plan.weeklyInflow);
  return enrolment + plan.outcomeDays;
}
