import { InputError } from "../base/errors.ts";
import type { Numbers, Worth } from "../solvers/items.ts";
import type { ScenarioWorth } from "../solvers/multidimensional-knapsack.ts";
import { worstWeights } from "../solvers/multidimensional-knapsack-scenarios.ts";
import type { AllocationProblem } from "./problem.ts";

/** What may come and hits all customers at once: an effect counts as factor · effect + shift. Nothing stays nothing. */
export interface Scenarios {
  readonly names: readonly string[];
  /** Sums to 1. */
  readonly probability: Float64Array; // (scenarios)
  readonly shortFactor: Float64Array; // (scenarios, actions)
  readonly longFactor: Float64Array; // (scenarios, actions)
  readonly shortShift: Float64Array; // (scenarios, actions)
  readonly longShift: Float64Array; // (scenarios, actions)
}

/** The objective (1 − ω)·mean + ω·CVaR over scenarios instead of the value at the effects themselves. */
export interface TailRisk {
  readonly scenarios: Scenarios;
  /** α in (0, 1]: CVaR is the mean of the worst share α. */
  readonly tailShare: number;
  /** ω in [0, 1]. */
  readonly weight: number;
}

/** A plan's value in the scenarios. */
export interface TailRiskOutcome {
  readonly tailShare: number;
  readonly weight: number;
  readonly mean: number;
  /** Conditional value at risk: the mean of the worst share. */
  readonly cvar: number;
  readonly scenarios: readonly {
    readonly scenario: string;
    readonly probability: number;
    /** The plan's value if this scenario comes. */
    readonly value: number;
    /** How much it counts at the best prices: what one unit more in it adds to the objective. */
    readonly weight: number;
  }[];
}

/** A sum over the plan that scenarios multiply. */
interface Account {
  /** What a unit is worth in each scenario. */
  readonly worth: Float64Array; // (scenarios)
  readonly amount: Float64Array; // (customers, actions)
}

/** What a plan is worth: values of its choices, and accounts of which the worst scenarios decide. */
export interface RiskGoal extends Worth {
  readonly accounts: readonly Account[];
  /** Those that differ between scenarios, less their least worth, as the solver's rows. */
  readonly uncertain: readonly Numbers[];
}

/** Throws InputError tail_share_out_of_range, cvar_weight_out_of_range. */
export function checkTailRisk({ tailShare, weight }: Omit<TailRisk, "scenarios">): void {
  if (!(tailShare > 0 && tailShare <= 1)) throw new InputError("tail_share_out_of_range", { tailShare });
  if (!(weight >= 0 && weight <= 1)) throw new InputError("cvar_weight_out_of_range", { weight });
}

/**
 * The values and accounts of a problem. An account's least worth over the scenarios is certain and goes to the values; what is
 * above it is never negative, so that more of an account is never worse.
 */
export function riskGoal(problem: AllocationProblem, balance: number, { scenarios, weight }: TailRisk): RiskGoal {
  const accounts = accountsOf(problem, balance, scenarios);
  const value = new Float64Array(problem.short.length);
  for (const { worth, amount } of accounts) {
    const certain = weight * Math.min(...worth) + (1 - weight) * meanOf(scenarios, worth);
    for (let at = 0; at < value.length; at++) value[at] += certain * amount[at];
  }
  const uncertain = accounts.filter((account) => weight > 0 && isUncertain(account)).map(({ amount }) => amount);
  return { value, accounts, uncertain };
}

/** How the uncertain accounts count, given what the explored part of the customers puts into each account for a unit of the rest. */
export function scenarioWorth(
  { accounts }: RiskGoal,
  { scenarios, tailShare, weight }: TailRisk,
  explored: readonly number[], // (accounts)
  firstAccount: number,
): ScenarioWorth {
  const worths = accounts.flatMap(({ worth, amount }, account) =>
    isUncertain({ worth, amount }) ? [{ worth, least: Math.min(...worth), explored: explored[account] }] : [],
  );
  return {
    firstAccount,
    worth: Float64Array.from(
      scenarios.names.flatMap((_, scenario) => worths.map(({ worth, least }) => worth[scenario] - least)),
    ),
    constant: Float64Array.from(scenarios.names, (_, scenario) =>
      worths.reduce((sum, { worth, least, explored }) => sum + (worth[scenario] - least) * explored, 0),
    ),
    mostWeight: scenarios.probability.map((probability) => (weight * probability) / tailShare),
    totalWeight: weight,
  };
}

/** A plan's value in every scenario, from its sums in the accounts. */
export function riskOutcome(
  { accounts }: RiskGoal,
  { scenarios, tailShare, weight }: TailRisk,
  sums: readonly number[], // (accounts)
  tailWeights: ArrayLike<number>, // (scenarios), or none
): TailRiskOutcome {
  const { names, probability } = scenarios;
  const values = Float64Array.from(names, (_, scenario) =>
    accounts.reduce((sum, { worth }, account) => sum + worth[scenario] * sums[account], 0),
  );
  const worst = worstWeights(values, { mostWeight: probability.map((share) => share / tailShare), totalWeight: 1 });
  return {
    tailShare,
    weight,
    mean: meanOf(scenarios, values),
    cvar: values.reduce((sum, value, scenario) => sum + worst[scenario] * value, 0),
    scenarios: names.map((scenario, at) => ({
      scenario,
      probability: probability[at],
      value: values[at],
      weight: (1 - weight) * probability[at] + (tailWeights.length > 0 ? tailWeights[at] : weight * worst[at]),
    })),
  };
}

/** The effects as the scenarios count: what a customer's action adds to the objective at the scenarios' weights. */
export function effectsAsCounted(
  { short, long, actions }: AllocationProblem,
  { scenarios }: TailRisk,
  { scenarios: outcomes }: TailRiskOutcome,
): { short: Float64Array; long: Float64Array } {
  const width = actions.length;
  const counted = (effect: Numbers, factor: Float64Array, shift: Float64Array) => {
    const mean = (matrix: Float64Array, action: number) =>
      outcomes.reduce((sum, { weight }, scenario) => sum + weight * matrix[scenario * width + action], 0);
    const factors = actions.map((_, action) => mean(factor, action));
    const shifts = actions.map((_, action) => (action === 0 ? 0 : mean(shift, action)));
    return Float64Array.from(effect, (amount, at) => factors[at % width] * amount + shifts[at % width]);
  };
  return {
    short: counted(short, scenarios.shortFactor, scenarios.shortShift),
    long: counted(long, scenarios.longFactor, scenarios.longShift),
  };
}

/** (1 − ω)·mean + ω·CVaR. */
export function objectiveIn(outcome: TailRiskOutcome | undefined): number | undefined {
  return outcome && (1 - outcome.weight) * outcome.mean + outcome.weight * outcome.cvar;
}

/** Effects that the scenarios treat alike share an account. */
function accountsOf(problem: AllocationProblem, balance: number, scenarios: Scenarios): Account[] {
  const width = problem.actions.length;
  const accounts = new Map<string, Account>();
  const add = (worthOf: (scenario: number) => number, action: number, amountAt: (at: number) => number) => {
    const worth = Float64Array.from(scenarios.names, (_, scenario) => worthOf(scenario));
    if (worth.every((part) => part === 0)) return;
    const key = worth.join();
    const account = accounts.get(key) ?? { worth, amount: new Float64Array(problem.short.length) };
    accounts.set(key, account);
    for (let at = action; at < account.amount.length; at += width) account.amount[at] += amountAt(at);
  };
  for (let action = 1; action < width; action++) {
    const of = (matrix: Float64Array) => (scenario: number) => matrix[scenario * width + action];
    const [shortShift, longShift] = [of(scenarios.shortShift), of(scenarios.longShift)];
    add(of(scenarios.shortFactor), action, (at) => (1 - balance) * problem.short[at]);
    add(of(scenarios.longFactor), action, (at) => balance * problem.long[at]);
    add(
      (scenario) => (1 - balance) * shortShift(scenario) + balance * longShift(scenario),
      action,
      () => 1,
    );
  }
  return [...accounts.values()];
}

function isUncertain({ worth }: Account): boolean {
  return worth.some((part) => part !== worth[0]);
}

function meanOf({ probability }: Scenarios, values: Float64Array): number {
  return values.reduce((sum, value, scenario) => sum + probability[scenario] * value, 0);
}
