import type { DuckdbEngine } from "../engine/duckdb/engine.ts";
import { allocateStreamed } from "./allocate-streamed.ts";
import { type AllocationOptions, chosenSum, type OptimalPlan, optimalPlan, propensitiesOf } from "./allocation.ts";
import { drawAssignments } from "./assignment.ts";
import { bestSpends } from "./best-spends.ts";
import { boundedBy } from "./certificate.ts";
import { balanceFrontier } from "./frontier.ts";
import { sumsOfPlan, writePlan } from "./plan-file.ts";
import type { AllocationProblem, Totals } from "./problem.ts";
import { readScenarios } from "./read-scenarios.ts";
import { reasonsOf } from "./reasons.ts";
import type { AllocationReport, FileAllocationOptions } from "./report.ts";
import { rulePrices, underRules } from "./rules.ts";
import { type AllocationFile, readWhole, writeCells } from "./slices.ts";
import { memoryMbOf, openAllocationTable } from "./table.ts";
import { effectsAsCounted, type TailRiskOutcome } from "./tail-risk.ts";

/**
 * Reads a table of values, allocates under its limits, writes the plan and says what it is worth. A table larger than memory is read
 * in passes. Without exploration the sums are those of the written file, added up exactly. Errors: those of reading, `allocate`,
 * `allocateStreamed` and `writePlan`.
 */
export async function allocateFile(
  engine: DuckdbEngine,
  path: string,
  given: FileAllocationOptions,
): Promise<AllocationReport> {
  const table = await openAllocationTable(engine, path, given);
  if (memoryMbOf(table) > given.memoryMb) return allocateStreamed(engine, table, given);
  const read = await readWhole(engine, await writeCells(engine, table));
  const risk = given.risk && {
    ...given.risk,
    scenarios: await readScenarios(engine, given.risk.scenarios, read.problem.actions),
  };
  const { balance, explorationShare } = given;
  const asRead = { balance, limits: read.limits, explorationShare, ...(risk && { risk }) };
  const best = isSpent(read) ? await bestSpends(read, asRead, problemOf) : undefined;
  const file = best?.file ?? read;
  const { limits } = file;
  const cautious = { ...file.problem, ...file.cautious };
  const problem = problemOf(file);
  const options = { ...asRead, limits };
  const solved = await optimalPlan(problem, options);
  // Nothing is drawn where nothing is explored: a matrix and a draw for everybody would only say what was chosen.
  const propensities = explorationShare > 0 ? propensitiesOf(problem, solved.choice, explorationShare) : undefined;
  // A plan on some of the possible spends under the bound of all.
  const allocation = best ? boundedBy(solved, best.bound) : solved;
  const prices = pricesOf(allocation);
  const warm = { ...options, warmPrices: prices, known: solved.choice };
  const drawn = propensities
    ? drawAssignments({ ...problem, propensities }, { seed: given.seed, purpose: "plan" })
    : solved.choice;
  const expected = propensities ? expectedTotals(file.problem, propensities) : totalsOf(file.problem, solved.choice);
  let used = allocation.rows.map((row) => row.used);
  let totals = expected;
  if (given.out !== undefined) {
    const asGiven =
      risk && allocation.risk ? { ...cautious, ...effectsAsCounted(cautious, risk, allocation.risk) } : cautious;
    const reasons = reasonsOf({ asGiven, problem, limits }, allocation, { drawn, balance: given.balance });
    await writePlan(engine, given.out, [
      { problem: file.problem, limits, ...(propensities && { propensities }), drawn, ...reasons },
    ]);
    // With exploration the limits hold for what is expected, and the file is one draw of it.
    if (explorationShare === 0) {
      const { used: written, ...sums } = await sumsOfPlan(engine, given.out, limits);
      used = [...written];
      totals = { ...sums, total: sums.short + sums.long };
    }
  }
  return {
    customers: problem.customerIds.length,
    actions: countsOf(problem, drawn),
    balance: given.balance,
    ...(table.currency !== undefined && { currency: table.currency }),
    objective: allocation.objective,
    ...totals,
    bound: allocation.bound,
    gap: allocation.gap,
    relaxationGap: allocation.relaxationGap,
    prices,
    rows: allocation.rows.map(({ name, ...row }, at) => ({ row: name, ...row, used: used[at] })),
    explorationShare: given.explorationShare,
    explorationCost: allocation.explorationCost,
    rules: await rulePrices(cautious, file.rules, warm),
    ...(given.caution > 0 && {
      caution: { deviations: given.caution, price: await priceOfCaution(file, expected, warm) },
    }),
    ...(allocation.risk && { risk: { ...allocation.risk, ...(await priceOfRisk(problem, allocation.risk, warm)) } }),
    ...(given.frontierPoints !== undefined && { frontier: await balanceFrontier(problem, warm, given.frontierPoints) }),
  };
}

/** The problem that is solved: effects less caution, and nothing that a rule forbids. */
function problemOf({ problem, cautious, rules }: AllocationFile): AllocationProblem {
  return underRules({ ...problem, ...cautious }, rules);
}

function isSpent(file: AllocationFile): file is AllocationFile & Required<Pick<AllocationFile, "spend">> {
  return file.spend !== undefined;
}

const pricesOf = ({ rows }: OptimalPlan) => Object.fromEntries(rows.map(({ name, price }) => [name, price]));

function expectedTotals({ short, long, cost }: AllocationProblem, propensities: Float64Array): Totals {
  const sums = { short: 0, long: 0, cost: 0 };
  for (let at = 0; at < propensities.length; at++) {
    if (propensities[at] === 0) continue;
    sums.short += propensities[at] * short[at];
    sums.long += propensities[at] * long[at];
    sums.cost += propensities[at] * cost[at];
  }
  return { ...sums, total: sums.short + sums.long };
}

function totalsOf(problem: AllocationProblem, choice: Int32Array): Totals {
  const [short, long, cost] = [problem.short, problem.long, problem.cost].map((one) => chosenSum(problem, one, choice));
  return { short, long, total: short + long, cost };
}

function countsOf({ actions }: AllocationProblem, drawn: Int32Array): Record<string, number> {
  const counts = Object.fromEntries(actions.map((action) => [action, 0]));
  for (const action of drawn) counts[actions[action]]++;
  return counts;
}

/** What the plan without caution is expected to be worth beyond the cautious one, both at the effects' means. */
async function priceOfCaution(file: AllocationFile, cautious: Totals, warm: AllocationOptions): Promise<number> {
  const { totals } = await optimalPlan(underRules(file.problem, file.rules), warm);
  const worth = ({ short, long }: Totals) => (1 - warm.balance) * short + warm.balance * long;
  return worth(totals) - worth(cautious);
}

/** Beside the plan that looks at the mean of the scenarios only. */
async function priceOfRisk(problem: AllocationProblem, { mean, cvar }: TailRiskOutcome, warm: AllocationOptions) {
  const bold = await optimalPlan(problem, { ...warm, ...(warm.risk && { risk: { ...warm.risk, weight: 0 } }) });
  return { price: (bold.risk?.mean ?? mean) - mean, cvarGained: cvar - (bold.risk?.cvar ?? cvar) };
}
