import { describe, expect, it } from "vitest";
import { createRandom } from "../../src/base/random.ts";
import { bgBb } from "../../src/models/bg-bb.ts";
import { bgCnbdK } from "../../src/models/bg-cnbd-k.ts";
import { bgNbd } from "../../src/models/bg-nbd.ts";
import { parametersAt } from "../../src/models/covariates.ts";
import { fitPurchases } from "../../src/models/fit-purchases.ts";
import { fitSpending, groupSpending } from "../../src/models/fit-spending.ts";
import { mbgNbd } from "../../src/models/mbg-nbd.ts";
import { nbd } from "../../src/models/nbd.ts";
import { paretoNbd } from "../../src/models/pareto-nbd.ts";
import type { PurchaseModel } from "../../src/models/purchase-model.ts";
import { groupHistories } from "../../src/models/purchase-summary.ts";

const seedsTo = (count: number) => Array.from({ length: count }, (_, index) => `recovery-${index + 1}`);
const seeds = seedsTo(20);
/** With thirteen parameters, 20 seeds leave the bands by chance once in ten times; 60 hardly ever. */
const moreSeeds = seedsTo(60);

function simulated(model: PurchaseModel, truth: Float64Array, age: number, customers: number, seed: string) {
  const random = createRandom(`${seed}/${model.name}`);
  const drawn = Array.from({ length: customers }, () => model.simulate(truth, age, random));
  const column = (pick: (history: (typeof drawn)[number]) => number) => Float64Array.from(drawn, pick);
  return groupHistories({
    rows: customers,
    frequency: column(({ frequency }) => frequency),
    recency: column(({ recency }) => recency),
    age: column(({ age: T }) => T),
  });
}

function expectStandardNormal(scores: readonly number[], name: string): void {
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const deviation = Math.sqrt(scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / (scores.length - 1));
  expect(Math.abs(mean), `${name}: mean of (estimate − truth)/SE over ${scores.length} seeds`).toBeLessThan(0.7);
  expect(deviation, `${name}: its standard deviation`).toBeGreaterThan(0.6);
  expect(deviation, `${name}: its standard deviation`).toBeLessThan(1.4);
}

describe(`simulated customers give their parameters back, seeds ${seeds[0]} to ${seeds.at(-1)}`, () => {
  const cases: { model: PurchaseModel; truth: Float64Array; age: number }[] = [
    { model: bgNbd, truth: Float64Array.of(0.8, 5, 0.8, 2.4), age: 60 },
    { model: mbgNbd, truth: Float64Array.of(0.8, 5, 0.8, 2.4), age: 60 },
    { model: paretoNbd, truth: Float64Array.of(0.9, 6, 0.9, 14), age: 60 },
    { model: nbd, truth: Float64Array.of(0.8, 5), age: 60 },
    { model: bgCnbdK(3), truth: Float64Array.of(0.8, 1.7, 0.8, 2.4), age: 60 },
    { model: bgBb, truth: Float64Array.of(1.2, 0.8, 0.9, 2.8), age: 12 },
  ];

  it.each(cases)("$model.name", ({ model, truth, age }) => {
    const scores = model.parameterNames.map(() => [] as number[]);
    for (const seed of seeds) {
      const fit = fitPurchases(model, simulated(model, truth, age, 3000, seed));
      // Errors of a logarithm are nearer to normal than those of a parameter that cannot be negative.
      fit.parameters.forEach((estimate, i) => {
        scores[i].push(Math.log(estimate / truth[i]) / ((fit.standardErrors[i] as number) / estimate));
      });
    }
    scores.forEach((list, i) => {
      expectStandardNormal(list, model.parameterNames[i]);
    });
  });

  it.each([
    { model: bgNbd, truth: Float64Array.of(0.8, 5, 0.8, 2.4, 0.5, 0.3, -0.2) },
    { model: paretoNbd, truth: Float64Array.of(0.9, 6, 0.9, 14, 0.5, 0.4) },
  ])("$model.name with a covariate", ({ model, truth }) => {
    const scores = Array.from(truth, () => [] as number[]);
    for (const seed of moreSeeds) {
      const random = createRandom(`${seed}/${model.name}/covariate`);
      const member = Float64Array.from({ length: 5000 }, () => random.integer(2));
      const drawn = Array.from(member, (z) => model.simulate(parametersAt(model, truth, [z]), 60, random));
      const fit = fitPurchases(
        model,
        groupHistories({
          rows: drawn.length,
          frequency: Float64Array.from(drawn, ({ frequency }) => frequency),
          recency: Float64Array.from(drawn, ({ recency }) => recency),
          age: Float64Array.from(drawn, ({ age }) => age),
          covariates: { names: ["member"], columns: [member] },
        }),
      );
      fit.parameters.forEach((estimate, i) => {
        const error = fit.standardErrors[i] as number;
        const isCoefficient = i >= model.parameterNames.length;
        scores[i].push(
          isCoefficient ? (estimate - truth[i]) / error : Math.log(estimate / truth[i]) / (error / estimate),
        );
      });
    }
    scores.forEach((list, i) => {
      expectStandardNormal(list, `parameter ${i}`);
    });
  });

  it("gamma-gamma", () => {
    const [p, q, v] = [6, 4, 15];
    const scores: number[][] = [[], [], []];
    for (const seed of seeds) {
      const random = createRandom(`${seed}/gamma-gamma`);
      const transactions = new Float64Array(3000);
      const meanValue = new Float64Array(3000);
      for (let i = 0; i < 3000; i++) {
        transactions[i] = 1 + random.integer(8);
        const scale = v / random.gamma(q);
        meanValue[i] = (random.gamma(p * transactions[i]) * scale) / transactions[i];
      }
      // ν ~ Gamma(q, v) is a rate, so 1/ν = v/Gamma(q).
      const fit = fitSpending(groupSpending(transactions, meanValue));
      [p, q, v].forEach((truth, i) => {
        scores[i].push(Math.log(fit.parameters[i] / truth) / ((fit.standardErrors[i] as number) / fit.parameters[i]));
      });
    }
    scores.forEach((list, i) => {
      expectStandardNormal(list, ["p", "q", "v"][i]);
    });
  });
});
