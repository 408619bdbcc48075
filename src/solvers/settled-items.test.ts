import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../base/random.ts";
import { settleItems } from "./settled-items.ts";

const choices = 3;
const items = 40;

describe("items that are settled in a box of prices", () => {
  it("choose the same at all prices in it, and each of the open ones otherwise at some corner", () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0.01, max: 1, noNaN: true }), (seed, radius) => {
        const random = createRandom(`settled ${seed}`);
        const cells = () => Float64Array.from({ length: items * choices }, () => random.normal());
        const problem = {
          items,
          choices,
          value: cells(),
          eligible: Uint8Array.from({ length: items * choices }, () => Number(random.uniform() < 0.8)),
          weights: [cells(), cells()],
        };
        const box = { prices: Float64Array.of(0.4, -0.3), widths: Float64Array.of(1, 0.5), radius };
        const { choice, isOpen, surplus } = settleItems(problem, box);
        const corners = [-1, 1].flatMap((one) => [-1, 1].map((other) => [one, other]));
        const inside = Array.from({ length: 10 }, () => [2 * random.uniform() - 1, 2 * random.uniform() - 1]);
        const movedAt = (places: readonly number[][]) =>
          places.reduce((moved, place) => {
            const prices = box.prices.map((price, row) => price + place[row] * radius * box.widths[row]);
            const other = settleItems(problem, { ...box, prices, radius: 0 }).choice;
            return moved.map((one, item) => Number(one === 1 || other[item] !== choice[item]));
          }, new Uint8Array(items));
        expect(movedAt(corners)).toEqual(isOpen);
        expect(movedAt(inside).every((moved, item) => moved <= isOpen[item])).toBe(true);
        const worth = (item: number) => {
          const at = item * choices + choice[item];
          return problem.value[at] - 0.4 * problem.weights[0][at] + 0.3 * problem.weights[1][at];
        };
        const sum = Array.from({ length: items }, (_, item) => worth(item)).reduce((total, one) => total + one, 0);
        expect(surplus).toBeCloseTo(sum, 9);
      }),
      { numRuns: 50 },
    );
  });

  it("are none in a box without end, and all where choices differ in nothing that is priced", () => {
    const problem = { items: 1, choices: 2, value: Float64Array.of(0, 1), weights: [[1, 1]] };
    const box = { prices: Float64Array.of(0), widths: Float64Array.of(1) };
    expect([...settleItems(problem, { ...box, radius: 1e9 }).isOpen]).toEqual([0]);
    expect([...settleItems(problem, { ...box, radius: Number.POSITIVE_INFINITY }).isOpen]).toEqual([1]);
  });
});
