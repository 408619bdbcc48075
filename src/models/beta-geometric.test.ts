import { describe, expect, it } from "vitest";
import { expectedWhileLeaving } from "./beta-geometric.ts";

describe("expected purchases while customers leave", () => {
  it.each([
    [0.79, 2.43, 0.25],
    [0.79, 2.43, 3],
    [1e-5, 4e4, 200],
    [3, 5, 3],
    [0.01, 0.01, 0.5],
    [30, 1e5, 3],
  ])("go on smoothly where the series gives way to the integral: a %d, b %d, shape %d", (a, b, shape) => {
    const below = expectedWhileLeaving(a, b, shape, 1, 200 * (1 - 1e-9));
    const above = expectedWhileLeaving(a, b, shape, 1, 200 * (1 + 1e-9));
    expect(above / below).toBeCloseTo(1, 8);
  });

  it.each([
    [1e5, 1e5],
    [3e4, 1e4],
    [200, 300],
  ])("are (1 − (1 + pt)^−shape)/p where everybody leaves with the same probability: a %d, b %d", (a, b) => {
    const p = a / (a + b);
    for (const [shape, time] of [
      [0.25, 1],
      [3, 30],
      [200, 0.5],
      [2, 1000],
    ]) {
      const same = -Math.expm1(-shape * Math.log1p(p * time)) / p;
      expect(Math.abs(expectedWhileLeaving(a, b, shape, 1, time) / same - 1)).toBeLessThan(a < 1000 ? 0.01 : 1e-3);
    }
  });

  it("are finite, positive and grow with time at the edges of every search, up to 1,000 years of days", () => {
    const edges = [1e-5, 1, 1e5];
    for (const a of edges)
      for (const b of edges)
        for (const shape of [1e-5, 0.5, 500, 1e5]) {
          let before = 0;
          for (const time of [1e-3, 1, 100, 365_000]) {
            const expected = expectedWhileLeaving(a, b, shape, 2, time);
            expect([a, b, shape, time, Number.isFinite(expected)]).toEqual([a, b, shape, time, true]);
            expect(expected).toBeGreaterThanOrEqual(before * (1 - 1e-9));
            before = expected;
          }
        }
  });
});
