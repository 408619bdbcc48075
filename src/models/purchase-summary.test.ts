import { describe, expect, it } from "vitest";
import { groupHistories, type Purchases, summarisePurchases } from "./purchase-summary.ts";

const weeks = { calibrationEnd: 100, holdoutEnd: 150, unitDays: 7 };

/** Rows out of order: customer 1 buys on days 10, 31 (twice) and 110; 0 on day 50, refunded, and 60; 2 only after the end. */
const purchases: Purchases = {
  customers: 3,
  customer: Int32Array.of(1, 0, 1, 1, 0, 2, 1, 0, 0),
  day: Int32Array.of(31, 60, 110, 10, 50, 120, 31, 50, 95),
  value: Float64Array.of(5, 9, 8, 20, 30, 4, 7, -30, 6),
};

describe("a summary of purchases", () => {
  it("merges days, starts with the first, nets refunds, leaves out who came later, whatever the order of the rows", () => {
    const summary = summarisePurchases(purchases, weeks);
    expect([...summary.customer]).toEqual([0, 1]);
    expect([...summary.frequency]).toEqual([1, 1]);
    expect([...summary.recency]).toEqual([35 / 7, 21 / 7]);
    expect([...summary.age]).toEqual([40 / 7, 90 / 7]);
    expect([...summary.meanValue]).toEqual([6, 12]);
    expect([...summary.pastSpend]).toEqual([15, 32]);
    expect([...(summary.holdout?.frequency ?? [])]).toEqual([0, 1]);
    expect([...(summary.holdout?.value ?? [])]).toEqual([0, 8]);
    expect(summary.daysNettedAway).toBe(1);
    const order = [8, 3, 0, 7, 2, 5, 1, 6, 4];
    const shuffled = {
      customers: 3,
      customer: Int32Array.from(order, (at) => purchases.customer[at]),
      day: Int32Array.from(order, (at) => purchases.day[at]),
      value: Float64Array.from(order, (at) => purchases.value?.[at] as number),
    };
    expect(summarisePurchases(shuffled, weeks)).toEqual(summary);
  });

  it("keeps each customer's covariates beside it, and apart in groups", () => {
    const covariates = { names: ["z"], columns: [Float64Array.of(7, 8, 9)] };
    const summary = summarisePurchases({ ...purchases, covariates }, weeks);
    expect([...(summary.covariates?.columns[0] ?? [])]).toEqual([7, 8]);
    const same = {
      rows: 3,
      frequency: new Float64Array(3),
      recency: new Float64Array(3),
      age: new Float64Array(3).fill(5),
    };
    const columns = [Float64Array.of(1, 0, 1)];
    const { rows, customers, covariates: grouped } = groupHistories({ ...same, covariates: { names: ["z"], columns } });
    expect([rows, [...customers], [...(grouped?.columns[0] ?? [])]]).toEqual([2, [1, 2], [0, 1]]);
  });

  it.each([
    ["period_without_time", {}, { calibrationEnd: Number.NaN }],
    ["period_without_time", {}, { holdoutEnd: 100 }],
    ["period_without_time", {}, { holdoutEnd: Number.NaN }],
    ["invalid_time_unit", {}, { unitDays: 0 }],
    ["invalid_time_unit", {}, { unitDays: Number.NaN }],
    ["invalid_purchase", { customer: Int32Array.of(1, 0, 1, 1, 0, 3, 1, 0, 0) }, {}],
    ["invalid_purchase", { customer: Int32Array.of(1, 0, 1, 1, 0, -1, 1, 0, 0) }, {}],
    ["invalid_purchase", { value: new Float64Array(9).fill(Number.NaN) }, {}],
  ])("refuses what cannot be: %s %j %j", (code, wrong, options) => {
    expect(() => summarisePurchases({ ...purchases, ...wrong }, { ...weeks, ...options })).toThrow(
      expect.objectContaining({ code }),
    );
  });
});
