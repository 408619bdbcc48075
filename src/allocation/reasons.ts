import type { Allocation } from "./allocation.ts";
import type { AllocationProblem, Limit } from "./problem.ts";

/** Why a customer gets what it gets: `best` is what would be chosen for this customer alone. */
export type Reason = "best" | "within_limits" | "exploration" | "rule";

export interface Reasons {
  readonly reasons: readonly Reason[]; // (customers)
  /** Names, divided by ";", of the binding limits that the customer's own best would have used more of. */
  readonly bindingLimits: readonly string[]; // (customers)
}

/** The reason of every customer's drawn action; `asGiven` is the problem before rules took anything away. */
export function reasonsOf(
  { asGiven, problem, limits }: { asGiven: AllocationProblem; problem: AllocationProblem; limits: readonly Limit[] },
  { choice, rows }: Pick<Allocation, "choice" | "rows">,
  { drawn, balance }: { drawn: ArrayLike<number>; balance: number },
): Reasons {
  const width = problem.actions.length;
  const worth = (at: number) => (1 - balance) * asGiven.short[at] + balance * asGiven.long[at];
  const bestOf = (row: number, eligible: ArrayLike<number> | undefined) => {
    let best = row;
    for (let at = row + 1; at < row + width; at++) if (eligible?.[at] !== 0 && worth(at) > worth(best)) best = at;
    return best;
  };
  const binding = limits.filter((_, index) => rows[index].binding);
  const inTheWay = (best: number, chosen: number) =>
    binding
      .filter(({ sense, weight }) =>
        sense === "at_most" ? weight[best] > weight[chosen] : weight[best] < weight[chosen],
      )
      .map(({ name }) => name)
      .join(";");
  const reasons: Reason[] = [];
  const bindingLimits: string[] = [];
  for (let customer = 0; customer < choice.length; customer++) {
    const row = customer * width;
    const chosen = row + choice[customer];
    const best = bestOf(row, problem.eligible);
    const isExplored = drawn[customer] !== choice[customer];
    const isLimited = !isExplored && worth(best) > worth(chosen);
    const isRuled = worth(bestOf(row, asGiven.eligible)) > worth(best);
    reasons.push(isExplored ? "exploration" : isLimited ? "within_limits" : isRuled ? "rule" : "best");
    bindingLimits.push(isLimited ? inTheWay(best, chosen) : "");
  }
  return { reasons, bindingLimits };
}
