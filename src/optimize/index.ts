import { type Allocation, allocate } from "../allocation/allocation.ts";
import { drawAssignments, isHeldOut } from "../allocation/assignment.ts";
import { recompute } from "../allocation/certificate.ts";
import { balanceFrontier } from "../allocation/frontier.ts";
import { type AllocationProblem, budgetLimit, type Limit } from "../allocation/problem.ts";
import { currencyExponent } from "../base/money.ts";
import { part } from "../base/progress.ts";
import { spreadsheetSafe } from "../base/spreadsheet.ts";
import { from, namedTable } from "../engine/sql/query.ts";
import { type Artifact, openTable } from "../runs/artifact.ts";
import type { StageContext } from "../runs/context.ts";
import type { Interval, PlanRow, PlanSummary, RunSummary } from "../schema/summary.ts";
import { normalInterval } from "../stats/intervals.ts";
import { proposeExperiment } from "./experiment.ts";

export interface PlanOptions {
  balance: number;
  budget?: number;
  maximumContacts?: number;
  minimumLong?: number;
  minimumTotal?: number;
  explorationShare: number;
  holdoutShare: number;
  currency: string;
  shortHorizonDays: number;
}

export interface OptimizeInput {
  featured: Artifact;
  predicted: Artifact<{
    actions: string[];
    effectsFrom: "decisions" | "assumptions" | "none";
    customers: number;
    recentNetSales: number;
  }>;
}

export interface OptimizeValues {
  plan: PlanSummary;
  frontier: RunSummary["frontier"];
  experiment?: RunSummary["experiment"];
}

/** Without a stated budget a plan may cost this share of the last short horizon's net sales. */
const defaultBudgetShare = 0.02;

/** Chooses who gets what under the budget, with a certificate, and writes the plan; without effects it proposes how to get them. */
export async function optimize(
  { featured, predicted }: OptimizeInput,
  options: PlanOptions,
  context: StageContext,
): Promise<OptimizeValues> {
  const { effectsFrom, customers, recentNetSales } = predicted.values;
  const budget = options.budget ?? defaultBudgetShare * Math.max(0, recentNetSales);
  const experiment =
    effectsFrom === "decisions"
      ? undefined
      : await proposeExperiment(context.engine, featured, { shortHorizonDays: options.shortHorizonDays, customers });
  if (effectsFrom === "none") {
    await context.output.writeFile("plan.csv", "customer_id,action,propensity\n");
    return { plan: noPlan(options, budget), frontier: [], experiment };
  }

  const all = await readActionValues(context, predicted);
  const { problem, heldOut } = withoutHoldout(all, context.seed, options.holdoutShare);
  const limits = { limits: limitsOf(problem, budget, options), explorationShare: options.explorationShare };
  const choosing = part(context.progress, 0.2, 0.5);
  choosing.report(0, 3);
  const allocation = await allocate(problem, { ...limits, balance: options.balance });
  choosing.report(1, 3);
  const greedy = await allocate(problem, { ...limits, balance: 0 });
  const farSighted = await allocate(problem, { ...limits, balance: 1 });
  const drawn = drawAssignments(
    { ...problem, propensities: allocation.propensities },
    { seed: context.seed, purpose: "plan" },
  );
  await writePlan(context, problem, { allocation, greedy, farSighted, drawn, heldOut });
  verify(problem, allocation, options);
  const drawing = part(context.progress, 0.5, 1);
  const frontier = await balanceFrontier(problem, limits, 21, (done, total) => drawing.report(done, total));
  return {
    plan: planSummary(problem, allocation, { ...options, budget }, heldOut.length, effectsFrom === "assumptions"),
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

/** An allocation with its customers' posterior standard deviations. */
interface Problem extends AllocationProblem {
  readonly short: Float64Array;
  readonly long: Float64Array;
  readonly cost: Float64Array;
  readonly eligible: Uint8Array;
  readonly shortSd: Float64Array;
  readonly longSd: Float64Array;
}

const numberColumns = ["short", "long", "cost", "shortSd", "longSd"] as const;

async function readActionValues({ engine }: StageContext, predicted: OptimizeInput["predicted"]): Promise<Problem> {
  const { actions } = predicted.values;
  const types = {
    customer_id: "text",
    action: "text",
    eligible: "integer",
    short: "double",
    long: "double",
    cost: "double",
    shortSd: "double",
    longSd: "double",
  } as const;
  const v = namedTable(await openTable(engine, predicted, "action_values", types), types, "v");
  const { rows, texts, numbers } = await engine.collect(from(v).select(v.columns).orderBy(v.columns.customer_id));
  const width = actions.length;
  const customerIds = Array.from(
    { length: rows / width },
    (_, customer) => texts.customer_id[customer * width] as string,
  );
  const problem = {
    customerIds,
    actions,
    eligible: new Uint8Array(rows),
    ...Object.fromEntries(numberColumns.map((name) => [name, new Float64Array(rows)])),
  } as unknown as Problem;
  for (let row = 0; row < rows; row++) {
    const at = Math.floor(row / width) * width + actions.indexOf(texts.action[row] as string);
    problem.eligible[at] = numbers.eligible[row];
    for (const name of numberColumns) problem[name][at] = numbers[name][row] || 0;
  }
  return problem;
}

function withoutHoldout(all: Problem, seed: string, share: number): { problem: Problem; heldOut: string[] } {
  const width = all.actions.length;
  const kept: number[] = [];
  const heldOut: string[] = [];
  all.customerIds.forEach((id, customer) => {
    if (isHeldOut(seed, id, share)) heldOut.push(id);
    else kept.push(customer);
  });
  const pick = <T extends Float64Array | Uint8Array>(matrix: T): T => {
    const picked = new (matrix.constructor as new (length: number) => T)(kept.length * width);
    kept.forEach((customer, index) => {
      picked.set(matrix.subarray(customer * width, (customer + 1) * width) as never, index * width);
    });
    return picked;
  };
  const problem: Problem = {
    customerIds: kept.map((customer) => all.customerIds[customer]),
    actions: all.actions,
    eligible: pick(all.eligible),
    short: pick(all.short),
    long: pick(all.long),
    cost: pick(all.cost),
    shortSd: pick(all.shortSd),
    longSd: pick(all.longSd),
  };
  return { problem, heldOut };
}

/** What the configuration limits, each by its name in `PlanRow`. */
function limitsOf(
  problem: Problem,
  budget: number,
  { maximumContacts, minimumLong, minimumTotal }: PlanOptions,
): Limit[] {
  const { actions, short, long } = problem;
  const limits = budgetLimit(problem, budget);
  if (maximumContacts !== undefined) {
    const weight = Float64Array.from(short, (_, at) => Number(at % actions.length > 0));
    limits.push({ name: "contacts", sense: "at_most", limit: maximumContacts, weight });
  }
  if (minimumLong !== undefined) limits.push({ name: "long", sense: "at_least", limit: minimumLong, weight: long });
  if (minimumTotal !== undefined) {
    const weight = Float64Array.from(short, (now, at) => now + long[at]);
    limits.push({ name: "total", sense: "at_least", limit: minimumTotal, weight });
  }
  return limits;
}

interface Written {
  allocation: Allocation;
  greedy: Allocation;
  farSighted: Allocation;
  drawn: Int32Array;
  heldOut: readonly string[];
}

async function writePlan(
  { output }: StageContext,
  problem: Problem,
  { allocation, greedy, farSighted, drawn, heldOut }: Written,
) {
  const width = problem.actions.length;
  const places = Array.from({ length: problem.customerIds.length * width }, (_, at) => at);
  const double = (name: string, values: ArrayLike<number>) => ({ name, type: "double" as const, values });
  await output.writeColumns("plan_actions", [
    { name: "customer_id", type: "text", values: places.map((at) => problem.customerIds[Math.floor(at / width)]) },
    { name: "action", type: "text", values: places.map((at) => problem.actions[at % width]) },
    { name: "eligible", type: "boolean", values: problem.eligible },
    double("short", problem.short),
    double("long", problem.long),
    double("cost", problem.cost),
    double("propensity", allocation.propensities),
    double("propensity_greedy", greedy.propensities),
    double("propensity_far_sighted", farSighted.propensities),
  ]);
  const at = (customer: number) => customer * width + drawn[customer];
  const lines = problem.customerIds.map((id, customer) => {
    const reason = drawn[customer] === allocation.choice[customer] ? "optimal" : "exploration";
    const numbers = [allocation.propensities, problem.short, problem.long, problem.cost].map((column) =>
      column[at(customer)].toFixed(4),
    );
    return [safe(id), safe(problem.actions[drawn[customer]]), ...numbers, reason].join(",");
  });
  const held = heldOut.map((id) =>
    [safe(id), safe(problem.actions[0]), "1.0000", "0.0000", "0.0000", "0.0000", "holdout"].join(","),
  );
  const header = "customer_id,action,propensity,expected_short,expected_long,expected_cost,reason";
  await output.writeFile("plan.csv", `${[header, ...lines, ...held].join("\n")}\n`);
}

/** Quoted where CSV needs it, and never read as a formula by a spreadsheet. */
function safe(text: string): string {
  const harmless = spreadsheetSafe(text);
  return /[",\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** The certificate is recomputed from the rows; a difference would be our bug, so it is one. */
function verify(problem: Problem, allocation: Allocation, { balance, currency }: PlanOptions): void {
  const minorPerMajor = 10 ** currencyExponent(currency);
  const found = recompute(problem, allocation.propensities, { balance, minorPerMajor });
  const tolerance = 1e-9 * Math.max(1, Math.abs(allocation.bound));
  if (Math.abs(found.objective - allocation.objective) > tolerance) {
    throw new Error(`the plan's rows give ${found.objective}, its certificate says ${allocation.objective}`);
  }
}

function planSummary(
  problem: Problem,
  allocation: Allocation,
  options: PlanOptions & { budget: number },
  heldOut: number,
  assumed: boolean,
): PlanSummary {
  const { totals } = allocation;
  const shortSd = commonError(problem, problem.shortSd, allocation.propensities);
  const longSd = commonError(problem, problem.longSd, allocation.propensities);
  return {
    status: "ready",
    balance: options.balance,
    budget: options.budget,
    ...totals,
    objective: allocation.objective,
    bound: allocation.bound,
    gap: allocation.gap,
    shadowPrice: allocation.rows.find(({ name }) => name === "budget")?.price ?? 0,
    rows: allocation.rows.map(({ name, ...row }) => ({ row: name as PlanRow["row"], ...row })),
    explorationShare: options.explorationShare,
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

function noPlan({ balance, explorationShare }: PlanOptions, budget: number): PlanSummary {
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
