import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../base/random.ts";
import { articleCases, articleProblem, discountedRevenue, imbalance } from "./article-problem.test-data.ts";
import { augmentedLagrangian } from "./augmented-lagrangian.ts";
import { gradientDescent } from "./gradient-descent.ts";
import { lbfgsb } from "./lbfgsb.ts";
import { nelderMead } from "./nelder-mead.ts";
import { newton } from "./newton.ts";
import type { ConstrainedProblem, Constraint } from "./penalised-lagrangian.ts";
import type { Solver } from "./problem.ts";

const solvers: readonly { solverName: string; solver: Solver }[] = [
  { solverName: "lbfgsb", solver: lbfgsb },
  { solverName: "newton by trust region", solver: (problem, options) => newton(problem, options) },
  {
    solverName: "newton by line search",
    solver: (problem, options) => newton(problem, { ...options, globalisation: "line_search" }),
  },
  { solverName: "gradientDescent", solver: gradientDescent },
];
const exact = { gradientTolerance: 1e-7, valueTolerance: 0 };
const articleRuns = articleCases.flatMap((one) => solvers.map((solver) => ({ ...one, ...solver, one })));

describe("the founding article's problem", () => {
  it.each(articleRuns)("case $name by $solverName: X*, D and I to every digit of the checked table", (run) => {
    const solution = augmentedLagrangian(articleProblem(run.one), { ...exact, solver: run.solver });
    expect(solution.status).toBe("converged");
    const scratch = new Float64Array(5);
    run.x.forEach((value, t) => {
      expect(Math.abs(solution.x[t] - value)).toBeLessThan(1e-6);
    });
    expect(Math.abs(discountedRevenue(run.one, solution.x, scratch) - run.discountedRevenue)).toBeLessThan(6e-4);
    expect(Math.abs(imbalance(run.one, solution.x, scratch) - run.imbalance)).toBeLessThan(1e-6 * run.imbalance + 6e-4);
  });

  it.each(articleCases)("case $name: Nelder–Mead finds the same point, if roughly its price", (one) => {
    const solution = augmentedLagrangian(articleProblem(one), { solver: nelderMead });
    one.x.forEach((value, t) => {
      expect(Math.abs(solution.x[t] - value)).toBeLessThan(2e-6);
    });
  });

  it("A and B have the same revenue path: unbounded, it depends on the penalty, r and T only", () => {
    const [a, b] = articleCases.slice(0, 2).map((one) => augmentedLagrangian(articleProblem(one), exact).x);
    for (let t = 0; t < 5; t++) {
      const revenue = a[t] * articleCases[0].response[t];
      expect(Math.abs(b[t] * articleCases[1].response[t] - revenue)).toBeLessThan(1e-5);
    }
  });

  it("case E's multiplier is what one unit of the floor costs", () => {
    const one = articleCases[3];
    const { value, multipliers } = augmentedLagrangian(articleProblem(one), exact);
    const raised = { ...one, floor: 501 } as unknown as typeof one;
    const dearer = augmentedLagrangian(articleProblem(raised), exact);
    expect((multipliers[0] + dearer.multipliers[0]) / 2).toBeCloseTo(dearer.value - value, 3);
  });
});

/** A linear constraint aᵀx − b. */
const linear = (kind: Constraint["kind"], a: readonly number[], b: number): Constraint => ({
  kind,
  evaluate(x, gradient) {
    gradient.set(a);
    return a.reduce((sum, value, i) => sum + value * x[i], -b);
  },
});

describe("the test problems of Hock & Schittkowski (1981)", () => {
  const problem6: ConstrainedProblem = {
    start: Float64Array.of(-1.2, 1),
    evaluate(x, gradient) {
      gradient.set([2 * (x[0] - 1), 0]);
      return (1 - x[0]) ** 2;
    },
    constraints: [
      {
        kind: "equals_zero",
        evaluate(x, gradient) {
          gradient.set([-20 * x[0], 10]);
          return 10 * (x[1] - x[0] ** 2);
        },
      },
    ],
  };
  const problem7: ConstrainedProblem = {
    start: Float64Array.of(2, 2),
    evaluate(x, gradient) {
      gradient.set([(2 * x[0]) / (1 + x[0] ** 2), -1]);
      return Math.log(1 + x[0] ** 2) - x[1];
    },
    constraints: [
      {
        kind: "equals_zero",
        evaluate(x, gradient) {
          gradient.set([4 * x[0] * (1 + x[0] ** 2), 2 * x[1]]);
          return (1 + x[0] ** 2) ** 2 + x[1] ** 2 - 4;
        },
      },
    ],
  };
  const problem28: ConstrainedProblem = {
    start: Float64Array.of(-4, 1, 1),
    evaluate(x, gradient) {
      const [one, two] = [x[0] + x[1], x[1] + x[2]];
      gradient.set([2 * one, 2 * (one + two), 2 * two]);
      return one ** 2 + two ** 2;
    },
    constraints: [linear("equals_zero", [1, 2, 3], 1)],
  };
  const problem35: ConstrainedProblem = {
    start: Float64Array.of(0.5, 0.5, 0.5),
    lower: new Float64Array(3),
    evaluate([a, b, c], gradient) {
      gradient.set([-8 + 4 * a + 2 * b + 2 * c, -6 + 2 * a + 4 * b, -4 + 2 * a + 2 * c]);
      return 9 - 8 * a - 6 * b - 4 * c + 2 * a * a + 2 * b * b + c * c + 2 * a * b + 2 * a * c;
    },
    constraints: [linear("at_least_zero", [-1, -1, -2], -3)],
  };
  const problem43: ConstrainedProblem = {
    start: new Float64Array(4),
    evaluate([a, b, c, d], gradient) {
      gradient.set([2 * a - 5, 2 * b - 5, 4 * c - 21, 2 * d + 7]);
      return a * a + b * b + 2 * c * c + d * d - 5 * a - 5 * b - 21 * c + 7 * d;
    },
    constraints: [
      {
        kind: "at_least_zero",
        evaluate([a, b, c, d], gradient) {
          gradient.set([-2 * a - 1, -2 * b + 1, -2 * c - 1, -2 * d + 1]);
          return 8 - a * a - b * b - c * c - d * d - a + b - c + d;
        },
      },
      {
        kind: "at_least_zero",
        evaluate([a, b, c, d], gradient) {
          gradient.set([-2 * a + 1, -4 * b, -2 * c, -4 * d + 1]);
          return 10 - a * a - 2 * b * b - c * c - 2 * d * d + a + d;
        },
      },
      {
        kind: "at_least_zero",
        evaluate([a, b, c, d], gradient) {
          gradient.set([-4 * a - 2, -2 * b + 1, -2 * c, 1]);
          return 5 - 2 * a * a - b * b - c * c - 2 * a + b + d;
        },
      },
    ],
  };
  const problem71: ConstrainedProblem = {
    start: Float64Array.of(1, 5, 5, 1),
    lower: new Float64Array(4).fill(1),
    upper: new Float64Array(4).fill(5),
    evaluate([a, b, c, d], gradient) {
      gradient.set([d * (2 * a + b + c), a * d, a * d + 1, a * (a + b + c)]);
      return a * d * (a + b + c) + c;
    },
    constraints: [
      {
        kind: "at_least_zero",
        evaluate([a, b, c, d], gradient) {
          gradient.set([b * c * d, a * c * d, a * b * d, a * b * c]);
          return a * b * c * d - 25;
        },
      },
      {
        kind: "equals_zero",
        evaluate(x, gradient) {
          gradient.set(x.map((value) => 2 * value));
          return x.reduce((sum, value) => sum + value * value, -40);
        },
      },
    ],
  };
  const published = [
    { number: 6, problem: problem6, value: 0, x: [1, 1] },
    { number: 7, problem: problem7, value: -Math.sqrt(3), x: [0, Math.sqrt(3)] },
    { number: 28, problem: problem28, value: 0, x: [0.5, -0.5, 0.5] },
    { number: 35, problem: problem35, value: 1 / 9, x: [4 / 3, 7 / 9, 4 / 9] },
    { number: 43, problem: problem43, value: -44, x: [0, 1, 2, -1] },
    { number: 71, problem: problem71, value: 17.0140173, x: [1, 4.7429994, 3.8211503, 1.3794082] },
  ].flatMap((one) => solvers.slice(0, 3).map((solver) => ({ ...one, ...solver })));

  it.each(published)("number $number by $solverName", ({ problem, value, x, solver }) => {
    const solution = augmentedLagrangian(problem, { solver });
    expect(solution.status, solution.message).toBe("converged");
    expect(solution.kktResidual).toBeLessThanOrEqual(1e-6);
    expect(Math.abs(solution.value - value)).toBeLessThan(1e-6 * Math.max(1, Math.abs(value)));
    x.forEach((coordinate, i) => {
      expect(Math.abs(solution.x[i] - coordinate)).toBeLessThan(1e-5);
    });
  });

  it("prices only the binding constraints of number 43, at 1, 0 and 2", () => {
    const { multipliers } = augmentedLagrangian(problem43);
    [1, 0, 2].forEach((value, j) => {
      expect(multipliers[j]).toBeCloseTo(value, 5);
    });
  });
});

describe("the augmented Lagrangian", () => {
  it("satisfies KKT on random convex problems with random linear constraints that hold somewhere", () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 4 }), (seed, size, count) => {
        const random = createRandom(seed);
        const centre = Float64Array.from({ length: size }, () => 3 * random.normal());
        const inside = Array.from({ length: size }, () => random.normal());
        const rows = Array.from({ length: count }, () => Array.from({ length: size }, () => random.normal()));
        const problem: ConstrainedProblem = {
          start: new Float64Array(size),
          evaluate(x, gradient) {
            let value = 0;
            for (let i = 0; i < size; i++) {
              gradient[i] = (i + 1) * (x[i] - centre[i]);
              value += (gradient[i] * (x[i] - centre[i])) / 2;
            }
            return value;
          },
          constraints: rows.map((row, j) => {
            const at = row.reduce((sum, value, i) => sum + value * inside[i], 0);
            return linear(j === 0 ? "equals_zero" : "at_least_zero", row, j === 0 ? at : at - 0.1);
          }),
        };
        const { x, multipliers, violation, status, message } = augmentedLagrangian(problem);
        expect(status, message).toBe("converged");
        expect(violation).toBeLessThanOrEqual(1e-8);
        const gradient = new Float64Array(size);
        problem.evaluate(x, gradient);
        for (let i = 0; i < size; i++) {
          const pull = rows.reduce((sum, row, j) => sum + multipliers[j] * row[i], 0);
          expect(Math.abs(gradient[i] - pull)).toBeLessThan(2e-6);
        }
        problem.constraints.forEach((constraint, j) => {
          const slack = constraint.evaluate(x, new Float64Array(size));
          if (j === 0) return;
          expect(multipliers[j]).toBeGreaterThanOrEqual(0);
          expect(Math.min(Math.abs(slack), multipliers[j])).toBeLessThanOrEqual(1e-8);
        });
      }),
    );
  });

  it("does not call contradicting constraints solved, and says by how much they are missed", () => {
    const solution = augmentedLagrangian({
      start: Float64Array.of(0),
      evaluate(x, gradient) {
        gradient[0] = 2 * x[0];
        return x[0] ** 2;
      },
      constraints: [linear("at_least_zero", [1], 2), linear("at_least_zero", [-1], -1)], // x ≥ 2 and x ≤ 1
    });
    expect(solution.status).not.toBe("converged");
    expect(solution.violation).toBeCloseTo(0.5, 3);
    expect(solution.kktResidual).toBeGreaterThanOrEqual(0.5 - 1e-3);
  });

  it("says not_finite where the start is outside the domain, and counts every evaluation of f", () => {
    const outside = augmentedLagrangian({ start: Float64Array.of(1), evaluate: () => Number.NaN, constraints: [] });
    expect(outside.status).toBe("not_finite");
    let calls = 0;
    const problem = articleProblem(articleCases[3]);
    const counted = (x: Float64Array, gradient: Float64Array) => {
      calls++;
      return problem.evaluate(x, gradient);
    };
    expect(augmentedLagrangian({ ...problem, evaluate: counted }).evaluations).toBe(calls);
  });
});
