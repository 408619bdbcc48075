import type { AllocationProblem } from "./problem.ts";

/** What a plan is worth, and how far from the best it can be at most. */
export interface Certificate {
  readonly objective: number;
  readonly bound: number;
  readonly gap: number;
  readonly relaxationGap: number;
}

/** `relaxed` is what the fractional optimum is worth. */
export function certificate(objective: number, { bound, relaxed }: { bound: number; relaxed: number }): Certificate {
  const share = (difference: number) => Math.max(0, difference) / Math.max(1, Math.abs(bound));
  return { objective, bound, gap: share(bound - objective), relaxationGap: share(bound - relaxed) };
}

/** The worth of the fractional optimum that a certificate speaks of. */
export function relaxedWorth({ bound, relaxationGap }: Certificate): number {
  return bound - relaxationGap * Math.max(1, Math.abs(bound));
}

/** The same plan under another bound: of more possible plans, or one that needs no proof of its prices. */
export function boundedBy<Plan extends Certificate>(plan: Plan, bound: number): Plan {
  return { ...plan, ...certificate(plan.objective, { bound, relaxed: relaxedWorth(plan) }) };
}

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
