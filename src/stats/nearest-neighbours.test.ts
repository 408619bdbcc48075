import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { meanOfNearest } from "./nearest-neighbours.ts";

const points = (...rows: number[][]) => ({ features: rows[0]?.length ?? 1, values: Float64Array.from(rows.flat()) });

/** The definition, written as a sort. */
function bySorting(references: number[][], outcomes: number[], queries: number[][], neighbours: number): number[] {
  const features = references[0].length;
  const scale = Array.from({ length: features }, (_, feature) => {
    const values = references.map((row) => row[feature]);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    return deviation > 1e-12 * Math.abs(mean) ? 1 / deviation : 0;
  });
  return queries.map((query) => {
    const sorted = references
      .map((row, at) => ({
        at,
        apart: row.reduce(
          (sum, value, feature) => sum + (value * scale[feature] - query[feature] * scale[feature]) ** 2,
          0,
        ),
      }))
      .sort((a, b) => a.apart - b.apart || a.at - b.at)
      .slice(0, neighbours);
    return sorted.reduce((sum, { at }) => sum + outcomes[at], 0) / sorted.length;
  });
}

describe("the mean of the nearest neighbours", () => {
  it("weighs features by how much they vary, not by their unit", () => {
    const references = points([0, 0], [1, 1000], [2, 0], [3, 1000]);
    // In raw units the second feature would decide alone; scaled, [2.9, 400] is nearest to [3, 1000] and [2, 0].
    const [mean] = meanOfNearest(references, Float64Array.of(1, 10, 100, 1000), points([2.9, 400]), 2);
    expect(mean).toBe(550);
  });

  it("does without a feature that never varies, takes all where there are few, and says NaN where there are none", () => {
    const same = points([5, 1], [5, 2], [5, 9]);
    expect([...meanOfNearest(same, Float64Array.of(1, 2, 6), points([7, 8.5]), 1)]).toEqual([6]);
    expect([...meanOfNearest(same, Float64Array.of(1, 2, 6), points([7, 8.5]), 10)]).toEqual([3]);
    expect([...meanOfNearest(points(), new Float64Array(0), points([1]), 3)]).toEqual([Number.NaN]);
  });

  it("agrees with sorting all distances, ties by order", () => {
    const row = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 2, maxLength: 2 });
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 12 }),
        fc.array(row, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 14 }),
        (references, queries, neighbours) => {
          const outcomes = references.map((_, at) => 2 ** at);
          const found = meanOfNearest(
            points(...references),
            Float64Array.from(outcomes),
            points(...queries),
            neighbours,
          );
          expect([...found]).toEqual(bySorting(references, outcomes, queries, neighbours));
        },
      ),
      { numRuns: 300, seed: 1 },
    );
  });
});
