import { describe, expect, it } from "vitest";
import { createRandom } from "../base/random.ts";
import { bgNbd } from "../models/bg-nbd.ts";
import { parametersAt } from "../models/covariates.ts";
import { fitPurchases } from "../models/fit-purchases.ts";
import { mbgNbd } from "../models/mbg-nbd.ts";
import { paretoNbd } from "../models/pareto-nbd.ts";
import { purchaseLikelihood } from "../models/purchase-likelihood.ts";
import type { PurchaseModel } from "../models/purchase-model.ts";
import { groupHistories } from "../models/purchase-summary.ts";
import { predictCustomers } from "./predict.ts";

/** Customers with a yes-or-no covariate and a continuous one of five values, whose purchases follow the coefficients given. */
function simulated(model: PurchaseModel, truth: Float64Array, customers: number, seed: string) {
  const random = createRandom(`${seed}/covariates`);
  const columns = [new Float64Array(customers), new Float64Array(customers)];
  const drawn = Array.from({ length: customers }, (_, row) => {
    columns[0][row] = random.integer(2);
    columns[1][row] = random.integer(5) / 2 - 1;
    return model.simulate(
      parametersAt(model, truth, [columns[0][row], columns[1][row]]),
      40 + random.integer(12),
      random,
    );
  });
  const column = (pick: (history: (typeof drawn)[number]) => number) => Float64Array.from(drawn, pick);
  return {
    rows: customers,
    frequency: column(({ frequency }) => frequency),
    recency: column(({ recency }) => recency),
    age: column(({ age }) => age),
    covariates: { names: ["member", "size"], columns },
  };
}

const cases = [
  { model: bgNbd, truth: Float64Array.of(0.9, 6, 0.8, 2.4, 0.4, -0.3, 0.3, 0, 0.2, 0.1) },
  { model: paretoNbd, truth: Float64Array.of(0.9, 8, 0.7, 12, 0.4, -0.3, 0.3, 0.2) },
];

describe.each(cases)("$model.name with covariates", ({ model, truth }) => {
  const summary = simulated(model, truth, 1500, "one");
  const histories = groupHistories(summary);

  it("has the gradient of its likelihood (central differences), coefficients included", () => {
    const likelihood = purchaseLikelihood(model, histories);
    const gradient = new Float64Array(truth.length);
    const ignored = new Float64Array(truth.length);
    likelihood(truth, gradient);
    truth.forEach((_, i) => {
      const at = (step: number) => {
        const moved = truth.slice();
        moved[i] += step;
        return likelihood(moved, ignored);
      };
      const slope = (8 * (at(1e-4) - at(-1e-4)) - (at(2e-4) - at(-2e-4))) / 12e-4;
      expect(Math.abs(gradient[i] - slope), `parameter ${i}`).toBeLessThan(1e-5 * (1 + Math.abs(slope)));
    });
  });

  it("is the plain model where every coefficient is 0", () => {
    const { covariates: _, ...plain } = histories;
    const zero = truth.map((value, i) => (i < 4 ? value : 0));
    const gradient = new Float64Array(truth.length);
    const expected = purchaseLikelihood(model, plain)(zero.slice(0, 4), new Float64Array(4));
    expect(purchaseLikelihood(model, histories)(zero, gradient)).toBeCloseTo(expected, 8);
  });

  it("does not depend on the unit of a covariate, but for the unit of its coefficient", () => {
    const fit = fitPurchases(model, histories);
    const [member, size] = histories.covariates?.columns ?? [];
    const rescaled = {
      ...histories,
      covariates: { names: ["member", "size"], columns: [member, size.map((z) => 1e6 * z)] },
    };
    const other = fitPurchases(model, rescaled);
    expect(other.logLikelihood).toBeCloseTo(fit.logLikelihood, 3);
    fit.parameterNames.forEach((name, i) => {
      const unit = name.endsWith(".size") ? 1e-6 : 1;
      expect(Math.abs(other.parameters[i] / unit - fit.parameters[i]), name).toBeLessThan(
        2e-3 * (1 + Math.abs(fit.parameters[i])),
      );
    });
    expect(fit.parameterNames.slice(4, 6)).toEqual(["rate.member", "rate.size"]);
  });

  it("forecasts every customer with its own parameters", () => {
    const fit = fitPurchases(model, histories);
    const withMeans = { ...summary, meanValue: new Float64Array(0) };
    const discounting = { time: 26, unitDays: 7, annualDiscountRate: 0.1 };
    const { expectedTransactions, probabilityAlive } = predictCustomers(
      fit,
      withMeans,
      histories,
      undefined,
      discounting,
    );
    for (let row = 0; row < 200; row++) {
      const own = parametersAt(
        model,
        fit.parameters,
        summary.covariates.columns.map((column) => column[row]),
      );
      const history = { frequency: summary.frequency[row], recency: summary.recency[row], age: summary.age[row] };
      expect(expectedTransactions[row]).toBeCloseTo(model.expectedPurchases(own, history, 26), 10);
      expect(probabilityAlive[row]).toBeCloseTo(model.probabilityAlive(own, history), 12);
    }
  });

  it("finds the effects that made the customers, within three standard errors", () => {
    const fit = fitPurchases(model, groupHistories(simulated(model, truth, 6000, "many")));
    fit.parameters.forEach((parameter, i) => {
      const error = fit.standardErrors[i] as number;
      expect(Math.abs(parameter - truth[i]) / error, fit.parameterNames[i]).toBeLessThan(3);
    });
    expect(fit.parameters[4] / (fit.standardErrors[4] as number)).toBeGreaterThan(4);
  });
});

describe("covariates that cannot be used", () => {
  const summary = simulated(bgNbd, cases[0].truth, 50, "few");
  const withColumn = (column: Float64Array) => ({ ...summary, covariates: { names: ["member"], columns: [column] } });

  it.each([
    ["covariates_unsupported", mbgNbd, summary.covariates.columns[0]],
    ["covariate_constant", bgNbd, new Float64Array(50).fill(2)],
    [
      "covariate_not_a_number",
      paretoNbd,
      Float64Array.from({ length: 50 }, (_, row) => (row === 7 ? Number.NaN : row)),
    ],
  ])("are refused: %s", (code, model, column) => {
    expect(() => fitPurchases(model, groupHistories(withColumn(column)))).toThrow(expect.objectContaining({ code }));
  });
});
