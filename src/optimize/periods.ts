import { type AllocationProblem, forEachEligible, type Limit } from "../allocation/problem.ts";
import { millisecondsPerDay } from "../base/clock.ts";
import type { Engine } from "../engine/engine.ts";
import { readTreatments } from "../panel/decisions.ts";
import { usedInPeriod } from "../panel/offers.ts";
import type { SegmentInput } from "./segments.ts";
import type { PeriodLimit } from "./stated-limits.ts";

export interface PeriodInput extends SegmentInput {
  readonly engine: Engine;
  /** By offer, where its effect is stated instead of measured: what it costs per customer, major units. */
  readonly statedCosts: Readonly<Record<string, number>>;
}

/**
 * What the period's last days have used of a limit before the plan: offers made, or their cost as the plan counts it. That is
 * contact cost beyond that of nothing and discounts redeemed in these days, of whichever offer; or the stated cost.
 */
export async function usedBefore(
  { column, days }: PeriodLimit,
  nothing: string,
  { engine, cleaned, featured, statedCosts }: PeriodInput,
): Promise<number> {
  const before = featured.values.asOf;
  const since = before - days * millisecondsPerDay;
  const used = [...(await usedInPeriod(engine, cleaned, nothing, { since, before }))];
  if (column === "contacts") return used.reduce((sum, [, { offers }]) => sum + offers, 0);
  const contactCosts = new Map(
    (await readTreatments(engine, cleaned)).map(({ treatmentId, contactCost }) => [treatmentId, contactCost]),
  );
  const contactCostOf = (action: string) => contactCosts.get(action) ?? 0;
  return used.reduce((sum, [action, { offers, redeemed }]) => {
    const stated = statedCosts[action];
    if (stated !== undefined) return sum + offers * stated;
    return sum + offers * (contactCostOf(action) - contactCostOf(nothing)) + redeemed;
  }, 0);
}

/** Whether a limit allows what is expected to be used when a share of the customers draw their action evenly. */
export function coversExploration(problem: AllocationProblem, { limit, weight }: Limit, share: number): boolean {
  let byChance = 0;
  forEachEligible(problem, (at, count) => {
    byChance += weight[at] / count;
  });
  return limit >= share * byChance;
}
