import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../base/random.ts";
import { type BatchFunction, completenessError, shapleyValues, singleReplacements } from "./shapley.ts";

/** A function of one row of plain numbers, as one of batches. */
const batched =
  (width: number, ...outputs: ((row: Float32Array) => number)[]): BatchFunction =>
  async (features, rows) =>
    Float64Array.from({ length: rows * outputs.length }, (_, at) => {
      const row = Math.floor(at / outputs.length);
      return outputs[at % outputs.length](features.subarray(row * width, (row + 1) * width));
    });

const alone = (width: number) => Array.from({ length: width }, (_, feature) => [feature]);
const options = (width: number, pairs = 3) => ({ groups: alone(width), pairs, random: createRandom("orders") });

/** By the definition: the mean over all orders. */
function exactValues(f: (row: Float32Array) => number, own: Float32Array, baseline: Float32Array): number[] {
  const values = new Array(own.length).fill(0);
  let orders = 0;
  const enter = (left: number[], point: Float32Array, order: [number, number][]): void => {
    if (left.length === 0) {
      orders++;
      for (const [feature, change] of order) values[feature] += change;
    }
    for (const feature of left) {
      const next = point.slice();
      next[feature] = own[feature];
      const change = f(next) - f(point);
      enter(
        left.filter((other) => other !== feature),
        next,
        [...order, [feature, change]],
      );
    }
  };
  enter([...own.keys()], baseline, []);
  return values.map((sum) => sum / orders);
}

describe("sampled Shapley values", () => {
  const baseline = Float32Array.of(1, 0, -2);

  it("are weight × distance from the baseline for a linear function, without sampling error", async () => {
    const f = batched(3, (row) => 4 + 3 * row[0] - 2 * row[1] + row[2]);
    const found = await shapleyValues(
      f,
      { rows: 2, width: 3, features: Float32Array.of(2, 5, -2, 0, 0, 1), baseline },
      options(3, 2),
    );
    expect([...found.values]).toEqual([3, -10, 0, -3, 0, 3]);
    expect([...found.standardErrors]).toEqual([0, 0, 0, 0, 0, 0]);
    expect([...found.baseline, ...found.predictions]).toEqual([5, -2, 5]);
  });

  it("give every feature of an additive function its own term", async () => {
    const f = batched(3, (row) => Math.exp(row[0]) + row[1] ** 3 + Math.abs(row[2]));
    const { values } = await shapleyValues(
      f,
      { rows: 1, width: 3, features: Float32Array.of(0, 2, 3), baseline },
      options(3),
    );
    [1 - Math.E, 8, 1].forEach((term, feature) => {
      expect(values[feature]).toBeCloseTo(term, 12);
    });
  });

  it("share what two features do only together equally, in a single pair of orders", async () => {
    const f = batched(3, (row) => row[0] * row[1] + 5 * row[2]);
    const { values } = await shapleyValues(
      f,
      { rows: 1, width: 3, features: Float32Array.of(4, 6, 1), baseline: new Float32Array(3) },
      options(3, 1),
    );
    expect([...values]).toEqual([12, 12, 5]);
  });

  it("let features of a group change places together, and know a missing value from a number", async () => {
    const lacking = Float32Array.of(0, 0, Number.NaN);
    const f = batched(3, (row) => row[0] * row[1] + (Number.isNaN(row[2]) ? 100 : row[2]));
    const found = await shapleyValues(
      f,
      { rows: 1, width: 3, features: Float32Array.of(2, 3, 7), baseline: lacking },
      { groups: [[0, 1], [2]], pairs: 2, random: createRandom("g") },
    );
    expect([...found.values]).toEqual([6, -93]);
    const alike = { rows: 1, width: 3, features: Float32Array.of(2, 3, Number.NaN), baseline: lacking };
    expect(
      (await shapleyValues(f, alike, { groups: [[0, 1], [2]], pairs: 2, random: createRandom("g") })).values[1],
    ).toBe(0);
  });

  it("add up to f(row) − f(baseline) for any function and any number of pairs (completeness), in every output", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.float({ min: -3, max: 3, noNaN: true }), fc.float({ min: -3, max: 3, noNaN: true })), {
          minLength: 1,
          maxLength: 6,
        }),
        fc.integer({ min: 1, max: 4 }),
        async (pairs, count) => {
          const width = pairs.length;
          const sum = (row: Float32Array) => row.reduce((total, value, at) => total + (at + 1) * value, 0);
          const f = batched(
            width,
            (row) => Math.tanh(sum(row)) * 50,
            (row) => sum(row) ** 3,
          );
          const found = await shapleyValues(
            f,
            {
              rows: 1,
              width,
              features: Float32Array.from(pairs, ([own]) => own),
              baseline: Float32Array.from(pairs, ([, other]) => other),
            },
            options(width, count),
          );
          expect(completenessError(found)).toBeLessThan(1e-12);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("come within four standard errors of the mean over all orders, and nearer with more pairs", async () => {
    const f = (row: Float32Array) => Math.exp(0.4 * row[0] + 0.5 * row[1] * row[2]) + row[3] * row[0] * row[1];
    const own = Float32Array.of(1.5, 1, 2, -1);
    const exact = exactValues(f, own, new Float32Array(4));
    const sampled = (pairs: number) =>
      shapleyValues(
        batched(4, f),
        { rows: 1, width: 4, features: own, baseline: new Float32Array(4) },
        options(4, pairs),
      );
    const [few, many] = [await sampled(8), await sampled(512)];
    exact.forEach((value, feature) => {
      expect(Math.abs(few.values[feature] - value)).toBeLessThan(4 * few.standardErrors[feature] + 1e-9);
      expect(Math.abs(many.values[feature] - value)).toBeLessThan(0.05);
    });
    const total = (errors: Float64Array) => errors.reduce((sum, error) => sum + error, 0);
    expect(total(many.standardErrors)).toBeLessThan(total(few.standardErrors) / 4);
  });

  it("do not depend on how many rows a call explains, nor on which rows stand beside a row", async () => {
    const f = batched(3, (row) => row[0] * row[1] * (row[2] + 1));
    const features = Float32Array.from({ length: 21 }, (_, at) => (at * 7) % 5);
    const explain = (rows: number, rowsPerCall: number) =>
      shapleyValues(
        f,
        { rows, width: 3, features: features.slice(0, rows * 3), baseline },
        { ...options(3), rowsPerCall },
      );
    const whole = await explain(7, 100);
    expect((await explain(7, 2)).values).toEqual(whole.values);
    expect((await explain(2, 5)).values).toEqual(whole.values.slice(0, 6));
  });
});

it("a single replacement is what a feature alone does in its place", async () => {
  const drops = await singleReplacements(
    batched(2, (row) => row[0] * row[1]),
    { rows: 2, width: 2, features: Float32Array.of(2, 3, 5, 7), baseline: Float32Array.of(1, 1) },
    1,
  );
  expect([...drops]).toEqual([3, 4, 28, 30]);
});
