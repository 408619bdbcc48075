import { memberNames } from "../schema/blend.ts";
import { conformalQuantilesOf } from "../stats/conformal-quantiles.ts";
import { type Blend, type FittedHorizon, mix } from "./blend.ts";
import {
  type FittedModels,
  forecastByMembers,
  type HorizonOptions,
  type MemberForecasts,
  type NetworkForecast,
} from "./members.ts";
import type { Subject } from "./subject.ts";

/** One horizon of a blended forecast; (customers) each, major units. */
export interface HorizonForecast {
  readonly mean: Float64Array;
  readonly p10: Float64Array;
  readonly p50: Float64Array;
  readonly p90: Float64Array;
  /** The value network's: of at least one order, and how many. */
  readonly purchaseProbability: Float64Array;
  readonly orders: Float64Array;
  readonly members: MemberForecasts;
}

/** What the blend of a cut-off says of its customers, horizon by horizon. */
export async function forecastByBlend(
  blend: Blend,
  models: FittedModels,
  subject: Subject,
  options: HorizonOptions,
): Promise<HorizonForecast[]> {
  const { forecasts, network } = await forecastByMembers(models, subject, options);
  const width = options.horizonsDays.length;
  return blend.horizons.map((horizon, column) => {
    const pick = (matrix: Float64Array) => matrix.filter((_, at) => at % width === column);
    const members = Object.fromEntries(memberNames.map((name) => [name, pick(forecasts[name])])) as MemberForecasts;
    const mean = mix(horizon.weights, members);
    const ofNetwork = Object.fromEntries(
      Object.entries(network).map(([name, matrix]) => [name, pick(matrix)]),
    ) as unknown as NetworkForecast;
    return {
      mean,
      ...quantilesOf(horizon, mean, ofNetwork),
      purchaseProbability: ofNetwork.purchaseProbability,
      orders: ofNetwork.orders,
      members,
    };
  });
}

/** Conformal where earlier outcomes calibrate them; else the network's, stretched as the blend's mean stretches the network's. */
function quantilesOf({ conformal }: FittedHorizon, mean: Float64Array, network: NetworkForecast) {
  if (conformal) {
    const [p10, p50, p90] = conformal.probabilities.map((_, at) => conformalQuantilesOf(conformal, mean, at));
    return { p10, p50, p90 };
  }
  const stretched = (quantile: Float64Array) =>
    quantile.map((value, row) => (network.mean[row] > 0 ? (value * mean[row]) / network.mean[row] : value));
  return { p10: stretched(network.p10), p50: stretched(network.p50), p90: stretched(network.p90) };
}
