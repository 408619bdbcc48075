import fc from "fast-check";
import loadHighs, { type LegacyHighs } from "highs";
import { describe, expect, it } from "vitest";
import { createRandom } from "../base/random.ts";
import { type KnapsackProblem, solveMultipleChoiceKnapsack } from "./multiple-choice-knapsack.ts";

/** The best whole plan by trying all of them; undefined where none fits. */
function bruteForce({ items, choices, value, cost }: KnapsackProblem, budget: number): number | undefined {
  let best: number | undefined;
  const visit = (item: number, sumValue: number, sumCost: number) => {
    if (item === items) {
      if (sumCost <= budget + 1e-9 && (best === undefined || sumValue > best)) best = sumValue;
      return;
    }
    for (let choice = 0; choice < choices; choice++) {
      visit(item + 1, sumValue + value[item * choices + choice], sumCost + cost[item * choices + choice]);
    }
  };
  visit(0, 0, 0);
  return best;
}

/** A shop-like problem: nothing costs and brings nothing; the rest may be negative. */
function randomProblem(items: number, choices: number, seed: string): KnapsackProblem {
  const random = createRandom(seed);
  const draw = (scale: number, shift: number) =>
    Float64Array.from({ length: items * choices }, (_, at) =>
      at % choices === 0 ? 0 : scale * random.normal() + shift,
    );
  return { items, choices, value: draw(2, 1), cost: draw(1, 2) };
}

const small = fc.record({
  items: fc.integer({ min: 1, max: 5 }),
  choices: fc.integer({ min: 1, max: 4 }),
  budget: fc.integer({ min: -6, max: 20 }),
  numbers: fc.array(fc.integer({ min: -4, max: 6 }), { minLength: 40, maxLength: 40 }),
});

describe("the multiple-choice knapsack", () => {
  it("finds the best whole plan of small problems with ties, zero and negative costs and values, as brute force does", () => {
    fc.assert(
      fc.property(small, ({ items, choices, budget, numbers }) => {
        const cells = items * choices;
        const problem = {
          items,
          choices,
          value: Float64Array.from(numbers.slice(0, cells)),
          cost: Float64Array.from(numbers.slice(20, 20 + cells)),
        };
        const best = bruteForce(problem, budget);
        if (best === undefined) {
          expect(() => solveMultipleChoiceKnapsack(problem, budget)).toThrow("budget_unattainable");
          return;
        }
        const solution = solveMultipleChoiceKnapsack(problem, budget);
        expect(solution.value).toBeCloseTo(best, 9);
        expect(solution.cost).toBeLessThanOrEqual(budget + 1e-9);
        expect(solution.bound).toBeGreaterThanOrEqual(best - 1e-9);
        expect(solution.price).toBeGreaterThanOrEqual(0);
        if (solution.price > 0 && solution.fractional === undefined) throw new Error("a price without a break");
      }),
      { numRuns: 500, seed: 7 },
    );
  });

  it.each([60, 700])("has the bound of HiGHS's linear program, %i customers × 5 actions", async (items) => {
    const problem = randomProblem(items, 5, `lp${items}`);
    const budget = 0.6 * items;
    const term = (numbers: KnapsackProblem["cost"]) =>
      [...numbers].map((value, at) => `${value >= 0 ? "+" : "-"} ${Math.abs(value)} x${at}`);
    const rows = Array.from(
      { length: items },
      (_, item) => `r${item}: ${[0, 1, 2, 3, 4].map((k) => `+ x${item * 5 + k}`).join(" ")} = 1`,
    );
    const text = [
      "Maximize",
      ` obj: ${term(problem.value).join("\n ")}`,
      "Subject To",
      ` b: ${term(problem.cost).join("\n ")} <= ${budget}`,
      ...rows.map((line) => ` ${line}`),
      "End",
    ].join("\n");
    const highs = await (loadHighs as unknown as () => Promise<LegacyHighs>)();
    const { ObjectiveValue } = highs.solve(text) as { ObjectiveValue: number };
    const solution = solveMultipleChoiceKnapsack(problem, budget);
    expect(Math.abs(solution.bound - ObjectiveValue) / Math.abs(ObjectiveValue)).toBeLessThan(1e-9);
    expect(solution.value).toBeLessThanOrEqual(solution.bound + 1e-9);
  });

  it("closes the gap: 20,000 customers × 6 actions below 1e-6", () => {
    const solution = solveMultipleChoiceKnapsack(randomProblem(20_000, 6, "large"), 8000);
    expect(solution.gap).toBeLessThan(1e-6);
    expect(solution.cost).toBeLessThanOrEqual(8000);
  });

  it("brings no less with a larger budget, at a price that never rises", () => {
    const problem = randomProblem(300, 4, "monotone");
    const solutions = [0, 50, 100, 200, 400, Number.POSITIVE_INFINITY].map((budget) =>
      solveMultipleChoiceKnapsack(problem, budget),
    );
    for (let at = 1; at < solutions.length; at++) {
      expect(solutions[at].value).toBeGreaterThanOrEqual(solutions[at - 1].value);
      expect(solutions[at].price).toBeLessThanOrEqual(solutions[at - 1].price + 1e-12);
    }
    expect(solutions.at(-1)?.price).toBe(0);
  });

  it("respects who may have what", () => {
    const problem = randomProblem(100, 4, "eligible");
    const eligible = Uint8Array.from({ length: 400 }, (_, at) => Number(at % 4 !== 2));
    const { choice } = solveMultipleChoiceKnapsack({ ...problem, eligible }, 60);
    expect([...choice]).not.toContain(2);
  });

  /** Shops of which a sample says little, or the wrong thing. */
  const awkward: Record<
    string,
    (random: ReturnType<typeof createRandom>, at: number) => { value: number; cost: number }
  > = {
    "all customers alike": (_, at) => ({ value: at % 4, cost: (at % 4) ** 2 }),
    "eight segments": (_, at) => ({ value: 1 + (Math.floor(at / 4) % 8) * (at % 4), cost: 2 + (at % 4) }),
    "one customer in thousands worth a fortune": (random, at) =>
      Math.floor(at / 4) % 4999 === 7
        ? { value: 1e6 * random.uniform(), cost: 5e4 * random.uniform() }
        : { value: random.uniform(), cost: random.uniform() },
    "heavy tails": (random) => ({ value: Math.exp(3 * random.normal()), cost: Math.exp(3 * random.normal()) }),
    "costs that bring money": (random) => ({ value: random.normal(), cost: random.normal() }),
    "everything hurts": (random) => ({ value: -random.uniform(), cost: random.uniform() }),
  };

  it.each(Object.keys(awkward))("solves the relaxation of 12,000 customers at every budget: %s", (shop) => {
    const random = createRandom(shop);
    const [items, choices] = [12_000, 4];
    const cells = Array.from({ length: items * choices }, (_, at) =>
      at % choices === 0 ? { value: 0, cost: 0 } : awkward[shop](random, at),
    );
    const problem = {
      items,
      choices,
      value: Float64Array.from(cells, ({ value }) => value),
      cost: Float64Array.from(cells, ({ cost }) => cost),
    };
    const least = solveMultipleChoiceKnapsack({ ...problem, value: problem.cost.map((cost) => -cost) }, Infinity).cost;
    const most = solveMultipleChoiceKnapsack(problem, Number.POSITIVE_INFINITY).cost;
    for (const part of [0, 1e-6, 0.01, 0.3, 0.9, 0.9999, 1, 2]) {
      const budget = least + part * (most - least);
      const { relaxationGap, cost, bound, value } = solveMultipleChoiceKnapsack(problem, budget);
      // The bound is a sum over the rows at the price found, so nothing but the right price closes this gap.
      expect(relaxationGap).toBeLessThan(1e-11);
      expect(cost).toBeLessThanOrEqual(budget + 1e-9 * Math.max(1, Math.abs(budget)));
      expect(value).toBeLessThanOrEqual(bound + 1e-9 * Math.max(items, Math.abs(bound)));
    }
    expect(() => solveMultipleChoiceKnapsack(problem, least - 1)).toThrow("budget_unattainable");
  });

  it.each([10, 6000])(
    "pays no more than it must for the same value: %i customers, with budget to spare or none stated",
    (items) => {
      const problem = {
        items,
        choices: 3,
        value: Float64Array.from({ length: 3 * items }, (_, at) => Number(at % 3 > 0)),
        cost: Float64Array.from({ length: 3 * items }, (_, at) => [0, 5, 2][at % 3]),
      };
      for (const budget of [9 * items, Number.POSITIVE_INFINITY]) {
        expect(solveMultipleChoiceKnapsack(problem, budget)).toMatchObject({ value: items, cost: 2 * items, price: 0 });
      }
    },
  );

  it("mixes two values as if they had been mixed before", () => {
    const { value: other } = randomProblem(6000, 4, "mixed with");
    const problem = randomProblem(6000, 4, "mixed");
    const mixed = problem.value.map((own, at) => 0.3 * own + 0.7 * other[at]);
    const one = solveMultipleChoiceKnapsack({ ...problem, value: mixed }, 2000);
    const two = solveMultipleChoiceKnapsack({ ...problem, mix: { value: other, share: 0.7 } }, 2000);
    expect(two.bound).toBeCloseTo(one.bound, 7);
    expect(two.value).toBeCloseTo(one.value, 7);
  });

  it("names the cell that is not a number", () => {
    const problem = randomProblem(3, 2, "nan");
    problem.value[3] = Number.NaN;
    expect(() => solveMultipleChoiceKnapsack(problem, 1)).toThrow(/value_not_finite.*"item":1,"choice":1/);
  });
});
