import { join } from "node:path";
import { ModelError } from "../base/errors.ts";
import { createRandom } from "../base/random.ts";
import type { Tabled } from "../nn/training/network.ts";
import type { EpochReport } from "../nn/training/training.ts";
import type { LearningCurve } from "../schema/learning-curve.ts";
import { type NetworkParameters, networkParameters, servingModel } from "./value-network-graph.ts";
import type { Blueprint, CustomerRows } from "./value-network-inputs.ts";
import { numbersAndWords } from "./value-network-inputs.ts";
import { fitNormalisation, type Normalisation } from "./value-network-normalisation.ts";
import { predictRaw } from "./value-network-prediction.ts";
import type { MemberResult } from "./value-network-worker.ts";
import { inWorkers } from "./value-network-workers.ts";

export interface TrainingTable extends CustomerRows {
  readonly featureNames: readonly string[];
  /**
   * Features that are words by number, each with how many words it knows, the 0 for any other included. They stand last in
   * `featureNames`, in this order.
   */
  readonly categorySizes?: Readonly<Record<string, number>>;
  /** Discounted value inside each horizon, major units; NaN = not yet observed; may be negative (net of refunds). */
  readonly outcomes: Float32Array; // (rows, horizons)
  /** Orders inside each horizon; NaN where `outcomes` is. */
  readonly orders: Float32Array; // (rows, horizons)
  readonly isValidation: Uint8Array; // (rows)
  /** How much each row counts, 1 where left out; see `nn/training/row-weights.ts`. */
  readonly rowWeights?: Float32Array; // (rows)
}

export interface TrainNetworkOptions {
  /** Ascending. */
  readonly horizonsDays: readonly number[];
  readonly hiddenUnits?: readonly number[];
  /** What the sequence network remembers of the baskets. */
  readonly stateUnits?: number;
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
  readonly kind: "value-network";
  readonly featureNames: readonly string[];
  readonly categorySizes: Readonly<Record<string, number>>;
  /** Of a network that reads the last baskets. */
  readonly baskets?: {
    readonly steps: number;
    readonly measureNames: readonly string[];
    readonly categoryCount: number;
  };
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

/** What a member needs to train, in a worker. */
export interface MemberTask {
  readonly blueprint: Blueprint;
  readonly normalisation: { readonly features: Normalisation; readonly measures?: Normalisation };
  readonly rows: CustomerRows;
  readonly outcomes: Float32Array; // scaled, NaN = censored
  readonly orders: Float32Array;
  readonly rowWeights: Float32Array;
  readonly training: Int32Array;
  readonly validation: Int32Array;
  readonly parameters: NetworkParameters;
  readonly seed: string;
  readonly batchRows: number;
  readonly maxEpochs: number;
  readonly learningRate: number;
  readonly weightDecay: number;
  /** The file that its checkpoints go to. */
  readonly checkpoint?: string;
}

export interface PredictTask extends Tabled {
  readonly onnx: Uint8Array;
  readonly outputs: readonly string[];
}

/**
 * Trains a network of several tasks and horizons: a shared trunk, and per horizon value as a zero-inflated lognormal (Wang, Liu &
 * Miao 2019), whether anything is bought, and how many orders. Where rows come with baskets, a GRU reads them and hands what it
 * remembers to the trunk (the sequence network). Negative outcomes (more refunded than bought) count as 0 in the loss; the level
 * calibration puts the total right. Throws ModelError no_training_rows, infinite_outcome, horizon_never_observed,
 * no_positive_outcomes, training_diverged.
 */
export async function trainValueNetwork(table: TrainingTable, options: TrainNetworkOptions): Promise<TrainedNetwork> {
  const { horizonsDays, hiddenUnits = [64, 64], stateUnits = 24, members = 2, maxEpochs = 15, seed } = options;
  const { featureNames, categorySizes = {}, baskets } = table;
  const horizons = horizonsDays.length;
  if (table.rows === 0) throw new ModelError("no_training_rows", { rows: 0 });
  const { training, validation } = split(table);
  refuseInfiniteOutcomes(table, horizonsDays);
  refuseUnobservedHorizons(table, horizonsDays);
  const scale = positiveScale(table);
  const blueprint: Blueprint = {
    horizons,
    numbers: featureNames.length - Object.keys(categorySizes).length,
    categorySizes: Object.values(categorySizes),
    baskets: baskets && {
      steps: baskets.steps,
      measures: baskets.measureNames.length,
      categoryCount: baskets.categoryCount,
    },
  };
  const normalisation = normalisationOf(table, blueprint, training);
  const indicators = {
    features: normalisation.features.missingColumns.length,
    measures: normalisation.measures?.missingColumns.length ?? 0,
  };
  const outcomes = table.outcomes.map((value) => value / scale);
  const tasks = Array.from({ length: members }, (_, member): MemberTask => {
    const random = createRandom(`${seed}/member${member}`);
    return {
      blueprint,
      normalisation,
      rows: { rows: table.rows, features: table.features, baskets },
      outcomes,
      orders: table.orders,
      rowWeights: table.rowWeights ?? new Float32Array(table.rows).fill(1),
      training,
      validation,
      parameters: networkParameters(blueprint, indicators, { hiddenUnits, stateUnits }, random),
      seed: `${seed}/member${member}/batches`,
      batchRows: options.batchRows ?? Math.min(512, Math.max(32, 2 ** Math.floor(Math.log2(training.length / 20 + 1)))),
      maxEpochs,
      learningRate: options.learningRate ?? 6e-3,
      weightDecay: options.weightDecay ?? 1e-3,
      checkpoint: options.checkpoints && join(options.checkpoints, `member${member}.safetensors`),
    };
  });
  const trained = await trainMembers(tasks, options);
  const serve = (levelCalibration: readonly number[]) =>
    servingModel({
      blueprint,
      normalisation,
      members: trained.map(({ parameters }) => parameters),
      scale,
      largestMu: Math.log(largestOf(table.outcomes) / scale),
      largestOrders: largestOf(table.orders),
      levelCalibration,
    });
  const uncalibrated = serve(new Array(horizons).fill(1));
  const levelCalibration = await calibrate(uncalibrated, table, { training, validation }, horizons, options);
  return {
    onnx: serve(levelCalibration),
    card: {
      kind: "value-network",
      featureNames,
      categorySizes,
      ...(baskets && {
        baskets: {
          steps: baskets.steps,
          measureNames: baskets.measureNames,
          categoryCount: baskets.categoryCount,
        },
      }),
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

function trainMembers(tasks: readonly MemberTask[], options: TrainNetworkOptions): Promise<MemberResult[]> {
  const curves = tasks.map((_, index) => ({ index, trainingLoss: [] as number[], validationLoss: [] as number[] }));
  const most = tasks.reduce((sum, { maxEpochs }) => sum + maxEpochs, 0);
  let epochs = 0;
  return inWorkers<MemberTask, MemberResult, EpochReport>("train", tasks, {
    threads: options.threads ?? 2,
    signal: options.signal,
    onProgress: ({ trainingLoss, validationLoss }, member) => {
      curves[member].trainingLoss.push(trainingLoss);
      curves[member].validationLoss.push(validationLoss);
      options.onProgress?.(++epochs, most, curves[member]);
    },
  });
}

/** Of the training rows, and of the baskets that they may be told by. */
function normalisationOf(
  { features, baskets }: TrainingTable,
  blueprint: Blueprint,
  training: Int32Array,
): MemberTask["normalisation"] {
  const { numbers } = numbersAndWords(features, blueprint);
  const ofFeatures = fitNormalisation(numbers, blueprint.numbers, training);
  if (!baskets) return { features: ofFeatures };
  const { places, steps } = baskets;
  const lines = new Set<number>();
  for (const row of training) for (let step = 0; step < steps; step++) lines.add(places[row * steps + step]);
  lines.delete(0);
  const seen = Int32Array.from(lines).sort();
  return {
    features: ofFeatures,
    measures: fitNormalisation(baskets.measures, baskets.measureNames.length, seen),
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

function largestOf(values: Float32Array): number {
  let largest = 0;
  for (const value of values) if (value > largest) largest = value;
  return largest;
}

const calibrationLimits = { smallest: 1 / 3, largest: 3 } as const;

/** Actual ÷ predicted total per horizon, on the validation rows where they show that horizon, else on the training rows. */
async function calibrate(
  onnx: Uint8Array,
  table: TrainingTable,
  { training, validation }: { training: Int32Array; validation: Int32Array },
  horizons: number,
  options: TrainNetworkOptions,
): Promise<number[]> {
  const { mean } = await predictRaw({ onnx, width: table.featureNames.length }, table, options.signal);
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
