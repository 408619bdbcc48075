import { describe, expect, it } from "vitest";
import { fitQuadrantCuts, middleCustomers, relationColumns, type Scored } from "./relation.ts";

const horizonsDays = [30, 90, 365];
/** Customers c0, c1, …: (30, 90, 365 days) each. */
const scored = (asOf: number, ...means: number[][]): Scored => ({
  asOf,
  customerIds: means.map((_, customer) => `c${customer}`),
  mean: Float64Array.from(means.flat()),
});
const options = { horizonsDays, shortHorizonDays: 90 };

describe("the plane of now and later", () => {
  const ladder = scored(1000, ...Array.from({ length: 11 }, (_, customer) => [0, customer, 100 - 10 * customer]));

  it("cuts CLV where the upper fifth of the first instant begins, and now where the shop's spread over time puts that", () => {
    const winter = scored(2000, [0, 10, 20], [0, 30, 60]);
    expect(fitQuadrantCuts([ladder, winter], options)).toEqual({
      shortDays: 90,
      clvDays: 365,
      upperShare: 0.2,
      fittedAt: 1000,
      clv: 80,
      short: [
        { asOf: 1000, value: 80 * (55 / 550) },
        { asOf: 2000, value: 40 },
      ],
    });
  });

  it("takes the longest horizon below the CLV's that is no longer than the short one, and there is none with one horizon", () => {
    expect(fitQuadrantCuts([ladder], { horizonsDays, shortHorizonDays: 60 })?.shortDays).toBe(30);
    expect(fitQuadrantCuts([scored(1, [5], [6])], { horizonsDays: [30], shortHorizonDays: 90 })).toBeUndefined();
  });

  it("names the four places, keeps the cuts of the first instant, and never counts a part twice: short + long = CLV", () => {
    const cuts = {
      ...{ shortDays: 90, clvDays: 365, upperShare: 0.2, fittedAt: 1000, clv: 80 },
      short: [1000, 2000].map((asOf) => ({ asOf, value: 8 })),
    };
    const later: Scored = {
      ...scored(2000, [0, 9, 90], [0, 9, 80], [0, 8, 81], [0, 1, 2]),
      earlierMean: Float64Array.of(0, 1, 90, 0, 9, 80, 0, 8, 81, 0, 1, 2),
    };
    const columns = Object.fromEntries(
      relationColumns([ladder, later], cuts, horizonsDays).map(({ name, values }) => [name, Array.from(values)]),
    );
    expect(columns.quadrant.slice(11)).toEqual([
      "steady_regulars",
      "passing_spenders",
      "late_bloomers",
      "occasional_buyers",
    ]);
    expect(columns.quadrant_by_earlier_models.slice(10, 12)).toEqual([null, "late_bloomers"]);
    expect(columns.as_of.slice(10, 12)).toEqual([1000, 2000]);
    columns.short.forEach((short, row) => {
      expect(Number(short) + Number(columns.long[row])).toBe(columns.clv[row]);
    });
  });

  it("knows the middle customer of each quadrant, and none of an empty one", () => {
    const cuts = {
      ...{ shortDays: 90, clvDays: 365, upperShare: 0.2, fittedAt: 1000, clv: 80 },
      short: [{ asOf: 1, value: 8 }],
    };
    const today = scored(1, [0, 9, 90], [0, 9, 100], [0, 9, 85], [0, 1, 2]);
    expect(middleCustomers(today, cuts, horizonsDays)).toEqual([
      { row: 0, customerId: "c0", quadrant: "steady_regulars" },
      { row: 3, customerId: "c3", quadrant: "occasional_buyers" },
    ]);
  });

  it("puts customers who are all alike into one place", () => {
    const alike = scored(1, ...Array.from({ length: 9 }, () => [1, 2, 3]));
    const cuts = fitQuadrantCuts([alike], options);
    if (!cuts) throw new Error("no cuts");
    const places = relationColumns([alike], cuts, horizonsDays).find(({ name }) => name === "quadrant");
    expect(new Set(Array.from(places?.values ?? []))).toHaveProperty("size", 1);
  });
});
