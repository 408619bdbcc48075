import { ModelError } from "../base/errors.ts";
import { checkCovariates, coefficientNames, covariateScale, ownParameters } from "./covariates.ts";
import { checkHistories } from "./history-checks.ts";
import { type Diagnostic, type Estimate, type LikelihoodProblem, maximiseLikelihood } from "./maximum-likelihood.ts";
import type { Priors } from "./priors.ts";
import { onlyRows, purchaseLikelihood } from "./purchase-likelihood.ts";
import type { PurchaseHistories, PurchaseModel } from "./purchase-model.ts";
import { sampledRows } from "./sampled-rows.ts";

export interface PurchaseFit extends Estimate {
  readonly model: PurchaseModel;
  /** Of `parameters`: the model's, and with covariates those of their coefficients. */
  readonly parameterNames: readonly string[];
  readonly customers: number;
}

/** Mean P(alive) above which a model has found nobody who left. */
const nobodyLeaves = 0.999;
/** Standard error of a parameter's logarithm beyond which the data say nothing about its size. */
const unidentified = 5;

/**
 * Fits a purchase model to grouped histories, with their covariates if they have any. Throws InputError invalid_history,
 * invalid_customer_count, covariates_unsupported, covariate_not_a_number, covariate_constant, invalid_prior; ModelError
 * too_few_customers, no_observation_time, no_repeat_purchases.
 */
export function fitPurchases(
  model: PurchaseModel,
  histories: PurchaseHistories,
  options: { priors?: Priors } = {},
): PurchaseFit {
  const { customers, meanAge } = checkedTotals(histories);
  checkCovariates(model, histories.covariates);
  const problem = purchaseProblem(model, histories, meanAge);
  const estimate = maximiseLikelihood(problem, options);
  const { parameterNames } = problem;
  return {
    ...estimate,
    model,
    parameterNames,
    customers,
    diagnostics: [...estimate.diagnostics, ...plainDiagnostics({ model, parameterNames, ...estimate }, histories)],
  };
}

function purchaseProblem(model: PurchaseModel, histories: PurchaseHistories, meanAge: number): LikelihoodProblem {
  const { covariates } = histories;
  const coefficients = coefficientNames(model, covariates);
  const sizes = model.parameterNames.map((name) => (model.timeParameters.includes(name) ? meanAge : 1));
  const coefficientScales = coefficients.map((_, at) => {
    const columns = covariates?.columns ?? [];
    return covariateScale(columns[at % columns.length]);
  });
  const nearer = sizes.map((size, i) => (model.timeParameters[0] === model.parameterNames[i] ? size / 5 : size / 2));
  const sample = sampledRows(histories.customers);
  return {
    parameterNames: [...model.parameterNames, ...coefficients],
    scales: Float64Array.from([...sizes, ...coefficientScales]),
    isPositive: [...sizes.map(() => true), ...coefficients.map(() => false)],
    starts: [sizes, nearer].map((start) => Float64Array.from([...start, ...coefficients.map(() => 0)])),
    evaluate: purchaseLikelihood(model, histories),
    ...(sample
      ? { evaluateSample: purchaseLikelihood(model, onlyRows(histories, sample.rows, sample.customers)) }
      : {}),
  };
}

function checkedTotals(histories: PurchaseHistories) {
  checkHistories(histories);
  const { rows, frequency, age, customers } = histories;
  let total = 0;
  let repeats = 0;
  let ages = 0;
  for (let row = 0; row < rows; row++) {
    total += customers[row];
    repeats += frequency[row] > 0 ? customers[row] : 0;
    ages += customers[row] * age[row];
  }
  if (total < 2) throw new ModelError("too_few_customers", { customers: total, needed: 2 });
  if (!(ages > 0)) throw new ModelError("no_observation_time", { customers: total });
  if (repeats === 0) throw new ModelError("no_repeat_purchases", { customers: total });
  return { customers: total, meanAge: ages / total };
}

function plainDiagnostics(
  { model, parameterNames, parameters, standardErrors }: Omit<PurchaseFit, "customers">,
  { rows, frequency, recency, age, customers, covariates }: PurchaseHistories,
): Diagnostic[] {
  const found: Diagnostic[] = [];
  const own = ownParameters({ model, parameters }, covariates);
  let alive = 0;
  let total = 0;
  for (let row = 0; row < rows; row++) {
    if (frequency[row] === 0) continue;
    const history = { frequency: frequency[row], recency: recency[row], age: age[row] };
    alive += customers[row] * model.probabilityAlive(own(row), history);
    total += customers[row];
  }
  if (!model.assumesNobodyLeaves && alive / total > nobodyLeaves)
    found.push({ code: "nobody_leaves", details: { meanProbabilityAlive: alive / total } });
  const wild = parameterNames.filter((name, i) => {
    const error = standardErrors[i];
    return model.parameterNames.includes(name) && error !== null && error > unidentified * parameters[i];
  });
  if (wild.length > 0) found.push({ code: "heterogeneity_unidentified", details: { parameters: wild.join(", ") } });
  if (total < 50) found.push({ code: "few_repeat_buyers", details: { customers: total } });
  return found;
}
