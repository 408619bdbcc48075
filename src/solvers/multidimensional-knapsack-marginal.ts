import { choleskyFactor, choleskySolve } from "../stats/linear-algebra.ts";
import { type FractionalPlan, forEachItem } from "./multidimensional-knapsack-box.ts";
import type { PricedChoices } from "./multidimensional-knapsack-pricing.ts";

/** What the fractional optimum changes: `amount` of an item goes from one choice to another. */
export interface MarginalMove {
  readonly item: number;
  readonly from: number;
  readonly to: number;
  readonly amount: number;
}

/** Of the mean value: choices that lose less at the best prices are tied there. */
const tieTolerance = 1e-7;

/**
 * What relaxing each limit by one unit changes in the fractional plan: only items with tied choices move, so that every other
 * binding limit stays as full as it was (sensitivity of a basic solution). Of several ways the one of least norm. Empty for
 * limits that leave slack, and where no ties can fill one limit alone. Scenarios that are counted in part stay level with each other.
 */
export function marginalMoves(priced: PricedChoices, fractional: FractionalPlan): MarginalMove[][] {
  const { plan, prices } = fractional;
  const { rows, choices } = priced.problem;
  const kept = [...bindingLimits(priced, fractional), ...levelScenarios(priced, fractional)];
  const moves: Omit<MarginalMove, "amount">[] = [];
  const equations: number[][] = kept.map(() => []);
  forEachItem(plan.alternatives, (item, first, end) => {
    const own = plan.choice[item];
    const open = [own, ...plan.alternatives.choice.subarray(first, end)];
    const worths = open.map((choice) => priced.worthOf(item, choice, prices));
    const least = Math.max(...worths) - tieTolerance * priced.valueScale;
    const [from, ...others] = open.filter((_, at) => worths[at] >= least);
    for (const to of others) {
      moves.push({ item, from, to });
      kept.forEach(({ amount }, equation) => {
        equations[equation].push(amount(item * choices + to) - amount(item * choices + from));
      });
    }
  });
  const columns = moves.length;
  const size = kept.length;
  const products = Float64Array.from({ length: size * size }, (_, at) => {
    const [one, other] = [equations[Math.floor(at / size)], equations[at % size]];
    return one.reduce((sum, part, column) => sum + part * other[column], 0);
  });
  const factor = columns >= size && size > 0 ? choleskyFactor(products, size) : null;
  return rows.map((_, row) => {
    const equation = kept.findIndex((one) => one.row === row);
    if (equation < 0 || factor === null) return [];
    const unit = Float64Array.from({ length: size }, (_, at) => (at === equation ? 1 / priced.weightScales[row] : 0));
    const weights = choleskySolve(factor, unit, size);
    return moves.map((move, column) => ({
      ...move,
      amount: equations.reduce((sum, part, at) => sum + part[column] * weights[at], 0),
    }));
  });
}

/** An amount, by place in the matrices, that may not change; of a limit, its row. */
interface Kept {
  readonly row?: number;
  amount(at: number): number;
}

function bindingLimits({ problem, weightScales }: PricedChoices, { prices }: FractionalPlan): Kept[] {
  const { rows, scenarios } = problem;
  return rows.slice(0, scenarios?.firstAccount).flatMap(({ weight, sense }, row) => {
    const scale = (sense === "at_most" ? 1 : -1) * weightScales[row];
    return prices[row] === 0 ? [] : [{ row, amount: (at: number) => weight[at] / scale }];
  });
}

/** Scenarios with less than their largest weight all bring the same, the value at risk. */
function levelScenarios({ problem, valueScale }: PricedChoices, { scenarioWeights }: FractionalPlan): Kept[] {
  const { rows, scenarios } = problem;
  if (scenarios === undefined) return [];
  const { firstAccount, worth, mostWeight } = scenarios;
  const accounts = rows.slice(firstAccount);
  const isLevel = (weight: number, scenario: number) => weight > 1e-9 && weight < mostWeight[scenario] - 1e-9;
  const level = Array.from(scenarioWeights, (_, scenario) => scenario).filter((scenario) =>
    isLevel(scenarioWeights[scenario], scenario),
  );
  const worthOf = (scenario: number, account: number) => worth[scenario * accounts.length + account];
  return level.slice(1).map((scenario) => ({
    amount: (at) =>
      accounts.reduce(
        (sum, { weight }, account) => sum + (worthOf(scenario, account) - worthOf(level[0], account)) * weight[at],
        0,
      ) / valueScale,
  }));
}
