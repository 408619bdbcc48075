import { describe, expect, it } from "vitest";
import { bgBb } from "./bg-bb.ts";
import { bgNbd } from "./bg-nbd.ts";
import { discountedPurchases } from "./lifetime-value.ts";
import { paretoNbd } from "./pareto-nbd.ts";

const pareto = Float64Array.of(0.5533, 10.5776, 0.6062, 11.6688);
const history = { frequency: 7, recency: 35, age: 38 };

/** Riemann sum of e^(−δt) dE over small steps. */
function bySteps(rate: number, time: number, step: number): number {
  let sum = 0;
  let before = 0;
  for (let t = step; t <= time + 1e-9; t += step) {
    const now = paretoNbd.expectedPurchases(pareto, history, t);
    sum += Math.exp(-rate * (t - step / 2)) * (now - before);
    before = now;
  }
  return sum;
}

describe("discounted expected residual transactions", () => {
  const weekly = Math.log(1.15) / (365 / 7);

  it("agree with the sum over small steps, over a year and over all time", () => {
    const year = { time: 52, unitDays: 7, annualDiscountRate: 0.15 };
    expect(discountedPurchases(paretoNbd, pareto, history, year) / bySteps(weekly, 52, 0.01)).toBeCloseTo(1, 7);
    const always = { ...year, time: Infinity };
    expect(discountedPurchases(paretoNbd, pareto, history, always) / bySteps(weekly, 8000, 0.5)).toBeCloseTo(1, 4);
  });

  it("are summed opportunity by opportunity where purchases come at fixed times (BG/BB)", () => {
    const parameters = Float64Array.of(1.2, 0.75, 0.66, 2.8);
    const donor = { frequency: 3, recency: 5, age: 6 };
    const yearly = { time: 5, unitDays: 365, annualDiscountRate: 0.1 };
    let sum = 0;
    for (let year = 1; year <= 5; year++) {
      const gift =
        bgBb.expectedPurchases(parameters, donor, year) - bgBb.expectedPurchases(parameters, donor, year - 1);
      sum += gift / 1.1 ** year;
    }
    expect(discountedPurchases(bgBb, parameters, donor, yearly) / sum).toBeCloseTo(1, 10);
    expect(Number.isFinite(discountedPurchases(bgBb, parameters, donor, { ...yearly, time: Infinity }))).toBe(true);
  });

  it("grow with the horizon, fall with the discount rate, and without one are the expected purchases", () => {
    const parameters = Float64Array.of(0.2426, 4.4136, 0.7929, 2.4259);
    const at = (time: number, annualDiscountRate: number) =>
      discountedPurchases(bgNbd, parameters, history, { time, unitDays: 7, annualDiscountRate });
    expect(at(104, 0.1)).toBeGreaterThan(at(52, 0.1));
    expect(at(52, 0.2)).toBeLessThan(at(52, 0.1));
    expect(at(52, 0)).toBe(bgNbd.expectedPurchases(parameters, history, 52));
    expect(at(Infinity, 0)).toBe(Infinity);
    expect(at(Infinity, 0.1)).toBeGreaterThan(at(520, 0.1));
    expect(at(52000, 0.1) / at(Infinity, 0.1)).toBeCloseTo(1, 4);
  });
});
