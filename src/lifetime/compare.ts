import type { PurchaseSummary } from "../models/purchase-summary.ts";
import { pairedBootstrap } from "../stats/bootstrap.ts";
import { sampledSpearman } from "../stats/sampled-spearman.ts";
import {
  type FitOptions,
  type FitReport,
  type FittedModel,
  fitSummary,
  type PurchaseModelName,
  parametersOf,
  takesCovariates,
} from "./fit.ts";

export interface Difference {
  /** Model − baseline; for errors below 0 is better, for rank correlations above 0. */
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  readonly verdict: "better" | "equal" | "worse";
}

export interface Comparison {
  readonly models: readonly (FitReport & {
    /** Mean absolute error of transactions against each customer's own rate. */
    readonly errorAgainstOwnRate?: Difference;
    /** Rank correlation with later value (without values: with later transactions) against past spend (own rate). */
    readonly rankAgainstBaseline?: Difference;
  })[];
  /** The model with the least error among those better than the baseline in one measure and worse in none. */
  readonly recommended: string | null;
  readonly level: number;
}

const level = 0.95;

/** Models that apply to transactions; with covariates those that can use them. */
export function comparedModels({ covariates }: Pick<PurchaseSummary, "covariates">): PurchaseModelName[] {
  const all: PurchaseModelName[] = ["bg-nbd", "mbg-nbd", "pareto-nbd", "bg-cnbd-k"];
  return covariates ? all.filter(takesCovariates) : all;
}

/** Fits every model that applies to transactions and tests each against the baselines on the holdout, rows resampled in pairs. */
export function compareModels(
  summary: PurchaseSummary,
  options: FitOptions & { seed: string; names?: readonly PurchaseModelName[] },
  progress: (done: number, total: number) => void = () => {},
): Comparison & { fits: readonly FittedModel[] } {
  const names = options.names ?? comparedModels(summary);
  const ownPriors = (name: PurchaseModelName) => {
    const own = parametersOf(name, summary);
    return Object.fromEntries(Object.entries(options.priors ?? {}).filter(([parameter]) => own.includes(parameter)));
  };
  const fits: FittedModel[] = [];
  const models = names.map((name, at) => {
    const fitted = fitSummary(name, summary, { ...options, priors: ownPriors(name) });
    fits.push(fitted);
    const tested = { ...fitted.report, ...(summary.holdout ? differences(summary, fitted, options.seed) : {}) };
    progress(at + 1, names.length);
    return tested;
  });
  const winners = models.filter(({ errorAgainstOwnRate: error, rankAgainstBaseline: rank }) => {
    const verdicts = [error?.verdict, rank?.verdict];
    return verdicts.includes("better") && !verdicts.includes("worse");
  });
  winners.sort((a, b) => (a.holdout?.mae ?? 0) - (b.holdout?.mae ?? 0));
  return { models, recommended: winners[0]?.model ?? null, level, fits };
}

function differences(summary: PurchaseSummary, { predictions }: FittedModel, seed: string) {
  const { frequency, age, pastSpend, holdout } = summary;
  if (!holdout) return {};
  const ownRate = frequency.map((x, row) => (age[row] > 0 ? (x / age[row]) * holdout.time : 0));
  const { expectedTransactions, expectedValuePerTransaction } = predictions;
  const value = expectedValuePerTransaction?.map((each, row) => each * expectedTransactions[row]);
  const actual = value ? holdout.value : holdout.frequency;
  const score = value ?? expectedTransactions;
  const baseline = value ? pastSpend : ownRate;
  const error = (predicted: Float64Array, row: number) => Math.abs(predicted[row] - holdout.frequency[row]);
  const meanError = pairedBootstrap(
    summary.rows,
    (sample) => {
      let sum = 0;
      for (const row of sample) sum += error(expectedTransactions, row) - error(ownRate, row);
      return sum / sample.length;
    },
    { seed: `${seed}/error`, level },
  );
  const ofModel = sampledSpearman(actual, score);
  const ofBaseline = sampledSpearman(actual, baseline);
  const rank = pairedBootstrap(summary.rows, (sample) => ofModel(sample) - ofBaseline(sample), {
    seed: `${seed}/rank`,
    level,
  });
  const flipped = { better: "worse", worse: "better", equal: "equal" } as const;
  return {
    errorAgainstOwnRate: {
      estimate: meanError.estimate,
      low: meanError.lower,
      high: meanError.upper,
      verdict: flipped[meanError.verdict],
    },
    rankAgainstBaseline: { estimate: rank.estimate, low: rank.lower, high: rank.upper, verdict: rank.verdict },
  };
}
