import { InputError } from "../base/errors.ts";
import type { DuckdbEngine } from "../engine/duckdb/engine.ts";
import type { ContractModel } from "../models/contract-churn.ts";
import { fitContracts } from "../models/fit-contracts.ts";
import type { Diagnostic } from "../models/maximum-likelihood.ts";
import type { Priors } from "../models/priors.ts";
import { estimateOf } from "./fit.ts";
import { readNumbers } from "./read-file.ts";

export interface ContractReport {
  readonly model: string;
  readonly customers: number;
  readonly parameters: Readonly<Record<string, number>>;
  readonly standardErrors: Readonly<Record<string, number | null>>;
  readonly logLikelihood: number;
  readonly priors?: Priors;
  readonly converged: boolean;
  readonly diagnostics: readonly Diagnostic[];
  /** Share still there after each renewal: as observed among those watched so far, and as the model has it. */
  readonly survival: readonly { renewal: number; observed: number | null; fitted: number }[];
}

/** Renewals shown beyond those observed. */
const renewalsAhead = 12;

/**
 * A contract model on a file with one row per renewal: `renewal` (1, 2, …), `lost` (customers who did not renew then) and
 * `remaining` (customers who renewed then and were no longer watched; 0 but for the last where one cohort is followed).
 */
export async function fitContractFile(
  engine: DuckdbEngine,
  model: ContractModel,
  path: string,
  columns: Readonly<Record<string, string>>,
  priors: Priors = {},
): Promise<ContractReport> {
  const named = { renewal: "renewal", lost: "lost", remaining: "remaining", ...columns };
  const { renewal, lost, remaining } = await readNumbers(engine, path, named);
  const most = Math.max(...renewal);
  const wrong = renewal.findIndex((at) => !Number.isInteger(at) || at < 1);
  if (wrong >= 0 || most > 10_000) {
    throw new InputError("invalid_contract_counts", { position: wrong + 1, value: renewal[Math.max(0, wrong)] });
  }
  const histories = { lost: new Float64Array(most), remaining: new Float64Array(most) };
  renewal.forEach((at, row) => {
    histories.lost[at - 1] += lost[row];
    histories.remaining[at - 1] += remaining[row];
  });
  const fit = fitContracts(model, histories, { priors });
  let watched = fit.customers;
  let observed: number | null = 1;
  const survival = Array.from({ length: most + renewalsAhead }, (_, at) => {
    if (at < most && observed !== null && watched > 0) {
      observed *= 1 - histories.lost[at] / watched;
      watched -= histories.lost[at] + histories.remaining[at];
    } else observed = null;
    return { renewal: at + 1, observed, fitted: model.survival(fit.parameters, at + 1) };
  });
  return {
    model: model.name,
    customers: fit.customers,
    ...estimateOf(fit, model.parameterNames),
    converged: fit.converged,
    diagnostics: fit.diagnostics,
    survival,
  };
}
