import type { AllocationProblem } from "./problem.ts";

export interface Recomputed {
  objective: number;
  cost: number;
  /** Expected cost summed in whole minor units, row by row. */
  costMinor: number;
}

/** Objective and cost of a written plan, from its rows alone: what the certificate is checked against. */
export function recompute(
  { short, long, cost }: Pick<AllocationProblem, "short" | "long" | "cost">,
  propensities: ArrayLike<number>,
  { balance, minorPerMajor }: { balance: number; minorPerMajor: number },
): Recomputed {
  let objective = 0;
  let costSum = 0;
  let costMinor = 0;
  for (let at = 0; at < propensities.length; at++) {
    objective += propensities[at] * ((1 - balance) * short[at] + balance * long[at]);
    costSum += propensities[at] * cost[at];
    costMinor += Math.round(propensities[at] * cost[at] * minorPerMajor);
  }
  return { objective, cost: costSum, costMinor };
}
