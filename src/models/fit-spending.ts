import { InputError, ModelError } from "../base/errors.ts";
import { equalRows, gather } from "../stats/equal-rows.ts";
import { expectedSpending, gammaGammaParameters, type SpendingHistories, spendingLikelihood } from "./gamma-gamma.ts";
import { type Diagnostic, type Estimate, type LikelihoodProblem, maximiseLikelihood } from "./maximum-likelihood.ts";
import type { Priors } from "./priors.ts";
import { sampledRows } from "./sampled-rows.ts";

export interface SpendingFit extends Estimate {
  readonly customers: number;
  /** E[value of a transaction] over the whole population; Infinity where it does not exist. */
  readonly populationMean: number;
  /** Mean over the customers fitted of their mean value. */
  readonly observedMean: number;
}

/**
 * Fits Gamma–Gamma to customers with at least one transaction to average. Customers whose mean is not above zero (refunds took
 * it all back) are left out and counted. `correlation` is that of frequency and mean value: the model assumes none.
 * Throws InputError spending_shape, ModelError too_few_customers.
 */
export function fitSpending(
  histories: SpendingHistories,
  options: { priors?: Priors; correlation?: number } = {},
): SpendingFit {
  const { rows, transactions, meanValue, customers } = histories;
  const keptRows: number[] = [];
  let leftOut = 0;
  for (let row = 0; row < rows; row++) {
    if (!Number.isFinite(meanValue[row]) || !(transactions[row] > 0)) {
      throw new InputError("spending_shape", {
        row: row + 1,
        transactions: transactions[row],
        meanValue: meanValue[row],
      });
    }
    if (meanValue[row] > 0) keptRows.push(row);
    else leftOut += customers[row];
  }
  const kept = Int32Array.from(keptRows);
  const total = kept.reduce((sum, row) => sum + customers[row], 0);
  if (total < 3) throw new ModelError("too_few_customers", { customers: total, needed: 3 });
  const typical = kept.reduce((sum, row) => sum + customers[row] * meanValue[row], 0) / total;
  const scales = Float64Array.of(1, 1, typical);
  const spending = {
    transactions: gather(transactions, kept),
    meanValue: gather(meanValue, kept),
    customers: gather(customers, kept),
  };
  const sample = sampledRows(spending.customers);
  const estimate = maximiseLikelihood(
    {
      parameterNames: gammaGammaParameters,
      scales,
      starts: [Float64Array.of(2, 3, typical), Float64Array.of(6, 4, typical / 2)],
      evaluate: likelihoodOf(spending),
      ...(sample
        ? {
            evaluateSample: likelihoodOf({
              transactions: gather(spending.transactions, sample.rows),
              meanValue: gather(spending.meanValue, sample.rows),
              customers: sample.customers,
            }),
          }
        : {}),
    },
    options,
  );
  const populationMean = expectedSpending(estimate.parameters, 0, 0);
  const diagnostics: Diagnostic[] = [...estimate.diagnostics];
  if (leftOut > 0) diagnostics.push({ code: "zero_values_left_out", details: { customers: leftOut } });
  if (!Number.isFinite(populationMean)) {
    diagnostics.push({ code: "no_population_mean", details: { q: estimate.parameters[1], mean: typical } });
  }
  if (options.correlation !== undefined && Math.abs(options.correlation) > 0.3) {
    diagnostics.push({ code: "spending_depends_on_frequency", details: { correlation: options.correlation } });
  }
  return { ...estimate, customers: total, populationMean, observedMean: typical, diagnostics };
}

function likelihoodOf({
  transactions,
  meanValue,
  customers,
}: Omit<SpendingHistories, "rows">): LikelihoodProblem["evaluate"] {
  const one = new Float64Array(3);
  return (parameters, gradient) => {
    gradient.fill(0);
    let sum = 0;
    for (let row = 0; row < customers.length; row++) {
      sum += customers[row] * spendingLikelihood(parameters, transactions[row], meanValue[row], one);
      for (let i = 0; i < 3; i++) gradient[i] += customers[row] * one[i];
    }
    return sum;
  };
}

/**
 * What a purchase of a customer will be worth. A mean below zero (refunds) counts as zero, and where the model has no finite mean
 * (q ≤ 1; the diagnostics say so) the observed one stands in.
 */
export function forecastSpending(fit: SpendingFit, transactions: number, meanValue: number): number {
  const expected = expectedSpending(fit.parameters, transactions, transactions > 0 ? Math.max(0, meanValue) : 0);
  return Number.isFinite(expected) ? expected : fit.observedMean;
}

/** Groups customers by (transactions, mean value), those without transactions left out. */
export function groupSpending(transactions: Float64Array, meanValue: Float64Array): SpendingHistories {
  const bought = Int32Array.from(transactions.keys()).filter((row) => transactions[row] > 0);
  const columns = [gather(transactions, bought), gather(meanValue, bought)];
  const { groups, first, counts } = equalRows(bought.length, columns);
  return {
    rows: groups,
    transactions: gather(columns[0], first),
    meanValue: gather(columns[1], first),
    customers: counts,
  };
}
