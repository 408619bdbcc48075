import { describe, expect, it } from "vitest";
import { createRandom } from "../base/random.ts";
import {
  type Column,
  correlationClusters,
  mutualInformation,
  permutationImportance,
  rankColumns,
  variance,
  varyingColumns,
} from "./feature-selection.ts";

const rows = 4000;
const random = createRandom("selection");
const column = (make: (row: number) => number) => Float64Array.from({ length: rows }, (_, row) => make(row));
const noise = column(() => random.normal());
const other = column(() => random.normal());

describe("variance", () => {
  it("counts the values that are there, exactly where they are large and close together", () => {
    expect(variance(Float64Array.of(1, Number.NaN, 2, 3))).toBe(1);
    expect(variance(Float64Array.of(1e9 + 1, 1e9 + 2, 1e9 + 3))).toBe(1);
    expect(variance(Float64Array.of(7, Number.NaN))).toBe(0);
  });

  it("finds the columns that vary", () => {
    expect(varyingColumns([noise, column(() => 0.1), column(() => Number.NaN), other])).toEqual([0, 3]);
  });
});

describe("correlation clusters", () => {
  it("joins what orders the customers alike, whatever the scale or the sign; the first of each leads", () => {
    const copies = [noise, other, column((row) => Math.exp(noise[row])), column((row) => -(other[row] ** 3))];
    expect(correlationClusters(rankColumns(copies), 0.99)).toEqual([
      [0, 2],
      [1, 3],
    ]);
  });

  it("does not chain: a middle that resembles both ends leaves the ends apart", () => {
    const middle = column((row) => noise[row] + other[row]);
    const clusters = correlationClusters(rankColumns([noise, middle, other]), 0.6);
    expect(clusters).toEqual([[0, 1], [2]]);
  });

  it("gives ties their mean rank and missing values the middle", () => {
    const [ranks] = rankColumns([Float64Array.of(5, Number.NaN, 1, 5)]);
    expect([...ranks]).toEqual([0.5, 0, -1, 0.5].map((rank) => rank / Math.sqrt(1.5)));
    expect([...rankColumns([Float64Array.of(2, 2)])[0]]).toEqual([0, 0]);
  });
});

describe("mutual information", () => {
  it("is the entropy of a copy, near nothing for chance, and sees what no correlation sees", () => {
    const bit = column((row) => row % 2);
    expect(mutualInformation(bit, bit)).toBeCloseTo(Math.log(2) - 1 / (2 * rows), 12);
    expect(mutualInformation(noise, other)).toBeLessThan(0.01);
    const squared = column((row) => noise[row] ** 2);
    expect(mutualInformation(noise, squared)).toBeGreaterThan(1);
  });

  it("agrees with the closed form for two normal columns: −½ ln(1 − ρ²)", () => {
    const rho = 0.6;
    const mixed = column((row) => rho * noise[row] + Math.sqrt(1 - rho * rho) * other[row]);
    // Cutting into groups loses a little and never adds.
    expect(mutualInformation(noise, mixed)).toBeGreaterThan(-0.5 * Math.log(1 - rho * rho) - 0.04);
    expect(mutualInformation(noise, mixed)).toBeLessThan(-0.5 * Math.log(1 - rho * rho) + 0.02);
  });

  it("counts being missing as a value", () => {
    const bit = column((row) => row % 2);
    const told = column((row) => (row % 2 ? Number.NaN : noise[row]));
    expect(mutualInformation(told, bit)).toBeGreaterThan(0.6);
  });
});

describe("permutation importance", () => {
  const target = column((row) => 3 * noise[row] + other[row]);
  const loss = ([first, second]: readonly Column[]) => {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += (3 * first[row] + second[row] - target[row]) ** 2;
    return sum / rows;
  };

  it("is twice the variance a column explains, 0 for one the model ignores, and leaves the columns alone", () => {
    const columns = [noise, other, column((row) => row)];
    const before = columns.map((values) => values.slice());
    const [first, second, unused] = permutationImportance(columns, loss, createRandom("shuffle"));
    expect(first.mean).toBeCloseTo(2 * 9 * variance(noise), -0.5);
    expect(second.mean).toBeCloseTo(2 * variance(other), 0);
    expect(unused).toEqual({ mean: 0, standardError: 0 });
    expect(columns).toEqual(before);
  });
});
