import { describe, expect, it } from "vitest";
import { conceptGroups, explainedRows, typicalCustomer } from "./reasons.ts";

describe("who is explained, against whom, and by what", () => {
  it("the typical customer is in the middle of every feature, and lacks what most lack", () => {
    const features = Float32Array.of(1, Number.NaN, 5, 2, Number.NaN, 5, 9, 4, Number.NaN);
    expect([...typicalCustomer(features, { rows: 3, width: 3, numbers: 3 })]).toEqual([2, Number.NaN, 5]);
  });

  it("everybody up to the limit; beyond it the half with the highest CLV and an even sample of the others", () => {
    // Two horizons; the CLV of customer c is 100 − c.
    const mean = Float64Array.from({ length: 200 }, (_, at) => (at % 2 === 0 ? 7 : 100 - Math.floor(at / 2)));
    expect(explainedRows(mean, 2, 100)).toHaveLength(100);
    const rows = explainedRows(mean, 2, 20);
    expect(rows.slice(0, 10)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(rows.slice(10)).toEqual([14, 23, 32, 41, 50, 59, 68, 77, 86, 95]);
  });

  it("features go by concept; one that no catalogue knows is a bug", () => {
    const catalogue = [
      { name: "a", concept: "recency" },
      { name: "b", concept: "basket" },
      { name: "c", concept: "recency" },
    ];
    expect(conceptGroups(["a", "b", "c"], catalogue)).toEqual([
      { name: "recency", features: [0, 2] },
      { name: "basket", features: [1] },
    ]);
    expect(() => conceptGroups(["d"], catalogue)).toThrow("d");
  });
});
