import type { PurchaseSummary } from "../models/purchase-summary.ts";
import { decileError, normalizedGini, spearman } from "../stats/ranking.ts";

export interface CountScores {
  readonly predictedTransactions: number;
  readonly mae: number;
  readonly rmse: number;
  /** Null where a side is constant. */
  readonly spearman: number | null;
}

export interface ValueScores {
  readonly actual: number;
  readonly predicted: number;
  readonly mae: number;
  readonly spearman: number | null;
  readonly normalizedGini: number | null;
  /** Null where nothing was bought in the holdout period. */
  readonly decileMape: number | null;
}

export interface Holdout extends CountScores {
  readonly actualTransactions: number;
  readonly value?: ValueScores;
  readonly baselines: {
    /** Each customer's own rate so far, carried on: x/T × time. */
    readonly ownRate: CountScores;
    /** Past spend as a score; scaled to the true total for its error by tenths. */
    readonly pastSpend?: Pick<ValueScores, "spearman" | "normalizedGini" | "decileMape">;
  };
}

/** Forecasts of one model for the customers of a summary, in its rows' order. */
export interface Forecast {
  readonly transactions: Float64Array;
  readonly value?: Float64Array;
}

/** How a forecast did in the holdout period, beside the baselines that every claim has to beat. */
export function judge(summary: PurchaseSummary, { transactions, value }: Forecast): Holdout | undefined {
  const { holdout, frequency, age, pastSpend, rows } = summary;
  if (!holdout) return undefined;
  const ownRate = ownRateForecast(summary);
  const total = (values: Float64Array) => values.reduce((sum, one) => sum + one, 0);
  const hasValue = value !== undefined && rows > 0 && !Number.isNaN(holdout.value[0]);
  return {
    actualTransactions: total(holdout.frequency),
    ...countScores(holdout.frequency, transactions),
    ...(hasValue ? { value: valueScores(holdout.value, value) } : {}),
    baselines: {
      ownRate: countScores(holdout.frequency, ownRate),
      ...(hasValue ? { pastSpend: pastSpendScores(holdout.value, pastSpend) } : {}),
    },
  };

  function pastSpendScores(actual: Float64Array, spend: Float64Array) {
    const scale = total(actual) / total(spend);
    const {
      spearman: rank,
      normalizedGini: gini,
      decileMape,
    } = valueScores(
      actual,
      spend.map((one) => scale * one),
    );
    return { spearman: rank, normalizedGini: gini, decileMape };
  }

  function ownRateForecast({ holdout: later }: PurchaseSummary): Float64Array {
    return frequency.map((x, row) => (age[row] > 0 ? (x / age[row]) * (later?.time ?? 0) : 0));
  }
}

function countScores(actual: Float64Array, predicted: Float64Array): CountScores {
  let absolute = 0;
  let squared = 0;
  let sum = 0;
  for (let row = 0; row < actual.length; row++) {
    const error = predicted[row] - actual[row];
    absolute += Math.abs(error);
    squared += error * error;
    sum += predicted[row];
  }
  return {
    predictedTransactions: sum,
    mae: absolute / actual.length,
    rmse: Math.sqrt(squared / actual.length),
    spearman: known(spearman(actual, predicted)),
  };
}

function valueScores(actual: Float64Array, predicted: Float64Array): ValueScores {
  let absolute = 0;
  for (let row = 0; row < actual.length; row++) absolute += Math.abs(predicted[row] - actual[row]);
  return {
    actual: actual.reduce((sum, one) => sum + one, 0),
    predicted: predicted.reduce((sum, one) => sum + one, 0),
    mae: absolute / actual.length,
    spearman: known(spearman(actual, predicted)),
    normalizedGini: known(normalizedGini(actual, predicted)),
    decileMape: known(decileError(actual, predicted).mape),
  };
}

function known(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
