import type { LinearProgram } from "./linear-program.ts";

/**
 * Worth that hangs on which scenario comes: min_q Σ_d q_d·(constant_d + Σ_j worth_dj·account_j) over weights 0 ≤ q_d ≤ mostWeight_d
 * that sum to `totalWeight`. With mostWeight_d = probability_d/α it is the conditional value at risk, the mean of the worst share α
 * (Rockafellar & Uryasev 2000, "Optimization of conditional value-at-risk", *Journal of Risk* 2, theorem 1).
 */
export interface ScenarioWorth {
  /** Rows of the problem from this one on are accounts: sums that scenarios make more or less of. Written as floors of 0. */
  readonly firstAccount: number;
  /** ≥ 0: what a unit of each account is worth in each scenario. */
  readonly worth: Float64Array; // (scenarios, accounts)
  /** What a scenario brings whatever is chosen. */
  readonly constant: Float64Array; // (scenarios)
  readonly mostWeight: Float64Array; // (scenarios)
  /** At most Σ mostWeight. */
  readonly totalWeight: number;
}

/** The weights that make the given values worth least: the lowest values take as much as they may. */
export function worstWeights(
  values: ArrayLike<number>,
  { mostWeight, totalWeight }: Pick<ScenarioWorth, "mostWeight" | "totalWeight">,
): Float64Array {
  const weights = new Float64Array(values.length);
  let left = totalWeight;
  const rising = Array.from(values, (_, scenario) => scenario).sort((a, b) => values[a] - values[b] || a - b);
  for (const scenario of rising) {
    weights[scenario] = Math.min(left, mostWeight[scenario]);
    left -= weights[scenario];
  }
  return weights;
}

/** What every scenario brings, given the sums of all rows. */
export function scenarioValues(
  { firstAccount, worth, constant }: ScenarioWorth,
  used: ArrayLike<number>, // (rows)
  share = 1,
): Float64Array {
  const accounts = worth.length / constant.length;
  return constant.map((amount, scenario) => {
    let value = share * amount;
    for (let account = 0; account < accounts; account++)
      value += worth[scenario * accounts + account] * used[firstAccount + account];
    return value;
  });
}

/** The worth of the sums of all rows; 0 where there are no scenarios. */
export function worthInScenarios(scenarios: ScenarioWorth | undefined, used: ArrayLike<number>, share = 1): number {
  if (scenarios === undefined) return 0;
  const values = scenarioValues(scenarios, used, share);
  return worstWeights(values, scenarios).reduce((sum, weight, scenario) => sum + weight * values[scenario], 0);
}

/**
 * Weights that are allowed exactly, from those of a linear programme's prices: cut to their range, and what is then missing from
 * or beyond the total spread over those that have room.
 */
export function allowedWeights(prices: ArrayLike<number>, { mostWeight, totalWeight }: ScenarioWorth): Float64Array {
  const weights = mostWeight.map((most, scenario) => Math.min(most, Math.max(0, prices[scenario])));
  const missing = totalWeight - weights.reduce((sum, weight) => sum + weight, 0);
  const room = weights.map((weight, scenario) => (missing > 0 ? mostWeight[scenario] - weight : weight));
  const whole = room.reduce((sum, part) => sum + part, 0);
  return whole > 0 ? weights.map((weight, scenario) => weight + (missing * room[scenario]) / whole) : weights;
}

/** What one unit of each account is worth at given weights of the scenarios. */
export function accountPrices({ worth }: ScenarioWorth, weights: Float64Array): Float64Array {
  const accounts = worth.length / weights.length;
  return Float64Array.from({ length: accounts }, (_, account) =>
    weights.reduce((sum, weight, scenario) => sum + weight * worth[scenario * accounts + account], 0),
  );
}

/**
 * Adds scenarios to a linear programme whose first rows are those of the problem and whose rows for scenarios stand from `firstRow`
 * on: maximise … + total·t − Σ most_d·u_d with t − u_d − Σ worth_dj·a_j ≤ constant_d, u ≥ 0, a_j at most account j. The prices of the
 * scenarios' rows are their weights. Amounts are divided by `valueScale`, accounts by their rows' scales.
 */
export function withScenarios(
  program: LinearProgram,
  { firstAccount, worth, mostWeight, totalWeight }: ScenarioWorth,
  { valueScale, weightScales }: { readonly valueScale: number; readonly weightScales: Float64Array },
  firstRow: number,
): LinearProgram {
  const scenarios = mostWeight.length;
  const accounts = worth.length / scenarios;
  const added = 1 + scenarios + accounts;
  const free = (index: number) => index === 0 || index > scenarios;
  const entries: [row: number, coefficient: number][][] = [
    Array.from({ length: scenarios }, (_, scenario) => [firstRow + scenario, 1]),
    ...Array.from({ length: scenarios }, (_, scenario): [number, number][] => [[firstRow + scenario, -1]]),
    ...Array.from({ length: accounts }, (_, account): [number, number][] => [
      [firstAccount + account, 1],
      ...Array.from({ length: scenarios }, (_, scenario): [number, number] => [
        firstRow + scenario,
        (-worth[scenario * accounts + account] * weightScales[firstAccount + account]) / valueScale,
      ]),
    ]),
  ];
  const filled = entries.map((column) => column.filter(([, coefficient]) => coefficient !== 0));
  const end = program.start[program.start.length - 1];
  let next = end;
  const starts = filled.map((column) => {
    next += column.length;
    return next;
  });
  const columns = (of: (index: number) => number) => Float64Array.from({ length: added }, (_, index) => of(index));
  const gain = (index: number) => {
    if (index === 0) return totalWeight;
    return index <= scenarios ? -mostWeight[index - 1] : 0;
  };
  return {
    ...program,
    gain: joined(program.gain, columns(gain)),
    lower: joined(
      program.lower,
      columns((index) => (free(index) ? Number.NEGATIVE_INFINITY : 0)),
    ),
    upper: joined(
      program.upper,
      columns(() => Number.POSITIVE_INFINITY),
    ),
    start: Int32Array.from([...program.start, ...starts]),
    row: Int32Array.from([...program.row, ...filled.flatMap((column) => column.map(([row]) => row))]),
    coefficient: joined(
      program.coefficient,
      Float64Array.from(filled.flat(), ([, coefficient]) => coefficient),
    ),
    ...(program.whole && { whole: Int32Array.from([...program.whole, ...new Int32Array(added)]) }),
  };
}

function joined(first: Float64Array, second: Float64Array): Float64Array {
  const both = new Float64Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
