import { describe, expect, it } from "vitest";
import { createRandom } from "../base/random.ts";
import { equalRows } from "./equal-rows.ts";

describe("equal rows", () => {
  it("puts together what agrees in every column, in rising order, and counts it", () => {
    const left = Float64Array.of(2, 1, 2, 2, 0, -0);
    const right = Float64Array.of(5, 7, 4, 5, 1, 1);
    const { groups, group, first, counts } = equalRows(6, [left, right]);
    expect(groups).toBe(4);
    expect([...group]).toEqual([3, 1, 2, 3, 0, 0]);
    expect([...first]).toEqual([4, 1, 2, 0]);
    expect([...counts]).toEqual([2, 1, 1, 2]);
    expect(equalRows(0, [left, right]).groups).toBe(0);
  });

  it("finds what a map of texts finds, among 20,000 random rows", () => {
    const random = createRandom("equal-rows");
    const rows = 20_000;
    const columns = [7, 50, 11].map((bound) => Float64Array.from({ length: rows }, () => random.integer(bound) / 7));
    const { groups, group, counts } = equalRows(rows, columns);
    const texts = new Map<string, number[]>();
    for (let row = 0; row < rows; row++) {
      const text = columns.map((column) => column[row]).join(" ");
      texts.set(text, [...(texts.get(text) ?? []), row]);
    }
    expect(groups).toBe(texts.size);
    for (const members of texts.values()) {
      expect(new Set(members.map((row) => group[row])).size).toBe(1);
      expect(counts[group[members[0]]]).toBe(members.length);
    }
  });
});
