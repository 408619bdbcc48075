import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FewItemsProblem, searchFewItems } from "./multidimensional-knapsack-few-items.ts";

/** Every selection that keeps the limits, by its gain; the best one's. */
function bestOfAll({ items, room }: FewItemsProblem): number | undefined {
  let best: number | undefined;
  const visit = (item: number, gain: number, used: readonly number[]) => {
    if (item === items.length) {
      if (used.every((amount, row) => amount <= room[row]) && (best === undefined || gain > best)) best = gain;
      return;
    }
    for (const option of items[item])
      visit(
        item + 1,
        gain + option.gain,
        used.map((amount, row) => amount + option.more[row]),
      );
  };
  visit(
    0,
    0,
    Array.from(room, () => 0),
  );
  return best;
}

const amount = fc.integer({ min: -5, max: 5 });
const problems = fc.integer({ min: 1, max: 3 }).chain((rows) => {
  const option = fc.record({ gain: amount, more: fc.array(amount, { minLength: rows, maxLength: rows }) });
  const nothing = { gain: 0, more: new Array<number>(rows).fill(0) };
  return fc.record({
    items: fc.array(
      fc.array(option, { maxLength: 3 }).map((options) => [nothing, ...options]),
      { maxLength: 5 },
    ),
    room: fc.array(amount, { minLength: rows, maxLength: rows }),
    prices: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: rows, maxLength: rows }),
  });
});

describe("the search among a few items", () => {
  it("finds what trying every selection finds, whatever the prices", () => {
    fc.assert(
      fc.property(problems, (problem) => {
        const found = searchFewItems(problem, { enough: Number.POSITIVE_INFINITY, nodes: 1e6 });
        expect(found?.gain).toBe(bestOfAll(problem));
        if (!found) return;
        const chosen = found.chosen.map((index, item) => problem.items[item][index]);
        expect(chosen.reduce((sum, { gain }) => sum + gain, 0)).toBe(found.gain);
        problem.room.forEach((room, row) => {
          expect(chosen.reduce((sum, { more }) => sum + more[row], 0)).toBeLessThanOrEqual(room);
        });
      }),
      { numRuns: 400, seed: 11 },
    );
  });

  it("ends with the first that is enough", () => {
    const items = Array.from({ length: 8 }, () => [
      { gain: 0, more: [0] },
      { gain: 1, more: [1] },
    ]);
    const problem = { items, room: [8], prices: [0.5] };
    expect(searchFewItems(problem, { enough: 3, nodes: 1e6 })?.gain).toBeGreaterThanOrEqual(3);
    expect(searchFewItems(problem, { enough: Number.POSITIVE_INFINITY, nodes: 3 })).toBeUndefined();
  });
});
