import { InputError, ModelError } from "../base/errors.ts";
import { type ContractHistories, type ContractModel, contractLikelihood } from "./contract-churn.ts";
import { type Estimate, maximiseLikelihood } from "./maximum-likelihood.ts";
import type { Priors } from "./priors.ts";

export interface ContractFit extends Estimate {
  readonly model: ContractModel;
  readonly customers: number;
}

/** Fits a contract model. Throws InputError invalid_contract_counts, ModelError too_few_customers, nobody_left. */
export function fitContracts(
  model: ContractModel,
  histories: ContractHistories,
  options: { priors?: Priors } = {},
): ContractFit {
  const counts = [...histories.lost, ...histories.remaining];
  const wrong = counts.findIndex((count) => !(count >= 0) || !Number.isFinite(count));
  if (wrong >= 0) throw new InputError("invalid_contract_counts", { position: wrong + 1, value: counts[wrong] });
  const customers = counts.reduce((sum, count) => sum + count, 0);
  if (customers < 2) throw new ModelError("too_few_customers", { customers, needed: 2 });
  if (!histories.lost.some((count) => count > 0)) throw new ModelError("nobody_left", { customers });
  const size = model.parameterNames.length;
  const estimate = maximiseLikelihood(
    {
      parameterNames: model.parameterNames,
      scales: new Float64Array(size).fill(1),
      starts: [new Float64Array(size).fill(1), Float64Array.of(0.5, 2, 1.2).slice(0, size)],
      evaluate: (parameters, gradient) => contractLikelihood(model, parameters, histories, gradient),
    },
    options,
  );
  return { ...estimate, model, customers };
}
