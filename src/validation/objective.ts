import { InputError } from "../base/errors.ts";
import type { NetworkPrediction } from "../models/value-network-prediction.ts";
import { decileError, normalizedGini, spearman } from "../stats/ranking.ts";

/** What was forecast for each customer, and what came. */
export interface Forecast {
  readonly actual: Float64Array;
  readonly mean: Float64Array;
  readonly valueProbability: Float64Array;
  /** Of the logarithm of what is not 0. */
  readonly mu: Float64Array;
  readonly sigma: Float64Array;
}

interface Metric {
  readonly direction: "maximise" | "minimise";
  of(forecast: Forecast): number;
}

const metrics = {
  spearman: { direction: "maximise", of: ({ mean, actual }) => spearman(mean, actual) },
  normalizedGini: { direction: "maximise", of: ({ mean, actual }) => normalizedGini(actual, mean) },
  decileMape: { direction: "minimise", of: ({ mean, actual }) => decileError(actual, mean).mape },
  loss: { direction: "minimise", of: zilnLoss },
} as const satisfies Record<string, Metric>;

export const metricNames = Object.keys(metrics) as (keyof typeof metrics)[];

/** What tuning makes large or small: a metric of the forecasts at one horizon, on average over the folds. */
export interface Objective {
  readonly name: string;
  readonly horizonDays: number;
  readonly direction: Metric["direction"];
  of(forecast: Forecast): number;
}

/** The objectives that a history can carry, by name: `value90d.spearman`. */
export function objectiveNames(horizonsDays: readonly number[]): string[] {
  return horizonsDays.flatMap((days) => metricNames.map((metric) => `value${days}d.${metric}`));
}

/**
 * The objective of a name; a metric alone, or nothing (Spearman), means the short horizon, or the longest one below it
 * that the history can carry. Throws InputError unknown_objective.
 */
export function objectiveOf(
  name: string | undefined,
  { horizonsDays, shortHorizonDays }: { horizonsDays: readonly number[]; shortHorizonDays: number },
): Objective {
  const usual = Math.max(horizonsDays[0], ...horizonsDays.filter((days) => days <= shortHorizonDays));
  const [, days = String(usual), metric = ""] = /^(?:value(\d+)d\.)?(\w+)$/.exec(name ?? "spearman") ?? [];
  const horizonDays = Number(days);
  if (!Object.hasOwn(metrics, metric) || !horizonsDays.includes(horizonDays))
    throw new InputError("unknown_objective", { objective: name, known: objectiveNames(horizonsDays) });
  return { name: `value${days}d.${metric}`, horizonDays, ...metrics[metric as keyof typeof metrics] };
}

/** Forecasts for customers that a configuration has no forecast for: they buy nothing, and nothing more is known. */
export const noForecast = { mean: 0, valueProbability: 0, mu: 0, sigma: 1 } as const;

const smallestProbability = 1e-6;

/** Mean negative log-likelihood of the zero-inflated lognormal (Wang, Liu & Miao 2019, eq. 4). */
function zilnLoss({ actual, valueProbability, mu, sigma }: Forecast): number {
  let loss = 0;
  for (let row = 0; row < actual.length; row++) {
    const probability = Math.min(1 - smallestProbability, Math.max(smallestProbability, valueProbability[row]));
    if (!(actual[row] > 0)) {
      loss -= Math.log(1 - probability);
      continue;
    }
    const z = (Math.log(actual[row]) - mu[row]) / sigma[row];
    loss += 0.5 * z * z + Math.log(actual[row] * sigma[row]) + 0.5 * Math.log(2 * Math.PI) - Math.log(probability);
  }
  return loss / actual.length;
}

/** One column of a prediction over several horizons. */
export function forecastColumns(predicted: NetworkPrediction, horizon: number, horizons: number) {
  const column = (matrix: Float64Array) => matrix.filter((_, at) => at % horizons === horizon);
  const { mean, valueProbability, mu, sigma } = predicted;
  return {
    mean: column(mean),
    valueProbability: column(valueProbability),
    mu: column(mu),
    sigma: column(sigma),
  };
}
