import { InputError } from "../base/errors.ts";
import type { Covariates, PurchaseModel } from "./purchase-model.ts";

/** Names of the coefficients that covariates add to a model's parameters: every link has one for every covariate. */
export function coefficientNames(model: PurchaseModel, covariates: Covariates | undefined): string[] {
  const links = covariates ? (model.covariateLinks ?? []) : [];
  return links.flatMap(({ coefficient }) => (covariates?.names ?? []).map((name) => `${coefficient}.${name}`));
}

/**
 * The model's own parameters for customers with these values z: each linked parameter times exp(sign·γ·z) (Fader & Hardie 2007,
 * "Incorporating time-invariant covariates into the Pareto/NBD and BG/NBD models"). `all` holds the parameters at z = 0, then the γ.
 */
export function parametersAt(model: PurchaseModel, all: Float64Array, values: readonly number[]): Float64Array {
  const size = model.parameterNames.length;
  const own = all.slice(0, size);
  if (values.length === 0) return own;
  (model.covariateLinks ?? []).forEach(({ parameter, sign }, link) => {
    let sum = 0;
    for (let at = 0; at < values.length; at++) sum += all[size + link * values.length + at] * values[at];
    own[model.parameterNames.indexOf(parameter)] *= Math.exp(sign * sum);
  });
  return own;
}

/** Throws InputError covariates_unsupported, covariate_not_a_number, covariate_constant. */
export function checkCovariates(model: PurchaseModel, covariates: Covariates | undefined): void {
  if (!covariates) return;
  if (!model.covariateLinks) throw new InputError("covariates_unsupported", { model: model.name });
  covariates.names.forEach((name, at) => {
    const column = covariates.columns[at];
    const wrong = column.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) throw new InputError("covariate_not_a_number", { name, row: wrong + 1, value: column[wrong] });
    if (column.every((value) => value === column[0])) {
      throw new InputError("covariate_constant", { name, value: column[0] });
    }
  });
}

/** A typical difference between customers, so that the search takes even steps whatever a covariate is measured in. */
export function covariateScale(column: Float64Array): number {
  const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
  const variance = column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / column.length;
  return 1 / Math.sqrt(variance);
}

/** The parameters of the customers of each row of a fitted model, remembered for each set of covariates. */
export function ownParameters(
  { model, parameters }: { model: PurchaseModel; parameters: Float64Array },
  covariates: Covariates | undefined,
): (row: number) => Float64Array {
  if (!covariates) return () => parameters;
  const known = new Map<string, Float64Array>();
  return (row) => {
    const values = valuesAt(covariates, row);
    const key = values.join(" ");
    let own = known.get(key);
    if (!own) {
      own = parametersAt(model, parameters, values);
      known.set(key, own);
    }
    return own;
  };
}

/** The values of one row. */
export function valuesAt(covariates: Covariates | undefined, row: number): number[] {
  return covariates ? covariates.columns.map((column) => column[row]) : [];
}
