import { describe, expect, it } from "vitest";
import { createRandom } from "../base/random.ts";
import { planeOf } from "./plane.ts";
import { type Placed, summariseRelation } from "./relation.ts";

const cut = { short: 10, clv: 100 };
const cuts = {
  ...{ shortDays: 90, clvDays: 365, upperShare: 0.2, fittedAt: 0, clv: cut.clv },
  short: [{ asOf: 0, value: cut.short }],
};
const day = 86_400_000;

interface Customer {
  id: string;
  short: number;
  clv: number;
  /** By the models of the instant before. */
  earlier?: number;
  actual?: [short: number, clv: number];
}

const place = (short: number, clv: number) => 2 * Number(short <= cut.short) + Number(clv <= cut.clv);

function placed(asOf: number, customers: readonly Customer[]): Placed {
  const column = (pick: (customer: Customer) => number) => Float64Array.from(customers, pick);
  return {
    asOf,
    customerIds: customers.map(({ id }) => id),
    short: column(({ short }) => short),
    clv: column(({ clv }) => clv),
    quadrant: Uint8Array.from(customers, ({ short, clv }) => place(short, clv)),
    quadrantByEarlierModels:
      asOf === 0 ? undefined : Uint8Array.from(customers, ({ short, clv, earlier }) => earlier ?? place(short, clv)),
    actualShort: column(({ actual }) => actual?.[0] ?? Number.NaN),
    actualClv: column(({ actual }) => actual?.[1] ?? Number.NaN),
  };
}

const before = placed(0, [
  { id: "a", short: 20, clv: 200, actual: [30, 100] },
  { id: "b", short: 20, clv: 50, actual: [10, 20] },
  { id: "c", short: 5, clv: 150, actual: [0, 90] },
  { id: "d", short: 1, clv: 10, actual: [0, 0] },
  { id: "e", short: 40, clv: 300, actual: [50, 300] },
]);
const today = placed(90 * day, [
  { id: "a", short: 1, clv: 10 },
  { id: "b", short: 20, clv: 50 },
  { id: "c", short: 5, clv: 150, earlier: 0 },
  { id: "d", short: 1, clv: 10 },
  { id: "e", short: 60, clv: 400 },
  { id: "new", short: 11, clv: 101 },
]);

describe("the relation of now and later", () => {
  const chosen = {
    actions: ["nothing", "coupon", "recommendations"],
    rowOf: new Map([
      ["b", 0],
      ["e", 1],
    ]),
    greedy: Uint16Array.of(1, 0),
    farSighted: Uint16Array.of(2, 0),
  };
  const found = summariseRelation([before, today], cuts, { seed: "s", chosen });

  it("counts every customer and all value once", () => {
    expect(found.quadrants.map(({ quadrant, customers }) => [quadrant, customers])).toEqual([
      ["steady_regulars", 2],
      ["passing_spenders", 1],
      ["late_bloomers", 1],
      ["occasional_buyers", 2],
    ]);
    for (const part of ["shortShare", "clvShare"] as const)
      expect(found.quadrants.reduce((sum, quadrant) => sum + quadrant[part], 0)).toBeCloseTo(1, 12);
    expect(found.quadrants[0]).toMatchObject({ meanShort: 35.5, meanClv: 250.5, clvShare: 501 / 721 });
  });

  it("sets what each quadrant was forecast to bring beside what it brought", () => {
    expect(found.quadrants[0].tested).toMatchObject({
      customers: 2,
      predictedShort: 30,
      short: { estimate: 40 },
      predictedClv: 250,
      clv: { estimate: 200 },
    });
    expect(found.quadrants[1].tested).toBeUndefined(); // a single customer has no interval
  });

  it("follows customers from day to day, beside chance and beside what retraining alone moved", () => {
    const [move] = found.migrations;
    expect(move).toMatchObject({ from: "1970-01-01", to: "1970-04-01", joined: [1, 0, 0, 0] });
    expect(move.customers).toEqual([
      [1, 0, 0, 1],
      [0, 1, 0, 0],
      [0, 0, 1, 0],
      [0, 0, 0, 1],
    ]);
    expect(move.kept.estimate).toBeCloseTo(4 / 5, 12);
    expect(move.kept.low).toBeLessThan(0.8);
    expect(move.keptByChance).toBeCloseTo((2 * 1 + 1 * 1 + 1 * 1 + 1 * 2) / 25, 12);
    expect(move.movedByRetraining).toBeCloseTo(1 / 5, 12);
  });

  it("lists whom the two rankings place far apart, and where the two plans part", () => {
    const customers = Array.from({ length: 20 }, (_, at) => ({
      id: `k${at}`,
      short: at,
      clv: at === 19 ? 0 : 10 * at,
    }));
    customers[0].clv = 1000;
    const { conflict } = summariseRelation([placed(0, customers)], cuts, { seed: "s" });
    expect(conflict.overrated[0]).toMatchObject({ customerId: "k19", shortRank: 1, clvRank: 20 });
    expect(conflict.underrated[0]).toMatchObject({ customerId: "k0", shortRank: 20, clvRank: 1 });
    expect(conflict.sharedUpper).toBeCloseTo(3 / 4, 12);
    expect(conflict.plans).toBeUndefined();
    expect(found.conflict.plans).toEqual({
      customers: 2,
      differing: 1,
      choices: [{ greedy: "coupon", farSighted: "recommendations", customers: 1 }],
    });
  });

  it("correlates forecasts, and what followed, with intervals around them", () => {
    const random = createRandom("relation");
    const many = Array.from({ length: 500 }, (_, at) => {
      const [short, long] = [Math.exp(random.normal()), Math.exp(random.normal())];
      return { id: `m${at}`, short, clv: short + 0.1 * long, actual: [short, short + long] as [number, number] };
    });
    const { clv, long, actualClv, actualLong } = summariseRelation([placed(0, many), placed(day, many)], cuts, {
      seed: "s",
    }).correlation;
    expect(clv.estimate).toBeGreaterThan(0.9);
    expect(clv.low).toBeLessThan(clv.estimate);
    expect(long.low).toBeLessThan(0); // independent: only the part inside the whole correlates
    expect(long.high).toBeGreaterThan(0);
    expect(actualClv?.estimate).toBeLessThan(clv.low);
    expect(actualLong?.estimate).toBeCloseTo(long.estimate, 12);
  });
});

describe("the plane", () => {
  it("counts everybody once, whatever the values", () => {
    const values = Float64Array.of(-3, 0, 1e-9, 1, 5, 5, 1e7);
    const { cells, shortEdges } = planeOf(values, values.toReversed());
    expect(cells.reduce((sum, { customers }) => sum + customers, 0)).toBe(7);
    expect(shortEdges).toEqual([...shortEdges].sort((a, b) => a - b));
  });

  it("has a cell for customers who are all alike, or worth nothing", () => {
    for (const value of [7, 0])
      expect(planeOf(new Float64Array(4).fill(value), new Float64Array(4).fill(value)).cells).toMatchObject([
        { customers: 4 },
      ]);
  });
});
