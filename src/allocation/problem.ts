import type { Numbers } from "../solvers/items.ts";

/** What each action would do to each customer, against doing nothing; major units, discounted. */
export interface AllocationProblem {
  readonly customerIds: readonly string[];
  /** The first is "nothing"; its columns are 0. */
  readonly actions: readonly string[];
  readonly short: Numbers; // (customers, actions)
  readonly long: Numbers; // (customers, actions)
  readonly cost: Numbers; // (customers, actions)
  /** 1 = may be given; nothing may always. */
  readonly eligible?: Uint8Array; // (customers, actions)
}

/** Something of which the whole plan may use at most, or must bring at least, so much. */
export interface Limit {
  readonly name: string;
  readonly sense: "at_most" | "at_least";
  readonly limit: number;
  /** What one customer with this action uses or brings. */
  readonly weight: Numbers; // (customers, actions)
}

export interface Totals {
  short: number;
  long: number;
  total: number;
  cost: number;
}

/** The plan may cost so much; no limit at all where the budget is infinite. */
export function budgetLimit({ cost }: AllocationProblem, budget: number): Limit[] {
  return budget === Number.POSITIVE_INFINITY ? [] : [{ name: "budget", sense: "at_most", limit: budget, weight: cost }];
}

/** Calls `visit` with every customer's eligible places and how many there are. */
export function forEachEligible(
  { customerIds, actions, eligible }: AllocationProblem,
  visit: (at: number, count: number, customer: number) => void,
): void {
  const width = actions.length;
  for (let customer = 0; customer < customerIds.length; customer++) {
    const row = customer * width;
    let count = 0;
    for (let at = row; at < row + width; at++) if (at === row || eligible?.[at] !== 0) count++;
    for (let at = row; at < row + width; at++) if (at === row || eligible?.[at] !== 0) visit(at, count, customer);
  }
}
