import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { strongWolfeStep } from "./line-search.ts";

const search = (
  f: (step: number) => number,
  slope: (step: number) => number,
  options: {
    firstStep: number;
    maxStep?: number;
    sufficientDecrease: number;
    curvature: number;
    intervalTolerance?: number;
  },
) => {
  let evaluations = 0;
  const evaluate = (step: number) => {
    evaluations++;
    return { value: f(step), slope: slope(step) };
  };
  const start = { value: f(0), slope: slope(0) };
  return { ...strongWolfeStep(evaluate, start, { maxStep: 1e10, ...options }), evaluations, start };
};

describe("the line search", () => {
  // φ(α) = −α/(α² + 2)
  it.each([
    [1e-3, 6, 1.4],
    [1e-1, 3, 1.4],
    [1e1, 1, 10],
    [1e3, 4, 37],
  ])(
    "from step %d does what table I of Moré & Thuente (1994) prints: %d evaluations, step %d",
    (firstStep, count, step) => {
      const result = search(
        (a) => -a / (a * a + 2),
        (a) => (a * a - 2) / (a * a + 2) ** 2,
        { firstStep, sufficientDecrease: 1e-3, curvature: 0.1 },
      );
      expect(result.evaluations).toBe(count);
      expect(Number(result.step.toPrecision(2))).toBe(step);
    },
  );

  // φ(α) = (α + 0.004)⁵ − 2(α + 0.004)⁴
  it.each([
    [1e-3, 12, 1.6],
    [1e-1, 8, 1.6],
    [1e1, 8, 1.6],
    [1e3, 11, 1.6],
  ])(
    "from step %d does what table II of Moré & Thuente (1994) prints: %d evaluations, step %d",
    (firstStep, count, step) => {
      const result = search(
        (a) => (a + 0.004) ** 5 - 2 * (a + 0.004) ** 4,
        (a) => 5 * (a + 0.004) ** 4 - 8 * (a + 0.004) ** 3,
        { firstStep, sufficientDecrease: 0.1, curvature: 0.1, intervalTolerance: 1e-10 },
      );
      expect(result.evaluations).toBe(count);
      expect(Number(result.step.toPrecision(2))).toBe(step);
    },
  );

  it("satisfies the strong Wolfe conditions on wavy functions from any first step", () => {
    const numbers = fc.record({
      depth: fc.double({ min: 0, max: 0.9, noNaN: true }),
      waves: fc.double({ min: 0.5, max: 8, noNaN: true }),
      firstStep: fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
    });
    fc.assert(
      fc.property(numbers, ({ depth, waves, firstStep }) => {
        const f = (a: number) => (a - 3) ** 2 / 2 + (depth / waves) * Math.sin(waves * a);
        const slope = (a: number) => a - 3 + depth * Math.cos(waves * a);
        const result = search(f, slope, { firstStep, sufficientDecrease: 1e-3, curvature: 0.9 });
        expect(result.found).toBe(true);
        expect(result.value).toBeLessThanOrEqual(f(0) + 1e-3 * result.step * slope(0));
        expect(Math.abs(result.slope)).toBeLessThanOrEqual(0.9 * Math.abs(slope(0)));
        expect(result.value).toBe(f(result.step));
      }),
    );
  });

  it("stops at the largest step where the function still falls, and backs off where it does not exist", () => {
    const falling = search(
      (a) => -a,
      () => -1,
      { firstStep: 1, maxStep: 7, sufficientDecrease: 1e-3, curvature: 0.9 },
    );
    expect(falling).toMatchObject({ step: 7, found: true });
    const logarithm = search(
      (a) => -a - Math.log(1 - a) / 10,
      (a) => -1 + 0.1 / (1 - a),
      { firstStep: 100, sufficientDecrease: 1e-3, curvature: 0.1 },
    );
    expect(logarithm.found).toBe(true);
    expect(logarithm.step).toBeGreaterThan(0.2);
    expect(logarithm.step).toBeLessThan(1);
  });

  it("says so where nothing is lower", () => {
    const rising = search(
      (a) => a,
      () => -1, // a wrong derivative
      { firstStep: 1, sufficientDecrease: 1e-3, curvature: 0.9 },
    );
    expect(rising.found).toBe(false);
  });
});
