import { InputError } from "../base/errors.ts";
import { type AllocationOptions, fractionalPlan } from "./allocation.ts";
import type { AllocationProblem } from "./problem.ts";
import type { AllocationFile } from "./slices.ts";
import { coarseLevels, levelsAround, mostAtPrices, overLevels, pricedSpend, type SpendLevels } from "./spend.ts";

/** Distances of levels on the logarithm of the unit's price, round by round. */
const stepOfRound = [0.5, 0.1, 0.02, 0.004, 0.001, 0.001, 0.001];
/** Of the bound: what a plan of the levels may lack of the best of all spends. */
const tolerance = 1e-7;

export interface BestSpends {
  /** The file with every offered spend as a choice of its own, those of one action under one name. */
  readonly file: AllocationFile;
  /** No plan, whatever its spends, is worth more. */
  readonly bound: number;
}

/**
 * Where actions may be given in part, the spends worth offering: at the prices of a plan on some levels, every customer's best spend on the
 * curve itself bounds all plans, and lies among the next levels. Ends where the plan's fractional value meets that bound. `under` makes a
 * problem of a file. Throws InputError spend_with_exploration, spend_with_scenarios and those of `fractionalPlan`.
 */
export async function bestSpends(
  file: AllocationFile & Required<Pick<AllocationFile, "spend">>,
  options: AllocationOptions,
  under: (file: AllocationFile) => AllocationProblem,
): Promise<BestSpends> {
  if (options.explorationShare > 0) throw new InputError("spend_with_exploration", {});
  if (options.risk) throw new InputError("spend_with_scenarios", {});
  const { curves, parts } = file.spend;
  const problem = under(file);
  const value = Float64Array.from(
    problem.short,
    (now, at) => (1 - options.balance) * now + options.balance * problem.long[at],
  );
  let levels = coarseLevels(problem, curves);
  let bound = Number.POSITIVE_INFINITY;
  let warmPrices: AllocationOptions["warmPrices"];
  for (let round = 0; ; round++) {
    const offered = atLevels(file, levels);
    const plan = await fractionalPlan(under(offered), { ...options, limits: offered.limits, warmPrices });
    const prices = file.limits.map(({ sense }, row) => (sense === "at_most" ? 1 : -1) * plan.prices[row]);
    const priced = pricedSpend(value, parts, prices);
    const limits = file.limits.reduce((sum, { limit }, row) => sum + prices[row] * limit, 0);
    bound = Math.min(bound, mostAtPrices(problem, curves, priced) + limits);
    if (round === stepOfRound.length || bound - plan.value <= tolerance * Math.max(1, Math.abs(bound)))
      return { file: offered, bound };
    levels = levelsAround(problem, curves, priced, stepOfRound[round]);
    warmPrices = Object.fromEntries(file.limits.map(({ name }, row) => [name, plan.prices[row]]));
  }
}

/** The file with levels in place of actions. */
function atLevels({ problem, cautious, limits, rules, spend }: AllocationFile, levels: SpendLevels): AllocationFile {
  const actions = problem.actions.length;
  const cells = levels.share.length;
  const part = (matrix: Float64Array, by?: Float64Array) =>
    overLevels(matrix, actions, levels, new Float64Array(cells), by);
  const eligible = overLevels(
    problem.eligible ?? new Uint8Array(problem.short.length).fill(1),
    actions,
    levels,
    new Uint8Array(cells),
    levels.offered,
  );
  return {
    problem: {
      customerIds: problem.customerIds,
      actions: Array.from(levels.source, (action) => problem.actions[action]),
      eligible,
      short: part(problem.short, levels.effect),
      long: part(problem.long, levels.effect),
      cost: part(problem.cost, levels.share),
    },
    cautious: { short: part(cautious.short, levels.effect), long: part(cautious.long, levels.effect) },
    limits: limits.map((limit, row) => {
      const { bySpend, byEffect, whole } = (spend as Required<AllocationFile>["spend"]).parts[row];
      const [spent, effect, given] = [bySpend, byEffect, whole].map((matrix) => Float64Array.from(matrix));
      const weight = part(spent, levels.share);
      const [byItsEffect, asGiven] = [part(effect, levels.effect), part(given)];
      for (let at = 0; at < cells; at++) weight[at] += byItsEffect[at] + asGiven[at];
      return { ...limit, weight };
    }),
    rules: rules.map(({ text, forbids }) => ({
      text,
      forbids: overLevels(forbids, actions, levels, new Uint8Array(cells)),
    })),
  };
}
