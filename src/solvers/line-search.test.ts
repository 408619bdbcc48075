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

  // Falls to 1 and rises behind it, both with 39 quarter waves of slope up to 0.99 on it: many false minima.
  it.each([
    [1e-3, 12, 1],
    [1e-1, 12, 1],
    [1e1, 10, 1],
    [1e3, 13, 1],
  ])(
    "from step %d does what table III of Moré & Thuente (1994) prints: %d evaluations, step %d",
    (firstStep, count, step) => {
      const [beta, waves] = [0.01, (39 * Math.PI) / 2];
      const valley = (a: number) => {
        if (Math.abs(a - 1) >= beta) return { value: Math.abs(a - 1), slope: Math.sign(a - 1) };
        return { value: (a - 1) ** 2 / (2 * beta) + beta / 2, slope: (a - 1) / beta };
      };
      const result = search(
        (a) => valley(a).value + ((1 - beta) / waves) * Math.sin(waves * a),
        (a) => valley(a).slope + (1 - beta) * Math.cos(waves * a),
        { firstStep, sufficientDecrease: 0.1, curvature: 0.1, intervalTolerance: 1e-10 },
      );
      expect(result.evaluations).toBe(count);
      expect(Math.abs(result.step - step)).toBeLessThan(0.0051);
    },
  );

  // φ(α) = γ(β₁)·√((1 − α)² + β₂²) + γ(β₂)·√(α² + β₁²), γ(β) = √(1 + β²) − β
  it.each([
    ["IV", 0.001, 0.001, 1e-3, 4, 0.08],
    ["IV", 0.001, 0.001, 1e-1, 1, 0.1],
    ["IV", 0.001, 0.001, 1e1, 3, 0.35],
    ["IV", 0.001, 0.001, 1e3, 4, 0.83],
    ["V", 0.01, 0.001, 1e-3, 6, 0.075],
    ["V", 0.01, 0.001, 1e-1, 3, 0.078],
    ["V", 0.01, 0.001, 1e1, 7, 0.073],
    ["V", 0.01, 0.001, 1e3, 8, 0.076],
    ["VI", 0.001, 0.01, 1e-3, 13, 0.93],
    ["VI", 0.001, 0.01, 1e-1, 11, 0.93],
    ["VI", 0.001, 0.01, 1e1, 8, 0.92],
    ["VI", 0.001, 0.01, 1e3, 11, 0.92],
  ] as const)(
    "does what table %s of Moré & Thuente (1994) prints for β = %d, %d from step %d: %d evaluations, step %d",
    (_, one, two, firstStep, count, step) => {
      const weight = (beta: number) => Math.sqrt(1 + beta * beta) - beta;
      const result = search(
        (a) => weight(one) * Math.hypot(1 - a, two) + weight(two) * Math.hypot(a, one),
        (a) => (weight(one) * (a - 1)) / Math.hypot(1 - a, two) + (weight(two) * a) / Math.hypot(a, one),
        { firstStep, sufficientDecrease: 1e-3, curvature: 1e-3, intervalTolerance: 1e-10 },
      );
      expect(result.evaluations).toBe(count);
      expect(Math.abs(result.step - step)).toBeLessThan(0.0051);
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

  it("comes back from where the function still falls, but too little for the way gone", () => {
    const result = search(
      (a) => -0.1 * (1 - Math.exp(-10 * a)) - 0.001 * a,
      (a) => -Math.exp(-10 * a) - 0.001,
      { firstStep: 5, sufficientDecrease: 0.1, curvature: 0.5 },
    );
    expect(result.value).toBeLessThanOrEqual(0.1 * result.step * result.start.slope);
    expect(Math.abs(result.slope)).toBeLessThanOrEqual(0.5 * Math.abs(result.start.slope));
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
