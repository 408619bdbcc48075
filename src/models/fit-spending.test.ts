import { describe, expect, it } from "vitest";
import { createRandom } from "../base/random.ts";
import { fitSpending, forecastSpending, groupSpending } from "./fit-spending.ts";
import { spendingLikelihood } from "./gamma-gamma.ts";

function simulated([p, q, v]: readonly number[], customers: number, transactionsOf: (row: number) => number) {
  const random = createRandom("spending");
  const transactions = Float64Array.from({ length: customers }, (_, row) => transactionsOf(row));
  const meanValue = transactions.map((x) => (random.gamma(p * x) * v) / random.gamma(q) / x);
  return groupSpending(transactions, meanValue);
}

describe("what a purchase is worth", () => {
  it("has a finite forecast where the shop's mean does not exist (q below 1), and says which", () => {
    const fit = fitSpending(simulated([3, 0.7, 10], 3000, (row) => 1 + (row % 4)));
    expect(fit.parameters[1]).toBeLessThan(1);
    const told = fit.diagnostics.find(({ code }) => code === "no_population_mean");
    expect(told?.details.mean).toBe(fit.observedMean);
    expect(fit.populationMean).toBe(Number.POSITIVE_INFINITY);
    expect(forecastSpending(fit, 0, Number.NaN)).toBe(fit.observedMean);
    expect(Number.isFinite(forecastSpending(fit, 5, 100))).toBe(true);
  });

  it("is never below zero, even for a customer whose refunds exceed its purchases", () => {
    const fit = fitSpending(simulated([6, 4, 15], 500, (row) => 1 + (row % 4)));
    expect(forecastSpending(fit, 3, -1000)).toBe(forecastSpending(fit, 3, 0));
    expect(forecastSpending(fit, 3, -1000)).toBeGreaterThan(0);
  });

  it("is at the top of the likelihood of all customers, where the search began on a sample of them", () => {
    const histories = simulated([6, 4, 15], 30_000, (row) => 1 + (row % 9));
    expect(histories.rows).toBeGreaterThan(20_000);
    const fit = fitSpending(histories);
    const slope = new Float64Array(3);
    const one = new Float64Array(3);
    for (let row = 0; row < histories.rows; row++) {
      spendingLikelihood(fit.parameters, histories.transactions[row], histories.meanValue[row], one);
      for (let i = 0; i < 3; i++) slope[i] += one[i] * fit.parameters[i];
    }
    for (const value of slope) expect(Math.abs(value) / histories.rows).toBeLessThan(1e-5);
  });
});
