import { equalRows, gather } from "../stats/equal-rows.ts";
import { parametersAt, valuesAt } from "./covariates.ts";
import type { LikelihoodProblem } from "./maximum-likelihood.ts";
import type { PurchaseHistories, PurchaseModel } from "./purchase-model.ts";

/** Rows with the same covariates share their parameters, so what a model prepares is done once for each such segment. */
interface Segment {
  readonly values: readonly number[];
  readonly rows: Int32Array;
  readonly mostPurchases: number;
}

/** ln likelihood of grouped histories by the model's parameters and, with covariates, by their coefficients. */
export function purchaseLikelihood(model: PurchaseModel, histories: PurchaseHistories): LikelihoodProblem["evaluate"] {
  const { frequency, recency, age, customers } = histories;
  const size = model.parameterNames.length;
  const links = (model.covariateLinks ?? []).map(({ parameter, sign }) => ({
    place: model.parameterNames.indexOf(parameter),
    sign,
  }));
  const segments = segmentsOf(histories);
  const one = new Float64Array(size);
  const ofSegment = new Float64Array(size);
  const history = { frequency: 0, recency: 0, age: 0 };
  return (parameters, gradient) => {
    gradient.fill(0);
    let total = 0;
    for (const { values, rows, mostPurchases } of segments) {
      const own = parametersAt(model, parameters, values);
      const likelihood = model.prepare(own, mostPurchases);
      ofSegment.fill(0);
      for (let at = 0; at < rows.length; at++) {
        const row = rows[at];
        history.frequency = frequency[row];
        history.recency = recency[row];
        history.age = age[row];
        const weight = customers[row];
        total += weight * likelihood(history, one);
        for (let i = 0; i < size; i++) ofSegment[i] += weight * one[i];
      }
      for (let i = 0; i < size; i++) gradient[i] += (ofSegment[i] * own[i]) / parameters[i];
      for (let at = 0; at < values.length; at++) {
        links.forEach(({ place, sign }, link) => {
          gradient[size + link * values.length + at] += sign * values[at] * own[place] * ofSegment[place];
        });
      }
    }
    return total;
  };
}

function segmentsOf({ rows, frequency, covariates }: PurchaseHistories): Segment[] {
  const { groups, group, first } = equalRows(rows, covariates?.columns ?? []);
  const members = Array.from({ length: groups }, () => [] as number[]);
  for (let row = 0; row < rows; row++) members[group[row]].push(row);
  return members.map((own, at) => ({
    values: valuesAt(covariates, first[at]),
    rows: Int32Array.from(own),
    mostPurchases: own.reduce((most, row) => Math.max(most, frequency[row]), 0),
  }));
}

/** These rows alone, standing for `customers`. */
export function onlyRows(histories: PurchaseHistories, rows: Int32Array, customers: Float64Array): PurchaseHistories {
  const { frequency, recency, age, covariates } = histories;
  return {
    rows: rows.length,
    frequency: gather(frequency, rows),
    recency: gather(recency, rows),
    age: gather(age, rows),
    customers,
    ...(covariates
      ? { covariates: { ...covariates, columns: covariates.columns.map((column) => gather(column, rows)) } }
      : {}),
  };
}
