import { ModelError } from "../base/errors.ts";
import { gather } from "../stats/equal-rows.ts";
import { checkHistories } from "./history-checks.ts";
import {
  type Diagnostic,
  type Estimate,
  type LikelihoodProblem,
  maximiseLikelihood,
  type Prior,
} from "./maximum-likelihood.ts";
import type { PurchaseHistories, PurchaseModel } from "./purchase-model.ts";
import { type SampledRows, sampledRows } from "./sampled-rows.ts";

export interface PurchaseFit extends Estimate {
  readonly model: PurchaseModel;
  readonly customers: number;
}

/** Mean P(alive) above which a model has found nobody who left. */
const nobodyLeaves = 0.999;
/** Standard error of a parameter's logarithm beyond which the data say nothing about its size. */
const unidentified = 5;

/**
 * Fits a purchase model to grouped histories. Throws InputError invalid_history, invalid_customer_count; ModelError
 * too_few_customers, no_observation_time, no_repeat_purchases.
 */
export function fitPurchases(
  model: PurchaseModel,
  histories: PurchaseHistories,
  options: { priors?: Readonly<Record<string, Prior>> } = {},
): PurchaseFit {
  const { customers, mostPurchases, meanAge } = checkedTotals(histories);
  const estimate = maximiseLikelihood(purchaseProblem(model, histories, mostPurchases, meanAge), options);
  return {
    ...estimate,
    model,
    customers,
    diagnostics: [...estimate.diagnostics, ...plainDiagnostics(model, histories, estimate)],
  };
}

function purchaseProblem(
  model: PurchaseModel,
  histories: PurchaseHistories,
  mostPurchases: number,
  meanAge: number,
): LikelihoodProblem {
  const scales = Float64Array.from(model.parameterNames, (name) => (model.timeParameters.includes(name) ? meanAge : 1));
  const rows = sampledRows(histories.customers);
  return {
    parameterNames: model.parameterNames,
    scales,
    starts: [
      scales,
      scales.map((scale, i) => (model.timeParameters[0] === model.parameterNames[i] ? scale / 5 : scale / 2)),
    ],
    evaluate: likelihoodOf(model, histories, mostPurchases),
    ...(rows ? { evaluateSample: likelihoodOf(model, onlyRows(histories, rows), mostPurchases) } : {}),
  };
}

function likelihoodOf(
  model: PurchaseModel,
  { rows, frequency, recency, age, customers }: PurchaseHistories,
  mostPurchases: number,
): LikelihoodProblem["evaluate"] {
  const one = new Float64Array(model.parameterNames.length);
  const history = { frequency: 0, recency: 0, age: 0 };
  return (parameters, gradient) => {
    const likelihood = model.prepare(parameters, mostPurchases);
    gradient.fill(0);
    let total = 0;
    for (let row = 0; row < rows; row++) {
      history.frequency = frequency[row];
      history.recency = recency[row];
      history.age = age[row];
      total += customers[row] * likelihood(history, one);
      for (let i = 0; i < one.length; i++) gradient[i] += customers[row] * one[i];
    }
    return total;
  };
}

function onlyRows(histories: PurchaseHistories, { rows, customers }: SampledRows): PurchaseHistories {
  const { frequency, recency, age } = histories;
  return {
    rows: rows.length,
    frequency: gather(frequency, rows),
    recency: gather(recency, rows),
    age: gather(age, rows),
    customers,
  };
}

function checkedTotals(histories: PurchaseHistories) {
  checkHistories(histories);
  const { rows, frequency, age, customers } = histories;
  let total = 0;
  let repeats = 0;
  let mostPurchases = 0;
  let ages = 0;
  for (let row = 0; row < rows; row++) {
    total += customers[row];
    repeats += frequency[row] > 0 ? customers[row] : 0;
    ages += customers[row] * age[row];
    if (frequency[row] > mostPurchases) mostPurchases = frequency[row];
  }
  if (total < 2) throw new ModelError("too_few_customers", { customers: total, needed: 2 });
  if (!(ages > 0)) throw new ModelError("no_observation_time", { customers: total });
  if (repeats === 0) throw new ModelError("no_repeat_purchases", { customers: total });
  return { customers: total, mostPurchases, meanAge: ages / total };
}

function plainDiagnostics(model: PurchaseModel, histories: PurchaseHistories, estimate: Estimate): Diagnostic[] {
  const found: Diagnostic[] = [];
  const { rows, frequency, recency, age, customers } = histories;
  let alive = 0;
  let total = 0;
  for (let row = 0; row < rows; row++) {
    if (frequency[row] === 0) continue;
    const history = { frequency: frequency[row], recency: recency[row], age: age[row] };
    alive += customers[row] * model.probabilityAlive(estimate.parameters, history);
    total += customers[row];
  }
  if (alive / total > nobodyLeaves)
    found.push({ code: "nobody_leaves", details: { meanProbabilityAlive: alive / total } });
  const wild = model.parameterNames.filter((_, i) => {
    const error = estimate.standardErrors[i];
    return error !== null && error > unidentified * estimate.parameters[i];
  });
  if (wild.length > 0) found.push({ code: "heterogeneity_unidentified", details: { parameters: wild.join(", ") } });
  if (total < 50) found.push({ code: "few_repeat_buyers", details: { customers: total } });
  return found;
}
