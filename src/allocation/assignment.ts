import { assignmentUniform } from "../base/random.ts";

/**
 * Draws one action per customer from their propensities. The number behind a draw is an HMAC of seed, purpose and
 * customer, so nobody's draw depends on who else is in the plan, and another purpose explores other people.
 */
export function drawAssignments(
  { customerIds, propensities }: { customerIds: readonly string[]; propensities: Float64Array },
  { seed, purpose }: { seed: string; purpose: string },
): Int32Array {
  const actions = propensities.length / Math.max(1, customerIds.length);
  return Int32Array.from(customerIds, (id, customer) => {
    const uniform = assignmentUniform(seed, purpose, id);
    let last = 0;
    let cumulative = 0;
    for (let action = 0; action < actions; action++) {
      const propensity = propensities[customer * actions + action];
      if (propensity === 0) continue;
      last = action;
      cumulative += propensity;
      if (uniform < cumulative) return action;
    }
    return last; // the propensities' sum fell short of 1 by rounding
  });
}

/** Whether a customer belongs to the global holdout: lasting, whatever is planned. */
export function isHeldOut(seed: string, customerId: string, share: number): boolean {
  return assignmentUniform(seed, "global-holdout", customerId) < share;
}
