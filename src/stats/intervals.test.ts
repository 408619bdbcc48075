import { describe, expect, it } from "vitest";
import { createRandom } from "../base/random.ts";
import { pairedBootstrap } from "./bootstrap.ts";
import { binomialBand, clusteredMean, normalInterval, welch, wilsonInterval } from "./intervals.ts";
import { daysNeeded, detectableStandardErrors, minimumDetectableEffect, sampleSizePerArm } from "./power.ts";
import { quantileOfSorted, quantiles } from "./quantile.ts";

describe("Welch against the tests of GrowthBook's gbstats", () => {
  const control = { count: 3407, sum: 1396.87, sumOfSquares: 52377.9767 };
  const treatment = { count: 3461, sum: 2422.7, sumOfSquares: 134698.29 };

  it("relative: .70732, (−.03526, 1.44989), p .06191", () => {
    const result = welch(control, treatment, { scale: "relative" });
    expect(result.estimate).toBeCloseTo(0.70732, 5);
    expect(result.lower).toBeCloseTo(-0.03526, 5);
    expect(result.upper).toBeCloseTo(1.44989, 5);
    expect(result.pValue).toBeCloseTo(0.06191, 5);
  });

  it("absolute: .29, (.04538, .53462), p .02016", () => {
    const result = welch(control, treatment);
    expect(result.estimate).toBeCloseTo(0.29, 5);
    expect(result.lower).toBeCloseTo(0.04538, 5);
    expect(result.upper).toBeCloseTo(0.53462, 5);
    expect(result.pValue).toBeCloseTo(0.02016, 5);
  });
});

describe("cluster-robust mean", () => {
  it("is the classical standard error when every row is its own cluster", () => {
    const values = [1, 4, 2, 7, 6];
    const { mean, standardError } = clusteredMean(values, [0, 1, 2, 3, 4]);
    const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 4;
    expect(mean).toBe(4);
    expect(standardError).toBeCloseTo(Math.sqrt(variance / 5), 12);
  });

  it("is not fooled by repeating every row: same error, where the naive one falls by √2", () => {
    const single = clusteredMean([1, 4, 2, 7, 6], [0, 1, 2, 3, 4]);
    const doubled = clusteredMean([1, 1, 4, 4, 2, 2, 7, 7, 6, 6], [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]);
    expect(doubled.standardError).toBeCloseTo(single.standardError, 12);
    expect(doubled).toMatchObject({ rows: 10, clusters: 5 });
  });

  it("leaves NaN out and has no error for one cluster", () => {
    expect(clusteredMean([1, Number.NaN, 3], [0, 1, 0])).toMatchObject({ mean: 2, rows: 2, clusters: 1 });
    expect(clusteredMean([1, 3], [0, 0]).standardError).toBeNaN();
  });

  it("normal interval: ±1.96", () => {
    expect(normalInterval(1, 2, 0.95).upper).toBeCloseTo(1 + 2 * 1.959963984540054, 10);
  });
});

describe("binomial band", () => {
  it("is the exact equal-tailed one: Bin(10, ½) at 95 % is 2…8 (tails 11/1024 inside 2.5 %, 56/1024 not)", () => {
    expect(binomialBand(10, 0.5, 0.95)).toEqual({ lower: 2, upper: 8 });
  });

  it("is near the normal approximation for 200 runs at 90 %", () => {
    const { lower, upper } = binomialBand(200, 0.9);
    const reach = 2.5758 * Math.sqrt(200 * 0.9 * 0.1);
    expect(Math.abs(lower - (180 - reach))).toBeLessThan(2);
    expect(Math.abs(upper - (180 + reach))).toBeLessThan(2);
  });
});

describe("power", () => {
  it("64 per arm at half a standard deviation minus the t correction: 63 (Cohen 1988, table 2.4.1 gives 64 with t)", () => {
    expect(sampleSizePerArm({ effect: 0.5, standardDeviation: 1 })).toBe(63);
    expect(detectableStandardErrors()).toBeCloseTo(2.8015852, 6);
  });

  it("size and detectable effect undo each other", () => {
    const perArm = sampleSizePerArm({ effect: 0.03, standardDeviation: 1.7 });
    const effect = minimumDetectableEffect({ control: perArm, treatment: perArm, standardDeviation: 1.7 });
    expect(effect).toBeCloseTo(0.03, 5);
    expect(effect).toBeLessThanOrEqual(0.03);
  });

  it("counts enrolment and the outcome's horizon", () => {
    const plan = { customersNeeded: 1000, available: 300, weeklyInflow: 100, outcomeDays: 90 };
    expect(daysNeeded(plan)).toBe(49 + 90);
    expect(daysNeeded({ ...plan, available: 1000 })).toBe(90);
    expect(daysNeeded({ ...plan, weeklyInflow: 0 })).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("quantiles and bootstrap", () => {
  it("matches R's quantile(c(1, 2, 3, 4, 10)) type 7, NaN left out", () => {
    expect(quantiles([10, 3, Number.NaN, 1, 4, 2], [0, 0.25, 0.5, 0.75, 1])).toEqual([1, 2, 3, 4, 10]);
    expect(quantiles([1, 2, 3, 4, 10], [0.9])[0]).toBeCloseTo(7.6, 12);
    expect(quantileOfSorted([], 0.5)).toBeNaN();
  });

  it("recovers the textbook interval of a mean, is reproducible, and calls a true zero equal", () => {
    const random = createRandom("bootstrap-test");
    const values = Float64Array.from({ length: 400 }, () => random.normal());
    const mean = (shift: number) => (sample: Int32Array) => {
      let sum = 0;
      for (const i of sample) sum += values[i] + shift;
      return sum / sample.length;
    };
    const interval = pairedBootstrap(400, mean(0), { seed: "a", repetitions: 1000 });
    const { mean: center, standardError } = clusteredMean(
      values,
      values.map((_, i) => i),
    );
    expect(interval.lower).toBeCloseTo(center - 1.96 * standardError, 1);
    expect(interval.upper - interval.lower).toBeCloseTo(3.92 * standardError, 1);
    expect(interval.verdict).toBe("equal");
    expect(pairedBootstrap(400, mean(0), { seed: "a", repetitions: 1000 })).toEqual(interval);
    expect(pairedBootstrap(400, mean(1), { seed: "a" }).verdict).toBe("better");
    expect(pairedBootstrap(400, mean(-1), { seed: "a" }).verdict).toBe("worse");
  });
});

it("Wilson's interval is that of Newcombe (1998), table I: 81/263, 15/148, 0/20 and 1/29", () => {
  for (const [successes, count, lower, upper] of [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ]) {
    const found = wilsonInterval(successes, count, 0.95);
    expect(found.lower).toBeCloseTo(lower, 4);
    expect(found.upper).toBeCloseTo(upper, 4);
  }
});
