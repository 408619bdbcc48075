import { beforeAll, describe, expect, it } from "vitest";
import { createRandom } from "../base/random.ts";
import { type LinearProgramSolver, openLinearProgramSolver } from "../solvers/linear-program.ts";
import { type AllocationOptions, allocate } from "./allocation.ts";
import type { AllocationProblem, Limit } from "./problem.ts";
import { actions, shop as shopOf } from "./shop.test-data.ts";
import type { Scenarios, TailRisk } from "./tail-risk.ts";

let solveLinear: LinearProgramSolver;
beforeAll(async () => {
  solveLinear = await openLinearProgramSolver();
});

const width = actions.length;

const shop = (customers: number, seed: string) => shopOf(customers, seed, 0.85);

/** One factor for all of the short term, one of each action for the long term, and a shift of the coupon's. */
function manyScenarios(count: number, seed: string): Scenarios {
  const random = createRandom(seed);
  const numbers = () => new Float64Array(count * width);
  const scenarios = {
    names: Array.from({ length: count }, (_, index) => `s${index}`),
    probability: numbers().slice(0, count),
    shortFactor: numbers(),
    longFactor: numbers(),
    shortShift: numbers(),
    longShift: numbers(),
  };
  for (let scenario = 0; scenario < count; scenario++) {
    scenarios.probability[scenario] = 0.5 + random.uniform();
    const common = 1 + 0.5 * random.normal();
    for (let action = 1; action < width; action++) {
      scenarios.shortFactor[scenario * width + action] = common;
      scenarios.longFactor[scenario * width + action] = 1 + 0.6 * random.normal();
    }
    scenarios.longShift[scenario * width + 1] = 0.3 * random.normal();
  }
  const whole = scenarios.probability.reduce((sum, part) => sum + part, 0);
  return { ...scenarios, probability: scenarios.probability.map((part) => part / whole) };
}

function twoLimits({ cost, long, customerIds }: AllocationProblem): Limit[] {
  return [
    { name: "budget", sense: "at_most", limit: 0.4 * customerIds.length, weight: cost },
    { name: "long", sense: "at_least", limit: 0.3 * customerIds.length, weight: long },
  ];
}

/** What a customer with an action is worth in a scenario. */
function worthIn(
  { short, long }: AllocationProblem,
  balance: number,
  scenarios: Scenarios,
  scenario: number,
  at: number,
) {
  const place = scenario * width + (at % width);
  const now = scenarios.shortFactor[place] * short[at] + scenarios.shortShift[place];
  const later = scenarios.longFactor[place] * long[at] + scenarios.longShift[place];
  return at % width === 0 ? 0 : (1 - balance) * now + balance * later;
}

/** (1 − ω)·Σ p·V + ω·(t − Σ p·u/α), u ≥ t − V, over mixes of plans: everybody's share of every action is a column. */
function directProgramme(
  problem: AllocationProblem,
  { balance, limits, risk }: AllocationOptions & { risk: TailRisk },
) {
  const { scenarios, tailShare, weight } = risk;
  const places = Array.from(problem.short, (_, at) => at).filter(
    (at) => at % width > 0 && problem.eligible?.[at] !== 0,
  );
  const count = scenarios.names.length;
  const customers = problem.customerIds.length;
  const columns: { gain: number; lower: number; upper: number; entries: [number, number][] }[] = places.map((at) => {
    const values = scenarios.names.map((_, scenario) => worthIn(problem, balance, scenarios, scenario, at));
    return {
      gain: (1 - weight) * values.reduce((sum, value, scenario) => sum + scenarios.probability[scenario] * value, 0),
      lower: 0,
      upper: 1,
      entries: [
        ...values.map((value, scenario): [number, number] => [scenario, -value]),
        ...limits.map((limit, row): [number, number] => [
          count + row,
          (limit.sense === "at_most" ? 1 : -1) * limit.weight[at],
        ]),
        [count + limits.length + Math.floor(at / width), 1],
      ],
    };
  });
  const free = { lower: Number.NEGATIVE_INFINITY, upper: Number.POSITIVE_INFINITY };
  columns.push({ gain: weight, ...free, entries: scenarios.names.map((_, scenario) => [scenario, 1]) });
  scenarios.names.forEach((_, scenario) => {
    const gain = (-weight * scenarios.probability[scenario]) / tailShare;
    columns.push({ gain, lower: 0, upper: Number.POSITIVE_INFINITY, entries: [[scenario, -1]] });
  });
  let end = 0;
  const { x } = solveLinear({
    gain: Float64Array.from(columns, ({ gain }) => gain),
    lower: Float64Array.from(columns, ({ lower }) => lower),
    upper: Float64Array.from(columns, ({ upper }) => upper),
    limit: Float64Array.from([
      ...new Array<number>(count).fill(0),
      ...limits.map(({ sense, limit }) => (sense === "at_most" ? limit : -limit)),
      ...new Array<number>(customers).fill(1),
    ]),
    start: Int32Array.from([0, ...columns.map(({ entries }) => (end += entries.length))]),
    row: Int32Array.from(columns.flatMap(({ entries }) => entries.map(([row]) => row))),
    coefficient: Float64Array.from(columns.flatMap(({ entries }) => entries.map(([, coefficient]) => coefficient))),
  });
  return x.reduce((sum, amount, column) => sum + amount * columns[column].gain, 0);
}

describe("the worst scenarios", () => {
  for (const [customers, count, tailShare, weight] of [
    [60, 8, 0.25, 1],
    [600, 20, 0.3, 0.8],
  ] as const)
    it(`bounds ${customers} customers in ${count} scenarios as the direct linear programme of Rockafellar & Uryasev (2000) does, to 1e-7`, async () => {
      const problem = shop(customers, `direct ${customers} ${tailShare}`);
      const risk = { scenarios: manyScenarios(count, "direct"), tailShare, weight };
      for (const limits of [[], twoLimits(problem)]) {
        const options = { balance: 0.5, explorationShare: 0, limits, risk };
        const plan = await allocate(problem, options);
        const exact = directProgramme(problem, options);
        expect(Math.abs(plan.bound - exact) / Math.max(1, Math.abs(exact))).toBeLessThan(1e-7);
        expect(plan.relaxationGap).toBeLessThan(1e-7);
        expect(plan.objective).toBeLessThanOrEqual(plan.bound + 1e-9);
        expect(plan.risk?.cvar).toBeLessThanOrEqual((plan.risk?.mean ?? 0) + 1e-9);
        const { mean = 0, cvar = 0, scenarios = [] } = plan.risk ?? {};
        expect((1 - weight) * mean + weight * cvar).toBeCloseTo(plan.objective, 7);
        expect(scenarios.reduce((sum, one) => sum + one.weight, 0)).toBeCloseTo(1, 9);
      }
    });

  it("meets its bound with more customers than one linear programme holds", async () => {
    const problem = shop(4000, "many");
    const risk = { scenarios: manyScenarios(20, "many"), tailShare: 0.2, weight: 0.5 };
    const plan = await allocate(problem, { balance: 0.5, explorationShare: 0, limits: twoLimits(problem), risk });
    expect(plan.relaxationGap).toBeLessThan(1e-9);
    expect(plan.gap).toBeLessThan(1e-3);
  });

  it("finds the best whole plan that trying all of them finds", async () => {
    for (let seed = 0; seed < 6; seed++) {
      const problem = shop(6, `brute ${seed}`);
      const risk = { scenarios: manyScenarios(7, `brute ${seed}`), tailShare: 0.3, weight: 0.7 };
      const [budget] = twoLimits(problem);
      const { objective } = await allocate(problem, { balance: 0.4, explorationShare: 0, limits: [budget], risk });
      expect(objective).toBeCloseTo(bestOfAll(problem, budget, risk, 0.4), 9);
    }
  });

  it("is the mean where the worst share is everything, and gives up mean for its worst share else", async () => {
    const problem = shop(200, "whole share");
    const scenarios = manyScenarios(15, "whole share");
    const at = async (tailShare: number, weight: number) => {
      const options = { balance: 0.5, explorationShare: 0, limits: twoLimits(problem) };
      const { objective, risk } = await allocate(problem, { ...options, risk: { scenarios, tailShare, weight } });
      return { objective, mean: risk?.mean ?? Number.NaN, cvar: risk?.cvar ?? Number.NaN };
    };
    const [bold, whole, cautious] = [await at(0.1, 0), await at(1, 1), await at(0.1, 1)];
    expect(whole.objective).toBeCloseTo(bold.objective, 6);
    expect(whole.cvar).toBeCloseTo(whole.mean, 9);
    expect(cautious.mean).toBeLessThan(bold.mean);
    expect(cautious.cvar).toBeGreaterThan(bold.cvar);
  });

  it("prices a limit, and a scenario, at what one unit more of it brings", async () => {
    const problem = shop(300, "prices");
    const scenarios = manyScenarios(10, "prices");
    const risk = { scenarios, tailShare: 0.2, weight: 0.9 };
    const [budget, floor] = twoLimits(problem);
    const bound = async (more: number) => {
      const limits = [{ ...budget, limit: budget.limit + more }, floor];
      return (await allocate(problem, { balance: 0.5, explorationShare: 0, limits, risk })).bound;
    };
    const plan = await allocate(problem, { balance: 0.5, explorationShare: 0, limits: [budget, floor], risk });
    expect((await bound(1e-3)) - (await bound(-1e-3))).toBeCloseTo(2e-3 * plan.rows[0].price, 5);
    const values = plan.risk?.scenarios.map(({ value, weight }) => value * weight) ?? [];
    expect(values.reduce((sum, value) => sum + value, 0) / plan.objective).toBeCloseTo(1, 2);
  });

  it("says what relaxing a limit brings now and later: counted as the scenarios count, that is its price", async () => {
    const problem = shop(500, "sensitivity");
    const many = manyScenarios(12, "sensitivity");
    const longFactor = many.longFactor.map((_, at) => many.longFactor[Math.floor(at / width) * width + 1]);
    const scenarios = { ...many, longFactor, longShift: many.shortShift };
    const risk = { scenarios, tailShare: 0.3, weight: 0.8 };
    const plan = await allocate(problem, { balance: 0.5, explorationShare: 0, limits: twoLimits(problem), risk });
    const [{ price, sensitivity }] = plan.rows;
    const counted = plan.risk?.scenarios.reduce((sum, { weight }, scenario) => {
      const [short, long] = [scenarios.shortFactor, longFactor].map((factor) => factor[scenario * width + 1]);
      return sum + (weight * (short * sensitivity.short + long * sensitivity.long)) / 2;
    }, 0);
    expect(price).toBeGreaterThan(0);
    expect(counted).toBeCloseTo(price, 7);
  });

  it("counts the explored part's value in every scenario", async () => {
    const problem = shop(300, "explored");
    const risk = { scenarios: manyScenarios(10, "explored"), tailShare: 0.2, weight: 1 };
    const options = { balance: 0.5, explorationShare: 0.1, limits: twoLimits(problem).slice(0, 1), risk };
    const plan = await allocate(problem, options);
    const values = risk.scenarios.names.map((_, scenario) =>
      plan.propensities.reduce((sum, p, at) => sum + p * worthIn(problem, 0.5, risk.scenarios, scenario, at), 0),
    );
    plan.risk?.scenarios.forEach(({ value }, scenario) => {
      expect(value).toBeCloseTo(values[scenario], 8);
    });
    expect(plan.objective).toBeCloseTo(plan.risk?.cvar ?? Number.NaN, 8);
    expect(plan.gap).toBeLessThan(1e-2);
    expect(plan.explorationCost).toBeGreaterThan(0);
  });

  it("refuses a share of the worst, or a weight, that cannot be", async () => {
    const problem = shop(5, "errors");
    const options = { balance: 0.5, explorationShare: 0, limits: [] };
    const scenarios = manyScenarios(3, "errors");
    const at = (tailShare: number, weight: number) =>
      allocate(problem, { ...options, risk: { scenarios, tailShare, weight } });
    await expect(at(0, 1)).rejects.toThrow("tail_share_out_of_range");
    await expect(at(0.1, 1.5)).rejects.toThrow("cvar_weight_out_of_range");
  });
});

function bestOfAll(
  problem: AllocationProblem,
  budget: Limit,
  { scenarios, tailShare, weight }: TailRisk,
  balance: number,
) {
  const customers = problem.customerIds.length;
  let best = Number.NEGATIVE_INFINITY;
  for (let code = 0; code < width ** customers; code++) {
    const places = Array.from({ length: customers }, (_, customer) => {
      return customer * width + (Math.floor(code / width ** customer) % width);
    });
    if (places.some((at) => at % width > 0 && problem.eligible?.[at] === 0)) continue;
    if (places.reduce((sum, at) => sum + budget.weight[at], 0) > budget.limit) continue;
    const values = scenarios.names.map((_, scenario) =>
      places.reduce((sum, at) => sum + worthIn(problem, balance, scenarios, scenario, at), 0),
    );
    const mean = values.reduce((sum, value, scenario) => sum + scenarios.probability[scenario] * value, 0);
    best = Math.max(best, (1 - weight) * mean + weight * meanOfWorst(values, scenarios.probability, tailShare));
  }
  return best;
}

/** By definition: the lowest values, until their probabilities make up the share. */
function meanOfWorst(values: readonly number[], probability: Float64Array, share: number): number {
  let left = share;
  let sum = 0;
  for (const [value, chance] of values.map((one, at) => [one, probability[at]]).sort((a, b) => a[0] - b[0])) {
    const part = Math.min(left, chance);
    sum += part * value;
    left -= part;
  }
  return sum / share;
}
