import { type AllocationOptions, Allocator } from "./allocation.ts";
import type { AllocationProblem, Totals } from "./problem.ts";

export interface FrontierPoint extends Totals {
  balance: number;
  objective: number;
  bound: number;
  gap: number;
  /** The point farthest from the straight line between the two ends: beyond it the exchange gets dear. */
  knee: boolean;
  /** Short-term value given up per unit of long-term value gained since the previous point; absent where none is gained. */
  priceOfLongTerm?: number;
}

/**
 * The best plans for evenly spaced balances from 0 to 1. As the balance grows, `long` never falls and `short` never
 * rises, up to the gaps: neighbours may deviate by (ε₁ + ε₂)/Δβ, ε the absolute gaps.
 */
export async function balanceFrontier(
  problem: AllocationProblem,
  options: Omit<AllocationOptions, "balance">,
  points = 21,
  onPoint?: (done: number, total: number) => void,
): Promise<FrontierPoint[]> {
  const allocator = new Allocator(problem, options);
  const frontier: FrontierPoint[] = [];
  let { warmPrices, known } = options;
  for (let index = 0; index < points; index++) {
    const balance = index / (points - 1);
    const plan = await allocator.plan({ balance, warmPrices, known });
    const { totals, objective, bound, gap, rows } = plan;
    known = plan.choice;
    warmPrices = Object.fromEntries(rows.map(({ name, price }) => [name, price]));
    onPoint?.(index + 1, points);
    frontier.push({ balance, ...totals, objective, bound, gap, knee: false });
  }
  return withPrices(frontier);
}

/** Says of points in order of balance what later costs on the way to each, and which is the knee. */
export function withPrices(frontier: FrontierPoint[]): FrontierPoint[] {
  for (let index = 1; index < frontier.length; index++) {
    const gained = frontier[index].long - frontier[index - 1].long;
    const given = frontier[index - 1].short - frontier[index].short;
    if (gained > 0) frontier[index].priceOfLongTerm = given / gained;
  }
  const knee = kneeOf(frontier);
  if (knee !== undefined) frontier[knee].knee = true;
  return frontier;
}

function kneeOf(frontier: readonly FrontierPoint[]): number | undefined {
  const first = frontier[0];
  const last = frontier[frontier.length - 1];
  const width = last.long - first.long;
  const height = last.short - first.short;
  let best = 0;
  let knee: number | undefined;
  frontier.forEach(({ short, long }, index) => {
    const distance = Math.abs(width * (short - first.short) - height * (long - first.long));
    if (distance > best * (1 + 1e-9) + 1e-12) {
      best = distance;
      knee = index;
    }
  });
  return knee;
}
