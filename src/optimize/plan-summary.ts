import type { Allocation } from "../allocation/allocation.ts";
import type { RulePrice } from "../allocation/rules.ts";
import type { Interval, PlanSummary } from "../schema/summary.ts";
import { normalInterval } from "../stats/intervals.ts";
import type { AppliedLimits } from "./limits.ts";
import type { Problem } from "./problem.ts";

interface Told {
  readonly options: {
    readonly balance: number;
    readonly explorationShare: number;
    readonly explorationLeftOutFor?: string;
  };
  readonly applied: AppliedLimits;
  /** Of all its rules. */
  readonly rules: readonly RulePrice[];
  /** Customers of the global holdout. */
  readonly heldOut: number;
  /** Whether effects were stated, not measured. */
  readonly assumed: boolean;
}

/** What a finished plan is worth, how its limits stand, what its rules cost, and what plain policies are expected to bring. */
export function planSummary(
  problem: Problem,
  allocation: Allocation,
  { options, applied, rules, heldOut, assumed }: Told,
): PlanSummary {
  const { totals } = allocation;
  const shortSd = commonError(problem, problem.shortSd, allocation.propensities);
  const longSd = commonError(problem, problem.longSd, allocation.propensities);
  const { rows, limitsSetAside } = applied;
  const spending = ["budget", "budget_per_period"].flatMap(
    (name) => allocation.rows.find((row) => row.name === name) ?? [],
  );
  const { explorationLeftOutFor } = options;
  return {
    status: "ready",
    balance: options.balance,
    budget: spending[0]?.limit ?? 0,
    ...totals,
    objective: allocation.objective,
    bound: allocation.bound,
    gap: allocation.gap,
    shadowPrice: spending[0]?.price ?? 0,
    rows: allocation.rows.map(({ name, ...row }, index) => ({
      row: name,
      ...rows[index].meaning,
      ...row,
      left: row.sense === "at_most" ? row.limit - row.used : row.used - row.limit,
    })),
    rules: rules.map((price, index) => {
      const { heldBack } = applied.rules[index];
      return { ...price, ...(heldBack && { heldBack }) };
    }),
    ...(limitsSetAside.length > 0 && { limitsSetAside: [...limitsSetAside] }),
    explorationShare: options.explorationShare,
    ...(explorationLeftOutFor !== undefined && { explorationLeftOutFor }),
    explorationCost: allocation.explorationCost,
    heldOut,
    assumed,
    shortInterval: interval(totals.short, shortSd),
    longInterval: interval(totals.long, longSd),
    totalInterval: interval(totals.total, Math.hypot(shortSd, longSd)),
    actions: byAction(problem, allocation.propensities),
    alternatives: [{ name: "nobody", short: 0, long: 0, total: 0, cost: 0 }, ...everyone(problem)],
  };
}

/** Errors of one action's effect are shared by all who get it, so they add up; different actions err independently. */
function commonError({ actions }: Problem, sd: Float64Array, propensities: Float64Array): number {
  const sums = new Float64Array(actions.length);
  for (let at = 0; at < sd.length; at++) sums[at % actions.length] += propensities[at] * sd[at];
  return Math.hypot(...sums);
}

function interval(estimate: number, standardDeviation: number): Interval {
  const { lower, upper } = normalInterval(estimate, standardDeviation, 0.9);
  return { estimate, low: lower, high: upper, level: 0.9 };
}

function byAction({ actions, short, long, cost }: Problem, propensities: Float64Array): PlanSummary["actions"] {
  const rows = actions.map((action) => ({ action, customers: 0, short: 0, long: 0, total: 0, cost: 0 }));
  for (let at = 0; at < propensities.length; at++) {
    const row = rows[at % actions.length];
    row.customers += propensities[at];
    row.short += propensities[at] * short[at];
    row.long += propensities[at] * long[at];
    row.cost += propensities[at] * cost[at];
  }
  return rows.map((row) => ({ ...row, customers: Math.round(row.customers), total: row.short + row.long }));
}

/** "Everybody gets the coupon": the smallest discount on offer, for all who may have it. */
function everyone({ actions, short, long, cost, eligible }: Problem): PlanSummary["alternatives"] {
  const coupon = Math.max(actions.indexOf("small_coupon"), 0) || 1;
  if (actions.length < 2) return [];
  const sums = { short: 0, long: 0, cost: 0 };
  for (let at = coupon; at < short.length; at += actions.length) {
    if (eligible[at] === 0) continue;
    sums.short += short[at];
    sums.long += long[at];
    sums.cost += cost[at];
  }
  return [{ name: "everyone", ...sums, total: sums.short + sums.long }];
}

/** In the place of a plan where no effect is known. */
export function noPlan({
  balance,
  explorationShare,
  budget,
}: Pick<PlanSummary, "balance" | "explorationShare" | "budget">): PlanSummary {
  const nothing = { estimate: 0, low: 0, high: 0, level: 0.9 };
  return {
    status: "needs_experiment",
    reason: "no_randomised_decisions",
    balance,
    budget,
    short: 0,
    long: 0,
    total: 0,
    cost: 0,
    objective: 0,
    bound: 0,
    gap: 0,
    shadowPrice: 0,
    rows: [],
    rules: [],
    explorationShare,
    explorationCost: 0,
    heldOut: 0,
    assumed: false,
    shortInterval: nothing,
    longInterval: nothing,
    totalInterval: nothing,
    actions: [],
    alternatives: [],
  };
}
