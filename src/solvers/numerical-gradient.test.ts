import { describe, expect, it } from "vitest";
import { hessianOver } from "./hessian.ts";
import { withNumericalGradient } from "./numerical-gradient.ts";
import { Objective } from "./objective.ts";

const value = (x: Float64Array) => Math.exp(x[0]) * Math.sin(x[1]) + 1e6 * x[2];
const exact = ([a, b]: Float64Array) => [Math.exp(a) * Math.sin(b), Math.exp(a) * Math.cos(b), 1e6];
const gradientAt = (x: Float64Array, box: { lower?: Float64Array; upper?: Float64Array }, f = value) => {
  const gradient = new Float64Array(x.length);
  withNumericalGradient({ start: x, ...box, value: f }).evaluate(x, gradient);
  return gradient;
};

describe("the numerical gradient", () => {
  it("is exact to about nine digits of the function's scale, for small and large x", () => {
    for (const x of [Float64Array.of(0.3, 2, 1e-8), Float64Array.of(3, -20, 1e4)]) {
      const scale = Math.max(1e-9 * Math.abs(value(x)), 1e-6);
      gradientAt(x, {}).forEach((slope, i) => {
        expect(Math.abs(slope - exact(x)[i])).toBeLessThan(scale);
      });
    }
  });

  it("never leaves the box: at a bound, in a box thinner than the step, and at a fixed variable", () => {
    const x = Float64Array.of(1, 2, 0);
    const lower = Float64Array.of(1, 2 - 1e-7, 0);
    const upper = Float64Array.of(5, 2 + 1e-7, 0);
    const watched = (point: Float64Array) => {
      point.forEach((coordinate, i) => {
        expect(coordinate).toBeGreaterThanOrEqual(lower[i]);
        expect(coordinate).toBeLessThanOrEqual(upper[i]);
      });
      return value(point);
    };
    const gradient = gradientAt(x, { lower, upper }, watched);
    expect(gradient[0]).toBeCloseTo(exact(x)[0], 5);
    expect(gradient[1]).toBeCloseTo(exact(x)[1], 5);
    expect(gradient[2]).toBe(0);
  });

  it("looks the other way beside the edge of the domain, and gives up where neither side exists", () => {
    const root = (x: Float64Array) => Math.sqrt(x[0]) ** 3;
    expect(gradientAt(Float64Array.of(1e-7), {}, root)[0]).toBeGreaterThan(0);
    const spike = (x: Float64Array) => (x[0] === 1 ? 5 : Number.NaN);
    expect(gradientAt(Float64Array.of(1), {}, spike)[0]).toBeNaN();
  });
});

describe("the Hessian by differences", () => {
  const problem = {
    start: Float64Array.of(0.4, 1.2, 3),
    upper: Float64Array.of(0.4, 9, 9), // the first variable may only step down
    evaluate(x: Float64Array, gradient: Float64Array) {
      gradient.set([2 * x[0] * x[1], x[0] ** 2 + Math.cos(x[1]), 3 * x[2] ** 2]);
      return x[0] ** 2 * x[1] + Math.sin(x[1]) + x[2] ** 3;
    },
  };
  const analytic = {
    ...problem,
    hessian(x: Float64Array, hessian: Float64Array) {
      hessian.set([2 * x[1], 2 * x[0], 0, 2 * x[0], -Math.sin(x[1]), 0, 0, 0, 6 * x[2]]);
    },
  };

  it("agrees with the given one, over all variables and over some", () => {
    for (const free of [Int32Array.of(0, 1, 2), Int32Array.of(0, 2), new Int32Array(0)]) {
      const objective = new Objective(problem, {}, { maxIterations: 1 });
      const at = objective.at(problem.start);
      const numerical = hessianOver(objective, problem, at, free);
      const given = hessianOver(objective, analytic, at, free);
      expect(given.length).toBe(free.length ** 2);
      given.forEach((entry, k) => {
        const mirrored = (k % free.length) * free.length + Math.floor(k / free.length);
        expect(numerical[mirrored]).toBe(numerical[k]);
        expect(Math.abs(numerical[k] - entry)).toBeLessThan(1e-6);
      });
    }
  });
});
