import { beforeAll, describe, expect, it } from "vitest";
import { createRandom } from "../base/random.ts";
import { type LinearProgramSolver, openLinearProgramSolver } from "./linear-program.ts";
import {
  type MultidimensionalKnapsackProblem,
  type MultidimensionalKnapsackSolution,
  solveMultidimensionalKnapsack,
} from "./multidimensional-knapsack.ts";

let solveLinear: LinearProgramSolver;
beforeAll(async () => {
  solveLinear = await openLinearProgramSolver();
});

const items = 80;

/** A sum that hardly any plan meets: the one it was made from does. */
function needle(): { problem: MultidimensionalKnapsackProblem; known: Int32Array } {
  const random = createRandom("needle");
  const weight = Float64Array.from({ length: 2 * items }, (_, at) => (at % 2) * (1 + random.uniform()));
  const value = Float64Array.from({ length: 2 * items }, (_, at) => (at % 2) * random.normal());
  const known = Int32Array.from({ length: items }, () => Number(random.uniform() < 0.5));
  let sum = 0;
  known.forEach((choice, item) => {
    sum += weight[2 * item + choice];
  });
  const rows = [
    { weight, sense: "at_most", limit: sum + 1e-10 },
    { weight, sense: "at_least", limit: sum - 1e-10 },
  ] as const;
  return { problem: { items, choices: 2, value, rows }, known };
}

describe("a known plan", () => {
  it("is the answer where no other whole plan is found, under the bound of all", () => {
    const { problem, known } = needle();
    const { status, ...solution } = solveMultidimensionalKnapsack(problem, solveLinear, { known });
    expect(status).toBe("solved");
    const { choice, value, bound } = solution as MultidimensionalKnapsackSolution;
    expect([...choice]).toEqual([...known]);
    expect(value).toBeLessThanOrEqual(bound);
    let worth = 0;
    known.forEach((other, item) => {
      worth += problem.value[2 * item + other];
    });
    expect(value).toBeCloseTo(worth, 9);
  });

  it("gives way to a better one, and is not taken where it breaks a limit", () => {
    const { problem, known } = needle();
    const wide = { ...problem, rows: [{ ...problem.rows[0], limit: 40 }] };
    const free = solveMultidimensionalKnapsack(wide, solveLinear) as MultidimensionalKnapsackSolution;
    const nothing = new Int32Array(items);
    const better = solveMultidimensionalKnapsack(wide, solveLinear, { known: nothing });
    expect((better as MultidimensionalKnapsackSolution).value).toBeGreaterThan(0.99 * free.value);
    const all = new Int32Array(items).fill(1); // uses some 120 of the 40
    const kept = solveMultidimensionalKnapsack(wide, solveLinear, { known: all }) as MultidimensionalKnapsackSolution;
    expect(kept.used[0]).toBeLessThanOrEqual(40 + 1e-9);
    expect([...kept.choice]).not.toEqual([...known]);
  });
});
