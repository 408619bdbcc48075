import type { DuckdbEngine } from "../engine/duckdb/engine.ts";
import { type Allocation, type AllocationOptions, type AllocationRow, allocate, optimalPlan } from "./allocation.ts";
import { drawAssignments } from "./assignment.ts";
import { balanceFrontier, type FrontierPoint } from "./frontier.ts";
import { type Reason, sumsOfPlan, writePlan } from "./plan-file.ts";
import type { AllocationProblem, Totals } from "./problem.ts";
import { type AllocationFile, type AllocationFileOptions, readAllocationFile } from "./read-file.ts";

export interface FileAllocationOptions extends AllocationFileOptions {
  readonly balance: number;
  readonly explorationShare: number;
  readonly seed: string;
  /** Points of the balance frontier; none where absent. */
  readonly frontierPoints?: number;
  /** Where the plan is written (.csv or .parquet); nowhere where absent. */
  readonly out?: string;
}

export interface AllocationReport extends Totals {
  readonly customers: number;
  /** Customers by action. */
  readonly actions: Readonly<Record<string, number>>;
  readonly balance: number;
  readonly objective: number;
  readonly bound: number;
  readonly gap: number;
  readonly relaxationGap: number;
  readonly prices: Readonly<Record<string, number>>;
  readonly rows: readonly (Omit<AllocationRow, "name"> & { readonly row: string })[];
  readonly explorationShare: number;
  readonly explorationCost: number;
  /** Objective that each rule gives away. */
  readonly rules: readonly { readonly rule: string; readonly price: number }[];
  /** Expected objective that caution gives away, κ standard deviations being subtracted from every effect. */
  readonly caution?: { readonly deviations: number; readonly price: number };
  readonly frontier?: readonly FrontierPoint[];
}

/**
 * Reads a table of values, allocates under its limits, writes the plan and says what it is worth. Without exploration the
 * sums are those of the written file, money in whole cents. Errors: those of reading, `allocate` and `writePlan`.
 */
export async function allocateFile(
  engine: DuckdbEngine,
  path: string,
  given: FileAllocationOptions,
): Promise<AllocationReport> {
  const file = await readAllocationFile(engine, path, given);
  const { limits } = file;
  const problem = problemUnder(file, file.rules);
  const options = { balance: given.balance, limits, explorationShare: given.explorationShare };
  const allocation = await allocate(problem, options);
  const prices = pricesOf(allocation);
  const warm = { ...options, warmPrices: prices };
  const drawn = drawAssignments(
    { ...problem, propensities: allocation.propensities },
    { seed: given.seed, purpose: "plan" },
  );
  const expected = totalsOf(file.problem, allocation.propensities);
  let used = allocation.rows.map((row) => row.used);
  let totals = expected;
  if (given.out !== undefined) {
    const reasons = reasonsOf(file, problem, allocation, drawn, given.balance);
    await writePlan(engine, given.out, { problem: file.problem, limits, allocation, drawn, reasons });
    // With exploration the limits hold for what is expected, and the file is one draw of it.
    if (given.explorationShare === 0) {
      const { used: written, ...sums } = await sumsOfPlan(engine, given.out, limits);
      used = [...written];
      totals = { ...sums, total: sums.short + sums.long };
    }
  }
  return {
    customers: problem.customerIds.length,
    actions: countsOf(problem, drawn),
    balance: given.balance,
    objective: allocation.objective,
    ...totals,
    bound: allocation.bound,
    gap: allocation.gap,
    relaxationGap: allocation.relaxationGap,
    prices,
    rows: allocation.rows.map(({ name, ...row }, at) => ({ row: name, ...row, used: used[at] })),
    explorationShare: given.explorationShare,
    explorationCost: allocation.explorationCost,
    rules: await rulePrices(file, allocation, warm),
    ...(given.caution > 0 && {
      caution: { deviations: given.caution, price: await priceOfCaution(file, expected, warm) },
    }),
    ...(given.frontierPoints !== undefined && { frontier: await balanceFrontier(problem, warm, given.frontierPoints) }),
  };
}

/** The problem that is solved: effects less caution, and nothing that a rule forbids. */
function problemUnder({ problem, cautious }: AllocationFile, rules: AllocationFile["rules"]): AllocationProblem {
  const eligible = Uint8Array.from(problem.eligible ?? new Uint8Array(problem.short.length).fill(1));
  const width = problem.actions.length;
  for (const { forbids } of rules) for (let at = 0; at < forbids.length; at++) if (forbids[at] === 1) eligible[at] = 0;
  return { ...problem, ...cautious, eligible: eligible.map((may, at) => (at % width === 0 ? 1 : may)) };
}

const pricesOf = ({ rows }: Allocation) => Object.fromEntries(rows.map(({ name, price }) => [name, price]));

function totalsOf({ short, long, cost }: AllocationProblem, propensities: Float64Array): Totals {
  const sums = { short: 0, long: 0, cost: 0 };
  for (let at = 0; at < propensities.length; at++) {
    if (propensities[at] === 0) continue;
    sums.short += propensities[at] * short[at];
    sums.long += propensities[at] * long[at];
    sums.cost += propensities[at] * cost[at];
  }
  return { ...sums, total: sums.short + sums.long };
}

function countsOf({ actions }: AllocationProblem, drawn: Int32Array): Record<string, number> {
  const counts = new Array<number>(actions.length).fill(0);
  for (const action of drawn) counts[action]++;
  return Object.fromEntries(actions.map((action, index) => [action, counts[index]]));
}

/** Best: nothing else would be worth more to this customer alone; else what stood in the way. */
function reasonsOf(
  { problem: asGiven }: AllocationFile,
  problem: AllocationProblem,
  { choice }: Allocation,
  drawn: Int32Array,
  balance: number,
): Reason[] {
  const width = problem.actions.length;
  const bestOf = (customer: number, eligible: ArrayLike<number> | undefined) => {
    const row = customer * width;
    let best = row;
    for (let at = row + 1; at < row + width; at++) if (eligible?.[at] !== 0 && worth(at) > worth(best)) best = at;
    return best;
  };
  const worth = (at: number) => (1 - balance) * problem.short[at] + balance * problem.long[at];
  return Array.from(choice, (chosen, customer): Reason => {
    if (drawn[customer] !== chosen) return "exploration";
    const best = bestOf(customer, problem.eligible);
    if (worth(best) > worth(customer * width + chosen)) return "within_limits";
    return worth(bestOf(customer, asGiven.eligible)) > worth(best) ? "rule" : "best";
  });
}

/** What the plan would gain without each rule, the others kept. */
async function rulePrices(file: AllocationFile, allocation: Allocation, warm: AllocationOptions) {
  const prices: { rule: string; price: number }[] = [];
  for (const rule of file.rules) {
    const without = problemUnder(
      file,
      file.rules.filter((other) => other !== rule),
    );
    const { bound } = await optimalPlan(without, warm);
    prices.push({ rule: rule.text, price: Math.max(0, bound - allocation.bound) });
  }
  return prices;
}

/** What the plan without caution is expected to be worth beyond the cautious one, both at the effects' means. */
async function priceOfCaution(file: AllocationFile, cautious: Totals, warm: AllocationOptions): Promise<number> {
  const bold = { ...problemUnder(file, file.rules), short: file.problem.short, long: file.problem.long };
  const { totals } = await optimalPlan(bold, warm);
  const worth = ({ short, long }: Totals) => (1 - warm.balance) * short + warm.balance * long;
  return worth(totals) - worth(cautious);
}
