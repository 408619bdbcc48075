import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../base/random.ts";
import { bgNbd } from "../models/bg-nbd.ts";
import { nbd } from "../models/nbd.ts";
import type { PurchaseModel } from "../models/purchase-model.ts";
import { fitLifetimeModel, forecastLifetime, type ValuedHistories } from "./lifetime-model.ts";

const ahead = 90;
const undiscounted = { horizonsDays: [ahead], annualDiscountRate: 0 };
const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);

interface Shop extends ValuedHistories {
  /** Value of the purchases in the 90 days after the cut-off. */
  readonly later: Float64Array;
}

/** Customers of between 100 and 400 days whose purchases have gamma values around a gamma mean, about 20 each. */
function simulated(model: PurchaseModel, parameters: Float64Array, customers: number, seed: string): Shop {
  const random = createRandom(seed);
  const column = () => new Float64Array(customers);
  const shop = { frequency: column(), recency: column(), age: column(), value: column(), later: column() };
  for (let row = 0; row < customers; row++) {
    const age = 100 + random.integer(300);
    const { times } = model.simulate(parameters, age + ahead, random);
    const known = times.filter((time) => time <= age);
    const scale = 80 / random.gamma(5);
    const worth = (purchases: number) => {
      let sum = 0;
      for (let k = 0; k < purchases; k++) sum += random.gamma(2) * (scale / 2);
      return sum;
    };
    shop.frequency[row] = known.length;
    shop.recency[row] = known.at(-1) ?? 0;
    shop.age[row] = age;
    shop.value[row] = worth(known.length + 1);
    shop.later[row] = worth(times.length - known.length);
  }
  return { rows: customers, ...shop };
}

describe("the lifetime model of a cut-off", () => {
  const leaving = simulated(bgNbd, Float64Array.of(0.8, 40, 0.8, 2.4), 2000, "leaving");
  const staying = simulated(nbd, Float64Array.of(0.9, 60), 1500, "staying");
  const leavingModel = fitLifetimeModel(leaving);
  const stayingModel = fitLifetimeModel(staying);

  it("is the first in order where customers can be seen to leave, and forecasts what comes", () => {
    expect(leavingModel).toMatchObject({
      customers: 2000,
      purchases: { model: "pareto-nbd" },
      value: { model: "gamma-gamma" },
      setAside: [],
      nettedAway: { customers: 0, value: 0 },
    });
    const forecast = forecastLifetime(leavingModel, leaving, undiscounted);
    expect(total(forecast) / total(leaving.later)).toBeGreaterThan(0.9);
    expect(total(forecast) / total(leaving.later)).toBeLessThan(1.1);
  });

  it("falls back to NBD where nobody leaves, keeps why, and forecasts what comes", () => {
    expect(stayingModel.purchases?.model).toBe("nbd");
    expect(stayingModel.setAside.map(({ model: name }) => name)).toEqual(["pareto-nbd", "bg-nbd"]);
    for (const { reasons } of stayingModel.setAside) {
      expect(reasons[0]).toMatchObject({ code: "leaving_not_seen", details: { gain: expect.any(Number) } });
    }
    const forecast = forecastLifetime(stayingModel, staying, undiscounted);
    expect(total(forecast) / total(staying.later)).toBeGreaterThan(0.92);
    expect(total(forecast) / total(staying.later)).toBeLessThan(1.08);
  });

  it("discounts each purchase from its own day: between not at all and all of it from the end of the horizon", () => {
    const horizonsDays = [30, 365];
    const plain = forecastLifetime(stayingModel, staying, { horizonsDays, annualDiscountRate: 0 });
    const discounted = forecastLifetime(stayingModel, staying, { horizonsDays, annualDiscountRate: 0.1 });
    // NBD buys at an even rate: (1 − 1.1⁻¹)/ln 1.1 of a year's value.
    for (let row = 0; row < 50; row++) {
      expect(discounted[2 * row + 1] / plain[2 * row + 1]).toBeCloseTo((1 - 1 / 1.1) / Math.log(1.1), 9);
      expect(discounted[2 * row]).toBeLessThan(plain[2 * row]);
      expect(discounted[2 * row]).toBeGreaterThan(plain[2 * row] * 1.1 ** (-30 / 365));
    }
  });

  it("takes the mean purchase where Gamma-Gamma is not identified or few came back, nets refunds, and says so", () => {
    const few = { ...staying, frequency: staying.frequency.map((x, row) => (row < 40 ? x : 0)) };
    few.recency = staying.recency.map((tx, row) => (row < 40 ? tx : 0));
    const model = fitLifetimeModel(few);
    expect(model.value.model).toBe("mean");
    expect(model.setAside.at(-1)).toMatchObject({ model: "gamma-gamma", reasons: [{ code: "few_repeat_buyers" }] });
    expect(model.value.parameters.mean).toBeCloseTo(total(few.value) / (total(few.frequency) + few.rows), 9);

    const equal = fitLifetimeModel({ ...staying, value: staying.frequency.map((x) => 10 * (x + 1)) });
    expect(equal.value).toEqual({ model: "mean", parameters: { mean: 10 }, diagnostics: [] });

    const refunded = staying.value.map((value, row) => (row < 5 ? -3 : value));
    const netted = fitLifetimeModel({ ...staying, value: refunded });
    expect(netted.value.model).toBe("gamma-gamma");
    expect(netted.nettedAway).toEqual({ customers: 5, value: -15 });
  });

  it("is that one rate where all customers buy alike", () => {
    const column = (value: number) => new Float64Array(30).fill(value);
    const alike = { rows: 30, frequency: column(6), recency: column(240), age: column(244), value: column(70) };
    const model = fitLifetimeModel(alike);
    expect(model.purchases?.model).toBe("nbd");
    expect(forecastLifetime(model, alike, undiscounted)[0]).toBeCloseTo((6 / 244) * ahead * 10, 2);
  });

  it("is none where nobody came back, with the reason; its forecasts are missing then", () => {
    const once = { ...staying, frequency: new Float64Array(1500), recency: new Float64Array(1500) };
    const model = fitLifetimeModel(once);
    expect(model.purchases).toBeUndefined();
    expect(model.setAside.map(({ reasons: [{ code }] }) => code)).toEqual([
      "no_repeat_purchases",
      "no_repeat_purchases",
      "no_repeat_purchases",
      "few_repeat_buyers",
    ]);
    expect(forecastLifetime(model, once, undiscounted).every(Number.isNaN)).toBe(true);
  });

  it("is the same after being written and read back, and forecasts every history a finite amount of at least 0", () => {
    const models = [leavingModel, stayingModel].map((model) => JSON.parse(JSON.stringify(model)));
    const history = fc
      .record({
        frequency: fc.integer({ min: 0, max: 3000 }),
        age: fc.integer({ min: 1, max: 5000 }),
        last: fc.double({ min: 0, max: 1, noNaN: true }),
        value: fc.double({ min: -1e7, max: 1e7, noNaN: true }),
      })
      .map(({ frequency, age, last, value }) => ({
        rows: 1,
        frequency: Float64Array.of(Math.min(frequency, age)),
        recency: Float64Array.of(frequency > 0 ? Math.max(1, Math.round(last * age)) : 0),
        age: Float64Array.of(age),
        value: Float64Array.of(value),
      }));
    fc.assert(
      fc.property(fc.constantFrom(...models), history, (model, one) => {
        const options = { horizonsDays: [30, 90, 365, 1095], annualDiscountRate: 0.1 };
        const forecast = forecastLifetime(model, one, options);
        let before = 0;
        for (const mean of forecast) {
          expect(Number.isFinite(mean)).toBe(true);
          expect(mean).toBeGreaterThanOrEqual(before * (1 - 1e-9));
          before = mean;
        }
      }),
      { numRuns: 300, seed: 7 },
    );
  });
});
