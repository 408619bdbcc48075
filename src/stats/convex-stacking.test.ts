import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../base/random.ts";
import { stackConvexly } from "./convex-stacking.ts";

const random = createRandom("convex-stacking");
const rows = 3000;
const first = Float64Array.from({ length: rows }, () => random.gamma(1));
const second = Float64Array.from({ length: rows }, () => random.gamma(1));
/** Zero-inflated, right on average. */
const outcomes = (mean: (row: number) => number) =>
  Float64Array.from({ length: rows }, (_, row) => (random.uniform() < 0.6 ? 0 : (mean(row) / 0.4) * random.gamma(1)));

describe("convex stacking", () => {
  it("finds the mix that outcomes were drawn around", () => {
    const { weights } = stackConvexly(
      outcomes((row) => 0.3 * first[row] + 0.7 * second[row]),
      [first, second],
    );
    expect(weights[0]).toBeCloseTo(0.3, 1);
    expect(weights[0] + weights[1]).toBeCloseTo(1, 12);
  });

  it("gives a forecast that says nothing next to no weight, and is never worse than the best single one or any mix", () => {
    const noise = first.map(() => random.gamma(1));
    const actual = outcomes((row) => first[row]);
    const { weights, deviance } = stackConvexly(actual, [first, noise]);
    expect(weights[1]).toBeLessThan(0.05);
    const of = (share: number) =>
      stackConvexly(actual, [first.map((value, row) => (1 - share) * value + share * noise[row])]).deviance;
    for (const share of [0, 0.02, 0.1, 0.5, 1]) expect(deviance).toBeLessThanOrEqual(of(share) + 1e-6);
  });

  it("stays on the simplex and does not depend on the unit of money", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 5 }), fc.double({ min: 0.01, max: 1e6, noNaN: true }), (members, unit) => {
        const forecasts = Array.from({ length: members }, (_, at) =>
          first.map((value, row) => value + at * second[row]),
        );
        const actual = first.map((value) => value - 0.5); // some below 0
        const { weights } = stackConvexly(actual, forecasts);
        expect(Math.min(...weights)).toBeGreaterThanOrEqual(0);
        expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 9);
        const inUnit = stackConvexly(
          actual.map((value) => value * unit),
          forecasts.map((forecast) => forecast.map((value) => value * unit)),
        );
        for (const [at, weight] of inUnit.weights.entries()) expect(weight).toBeCloseTo(weights[at], 4);
      }),
      { numRuns: 8, seed: 2 },
    );
  });

  it("refuses outcomes that are nowhere positive", () => {
    expect(() => stackConvexly([0, -1], [[1, 2]])).toThrow("no_positive_outcomes");
  });
});
