import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../base/random.ts";
import { areaUnderRoc, averageRanks, decileError, gainCurve, gini, normalizedGini, spearman } from "./ranking.ts";

describe("ranks and correlations", () => {
  it("shares the mean rank among equals, as R's rank()", () => {
    expect([...averageRanks([10, 20, 20, 5])]).toEqual([2, 3.5, 3.5, 1]);
  });

  it("matches −29/165 of the IQ and television example (Wikipedia, Spearman's rank correlation coefficient)", () => {
    const iq = [106, 100, 86, 101, 99, 103, 97, 113, 112, 110];
    const hours = [7, 27, 2, 50, 28, 29, 20, 12, 6, 17];
    expect(spearman(iq, hours)).toBeCloseTo(-29 / 165, 12);
  });

  it("is 1 under any rising transformation and NaN against a constant", () => {
    expect(spearman([1, 2, 2, 9], [0, 7, 7, 8])).toBeCloseTo(1, 12);
    expect(spearman([1, 2], [3, 3])).toBeNaN();
  });

  it("AUC: 0.75 by hand (3 of 4 pairs), ties count a half", () => {
    expect(areaUnderRoc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])).toBe(0.75);
    expect(areaUnderRoc([1, 0], [5, 5])).toBe(0.5);
  });
});

describe("gain, Gini, deciles", () => {
  it("computes the curve and 2·Σ/n − 1 by hand", () => {
    expect([...gainCurve([0, 6, 2], [1, 3, 2])]).toEqual([0.75, 1, 1]);
    expect(gini([0, 6, 2], [1, 3, 2])).toBeCloseTo((2 * 2.75) / 3 - 1, 12);
    expect(normalizedGini([0, 6, 2], [2, 1, 3])).toBeLessThan(1);
    expect(normalizedGini([0, 6, 2], [1, 3, 2])).toBe(1);
  });

  it("gives a constant score a straight line, so Gini 1/n", () => {
    expect(gini([4, 0, 0, 0], [1, 1, 1, 1])).toBeCloseTo(1 / 4, 12);
  });

  it("shuffling rows changes nothing, ties or not", () => {
    const row = fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 4 }));
    fc.assert(
      fc.property(fc.array(row, { minLength: 5, maxLength: 60 }), fc.integer(), (rows, seed) => {
        fc.pre(rows.some(([truth]) => truth > 0));
        const shuffled = createRandom(seed).shuffle([...rows]);
        const of = (list: [number, number][]) => {
          const truth = list.map(([t]) => t);
          const score = list.map(([, s]) => s);
          return [gini(truth, score), decileError(truth, score).mape];
        };
        const [before, after] = [of(rows), of(shuffled)];
        expect(after[0]).toBeCloseTo(before[0], 10);
        expect(after[1]).toBeCloseTo(before[1], 10);
      }),
    );
  });

  it("decile error by hand: two bins, off by half and by a quarter", () => {
    const error = decileError([2, 2, 4, 4], [1, 1, 5, 5], 2);
    expect(error.mape).toBeCloseTo((0.5 + 0.25) / 2, 12);
    expect(error.actual).toEqual([2, 4]);
  });

  it("measures a bin without truth against the overall mean and counts it; a right zero costs nothing", () => {
    expect(decileError([0, 0, 4, 4], [1, 1, 4, 4], 2)).toMatchObject({ mape: 0.25, zeroTruthBins: 1 });
    expect(decileError([0, 0, 4, 4], [0, 0, 4, 4], 2).mape).toBe(0);
  });

  it("splits a tie over the border of two bins evenly", () => {
    expect(decileError([0, 6, 0, 6], [3, 3, 3, 3], 2)).toMatchObject({ mape: 0, actual: [3, 3] });
  });
});

const sample = new URL("../../../shared/data/cdnow/cdnow_sample.csv", import.meta.url);
describe.skipIf(!existsSync(sample))("CDNOW, past spend as a score (skipped where the data folder is absent)", () => {
  it("gives Spearman 0.393 and normalised Gini 0.680 (independent figures in base R)", () => {
    const spend = new Map<string, { past: number; future: number }>();
    for (const line of readFileSync(sample, "utf8").trim().split("\n").slice(1)) {
      const [, id, date, , dollars] = line.split(",");
      const customer = spend.get(id) ?? { past: 0, future: 0 };
      customer[date <= "1997-09-30" ? "past" : "future"] += Number(dollars);
      spend.set(id, customer);
    }
    const past = [...spend.values()].map((customer) => customer.past);
    const future = [...spend.values()].map((customer) => customer.future);
    expect(spend.size).toBe(2357);
    expect(future.reduce((a, b) => a + b)).toBeCloseTo(70976.39, 2);
    expect(spearman(past, future)).toBeCloseTo(0.393, 3);
    expect(normalizedGini(future, past)).toBeCloseTo(0.68, 3);
  });
});
