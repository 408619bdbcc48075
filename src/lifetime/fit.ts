import { InputError, ModelError } from "../base/errors.ts";
import { bgBb } from "../models/bg-bb.ts";
import { bgCnbdK, regularityTerm } from "../models/bg-cnbd-k.ts";
import { bgNbd } from "../models/bg-nbd.ts";
import { coefficientNames } from "../models/covariates.ts";
import { fitPurchases, type PurchaseFit } from "../models/fit-purchases.ts";
import { fitSpending, groupSpending, type SpendingFit } from "../models/fit-spending.ts";
import { gammaGammaParameters } from "../models/gamma-gamma.ts";
import { checkHistories } from "../models/history-checks.ts";
import type { Discounting } from "../models/lifetime-value.ts";
import type { Diagnostic, Estimate } from "../models/maximum-likelihood.ts";
import { mbgNbd } from "../models/mbg-nbd.ts";
import { nbd } from "../models/nbd.ts";
import { paretoNbd } from "../models/pareto-nbd.ts";
import type { Priors } from "../models/priors.ts";
import type { PurchaseHistories, PurchaseModel } from "../models/purchase-model.ts";
import { groupHistories, type PurchaseSummary } from "../models/purchase-summary.ts";
import { pearson } from "../stats/ranking.ts";
import { type Holdout, judge } from "./judge.ts";
import { type Predictions, predictCustomers } from "./predict.ts";

export const purchaseModels = ["bg-nbd", "mbg-nbd", "pareto-nbd", "bg-cnbd-k", "bg-bb", "nbd"] as const;
export type PurchaseModelName = (typeof purchaseModels)[number];

export interface FitReport {
  readonly model: string;
  readonly customers: number;
  readonly parameters: Readonly<Record<string, number>>;
  readonly standardErrors: Readonly<Record<string, number | null>>;
  readonly logLikelihood: number;
  /** Where there are any: parameters are then maximum a posteriori. */
  readonly priors?: Priors;
  readonly converged: boolean;
  readonly diagnostics: readonly Diagnostic[];
  /** Where amounts were given: what an order is worth (Gamma–Gamma). */
  readonly spending?: Pick<
    FitReport,
    "customers" | "parameters" | "standardErrors" | "logLikelihood" | "priors" | "diagnostics"
  > & {
    readonly populationMean: number | null;
  };
  readonly holdout?: Holdout;
}

export interface FittedModel {
  readonly report: FitReport;
  readonly fit: PurchaseFit;
  readonly predictions: Predictions;
}

export interface FitOptions {
  readonly priors?: Priors;
  /** Time ahead of the forecast, in the summary's unit; default the holdout's length, else the mean age. */
  readonly horizon?: number;
  readonly discounting: Omit<Discounting, "time">;
}

/**
 * Fits a purchase model and, where the summary has values, what a purchase is worth; forecasts every customer and judges the
 * forecast in the holdout period, if there is one. Throws InputError invalid_horizon (0 to 1,000 years); errors as
 * `fitPurchases`, `fitSpending`.
 */
export function fitSummary(name: PurchaseModelName, summary: PurchaseSummary, options: FitOptions): FittedModel {
  checkHistories(summary);
  const histories = groupHistories(summary);
  const horizon = options.horizon ?? summary.holdout?.time ?? meanOf(summary.age);
  checkHorizon(horizon, options.discounting.unitDays);
  const priors = dividedPriors(options.priors, hasValues(summary));
  const fit = fitNamed(name, histories, { priors: priors.purchases });
  const spending = spendingFit(summary, priors.spending);
  const predictions = predictCustomers(fit, summary, histories, spending, { ...options.discounting, time: horizon });
  const value = predictions.expectedValuePerTransaction?.map(
    (each, row) => each * predictions.expectedTransactions[row],
  );
  const isHoldout = summary.holdout !== undefined && horizon === summary.holdout.time;
  return {
    fit,
    predictions,
    report: {
      model: fit.model.name,
      customers: summary.rows,
      ...estimateOf(fit, fit.parameterNames),
      converged: fit.converged,
      diagnostics: [...fit.diagnostics, ...summaryDiagnostics(summary)],
      ...(spending
        ? {
            spending: {
              customers: spending.customers,
              ...estimateOf(spending, ["p", "q", "v"]),
              diagnostics: spending.diagnostics,
              populationMean: Number.isFinite(spending.populationMean) ? spending.populationMean : null,
            },
          }
        : {}),
      holdout: isHoldout ? judge(summary, { transactions: predictions.expectedTransactions, value }) : undefined,
    },
  };
}

/** A thousand years: what a forecast may reach. */
export const mostHorizonDays = 365_000;

function checkHorizon(horizon: number, unitDays: number): void {
  const days = horizon * unitDays;
  if (days >= 0 && days <= mostHorizonDays) return;
  throw new InputError("invalid_horizon", { option: "horizon-days", value: days, least: 0, most: mostHorizonDays });
}

/** k of the regular model is tried up to here. */
const mostRegular = 6;

const models: Readonly<Record<PurchaseModelName, PurchaseModel>> = {
  "bg-nbd": bgNbd,
  "mbg-nbd": mbgNbd,
  "pareto-nbd": paretoNbd,
  "bg-cnbd-k": bgCnbdK(1),
  "bg-bb": bgBb,
  nbd,
};

/** Parameters of a model on this summary, coefficients of covariates and those of spending included: what priors may name. */
export function parametersOf(
  name: PurchaseModelName,
  summary: Pick<PurchaseSummary, "covariates" | "meanValue">,
): string[] {
  const spending = hasValues(summary) ? gammaGammaParameters : [];
  return [...models[name].parameterNames, ...coefficientNames(models[name], summary.covariates), ...spending];
}

/** Whether a model can use covariates. */
export function takesCovariates(name: PurchaseModelName): boolean {
  return models[name].covariateLinks !== undefined;
}

function fitNamed(
  name: PurchaseModelName,
  histories: PurchaseHistories,
  options: Pick<FitOptions, "priors">,
): PurchaseFit {
  return name === "bg-cnbd-k" ? fitRegular(histories, options) : fitPurchases(models[name], histories, options);
}

function hasValues({ meanValue }: Pick<PurchaseSummary, "meanValue">): boolean {
  return meanValue.length > 0 && !Number.isNaN(meanValue[0]);
}

/** Priors of what a purchase is worth, and of all else. */
function dividedPriors(priors: Priors = {}, hasSpending: boolean): { spending: Priors; purchases: Priors } {
  const isSpending = (name: string) => hasSpending && (gammaGammaParameters as readonly string[]).includes(name);
  const pick = (wanted: boolean) =>
    Object.fromEntries(Object.entries(priors).filter(([name]) => isSpending(name) === wanted));
  return { spending: pick(true), purchases: pick(false) };
}

/** BG/CNBD-k with the k of highest likelihood: k rises until it falls. Throws ModelError gaps_unknown without `logGaps`. */
export function fitRegular(histories: PurchaseHistories, options: Pick<FitOptions, "priors"> = {}): PurchaseFit {
  const { logGaps } = histories;
  if (!logGaps) throw new ModelError("gaps_unknown", { model: "bg-cnbd-k" });
  let best: PurchaseFit | undefined;
  for (let k = 1; k <= mostRegular; k++) {
    const fit = fitPurchases(bgCnbdK(k), histories, options);
    let constant = 0;
    for (let row = 0; row < histories.rows; row++) {
      constant += histories.customers[row] * regularityTerm(k, histories.frequency[row], logGaps[row]);
    }
    const comparable = { ...fit, logLikelihood: fit.logLikelihood + constant };
    if (best && comparable.logLikelihood <= best.logLikelihood) return best;
    best = comparable;
  }
  return best as PurchaseFit;
}

function spendingFit(summary: PurchaseSummary, priors: Priors): SpendingFit | undefined {
  const { frequency, meanValue } = summary;
  if (!hasValues(summary)) return undefined;
  const repeaters = [...frequency.keys()].filter((row) => frequency[row] > 0);
  const correlation = pearson(
    repeaters.map((row) => frequency[row]),
    repeaters.map((row) => meanValue[row]),
  );
  return fitSpending(groupSpending(frequency, meanValue), {
    priors,
    ...(Number.isNaN(correlation) ? {} : { correlation }),
  });
}

function summaryDiagnostics({ daysNettedAway }: PurchaseSummary): Diagnostic[] {
  return daysNettedAway > 0 ? [{ code: "refunds_netted", details: { days: daysNettedAway } }] : [];
}

export function estimateOf({ parameters, standardErrors, logLikelihood, priors }: Estimate, names: readonly string[]) {
  return {
    parameters: Object.fromEntries(names.map((name, i) => [name, parameters[i]])),
    standardErrors: Object.fromEntries(names.map((name, i) => [name, standardErrors[i]])),
    logLikelihood,
    ...(Object.keys(priors).length > 0 ? { priors } : {}),
  };
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
