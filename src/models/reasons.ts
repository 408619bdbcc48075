import { createRandom } from "../base/random.ts";
import {
  type Attributions,
  type Compared,
  completenessError,
  shapleyValues,
  singleReplacements,
} from "../stats/shapley.ts";
import type { TrainedNetwork } from "./value-network.ts";
import { predictMeans } from "./value-network-prediction.ts";

/** Features explained together, by a name. */
export interface FeatureGroup {
  readonly name: string;
  /** Columns of the network's features. */
  readonly features: readonly number[];
}

/** One concept's part in the difference between a forecast and the typical customer's. */
export interface Reason {
  readonly concept: string;
  /** Column of the feature that speaks for the concept: the one that, put back alone, changes the forecast most that way. */
  readonly feature: number;
  readonly effect: number;
  readonly standardError: number;
}

export interface ExplainedForecasts {
  readonly attributions: Attributions; // outputs: the network's horizons
  readonly groups: readonly FeatureGroup[];
  readonly singles: Float64Array; // (rows, features, horizons)
  /** How far effects are from adding up, relative; see `completenessError`. */
  readonly completenessError: number;
}

/** Pairs of orders: enough that the three strongest reasons stay, see docs/methods/reasons.md. */
const pairs = 8;

/** A forecast's effects may miss the difference by this share of it: 32-bit rounding over one order's steps. */
const completenessTolerance = 1e-4;

/**
 * Shapley values of every forecast of a value network against one typical customer, by groups of features, for all horizons.
 * The orders come from the network's own seed, so a customer has the same reasons whoever stands beside him.
 */
export async function explainForecasts(
  network: TrainedNetwork,
  compared: Compared,
  groups: readonly FeatureGroup[],
): Promise<ExplainedForecasts> {
  const predict = (features: Float32Array) => predictMeans(network, features);
  const attributions = await shapleyValues(predict, compared, {
    groups: groups.map(({ features }) => features),
    pairs,
    random: createRandom(`${network.card.seed}/reasons`),
  });
  const error = completenessError(attributions);
  if (error > completenessTolerance) throw new Error(`effects miss a forecast by ${error} of it`);
  const singles = await singleReplacements(predict, compared);
  return { attributions, groups, singles, completenessError: error };
}

/** The reasons of one customer's forecast of one horizon, the strongest first; their effects add up. */
export function reasonsOf(
  { attributions, groups, singles }: ExplainedForecasts,
  row: number,
  horizon: number,
): Reason[] {
  const { outputs, values, standardErrors, predictions } = attributions;
  const width = singles.length / Math.max(1, predictions.length);
  const single = (feature: number) => singles[(row * width + feature) * outputs + horizon];
  const reasons = groups.map(({ name, features }, group): Reason => {
    const at = (row * groups.length + group) * outputs + horizon;
    const effect = values[at];
    const direction = Math.sign(effect);
    const feature = features.reduce((best, other) =>
      direction * single(other) > direction * single(best) ? other : best,
    );
    return { concept: name, feature, effect, standardError: standardErrors[at] };
  });
  return reasons.sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect));
}
