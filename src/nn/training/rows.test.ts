import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { batchValues, epochOrder } from "./batches.ts";
import { classWeights, recencyWeights } from "./row-weights.ts";
import { timeOrderedSplit } from "./time-ordered-split.ts";

const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe("class weights", () => {
  it("give a rare class the weight of a common one", () => {
    const weights = classWeights([0, 0, 0, 1]);
    expect([...weights]).toEqual([...Float32Array.of(2 / 3, 2 / 3, 2 / 3, 2)]);
    expect(mean(weights)).toBeCloseTo(1, 6);
  });
});

describe("recency weights", () => {
  it("halve with every half-life and have mean 1", () => {
    const weights = recencyWeights([0, 30, 60], 30);
    expect(weights[0] / weights[1]).toBeCloseTo(2, 6);
    expect(weights[1] / weights[2]).toBeCloseTo(2, 6);
    expect(mean(weights)).toBeCloseTo(1, 6);
  });

  it("refuse a half-life that is none", () => {
    expect(() => recencyWeights([1], 0)).toThrow("above 0, not 0");
  });
});

describe("a time-ordered split", () => {
  it("never judges by a row that is older than one it learned from, and loses no row", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 60 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (times, share) => {
          const { training, validation } = timeOrderedSplit(times, share);
          expect([...training, ...validation].sort((a, b) => a - b)).toEqual([...times.keys()]);
          expect(training.length).toBeGreaterThan(0);
          const latest = Math.max(...[...training].map((row) => times[row]));
          for (const row of validation) expect(times[row]).toBeGreaterThan(latest);
          if (new Set(times).size > 1) expect(validation.length).toBeGreaterThan(0);
        },
      ),
    );
  });

  it("validates by at least the share", () => {
    const { training, validation } = timeOrderedSplit([5, 1, 4, 2, 3, 6, 7, 8, 9, 10], 0.2);
    expect([...validation]).toEqual([7, 8, 9]);
    expect(training.length).toBe(7);
  });
});

describe("mini-batches", () => {
  it("of an epoch hold every row once, in an order that seed and epoch decide", () => {
    const rows = Int32Array.from({ length: 100 }, (_, row) => 3 * row);
    const order = epochOrder(rows, "seed", 1);
    expect(order).toEqual(epochOrder(rows, "seed", 1));
    expect(order).not.toEqual(epochOrder(rows, "seed", 2));
    expect(order.slice().sort()).toEqual(rows);
  });

  it("are filled up with rows of weight 0, and each has its rate", () => {
    const values = batchValues(Int32Array.of(7, 8, 9, 6, 5), { first: 1, count: 2, batchRows: 2 }, (batch) => batch);
    expect([...values.batch_rows.data]).toEqual([9, 6, 5, 0]);
    expect([...values.batch_present.data]).toEqual([1, 1, 1, 0]);
    expect([...values.learning_rate.data]).toEqual([1, 2]);
  });
});
