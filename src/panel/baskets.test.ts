import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { millisecondsPerDay } from "../base/clock.ts";
import { type BasketTable, basketsOf } from "./baskets.ts";

/** Customers' baskets by their days, rising; the value of a basket is its day. */
function tableOf(days: Readonly<Record<string, readonly number[]>>): BasketTable {
  const all = [0, ...Object.values(days).flat()];
  const lines = new Map<string, readonly [number, number]>();
  let start = 1;
  for (const [customer, own] of Object.entries(days)) {
    lines.set(customer, [start, start + own.length]);
    start += own.length;
  }
  return {
    measureNames: ["value"],
    measures: Float32Array.from(all),
    categories: new Int32Array(all.length),
    categoryCount: 1,
    days: Float32Array.from(all),
    knownAt: Float64Array.from(all, (day) => day * millisecondsPerDay),
    lines,
  };
}

const at = (...rows: [customer: string, day: number][]) => ({
  rows: rows.length,
  customerIds: rows.map(([customer]) => customer),
  asOf: Float64Array.from(rows, ([, day]) => day * millisecondsPerDay),
});

describe("the last baskets of a panel's customers", () => {
  it("are the latest before the cut-off, the last one last, with nobody's line before them", () => {
    const table = tableOf({ a: [1, 4, 9], b: [2] });
    const { places, asOfDays } = basketsOf(table, at(["a", 9], ["a", 10], ["b", 3], ["b", 2], ["c", 9]), 2);
    expect([...places]).toEqual([1, 2, 2, 3, 0, 4, 0, 0, 0, 0]);
    expect([...asOfDays]).toEqual([9, 10, 3, 2, 9]);
  });

  it("never hold one from the cut-off or after it, and never another customer's", () => {
    const days = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 12 }).map((all) => all.sort((x, y) => x - y));
    fc.assert(
      fc.property(days, days, fc.integer({ min: 0, max: 45 }), fc.integer({ min: 1, max: 5 }), (a, b, day, steps) => {
        const table = tableOf({ a, b });
        const { places } = basketsOf(table, at(["a", day], ["b", day]), steps);
        const told = (row: number) =>
          [...places.slice(row * steps, (row + 1) * steps)].filter((line) => line > 0).map((line) => table.days[line]);
        expect(told(0)).toEqual(a.filter((known) => known < day).slice(-steps));
        expect(told(1)).toEqual(b.filter((known) => known < day).slice(-steps));
      }),
    );
  });
});
