import { ModelError } from "../base/errors.ts";
import { forecastLifetime } from "../lifetime/lifetime-model.ts";
import type { TrainedNetwork } from "../models/value-network.ts";
import { type NetworkPrediction, predictValueNetwork } from "../models/value-network-prediction.ts";
import { basketsOf } from "../panel/baskets.ts";
import { labelUsable } from "../panel/origins.ts";
import type { Panel, PanelValues } from "../panel/panel.ts";
import type { MemberName } from "../schema/blend.ts";
import type { LifetimeModel } from "../schema/lifetime-model.ts";
import { discountedDays, leastTenureDays } from "../stats/own-rate.ts";
import type { Subject } from "./subject.ts";

export interface HorizonOptions {
  readonly horizonsDays: readonly number[];
  readonly annualDiscountRate: number;
}

export type MemberForecasts = Readonly<Record<MemberName, Float64Array>>; // (customers, horizons) each

/** One way to forecast value, as fitted at a cut-off. A new architecture is one more of these, and a name in `schema/blend.ts`. */
export interface Member {
  readonly name: MemberName;
  /** Discounted value of each customer inside each horizon, major units; (customers, horizons), NaN where it has no forecast. */
  forecast(subject: Subject, options: HorizonOptions): Float64Array;
}

/** All that is fitted at a cut-off for its members. */
export interface FittedModels {
  readonly network: TrainedNetwork;
  /** Absent where none was asked for. */
  readonly sequence?: TrainedNetwork;
  readonly lifetimeModel: LifetimeModel;
  /** Of `fitPastSpendLevels`. */
  readonly pastSpendLevels: readonly number[];
}

/** What every member says of the customers of a cut-off, and what the network says beside its mean. */
export async function forecastByMembers(
  { network, sequence, lifetimeModel, pastSpendLevels }: FittedModels,
  subject: Subject,
  options: HorizonOptions,
): Promise<{ forecasts: MemberForecasts; network: NetworkForecast }> {
  const ofNetwork = await forecastByNetwork(network, subject, options);
  const ofSequence = sequence ? (await forecastByNetwork(sequence, subject, options)).mean : undefined;
  const members: readonly Member[] = [
    { name: "network", forecast: () => ofNetwork.mean },
    { name: "sequence", forecast: () => ofSequence ?? ofNetwork.mean.map(() => Number.NaN) },
    lifetimeMember(lifetimeModel),
    pastSpendMember(pastSpendLevels),
    ownRateMember,
  ];
  const forecasts = members.map(({ name, forecast }) => [name, forecast(subject, options)] as const);
  return { forecasts: Object.fromEntries(forecasts) as MemberForecasts, network: ofNetwork };
}

/** What the network says beside the mean; (customers, horizons) each, NaN for horizons it was not trained on. */
export type NetworkForecast = Pick<
  NetworkPrediction,
  "mean" | "purchaseProbability" | "orders" | "p10" | "p50" | "p90"
>;

async function forecastByNetwork(
  network: TrainedNetwork,
  { panel, features, featureNames, baskets }: Subject,
  { horizonsDays }: HorizonOptions,
): Promise<NetworkForecast> {
  refuseGoneFeatures(network.card.featureNames, featureNames);
  const steps = network.card.baskets?.steps;
  const prediction = await predictValueNetwork(network, {
    rows: panel.rows,
    features,
    ...(steps === undefined ? {} : { baskets: basketsOf(baskets, panel, steps) }),
  });
  const width = network.card.horizonsDays.length;
  const columns = horizonsDays.map((days) => network.card.horizonsDays.indexOf(days));
  const spread = (matrix: Float64Array) =>
    Float64Array.from({ length: panel.rows * columns.length }, (_, at) => {
      const column = columns[at % columns.length];
      return column === -1 ? Number.NaN : matrix[Math.floor(at / columns.length) * width + column];
    });
  return {
    mean: spread(prediction.mean),
    purchaseProbability: spread(prediction.purchaseProbability),
    orders: spread(prediction.orders),
    p10: spread(prediction.p10),
    p50: spread(prediction.p50),
    p90: spread(prediction.p90),
  };
}

/** A card may come from an older run, or from a file that somebody changed. */
function refuseGoneFeatures(learned: readonly string[], present: readonly string[]): void {
  const gone = learned.filter((name) => !present.includes(name));
  if (gone.length > 0) throw new ModelError("features_gone", { features: gone });
  const moved = learned.findIndex((name, at) => present[at] !== name);
  if (moved !== -1 || learned.length !== present.length) {
    throw new ModelError("foreign_network", { found: learned.join(", "), expected: present.join(", ") });
  }
}

/** Expected purchases × expected value of one. */
function lifetimeMember(model: LifetimeModel): Member {
  return {
    name: "lifetimeModel",
    forecast: ({ purchases }, options) => forecastLifetime(model, purchases, options),
  };
}

/** What a customer was worth so far, times the level of each horizon: the order every model has to beat. */
function pastSpendMember(levels: readonly number[]): Member {
  return {
    name: "pastSpend",
    forecast: ({ purchases }, { horizonsDays }) =>
      Float64Array.from({ length: purchases.rows * horizonsDays.length }, (_, at) => {
        const row = Math.floor(at / horizonsDays.length);
        return levels[at % horizonsDays.length] * Math.max(0, purchases.value[row]);
      }),
  };
}

/**
 * Regression of value through the origin on past spend, per horizon: Σ outcome ÷ Σ past spend at the latest origin whose label had
 * ended by `cutoff`; the ratio is the estimator where the spread grows with the spend. 1 where there is none.
 */
export function fitPastSpendLevels(
  panel: Panel,
  { featureNames, horizonsDays }: PanelValues,
  cutoff: number,
): number[] {
  const spend = featureNames.indexOf("valueTotal");
  return horizonsDays.map((days, column) => {
    const latest = panel.asOf.reduce((last, at) => (labelUsable(at, days, cutoff) ? Math.max(last, at) : last), 0);
    let [actual, spent] = [0, 0];
    for (let row = 0; row < panel.rows; row++) {
      if (panel.asOf[row] !== latest) continue;
      actual += panel.outcomes[row * horizonsDays.length + column] || 0;
      spent += Math.max(0, panel.features[row * featureNames.length + spend] || 0);
    }
    return spent > 0 ? Math.max(0, actual) / spent : 1;
  });
}

/** What a customer brought per day since the first purchase (at least 90 days), carried on. */
const ownRateMember: Member = {
  name: "ownRate",
  forecast: ({ purchases }, { horizonsDays, annualDiscountRate }) => {
    const discounted = horizonsDays.map((days) => discountedDays(days, annualDiscountRate));
    return Float64Array.from({ length: purchases.rows * horizonsDays.length }, (_, at) => {
      const row = Math.floor(at / horizonsDays.length);
      const rate = Math.max(0, purchases.value[row]) / Math.max(leastTenureDays, purchases.age[row]);
      return rate * discounted[at % horizonsDays.length];
    });
  },
};
