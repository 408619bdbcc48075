import { describe, expect, it } from "vitest";
import { createRandom } from "../base/random.ts";
import { bgNbd } from "./bg-nbd.ts";
import { fitPurchases } from "./fit-purchases.ts";
import type { Priors } from "./priors.ts";
import { purchaseLikelihood } from "./purchase-likelihood.ts";
import { groupHistories } from "./purchase-summary.ts";

function simulated(truth: Float64Array, age: number, customers: number, seed: string) {
  const random = createRandom(`${seed}/bg-nbd`);
  const drawn = Array.from({ length: customers }, () => bgNbd.simulate(truth, age, random));
  const column = (pick: (history: (typeof drawn)[number]) => number) => Float64Array.from(drawn, pick);
  return groupHistories({
    rows: customers,
    frequency: column(({ frequency }) => frequency),
    recency: column(({ recency }) => recency),
    age: column(({ age: T }) => T),
  });
}

describe("fits", () => {
  const customers = simulated(Float64Array.of(0.8, 5, 0.8, 2.4), 60, 500, "weights");

  it("do not depend on the order of customers, nor on whether equal ones are counted or repeated", () => {
    const reversed = Object.fromEntries(
      Object.entries(customers).map(([name, column]) => [
        name,
        typeof column === "number" ? column : column.slice().reverse(),
      ]),
    ) as unknown as typeof customers;
    const doubled = { ...customers, customers: customers.customers.map((count) => 2 * count) };
    const one = fitPurchases(bgNbd, customers);
    const other = fitPurchases(bgNbd, reversed);
    const twice = fitPurchases(bgNbd, doubled);
    one.parameters.forEach((parameter, i) => {
      expect(other.parameters[i] / parameter).toBeCloseTo(1, 4);
      expect(twice.parameters[i] / parameter).toBeCloseTo(1, 4);
      expect(((twice.standardErrors[i] as number) / (one.standardErrors[i] as number)) * Math.SQRT2).toBeCloseTo(1, 3);
    });
    expect(twice.logLikelihood).toBeCloseTo(2 * one.logLikelihood, 6);
  });

  it("move towards a prior, the more the fewer the customers", () => {
    const prior = { a: { distribution: "lognormal", mean: Math.log(3), sd: 0.1 } } as const;
    const plain = fitPurchases(bgNbd, customers).parameters[2];
    const guided = fitPurchases(bgNbd, customers, { priors: prior }).parameters[2];
    const many = { ...customers, customers: customers.customers.map((count) => 1000 * count) };
    const guidedMany = fitPurchases(bgNbd, many, { priors: prior }).parameters[2];
    expect(guided).toBeGreaterThan(plain);
    expect(Math.abs(guidedMany - plain)).toBeLessThan(0.2 * Math.abs(guided - plain));
  });

  it("are at the top of the likelihood of all customers where the search began on a sample of them", () => {
    const random = createRandom("large/bg-nbd");
    const drawn = Array.from({ length: 60_000 }, () =>
      bgNbd.simulate(Float64Array.of(0.8, 5, 0.8, 2.4), 30 + 30 * random.uniform(), random),
    );
    const large = groupHistories({
      rows: drawn.length,
      frequency: Float64Array.from(drawn, ({ frequency }) => frequency),
      recency: Float64Array.from(drawn, ({ recency }) => recency),
      age: Float64Array.from(drawn, ({ age }) => age),
    });
    expect(large.rows).toBeGreaterThan(20_000);
    const fit = fitPurchases(bgNbd, large);
    const slope = new Float64Array(4);
    const logLikelihood = purchaseLikelihood(bgNbd, large)(fit.parameters, slope);
    expect(fit.logLikelihood).toBe(logLikelihood);
    slope.forEach((value, i) => {
      expect(Math.abs(value * fit.parameters[i]) / large.rows).toBeLessThan(1e-5);
    });
  });

  it.each<[string, Priors]>([
    ["prior_parameter", { s: { distribution: "half-normal", sd: 1 } }],
    ["prior_number", { r: { distribution: "gamma", shape: 0, rate: 1 } }],
  ])("refuse a prior that cannot be: %s", (reason, priors) => {
    expect(() => fitPurchases(bgNbd, customers, { priors })).toThrow(
      expect.objectContaining({ code: "invalid_prior", details: expect.objectContaining({ reason }) }),
    );
  });

  it("finish on a million identical customers, counted once", () => {
    const same = {
      rows: 1,
      frequency: Float64Array.of(2),
      recency: Float64Array.of(20),
      age: Float64Array.of(40),
      customers: Float64Array.of(1e6),
    };
    const fit = fitPurchases(bgNbd, same);
    expect([...fit.parameters].every(Number.isFinite)).toBe(true);
    expect(Number.isFinite(fit.logLikelihood)).toBe(true);
    expect(fit.diagnostics.length).toBeGreaterThan(0);
  });

  it.each([
    ["recency_above_age", { frequency: 1, recency: 41, age: 40 }],
    ["recency_without_repeat", { frequency: 0, recency: 3, age: 40 }],
    ["negative_history", { frequency: 1, recency: -1, age: 40 }],
    ["not_finite", { frequency: 1, recency: Number.NaN, age: 40 }],
    ["frequency_not_whole", { frequency: 1.5, recency: 1, age: 40 }],
    ["not_finite", { frequency: 1, recency: 1, age: Number.POSITIVE_INFINITY }],
    ["repeat_without_time", { frequency: 1, recency: 0, age: 0 }],
  ])("refuse a history that cannot be: %s", (reason, { frequency, recency, age }) => {
    const histories = {
      rows: 2,
      frequency: Float64Array.of(1, frequency),
      recency: Float64Array.of(5, recency),
      age: Float64Array.of(10, age),
      customers: Float64Array.of(1, 1),
    };
    expect(() => fitPurchases(bgNbd, histories)).toThrow(
      expect.objectContaining({ code: "invalid_history", details: expect.objectContaining({ reason, row: 2 }) }),
    );
  });

  it("say why where there is nothing to learn: nobody came back, one customer, no time", () => {
    const make = (frequency: number[], age: number[]) => ({
      rows: age.length,
      frequency: Float64Array.from(frequency),
      recency: Float64Array.from(frequency, (x) => (x > 0 ? 1 : 0)),
      age: Float64Array.from(age),
      customers: new Float64Array(age.length).fill(1),
    });
    const code = (value: string) => expect.objectContaining({ code: value });
    expect(() => fitPurchases(bgNbd, make([0, 0, 0], [5, 6, 7]))).toThrow(code("no_repeat_purchases"));
    expect(() => fitPurchases(bgNbd, make([2], [5]))).toThrow(code("too_few_customers"));
    expect(() => fitPurchases(bgNbd, make([0, 0], [0, 0]))).toThrow(code("no_observation_time"));
  });
});
