import { join } from "node:path";
import { ModelError } from "../base/errors.ts";
import { createRandom } from "../base/random.ts";
import { type DenseParameters, multilayerParameters } from "../nn/layers/dense.ts";
import type { EpochReport } from "../nn/training/training.ts";
import type { LearningCurve } from "../schema/learning-curve.ts";
import { normalQuantile } from "../stats/normal.ts";
import { fitNormalisation, type Normalisation } from "./ziln-network-features.ts";
import { servingModel } from "./ziln-network-graph.ts";
import type { MemberResult } from "./ziln-network-worker.ts";
import { inWorkers } from "./ziln-network-workers.ts";

export interface TrainingTable {
  readonly featureNames: readonly string[];
  readonly rows: number;
  readonly features: Float32Array; // (rows, features), NaN or ±Infinity = missing
  /** Discounted value inside each horizon, major units; NaN = not yet observed; may be negative (net of refunds). */
  readonly outcomes: Float32Array; // (rows, horizons)
  readonly isValidation: Uint8Array; // (rows)
  /** How much each row counts, 1 where left out; see `nn/training/row-weights.ts`. */
  readonly rowWeights?: Float32Array; // (rows)
}

export interface ZilnNetworkOptions {
  readonly horizonsDays: readonly number[];
  readonly hiddenUnits?: readonly number[];
  /** Networks trained from different seeds and averaged. */
  readonly members?: number;
  readonly maxEpochs?: number;
  readonly batchRows?: number;
  readonly learningRate?: number;
  readonly weightDecay?: number;
  readonly seed: string;
  /** Workers at a time; changes nothing but the time it takes. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
  /** After every epoch of a member: epochs done of the most there can be, and the member's losses so far. */
  readonly onProgress?: (
    done: number,
    total: number,
    member: Omit<LearningCurve, "bestEpoch"> & { index: number },
  ) => void;
  /** A folder for checkpoints: a training killed on the way goes on from there with the same bits. */
  readonly checkpoints?: string;
}

/** What a model is, beside its weights: enough to use it, judge it and make it again. */
export interface NetworkCard {
  readonly kind: "ziln-network";
  readonly featureNames: readonly string[];
  readonly horizonsDays: readonly number[];
  readonly hiddenUnits: readonly number[];
  readonly seed: string;
  readonly rows: number;
  readonly validationRows: number;
  /** Outcomes were divided by this in training; the model multiplies it back. */
  readonly scale: number;
  /** Actual ÷ predicted total on the validation rows, per horizon: where refunds and tails move the level. */
  readonly levelCalibration: readonly number[];
  readonly members: readonly (LearningCurve & {
    /** Epochs that were taken back because the loss was no number, and tried again at a lower rate. */
    divergedEpochs: readonly number[];
  })[];
}

export interface TrainedNetwork {
  readonly onnx: Uint8Array;
  readonly card: NetworkCard;
}

/** All (rows, horizons), major units. */
export interface ZilnPrediction {
  readonly mean: Float64Array;
  readonly purchaseProbability: Float64Array;
  readonly p10: Float64Array;
  readonly p50: Float64Array;
  readonly p90: Float64Array;
  /** Of the logarithm of what is not 0, the level's calibration included. */
  readonly mu: Float64Array;
  readonly sigma: Float64Array;
}

/** What a member needs to train, in a worker. */
export interface MemberTask {
  readonly normalisation: Normalisation;
  readonly features: Float32Array;
  readonly outcomes: Float32Array; // scaled, NaN = censored
  readonly rowWeights: Float32Array;
  readonly horizons: number;
  readonly training: Int32Array;
  readonly validation: Int32Array;
  readonly parameters: readonly DenseParameters[];
  readonly seed: string;
  readonly batchRows: number;
  readonly maxEpochs: number;
  readonly learningRate: number;
  readonly weightDecay: number;
  /** The file that its checkpoints go to. */
  readonly checkpoint?: string;
}

/**
 * Trains a multi-horizon zero-inflated lognormal network (Wang, Liu & Miao 2019): a shared trunk, and per horizon the
 * probability of any value and the lognormal of how much. Negative outcomes (more refunded than bought) count as 0 in the
 * loss; the level calibration puts the total right. Throws ModelError no_training_rows, infinite_outcome,
 * horizon_never_observed, no_positive_outcomes, training_diverged.
 */
export async function trainZilnNetwork(table: TrainingTable, options: ZilnNetworkOptions): Promise<TrainedNetwork> {
  const { horizonsDays, hiddenUnits = [64, 64], members = 2, maxEpochs = 15, seed } = options;
  const horizons = horizonsDays.length;
  if (table.rows === 0) throw new ModelError("no_training_rows", { rows: 0 });
  const { training, validation } = split(table);
  refuseInfiniteOutcomes(table, horizonsDays);
  refuseUnobservedHorizons(table, horizonsDays);
  const scale = positiveScale(table);
  const normalisation = fitNormalisation(table.features, table.featureNames.length, training);
  const inputs = table.featureNames.length + normalisation.missingColumns.length;
  const widths = [inputs, ...hiddenUnits, 3 * horizons];
  const tasks = Array.from({ length: members }, (_, member): MemberTask => {
    const random = createRandom(`${seed}/member${member}`);
    return {
      normalisation,
      features: table.features,
      outcomes: table.outcomes.map((value) => value / scale),
      rowWeights: table.rowWeights ?? new Float32Array(table.rows).fill(1),
      horizons,
      training,
      validation,
      parameters: multilayerParameters(widths, random),
      seed: `${seed}/member${member}/batches`,
      batchRows: options.batchRows ?? Math.min(512, Math.max(32, 2 ** Math.floor(Math.log2(training.length / 20 + 1)))),
      maxEpochs,
      learningRate: options.learningRate ?? 6e-3,
      weightDecay: options.weightDecay ?? 1e-3,
      checkpoint: options.checkpoints && join(options.checkpoints, `member${member}.safetensors`),
    };
  });
  const curves = tasks.map((_, index) => ({ index, trainingLoss: [] as number[], validationLoss: [] as number[] }));
  let epochs = 0;
  const trained = await inWorkers<MemberTask, MemberResult, EpochReport>("train", tasks, {
    threads: options.threads ?? 2,
    signal: options.signal,
    onProgress: ({ trainingLoss, validationLoss }, member) => {
      curves[member].trainingLoss.push(trainingLoss);
      curves[member].validationLoss.push(validationLoss);
      options.onProgress?.(++epochs, members * maxEpochs, curves[member]);
    },
  });
  const largest = largestLogValue(table.outcomes, scale);
  const serve = (levelCalibration: readonly number[]) =>
    servingModel({
      normalisation,
      features: table.featureNames.length,
      horizons,
      members: trained.map(({ parameters }) => parameters),
      scale,
      largestMu: largest,
      levelCalibration,
    });

  const uncalibrated = serve(new Array(horizons).fill(1));
  const levelCalibration = await calibrate(uncalibrated, table, { training, validation }, horizons, options);
  return {
    onnx: serve(levelCalibration),
    card: {
      kind: "ziln-network",
      featureNames: table.featureNames,
      horizonsDays,
      hiddenUnits,
      seed,
      rows: training.length,
      validationRows: validation.length,
      scale,
      levelCalibration,
      members: trained.map(({ parameters, end, ...member }) => member),
    },
  };
}

function split({ rows, isValidation }: TrainingTable): { training: Int32Array; validation: Int32Array } {
  const all = Int32Array.from({ length: rows }, (_, row) => row);
  const training = all.filter((row) => isValidation[row] === 0);
  // With nothing to train on the split is useless: train on everything and judge by the training loss.
  if (training.length === 0) return { training: all, validation: new Int32Array(0) };
  return { training, validation: all.filter((row) => isValidation[row] !== 0) };
}

/** One infinite outcome would make every loss infinite. */
function refuseInfiniteOutcomes({ outcomes }: TrainingTable, horizonsDays: readonly number[]): void {
  const at = outcomes.findIndex((value) => Math.abs(value) === Number.POSITIVE_INFINITY);
  if (at === -1) return;
  const row = Math.floor(at / horizonsDays.length);
  throw new ModelError("infinite_outcome", { row, horizonDays: horizonsDays[at % horizonsDays.length] });
}

/** A horizon without a single observed outcome would be trained on nothing and predict anything. */
function refuseUnobservedHorizons({ outcomes, rows }: TrainingTable, horizonsDays: readonly number[]): void {
  for (const [horizon, horizonDays] of horizonsDays.entries()) {
    const observed = outcomes.some((value, at) => at % horizonsDays.length === horizon && !Number.isNaN(value));
    if (!observed) throw new ModelError("horizon_never_observed", { horizonDays, rows });
  }
}

/** The median positive outcome: outcomes divided by it have logarithms around 0. */
function positiveScale({ outcomes }: TrainingTable): number {
  const positive = outcomes.filter((value) => value > 0).sort();
  if (positive.length === 0) throw new ModelError("no_positive_outcomes", { rows: outcomes.length });
  return positive[Math.floor(positive.length / 2)];
}

function largestLogValue(outcomes: Float32Array, scale: number): number {
  let largest = 0;
  for (const value of outcomes) if (value > largest) largest = value;
  return Math.log(largest / scale);
}

const calibrationLimits = { smallest: 1 / 3, largest: 3 } as const;

/** Actual ÷ predicted total per horizon, on the validation rows where they show that horizon, else on the training rows. */
async function calibrate(
  onnx: Uint8Array,
  table: TrainingTable,
  { training, validation }: { training: Int32Array; validation: Int32Array },
  horizons: number,
  options: ZilnNetworkOptions,
): Promise<number[]> {
  const width = table.featureNames.length;
  const { mean } = await predictRaw(onnx, table.features, width, options.signal);
  return Array.from({ length: horizons }, (_, horizon) => {
    const isObserved = (row: number) => !Number.isNaN(table.outcomes[row * horizons + horizon]);
    const judged = validation.some(isObserved) ? validation : training;
    let actual = 0;
    let predicted = 0;
    for (const row of judged) {
      if (!isObserved(row)) continue;
      actual += table.outcomes[row * horizons + horizon];
      predicted += mean[row * horizons + horizon];
    }
    const factor = predicted > 0 && actual > 0 ? actual / predicted : 1;
    return Math.min(calibrationLimits.largest, Math.max(calibrationLimits.smallest, factor));
  });
}

export interface PredictTask {
  readonly onnx: Uint8Array;
  readonly features: Float32Array;
  readonly width: number;
  readonly outputs: readonly string[];
}

const servedOutputs = ["mean", "purchase_probability", "mu", "sigma"] as const;
type RawPrediction = Record<(typeof servedOutputs)[number], Float32Array>;

async function predictRaw(onnx: Uint8Array, features: Float32Array, width: number, signal?: AbortSignal) {
  const task: PredictTask = { onnx, features, width, outputs: servedOutputs };
  const [prediction] = await inWorkers<PredictTask, RawPrediction>("predict", [task], { threads: 1, signal });
  return prediction;
}

/** The means alone, (rows, horizons): where many rows are scored and nothing else is asked of them. */
export async function predictMeans({ onnx, card }: TrainedNetwork, features: Float32Array): Promise<Float64Array> {
  const { mean } = await predictRaw(onnx, features, card.featureNames.length);
  return Float64Array.from(mean);
}

/**
 * Predictions for new rows; `features` is (rows, features) in the card's order, NaN = missing. Throws ModelError
 * unreadable_network for a file that is damaged, foreign_network for one that is no such network.
 */
export async function predictZilnNetwork(
  network: TrainedNetwork,
  features: Float32Array,
  rows: number,
): Promise<ZilnPrediction> {
  if (network.card?.kind !== "ziln-network") {
    throw new ModelError("foreign_network", { found: String(network.card?.kind), expected: "ziln-network" });
  }
  const { featureNames, levelCalibration } = network.card;
  if (features.length !== rows * featureNames.length) {
    const found = `${features.length / rows} features`;
    throw new ModelError("foreign_network", { found, expected: `${featureNames.length} features` });
  }
  const horizons = levelCalibration.length;
  const raw = await predictRaw(network.onnx, features, featureNames.length);
  const quantile = (share: number) =>
    Float64Array.from(raw.mu, (mu, at) => {
      const probability = raw.purchase_probability[at];
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
    p10: quantile(0.1),
    p50: quantile(0.5),
    p90: quantile(0.9),
    mu: Float64Array.from(raw.mu, (mu, at) => mu + Math.log(levelCalibration[at % horizons])),
    sigma: Float64Array.from(raw.sigma),
  };
}
