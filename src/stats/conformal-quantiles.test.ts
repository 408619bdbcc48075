import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../base/random.ts";
import { conformalQuantile, conformalQuantilesOf, fitConformalQuantiles } from "./conformal-quantiles.ts";
import { binomialBand } from "./intervals.ts";
import { coverageByScore, coverageError, quantileCoverage } from "./quantile-coverage.ts";

const levels = [0.1, 0.5, 0.9];

/** Forecasts with outcomes around them: 0 with a chance that falls with the forecast, else a wide lognormal. */
function shop(rows: number, seed: string) {
  const random = createRandom(seed);
  const forecast = Float64Array.from({ length: rows }, () => 50 * random.gamma(0.7));
  const actual = forecast.map((mean) => {
    const buys = 0.1 + 0.85 * (mean / (mean + 40));
    return random.uniform() < buys ? (mean / buys) * Math.exp(0.8 * random.normal() - 0.32) : 0;
  });
  return { forecast, actual };
}

describe("conformal quantiles", () => {
  it("take the ⌈(n + 1)τ⌉-th smallest ratio (Romano, Patterson & Candès 2019, eq. 8)", () => {
    const rising = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
    expect(levels.map((level) => conformalQuantile(rising, level))).toEqual([1, 5, 9]);
    expect(conformalQuantile(Float64Array.of(4, 5), 0.9)).toBe(5);
    expect(conformalQuantile(new Float64Array(0), 0.9)).toBe(0);
  });

  const runs = 400;
  const { lower, upper } = binomialBand(runs, 0.9);
  it(`cover at 90 % one new customer in each of ${runs} independent shops, within the 99 % band (${lower} to ${upper})`, () => {
    let covered = 0;
    for (let run = 0; run < runs; run++) {
      const { forecast, actual } = shop(301, `run-${run}`);
      const fit = fitConformalQuantiles(actual.subarray(1), forecast.subarray(1), levels);
      covered += Number(actual[0] <= conformalQuantilesOf(fit, forecast.subarray(0, 1), 2)[0]);
    }
    expect(covered).toBeGreaterThanOrEqual(lower);
    expect(covered).toBeLessThanOrEqual(upper);
  });

  it("respect the mass at 0: p10 and p50 are 0 where more than that buy nothing, and each tenth of customers is covered", () => {
    const [before, later] = [shop(6000, "before"), shop(6000, "later")];
    const fit = fitConformalQuantiles(before.actual, before.forecast, levels);
    expect(fit.multipliers).toHaveLength(10);
    expect(fit.multipliers[0].slice(0, 2)).toEqual([0, 0]);
    expect(fit.multipliers[9][1]).toBeGreaterThan(0);
    levels.forEach((probability, at) => {
      const quantile = conformalQuantilesOf(fit, later.forecast, at);
      expect(coverageError(quantileCoverage(later.actual, quantile, probability))).toBeLessThan(0.02);
      for (const tenth of coverageByScore(later.actual, quantile, later.forecast, { probability }))
        expect(coverageError(tenth)).toBeLessThan(0.06);
    });
  });

  it("never cross and stay finite, whatever was forecast and came", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.double({ min: 0, max: 1e4, noNaN: true }), fc.double({ min: -1e3, max: 1e4, noNaN: true })),
          {
            minLength: 1,
            maxLength: 400,
          },
        ),
        (pairs) => {
          const [forecast, actual] = [0, 1].map((at) => Float64Array.from(pairs, (pair) => pair[at]));
          const fit = fitConformalQuantiles(actual, forecast, levels);
          const [p10, p50, p90] = levels.map((_, at) => conformalQuantilesOf(fit, forecast, at));
          p50.forEach((middle, row) => {
            expect(p10[row]).toBeLessThanOrEqual(middle);
            expect(middle).toBeLessThanOrEqual(p90[row]);
            expect(Number.isFinite(p90[row])).toBe(true);
          });
        },
      ),
      { numRuns: 100, seed: 4 },
    );
  });
});

describe("coverage of a quantile", () => {
  it("counts below and at or below apart, and the pinball loss by hand: (Y − q)(τ − [Y < q])", () => {
    const coverage = quantileCoverage([0, 0, 4, 10], [0, 1, 4, 4], 0.9);
    expect(coverage).toEqual({
      probability: 0.9,
      shareBelow: 0.25,
      shareAtOrBelow: 0.75,
      pinballLoss: (0.1 + 5.4) / 4,
    });
    expect(coverageError(coverage)).toBeCloseTo(0.15, 12);
    expect(coverageError(quantileCoverage([0, 0, 0, 5], [0, 0, 0, 0], 0.5))).toBe(0);
  });
});
