import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../base/random.ts";
import { gradientDescent } from "./gradient-descent.ts";
import { lbfgsb } from "./lbfgsb.ts";
import { nelderMead } from "./nelder-mead.ts";
import { newton } from "./newton.ts";
import { withNumericalGradient } from "./numerical-gradient.ts";
import type { Problem, Solver } from "./problem.ts";

const smooth: readonly { name: string; solver: Solver }[] = [
  { name: "lbfgsb", solver: lbfgsb },
  { name: "newton by trust region", solver: (problem, options) => newton(problem, options) },
  {
    name: "newton by line search",
    solver: (problem, options) => newton(problem, { ...options, globalisation: "line_search" }),
  },
  { name: "gradientDescent", solver: gradientDescent },
  {
    name: "gradientDescent without momentum",
    solver: (problem, options) => gradientDescent(problem, { ...options, momentum: false }),
  },
];
const all = [...smooth, { name: "nelderMead", solver: nelderMead as Solver }];

/** ½·xᵀAx − bᵀx with A = QᵀQ + I. */
function quadratic(size: number, seed: string, box: Omit<Problem, "evaluate">): Problem {
  const random = createRandom(seed);
  const q = Float64Array.from({ length: size * size }, () => random.normal());
  const b = Float64Array.from({ length: size }, () => 3 * random.normal());
  return {
    ...box,
    evaluate(x, gradient) {
      let value = 0;
      for (let i = 0; i < size; i++) gradient[i] = x[i] - b[i];
      for (let row = 0; row < size; row++) {
        let product = 0;
        for (let i = 0; i < size; i++) product += q[row * size + i] * x[i];
        for (let i = 0; i < size; i++) gradient[i] += q[row * size + i] * product;
      }
      for (let i = 0; i < size; i++) value += (x[i] * (gradient[i] - b[i])) / 2;
      return value;
    },
  };
}

const boxes = fc.record({
  size: fc.integer({ min: 1, max: 12 }),
  seed: fc.string(),
  numbers: fc.array(fc.integer({ min: -30, max: 30 }), { minLength: 36, maxLength: 36 }),
});

/** Finite, half-open, open and fixed variables, and starts that may lie outside. */
function boxedQuadratic({ size, seed, numbers }: { size: number; seed: string; numbers: number[] }): Problem {
  const lower = Float64Array.from({ length: size }, (_, i) =>
    numbers[i] > 20 ? Number.NEGATIVE_INFINITY : numbers[i] / 10,
  );
  const upper = lower.map((value, i) => {
    if (numbers[12 + i] > 20) return Number.POSITIVE_INFINITY;
    return Number.isFinite(value) ? value + Math.max(0, numbers[12 + i]) / 10 : numbers[12 + i] / 10;
  });
  const start = Float64Array.from({ length: size }, (_, i) => numbers[24 + i] / 5);
  return quadratic(size, seed, { start, lower, upper });
}

describe("random strictly convex quadratics in random boxes", () => {
  const exact = { gradientTolerance: 1e-9, valueTolerance: 0 };

  it.each(smooth)("$name ends where the KKT conditions hold", ({ solver }) => {
    fc.assert(
      fc.property(boxes, (numbers) => {
        const problem = boxedQuadratic(numbers);
        const { x, value, status, message } = solver(problem, exact);
        const gradient = new Float64Array(x.length);
        expect(problem.evaluate(x, gradient)).toBe(value);
        expect(status, message).toBe("converged");
        for (let i = 0; i < x.length; i++) {
          const [lower, upper] = [problem.lower![i], problem.upper![i]];
          expect(x[i]).toBeGreaterThanOrEqual(lower);
          expect(x[i]).toBeLessThanOrEqual(upper);
          if (x[i] > lower + 1e-9) expect(gradient[i]).toBeLessThan(1e-8);
          if (x[i] < upper - 1e-9) expect(gradient[i]).toBeGreaterThan(-1e-8);
        }
      }),
    );
  });

  it("all solvers agree to 1e-6", () => {
    fc.assert(
      fc.property(boxes, (numbers) => {
        const problem = boxedQuadratic(numbers);
        const [first, ...others] = smooth.map(({ solver }) => solver(problem, exact).x);
        for (const x of others) for (let i = 0; i < x.length; i++) expect(Math.abs(x[i] - first[i])).toBeLessThan(1e-6);
      }),
    );
  });

  it("Nelder–Mead agrees with them in up to four variables", () => {
    fc.assert(
      fc.property(boxes, (numbers) => {
        const problem = boxedQuadratic({ ...numbers, size: Math.min(numbers.size, 4) });
        const reference = lbfgsb(problem, exact);
        const { value } = nelderMead(problem);
        expect(value - reference.value).toBeLessThan(1e-6 * Math.max(1, Math.abs(reference.value)));
      }),
      // Without a theorem a rare box may need looser agreement: the same 50 every time.
      { numRuns: 50, seed: 1 },
    );
  });
});

describe.each(all)("$name", ({ name, solver }) => {
  const bowl = (box: Omit<Problem, "evaluate">, centre = 3): Problem => ({
    ...box,
    evaluate(x, gradient) {
      let value = 0;
      for (let i = 0; i < x.length; i++) {
        gradient[i] = 2 * (x[i] - centre);
        value += (x[i] - centre) ** 2;
      }
      return value;
    },
  });

  it("solves one variable, and leaves start and bounds as they were", () => {
    const start = Float64Array.of(-40);
    const { x, value } = solver(bowl({ start }));
    expect(x[0]).toBeCloseTo(3, 5);
    expect(value).toBeLessThan(1e-10);
    expect([...start]).toEqual([-40]);
  });

  it("asks nothing outside the box, whatever the start", () => {
    const [lower, upper] = [Float64Array.of(-1, 4), Float64Array.of(2, 8)];
    const inner = bowl({ start: Float64Array.of(90, Number.NEGATIVE_INFINITY), lower, upper });
    const { x, status } = solver({
      ...inner,
      evaluate(point, gradient) {
        point.forEach((value, i) => {
          expect(value).toBeGreaterThanOrEqual(lower[i]);
          expect(value).toBeLessThanOrEqual(upper[i]);
        });
        return inner.evaluate(point, gradient);
      },
    });
    expect([...x]).toEqual([2, 4]);
    expect(status).toBe("converged");
  });

  it("stays at a start that is optimal, inside and at a bound", () => {
    for (const upper of [10, 3, 1]) {
      const start = Float64Array.of(Math.min(3, upper), Math.min(3, upper));
      const { x, gradientNorm, status } = solver(bowl({ start, upper: Float64Array.of(upper, upper) }));
      expect([...x]).toEqual([...start]);
      expect(gradientNorm).toBe(0);
      expect(status).toBe("converged");
    }
  });

  it("keeps fixed variables fixed, also when all are", () => {
    const one = solver(
      bowl({ start: Float64Array.of(0, 0), lower: Float64Array.of(1, -9), upper: Float64Array.of(1, 9) }),
    );
    expect(one.x[0]).toBe(1);
    expect(one.x[1]).toBeCloseTo(3, 5);
    const none = solver(bowl({ start: Float64Array.of(0), lower: Float64Array.of(1), upper: Float64Array.of(1) }));
    expect(none).toMatchObject({ x: Float64Array.of(1), value: 4, status: "converged", gradientNorm: 0 });
  });

  it("backs off from where the function is NaN or infinite, with or without a bound there", () => {
    for (const outside of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      // x − log x has its minimum 1 at 1 and no value at or below 0.
      const logarithm: Problem = {
        start: Float64Array.of(20, 0.01),
        evaluate(x, gradient) {
          if (x.some((value) => value <= 0)) return outside;
          for (let i = 0; i < x.length; i++) gradient[i] = 1 - 1 / x[i];
          return x.reduce((sum, value) => sum + value - Math.log(value), 0);
        },
      };
      for (const lower of [undefined, Float64Array.of(0, 0)]) {
        const { x, value } = solver({ ...logarithm, lower });
        expect(value).toBeCloseTo(2, 9);
        expect(x[0]).toBeCloseTo(1, 4);
        expect(x[1]).toBeCloseTo(1, 4);
      }
    }
  });

  it.skipIf(name === "nelderMead")("takes a gradient that is not finite for the edge of the domain", () => {
    const { x, status } = solver({
      start: Float64Array.of(20),
      evaluate(point, gradient) {
        // x − log x again; below 0 the value looks inviting, but has no derivative.
        gradient[0] = point[0] <= 0 ? Number.NaN : 1 - 1 / point[0];
        return point[0] <= 0 ? -100 : point[0] - Math.log(point[0]);
      },
    });
    expect(status).toBe("converged");
    expect(x[0]).toBeCloseTo(1, 5);
  });

  it("says not_finite where the start is outside the domain", () => {
    const { status, gradientNorm } = solver({ start: Float64Array.of(1), evaluate: () => Number.NaN });
    expect(status).toBe("not_finite");
    expect(gradientNorm).toBeNaN();
  });

  it("says when a limit ended it", () => {
    const problem = quadratic(6, "limits", { start: new Float64Array(6).fill(9) });
    expect(solver(problem, { maxIterations: 1 })).toMatchObject({ status: "iteration_limit", iterations: 1 });
    expect(solver(problem, { maxEvaluations: 2 })).toMatchObject({ status: "evaluation_limit" });
  });

  it("counts what it asks for", () => {
    let calls = 0;
    const inner = quadratic(3, "count", { start: new Float64Array(3).fill(2) });
    const counted = (x: Float64Array, gradient: Float64Array) => {
      calls++;
      return inner.evaluate(x, gradient);
    };
    expect(solver({ ...inner, evaluate: counted }).evaluations).toBe(calls);
  });

  it("refuses bounds that cross, bounds of another length and a start that is no number", () => {
    const start = Float64Array.of(0);
    const code = (box: Omit<Problem, "evaluate">) => () => solver(bowl(box));
    expect(code({ start, lower: Float64Array.of(2), upper: Float64Array.of(1) })).toThrow("bounds_crossed");
    expect(code({ start, upper: Float64Array.of(Number.NaN) })).toThrow("bounds_crossed");
    expect(code({ start, lower: Float64Array.of(1, 2) })).toThrow("shape_mismatch");
    expect(code({ start: Float64Array.of(Number.NaN) })).toThrow("start_not_a_number");
  });

  it("finds the same with numerical gradients", () => {
    const value = (x: Float64Array) => (x[0] - 1) ** 2 + 3 * (x[1] + x[0] * x[1] - 2) ** 2;
    const box = { start: Float64Array.of(0, 0), upper: Float64Array.of(0.7, 10) };
    const { x } = solver(withNumericalGradient({ ...box, value }));
    expect(x[0]).toBeCloseTo(0.7, name === "nelderMead" ? 5 : 9);
    expect(x[1]).toBeCloseTo(2 / 1.7, 5);
  });
});

describe("lbfgsb on functions with kinks, for which it is not made", () => {
  it("gives up only where the gradient itself leads nowhere, not where its memory does", () => {
    let failures = 0;
    for (let seed = 0; seed < 100; seed++) {
      const random = createRandom(`kinks/${seed}`);
      const size = 2 + (seed % 6);
      const rows = Array.from({ length: size }, () => Array.from({ length: size }, () => random.normal()));
      const evaluate = (x: Float64Array, gradient: Float64Array) => {
        gradient.fill(0);
        return rows.reduce((sum, row) => {
          const residual = row.reduce((total, value, i) => total + value * x[i], -1);
          row.forEach((value, i) => {
            gradient[i] += Math.sign(residual) * value;
          });
          return sum + Math.abs(residual);
        }, 0);
      };
      const start = Float64Array.from({ length: size }, () => random.normal());
      const { x, value, status } = lbfgsb({ start, evaluate }, { valueTolerance: 0 });
      if (status !== "line_search_failed") continue;
      failures++;
      const gradient = new Float64Array(size);
      evaluate(x, gradient);
      for (let share = 1; share > 1e-4; share /= 2) {
        const beside = evaluate(
          x.map((coordinate, i) => coordinate - share * gradient[i]),
          new Float64Array(size),
        );
        expect(beside).toBeGreaterThan(value - 1e-4);
      }
    }
    expect(failures).toBeGreaterThan(20);
  });
});

describe("nelderMead", () => {
  it("finds minima close to a bound, where its corners are clipped", () => {
    for (let centre = 0.1; centre <= 0.2; centre += 0.004) {
      const evaluate = (x: Float64Array, gradient: Float64Array) => {
        gradient[0] = 2 * (x[0] - centre);
        return (x[0] - centre) ** 2;
      };
      const box = { start: Float64Array.of(0), lower: Float64Array.of(0.1), upper: Float64Array.of(0.2) };
      expect(Math.abs(nelderMead({ ...box, evaluate }).x[0] - centre)).toBeLessThan(1e-6);
    }
  });

  it("finds the minimum of functions with kinks, for which it is meant", () => {
    for (let seed = 0; seed < 20; seed++) {
      const random = createRandom(`kinked/${seed}`);
      const rows = Array.from({ length: 6 }, () => [random.normal(), random.normal(), random.normal()]);
      const evaluate = (x: Float64Array) =>
        rows.reduce((most, row) => Math.max(most, Math.abs(row.reduce((sum, v, i) => sum + v * (x[i] - i), 0))), 0);
      const start = Float64Array.from({ length: 3 }, () => 3 * random.normal());
      expect(nelderMead({ start, evaluate }).value).toBeLessThan(1e-6);
    }
  });
});

describe("a thousand variables", () => {
  const size = 1000;
  /** Chained: ½Σ(xᵢ − xᵢ₊₁)² + ½·0.01·Σ(xᵢ − cᵢ)², tridiagonal, in a box that about half of the optimum presses against. */
  const chain: Problem & { hessian(x: Float64Array, hessian: Float64Array): void } = {
    start: new Float64Array(size).fill(5),
    lower: new Float64Array(size).fill(-0.5),
    upper: new Float64Array(size).fill(0.5),
    evaluate(x, gradient) {
      let value = 0;
      gradient.fill(0);
      for (let i = 0; i < size; i++) {
        const away = x[i] - 20 * Math.sin(i / 3);
        value += 0.005 * away * away;
        gradient[i] += 0.01 * away;
        if (i + 1 === size) break;
        const step = x[i] - x[i + 1];
        value += step * step * 0.5;
        gradient[i] += step;
        gradient[i + 1] -= step;
      }
      return value;
    },
    hessian(_, hessian) {
      for (let i = 0; i < size; i++) {
        hessian[i * size + i] = 0.01 + (i === 0 || i === size - 1 ? 1 : 2);
        if (i > 0) hessian[i * size + i - 1] = hessian[(i - 1) * size + i] = -1;
      }
    },
  };

  it("are solved alike by L-BFGS-B, Newton with the Hessian given, and gradient descent", () => {
    const options = { gradientTolerance: 1e-8, valueTolerance: 0 };
    const solutions = [
      lbfgsb(chain, options),
      newton(chain, { ...options, globalisation: "line_search" }),
      gradientDescent(chain, options),
    ];
    const [reference] = solutions;
    const held = reference.x.filter((value) => Math.abs(value) === 0.5).length;
    expect(held).toBeGreaterThan(100);
    expect(held).toBeLessThan(900);
    for (const { x, status } of solutions) {
      expect(status).toBe("converged");
      for (let i = 0; i < size; i++) expect(Math.abs(x[i] - reference.x[i])).toBeLessThan(1e-5);
    }
    expect(solutions[0].evaluations).toBeLessThan(100);
  });
});
