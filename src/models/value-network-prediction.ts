import { ModelError } from "../base/errors.ts";
import type { Table } from "../nn/training/network.ts";
import { normalQuantile } from "../stats/normal.ts";
import type { NetworkCard, PredictTask, TrainedNetwork } from "./value-network.ts";
import type { CustomerRows } from "./value-network-inputs.ts";
import { inWorkers } from "./value-network-workers.ts";

/** All (rows, horizons), money in major units. */
export interface NetworkPrediction {
  readonly mean: Float64Array;
  /** Of at least one order; never falls from one horizon to the next. One less it is the chance of churn over that horizon. */
  readonly purchaseProbability: Float64Array;
  /** Expected; never falls from one horizon to the next, and is never below the probability of one. */
  readonly orders: Float64Array;
  readonly p10: Float64Array;
  readonly p50: Float64Array;
  readonly p90: Float64Array;
  /** Of any value above 0: below the probability of a purchase where margins are negative or goods come back. */
  readonly valueProbability: Float64Array;
  /** Of the logarithm of what is above 0, the level's calibration included. */
  readonly mu: Float64Array;
  readonly sigma: Float64Array;
}

const servedOutputs = ["mean", "value_probability", "mu", "sigma", "purchase_probability", "orders"] as const;
type RawPrediction = Record<(typeof servedOutputs)[number], Float32Array>;

/** What the file itself says, before it is put in words. */
export async function predictRaw(
  { onnx, width }: { readonly onnx: Uint8Array; readonly width: number },
  { features, baskets }: CustomerRows,
  signal?: AbortSignal,
): Promise<RawPrediction> {
  const task: PredictTask = {
    onnx,
    outputs: servedOutputs,
    tables: {
      features: { width, values: features },
      ...(baskets && {
        places: { width: baskets.steps, values: baskets.places },
        as_of_days: { width: 1, values: baskets.asOfDays },
      }),
    },
    ...(baskets && { lookups: lookupsOf(baskets) }),
  };
  const [prediction] = await inWorkers<PredictTask, RawPrediction>("predict", [task], { threads: 1, signal });
  return prediction;
}

function lookupsOf(baskets: NonNullable<CustomerRows["baskets"]>): Record<string, Table> {
  return {
    basket_measures: { width: baskets.measureNames.length, values: baskets.measures },
    basket_categories: { width: 1, values: baskets.categories },
    basket_days: { width: 1, values: baskets.days },
  };
}

/** The means alone, (rows, horizons): where many rows are scored and nothing else is asked of them. */
export async function predictMeans({ onnx, card }: TrainedNetwork, features: Float32Array): Promise<Float64Array> {
  const width = card.featureNames.length;
  const { mean } = await predictRaw({ onnx, width }, { rows: features.length / width, features });
  return Float64Array.from(mean);
}

/**
 * Predictions for new rows; features in the card's order. Throws ModelError unreadable_network for a file that is damaged,
 * foreign_network for one that is no such network or was trained on other features or baskets.
 */
export async function predictValueNetwork(network: TrainedNetwork, rows: CustomerRows): Promise<NetworkPrediction> {
  refuseOthersCard(network.card, rows);
  const { featureNames, levelCalibration } = network.card;
  const horizons = levelCalibration.length;
  // A network that does not read baskets is not shown any.
  const shown = network.card.baskets ? rows : { ...rows, baskets: undefined };
  const raw = await predictRaw({ onnx: network.onnx, width: featureNames.length }, shown);
  const quantile = (share: number) =>
    Float64Array.from(raw.mu, (mu, at) => {
      const probability = raw.value_probability[at];
      // Below the mass at zero the quantile is 0; above it, the lognormal's own quantile of the rest.
      const within = (share - (1 - probability)) / probability;
      if (!(within > 0)) return 0;
      return (
        levelCalibration[at % horizons] * Math.exp(mu + raw.sigma[at] * normalQuantile(Math.min(within, 1 - 1e-12)))
      );
    });
  return {
    mean: Float64Array.from(raw.mean),
    purchaseProbability: Float64Array.from(raw.purchase_probability),
    orders: Float64Array.from(raw.orders),
    p10: quantile(0.1),
    p50: quantile(0.5),
    p90: quantile(0.9),
    valueProbability: Float64Array.from(raw.value_probability),
    mu: Float64Array.from(raw.mu, (mu, at) => mu + Math.log(levelCalibration[at % horizons])),
    sigma: Float64Array.from(raw.sigma),
  };
}

function refuseOthersCard(card: NetworkCard, { rows, features, baskets }: CustomerRows): void {
  if (card?.kind !== "value-network") {
    throw new ModelError("foreign_network", { found: String(card?.kind), expected: "value-network" });
  }
  const { featureNames } = card;
  if (features.length !== rows * featureNames.length) {
    const found = `${features.length / rows} features`;
    throw new ModelError("foreign_network", { found, expected: `${featureNames.length} features` });
  }
  if (!card.baskets) return;
  const expected = basketsText(card.baskets);
  const found = baskets ? basketsText(baskets) : "no baskets";
  if (found !== expected) throw new ModelError("foreign_network", { found, expected });
}

const basketsText = ({ steps, measureNames, categoryCount }: NonNullable<NetworkCard["baskets"]>) =>
  `${steps} baskets of ${measureNames.join(", ")} and ${categoryCount} categories`;
