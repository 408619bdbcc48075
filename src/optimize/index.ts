import { type Allocation, allocate } from "../allocation/allocation.ts";
import { drawAssignments } from "../allocation/assignment.ts";
import { recompute } from "../allocation/certificate.ts";
import { balanceFrontier } from "../allocation/frontier.ts";
import type { Limit } from "../allocation/problem.ts";
import { reasonsOf } from "../allocation/reasons.ts";
import { rulePrices, underRules } from "../allocation/rules.ts";
import { currencyExponent } from "../base/money.ts";
import { part } from "../base/progress.ts";
import type { Artifact } from "../runs/artifact.ts";
import type { StageContext } from "../runs/context.ts";
import type { PlanRules } from "../schema/limit.ts";
import type { PlanSummary, RunSummary } from "../schema/summary.ts";
import { proposeExperiment } from "./experiment.ts";
import { type AppliedLimits, applyLimits, isUsedUp } from "./limits.ts";
import { coversExploration } from "./periods.ts";
import { noPlan, planSummary } from "./plan-summary.ts";
import { type Problem, readActionValues, withoutHoldout } from "./problem.ts";
import type { SegmentInput } from "./segments.ts";
import type { PlanLimits } from "./stated-limits.ts";
import { planHeader, writePlan } from "./write-plan.ts";

export interface PlanOptions {
  balance: number;
  limits: PlanLimits;
  explorationShare: number;
  holdoutShare: number;
  currency: string;
  shortHorizonDays: number;
  /** By offer, what it costs per customer where effects are stated instead of measured, major units. */
  statedCosts: Readonly<Record<string, number>>;
}

export interface OptimizeInput extends SegmentInput {
  predicted: Artifact<{
    actions: string[];
    effectsFrom: "decisions" | "assumptions" | "none";
    customers: number;
    recentNetSales: number;
  }>;
}

export interface OptimizeValues {
  plan: PlanSummary;
  /** Absent without a plan. */
  planRules?: PlanRules;
  frontier: RunSummary["frontier"];
  experiment?: RunSummary["experiment"];
}

/** Without a stated budget a plan may cost this share of the last short horizon's net sales. */
const defaultBudgetShare = 0.02;

/** Chooses who gets what under limits and rules, with a certificate, and writes the plan; without effects it proposes how to get them. */
export async function optimize(
  input: OptimizeInput,
  options: PlanOptions,
  context: StageContext,
): Promise<OptimizeValues> {
  const { engine, output, seed, progress } = context;
  const { effectsFrom, customers, recentNetSales } = input.predicted.values;
  const { balance, shortHorizonDays } = options;
  const hasPeriod = options.limits.periods.some(({ column }) => column === "cost");
  const budget = options.limits.budget ?? (hasPeriod ? undefined : defaultBudgetShare * Math.max(0, recentNetSales));
  const experiment =
    effectsFrom === "decisions"
      ? undefined
      : await proposeExperiment(engine, input.featured, { shortHorizonDays, customers });
  if (effectsFrom === "none") {
    await output.writeFile("plan.csv", `${planHeader}\n`);
    const stated = { balance, explorationShare: options.explorationShare, budget: budget ?? 0 };
    return { plan: noPlan(stated), frontier: [], experiment };
  }

  const all = await readActionValues(engine, input.predicted);
  const { problem: asGiven, heldOut } = withoutHoldout(all, seed, options.holdoutShare);
  const statedCosts = effectsFrom === "assumptions" ? options.statedCosts : {};
  const applied = await applyLimits(asGiven, options.limits, budget, {
    ...input,
    engine,
    statedCosts,
    shortHorizonDays,
  });
  const { rules, planRules } = applied;
  const limits = applied.rows.map(({ limit }) => limit);
  const problem = underRules(asGiven, rules);
  const exploration = affordableExploration(problem, applied, options.explorationShare);
  const { explorationShare } = exploration;
  const under = { limits, explorationShare };
  const choosing = part(progress, 0.2, 0.5);
  choosing.report(0, 3);
  const allocation = await allocate(problem, { ...under, balance });
  choosing.report(1, 3);
  const known = allocation.choice;
  const greedy = await allocate(problem, { ...under, balance: 0, known });
  const farSighted = await allocate(problem, { ...under, balance: 1, known });
  const drawn = drawAssignments({ ...problem, propensities: allocation.propensities }, { seed, purpose: "plan" });
  const reasons = reasonsOf({ asGiven, problem, limits }, allocation, { drawn, balance });
  await writePlan(output, problem, { allocation, greedy, farSighted, drawn, reasons, heldOut });
  verify(problem, limits, allocation, options);
  const drawing = part(progress, 0.5, 1);
  const frontier = await balanceFrontier(problem, { ...under, known }, 21, (done, total) =>
    drawing.report(done, total),
  );
  // What is used up stands in the way by its rule: without that, the limit must not.
  const priced = applied.rows.filter((row) => !isUsedUp(row)).map(({ limit }) => limit);
  const warmPrices = Object.fromEntries(allocation.rows.map(({ name, price }) => [name, price]));
  return {
    plan: planSummary(asGiven, allocation, {
      options: { balance, ...exploration },
      applied,
      rules: await rulePrices(asGiven, rules, { ...under, limits: priced, balance, warmPrices }),
      heldOut: heldOut.length,
      assumed: effectsFrom === "assumptions",
    }),
    planRules,
    frontier: frontier.map(({ balance, short, long, total, cost, gap, knee }) => ({
      balance,
      short,
      long,
      total,
      cost,
      gap,
      knee,
    })),
    experiment,
  };
}

/** Nothing is explored on a day without offers, nor where what is left of a period would not cover it: then of which. */
function affordableExploration(
  problem: Problem,
  { rows, isIdle }: AppliedLimits,
  stated: number,
): { explorationShare: number; explorationLeftOutFor?: string } {
  const short = rows.find(({ meaning, limit }) => meaning.period && !coversExploration(problem, limit, stated));
  if (short) return { explorationShare: 0, explorationLeftOutFor: short.limit.name };
  return { explorationShare: isIdle ? 0 : stated };
}

/** The certificate is recomputed from the rows; a difference would be our bug, so it is one. */
function verify(
  problem: Problem,
  limits: readonly Limit[],
  allocation: Allocation,
  { balance, currency }: PlanOptions,
): void {
  const minorPerMajor = 10 ** currencyExponent(currency);
  const found = recompute(problem, allocation.propensities, { balance, minorPerMajor });
  const tolerance = 1e-9 * Math.max(1, Math.abs(allocation.bound));
  if (Math.abs(found.objective - allocation.objective) > tolerance) {
    throw new Error(`the plan's rows give ${found.objective}, its certificate says ${allocation.objective}`);
  }
  limits.forEach(({ name, weight }, index) => {
    const { used } = allocation.rows[index];
    const written = allocation.propensities.reduce((sum, propensity, at) => sum + propensity * weight[at], 0);
    if (Math.abs(written - used) > 1e-9 * Math.max(1, Math.abs(used), problem.customerIds.length))
      throw new Error(`the plan's rows use ${written} of ${name}, its certificate says ${used}`);
  });
}
