import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { createRandom } from "../base/random.ts";
import { type LinearProgramSolver, openLinearProgramSolver } from "./linear-program.ts";
import {
  MultidimensionalKnapsack,
  type MultidimensionalKnapsackProblem,
  type MultidimensionalKnapsackSolution,
  type ResourceRow,
  solveMultidimensionalKnapsack,
} from "./multidimensional-knapsack.ts";
import { solveMultipleChoiceKnapsack } from "./multiple-choice-knapsack.ts";

let solveLinear: LinearProgramSolver;
beforeAll(async () => {
  solveLinear = await openLinearProgramSolver();
});

const choices = 4;

/** Budget, contacts, a cap on two kinds and a floor on what comes later; all but the first choice may be negative. */
function shop(items: number, seed: string, tightness = 1): MultidimensionalKnapsackProblem {
  const random = createRandom(seed);
  const cells = (draw: (choice: number) => number) =>
    Float64Array.from({ length: items * choices }, (_, at) => (at % choices === 0 ? 0 : draw(at % choices)));
  const later = cells(() => 3 * random.normal() + 0.2);
  const cost = cells(() => Math.round(100 * (random.normal() + 2)) / 100);
  return {
    items,
    choices,
    value: later.map((part, at) => (at % choices === 0 ? 0 : part / 2 + random.normal() + 0.15)),
    eligible: Uint8Array.from({ length: items * choices }, () => Number(random.uniform() < 0.9)),
    rows: [
      { weight: cost, sense: "at_most", limit: 0.3 * tightness * items },
      { weight: cells(() => 1), sense: "at_most", limit: Math.floor(0.25 * tightness * items) },
      { weight: cells((choice) => Number(choice < 3)), sense: "at_most", limit: Math.floor(0.12 * tightness * items) },
      { weight: later, sense: "at_least", limit: 0.55 * tightness * items },
    ],
  };
}

/** The relaxation as one linear programme of all items: every eligible choice but the first is a column. */
function wholeRelaxation({ items, value, eligible, rows }: MultidimensionalKnapsackProblem): number {
  const start = [0];
  const entryRow: number[] = [];
  const coefficient: number[] = [];
  const gain: number[] = [];
  for (let item = 0; item < items; item++) {
    for (let at = item * choices + 1; at < (item + 1) * choices; at++) {
      if (eligible?.[at] === 0) continue;
      gain.push(value[at]);
      rows.forEach(({ weight, sense }, row) => {
        entryRow.push(row);
        coefficient.push(sense === "at_most" ? weight[at] : -weight[at]);
      });
      entryRow.push(rows.length + item);
      coefficient.push(1);
      start.push(entryRow.length);
    }
  }
  const { x } = solveLinear({
    gain: Float64Array.from(gain),
    lower: new Float64Array(gain.length),
    upper: new Float64Array(gain.length).fill(1),
    limit: Float64Array.from([
      ...rows.map(({ sense, limit }) => (sense === "at_most" ? limit : -limit)),
      ...new Array<number>(items).fill(1),
    ]),
    start: Int32Array.from(start),
    row: Int32Array.from(entryRow),
    coefficient: Float64Array.from(coefficient),
  });
  return x.reduce((sum, share, column) => sum + share * gain[column], 0);
}

/** The best whole plan by trying all of them; undefined where none keeps the limits. */
function bruteForce({ items, choices, value, eligible, rows }: MultidimensionalKnapsackProblem): number | undefined {
  let best: number | undefined;
  const used = rows.map(() => 0);
  const visit = (item: number, sum: number) => {
    if (item === items) {
      const keeps = rows.every(({ sense, limit }, row) =>
        sense === "at_most" ? used[row] <= limit + 1e-9 : used[row] >= limit - 1e-9,
      );
      if (keeps && (best === undefined || sum > best)) best = sum;
      return;
    }
    for (let choice = 0; choice < choices; choice++) {
      const at = item * choices + choice;
      if (choice > 0 && eligible?.[at] === 0) continue;
      rows.forEach(({ weight }, row) => {
        used[row] += weight[at];
      });
      visit(item + 1, sum + value[at]);
      rows.forEach(({ weight }, row) => {
        used[row] -= weight[at];
      });
    }
  };
  visit(0, 0);
  return best;
}

function solved(problem: MultidimensionalKnapsackProblem, warmPrices?: ArrayLike<number>) {
  const solution = solveMultidimensionalKnapsack(problem, solveLinear, { warmPrices });
  if (solution.status !== "solved") throw new Error(solution.status);
  return solution;
}

function expectKept({ rows }: MultidimensionalKnapsackProblem, { used }: MultidimensionalKnapsackSolution) {
  rows.forEach(({ sense, limit }, row) => {
    if (sense === "at_most") expect(used[row]).toBeLessThanOrEqual(limit + 1e-7);
    else expect(used[row]).toBeGreaterThanOrEqual(limit - 1e-7);
  });
}

const integers = (min: number, max: number, length: number) =>
  fc.array(fc.integer({ min, max }), { minLength: length, maxLength: length });
const small = fc
  .record({
    items: fc.integer({ min: 1, max: 6 }),
    choices: fc.integer({ min: 1, max: 4 }),
    rows: fc.integer({ min: 1, max: 3 }),
  })
  .chain((size) =>
    fc.record({
      size: fc.constant(size),
      value: integers(-4, 6, size.items * size.choices),
      weights: fc.array(integers(-2, 5, size.items * size.choices), { minLength: size.rows, maxLength: size.rows }),
      limits: integers(-3, 12, size.rows),
      senses: fc.array(fc.constantFrom("at_most" as const, "at_least" as const), {
        minLength: size.rows,
        maxLength: size.rows,
      }),
    }),
  );

describe("the knapsack with several limits", () => {
  it("finds the best whole plan where all can be tried, ties, zero and negative weights included, and never exceeds its bound", () => {
    fc.assert(
      fc.property(small, ({ size, value, weights, limits, senses }) => {
        const rows: ResourceRow[] = weights.map((weight, row) => ({
          weight: Float64Array.from(weight),
          sense: senses[row],
          limit: limits[row],
        }));
        const problem = { items: size.items, choices: size.choices, value: Float64Array.from(value), rows };
        const best = bruteForce(problem);
        const solution = solveMultidimensionalKnapsack(problem, solveLinear);
        if (best === undefined) expect(solution.status).not.toBe("solved");
        else {
          if (solution.status !== "solved") throw new Error(solution.status);
          expect(solution.value).toBeCloseTo(best, 9);
          expect(solution.bound).toBeGreaterThanOrEqual(best - 1e-9);
          expectKept(problem, solution);
        }
      }),
      { numRuns: 150 },
    );
  });

  it("agrees with HiGHS on the whole relaxation to 1e-7: 2,000 items under four limits, 30,000 under one", () => {
    const four = shop(2000, "highs");
    const solution = solved(four);
    const relaxed = wholeRelaxation(four);
    expect(Math.abs(solution.bound - relaxed) / relaxed).toBeLessThan(1e-7);
    expect(solution.relaxationGap).toBeLessThan(1e-9);
    expectKept(four, solution);

    const large = shop(30_000, "one row");
    const one = { ...large, rows: large.rows.slice(0, 1) };
    const exact = solveMultipleChoiceKnapsack(
      {
        items: one.items,
        choices,
        value: one.value as Float64Array,
        cost: one.rows[0].weight as Float64Array,
        eligible: one.eligible,
      },
      one.rows[0].limit,
    );
    const found = solved(one);
    expect(Math.abs(found.bound - exact.bound) / exact.bound).toBeLessThan(1e-9);
    expect(found.prices[0]).toBeCloseTo(exact.price, 6);
    expect(found.gap).toBeLessThan(1e-6);
  });

  it("has prices only where a limit binds, and they say what the bound gains by relaxing it", () => {
    const problem = shop(3000, "prices");
    const solution = solved(problem);
    const moved = problem.rows.map(() => problem.rows.map(() => 0));
    problem.rows.forEach(({ limit }, row) => {
      const slack = Math.abs(limit - solution.used[row]);
      // Whole items leave at most a few units of a binding limit.
      if (solution.prices[row] > 0) expect(slack).toBeLessThan(10);
      const step = 1;
      const relaxed = problem.rows.map((other, at) =>
        at === row ? { ...other, limit: limit + (other.sense === "at_most" ? step : -step) } : other,
      );
      const gained = solved({ ...problem, rows: relaxed }).bound - solution.bound;
      expect(gained).toBeGreaterThanOrEqual(-1e-7);
      expect(gained).toBeLessThanOrEqual(step * solution.prices[row] + 1e-7);
      expect(gained).toBeGreaterThan(0.9 * step * solution.prices[row] - 1e-7);
      const worth = solution.marginalMoves[row].reduce((sum, { item, from, to, amount }) => {
        const [at, base] = [item * choices + to, item * choices + from];
        problem.rows.forEach(({ weight, sense }, other) => {
          moved[row][other] += amount * (sense === "at_most" ? 1 : -1) * (weight[at] - weight[base]);
        });
        return sum + amount * (problem.value[at] - problem.value[base]);
      }, 0);
      expect(worth).toBeCloseTo(solution.prices[row], 6);
      if (solution.prices[row] > 0) expect(moved[row][row]).toBeCloseTo(1, 6);
      problem.rows.forEach((_, other) => {
        if (other !== row && solution.prices[other] > 0) expect(moved[row][other]).toBeCloseTo(0, 6);
      });
    });
  });

  it("does not change with the order of the items or the units of value and weights", () => {
    const problem = shop(1500, "units");
    const { bound, value } = solved(problem);
    const scaled = solved({
      ...problem,
      value: problem.value.map((part) => 1000 * part),
      rows: problem.rows.map((row) => ({ ...row, weight: row.weight.map((part) => part / 7), limit: row.limit / 7 })),
    });
    expect(scaled.bound / 1000).toBeCloseTo(bound, 6);
    const order = createRandom("order").shuffle(Int32Array.from({ length: problem.items }, (_, item) => item));
    const moved = <T extends Float32Array | Float64Array | Uint8Array>(cells: T): T =>
      cells.map((_, at) => cells[order[Math.floor(at / choices)] * choices + (at % choices)]) as T;
    const shuffled = solved({
      ...problem,
      value: moved(problem.value),
      eligible: problem.eligible && moved(problem.eligible),
      rows: problem.rows.map((row) => ({ ...row, weight: moved(row.weight) })),
    });
    expect(shuffled.bound).toBeCloseTo(bound, 7);
    expect(Math.abs(shuffled.value - value)).toBeLessThan(1e-4 * value);
  });

  it("finds the same prices from a sample and from the prices of another balance, in a few passes", () => {
    const problem = shop(40_000, "warm");
    const cold = solved(problem);
    const start = solved({
      ...problem,
      value: problem.value.map((part, at) => 0.9 * part + 0.1 * problem.rows[3].weight[at]),
    });
    const signed = start.prices.map((price, row) => (problem.rows[row].sense === "at_most" ? price : -price));
    const warm = solved(problem, signed);
    expect(warm.bound).toBeCloseTo(cold.bound, 5);
    expect(warm.passes).toBeLessThanOrEqual(8);
    expect(cold.relaxationGap).toBeLessThan(1e-9);
    expect(cold.gap).toBeLessThan(1e-5);
  });

  it("goes on to other mixes of two values, each as if it were solved alone, and then reads everything at most three times", () => {
    const { value, ...rest } = shop(40_000, "mixes");
    const other = rest.rows[3].weight;
    const knapsack = new MultidimensionalKnapsack({ ...rest, value, mix: { value: other, share: 0 } });
    let warmPrices: Float64Array | undefined;
    for (const mixShare of [0.5, 0.55, 0.6, 0.9, 0.2]) {
      const solution = knapsack.solve(solveLinear, { mixShare, warmPrices });
      if (solution.status !== "solved") throw new Error(solution.status);
      const alone = solved({ ...rest, value: value.map((part, at) => (1 - mixShare) * part + mixShare * other[at]) });
      expect(solution.bound).toBeCloseTo(alone.bound, 5);
      expect(solution.relaxationGap).toBeLessThan(1e-9);
      expect(solution.gap).toBeLessThan(1e-5);
      if (warmPrices) expect(solution.passes).toBeLessThanOrEqual(3);
      warmPrices = solution.prices.map((price, row) => (rest.rows[row].sense === "at_most" ? price : -price));
    }
  });

  it("takes thousands of equal items apart", () => {
    const items = 20_000;
    const cells = (draw: (choice: number) => number) =>
      Float64Array.from({ length: items * choices }, (_, at) => draw(at % choices));
    const problem: MultidimensionalKnapsackProblem = {
      items,
      choices,
      value: cells((choice) => choice),
      rows: [
        { weight: cells((choice) => choice ** 2 / 2), sense: "at_most", limit: 1.3 * items },
        { weight: cells((choice) => Number(choice > 0)), sense: "at_most", limit: 0.7 * items },
      ],
    };
    const solution = solved(problem);
    // Two thirds of the worth of a step from 1 to 2, or from nothing to one contact: 4/3 a head at 1.3 and 0.7.
    expect(solution.bound / items).toBeCloseTo(4 / 3, 9);
    expect(solution.gap).toBeLessThan(1e-4);
    expectKept(problem, solution);
  });

  it("names the limits that cannot hold together and the relaxation that helps", () => {
    const problem = shop(2000, "conflict");
    const [budget, , , later] = problem.rows;
    const conflict = { ...problem, rows: [{ ...budget, limit: 40 }, problem.rows[1], { ...later, limit: 3000 }] };
    const answer = solveMultidimensionalKnapsack(conflict, solveLinear);
    if (answer.status !== "contradiction") throw new Error(answer.status);
    expect(answer.conflicting).toContain(2);
    const relaxed = conflict.rows.map((row, at) => ({
      ...row,
      limit: row.limit + (row.sense === "at_most" ? 1 : -1) * (answer.relaxations[at] * (1 + 1e-6) + 5),
    }));
    expect(solveMultidimensionalKnapsack({ ...conflict, rows: relaxed }, solveLinear).status).toBe("solved");
    const most = Math.max(...answer.relaxations);
    const still = conflict.rows.map((row, at) => ({
      ...row,
      limit:
        row.limit +
        (row.sense === "at_most" ? 1 : -1) * answer.relaxations[at] * (answer.relaxations[at] === most ? 0.9 : 1),
    }));
    expect(solveMultidimensionalKnapsack({ ...conflict, rows: still }, solveLinear).status).toBe("contradiction");
  });

  it("refuses arrays of another shape, values that are no numbers, limits that are none", () => {
    const problem = shop(10, "bad");
    const bad = (change: Partial<MultidimensionalKnapsackProblem>) => () =>
      solveMultidimensionalKnapsack({ ...problem, ...change }, solveLinear);
    expect(bad({ value: new Float64Array(3) })).toThrow(/shape_mismatch/);
    expect(bad({ value: problem.value.map(() => Number.NaN) })).toThrow(/value_not_finite/);
    expect(bad({ rows: [{ ...problem.rows[0], limit: Number.NaN }] })).toThrow(/limit_not_a_number/);
  });
});

describe("ties that no price tells apart", () => {
  /** Everybody's choices lie on one line of value, weight and a second weight: whole ridges of plans are worth the same. */
  it.each([
    ["two limits from above", "at_most", 0.22],
    ["a cap and a floor of whole items", "at_least", 0.2],
  ] as const)("ends in a whole plan within its bound: %s", (_, sense, share) => {
    const random = createRandom(`ridge ${sense}`);
    const items = 9000;
    const weight = Float64Array.from({ length: items * choices }, (_, at) =>
      at % choices === 0 ? 0 : 1 + random.integer(3),
    );
    const rows: ResourceRow[] = [
      { weight, sense: "at_most", limit: 0.6 * items },
      { weight: weight.map((part) => Number(part > 0)), sense, limit: share * items },
    ];
    const found = solveMultidimensionalKnapsack(
      { items, choices, value: weight.map((part) => 2 * part), rows },
      solveLinear,
    );
    if (found.status !== "solved") throw new Error(found.status);
    expect(found.gap).toBeLessThan(1e-6);
    expect(found.used[0]).toBeLessThanOrEqual(0.6 * items);
    expect(sense === "at_most" ? share * items - found.used[1] : found.used[1] - share * items).toBeGreaterThanOrEqual(
      0,
    );
  });
});
