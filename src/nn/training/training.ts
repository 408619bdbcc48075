import type { Clock } from "../../base/clock.ts";
import { ModelError } from "../../base/errors.ts";
import { cosineRate, type Schedule } from "../optimisers/schedules.ts";
import { flatValues, type ParameterTree, withValues } from "../parameters.ts";
import { openSession, type Session } from "../session.ts";
import { batchValues, epochOrder } from "./batches.ts";
import { type CheckpointStore, fingerprintOf, readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import type { Course } from "./course.ts";
import type { Network, Split, Tabled } from "./network.ts";
import { initialState, judgedParameters, lossModel, type StepOptions, stepModel, tableValues } from "./step-model.ts";

export interface TrainingOptions extends StepOptions {
  readonly maxEpochs: number;
  /** Peak of the schedule. */
  readonly learningRate: number;
  /** A cosine down to a tenth of the peak, unless another is given. */
  readonly schedule?: Schedule;
  /** Epochs without a better validation loss before training ends. */
  readonly patience: number;
  readonly clock: Clock;
  /** Asked between runs of about 0.4 s; true ends the training with what it has. */
  readonly stopped: () => boolean;
  readonly onEpoch?: (epoch: EpochReport) => void;
  /** Where checkpoints go, and where one to go on from may be. */
  readonly checkpoints?: CheckpointStore;
}

export interface EpochReport {
  readonly epoch: number;
  readonly trainingLoss: number;
  readonly validationLoss: number;
}

/** Why a training ended; "diverged": its loss was no number, even at the smallest rate it was tried with. */
export type TrainingEnd = "all epochs" | "patience" | "stopped" | "diverged";

export interface Trained<Tree extends ParameterTree> {
  /** The parameters of the epoch with the least validation loss. */
  readonly parameters: Tree;
  readonly bestEpoch: number;
  readonly trainingLoss: readonly number[];
  readonly validationLoss: readonly number[];
  readonly divergedEpochs: readonly number[];
  readonly end: TrainingEnd;
}

/** Runs are kept about this long, so that a wish to stop is heard soon. */
const runMs = 400;
/** An epoch longer than this is saved on the way. */
const checkpointMs = 30_000;
/** After a divergence training goes on from the best weights at this share of the rate, so often and no more. */
const rateAfterDivergence = 0.25;
const divergencesAllowed = 3;

/**
 * Trains by gradient steps that are themselves an ONNX graph (`step-model.ts`). Rows listed in `validation` are never trained
 * on; the best parameters by their loss are returned (with no such rows, by the loss on the training rows). The same
 * network, split and options give the same bits, also when the training was interrupted and resumed from a checkpoint.
 *
 * A loss that is not finite takes the training back to the best weights at a quarter of the rate. Throws ModelError
 * training_diverged when that did not help before a single epoch was judged.
 */
export async function trainNetwork<Tree extends ParameterTree>(
  network: Network<Tree>,
  split: Split,
  options: TrainingOptions,
): Promise<Trained<Tree>> {
  const model = stepModel(network, options);
  const fingerprint = options.checkpoints && fingerprintOf(model, network, split, options);
  const course = resumed(options, fingerprint) ?? started(network, options);
  const step = await openSession(model);
  const judge = await openSession(lossModel(network));
  try {
    const save = () => fingerprint && options.checkpoints?.write(writeCheckpoint(course, fingerprint));
    const end = await follow(course, network, split, options, { step, judge, save });
    return {
      parameters: withValues(network.parameters, course.best),
      bestEpoch: course.bestEpoch,
      trainingLoss: course.trainingLoss,
      validationLoss: course.validationLoss,
      divergedEpochs: course.divergedEpochs,
      end,
    };
  } finally {
    await step.release();
    await judge.release();
  }
}

interface Running {
  readonly step: Session;
  readonly judge: Session;
  readonly save: () => void;
}

function started(network: Network<ParameterTree>, options: TrainingOptions): Course {
  const flat = flatValues(network.parameters);
  return {
    epoch: 1,
    batch: 0,
    lossSum: 0,
    weightSum: 0,
    state: initialState(flat, options),
    best: flat,
    bestEpoch: 0,
    trainingLoss: [],
    validationLoss: [],
    divergedEpochs: [],
  };
}

function resumed({ checkpoints }: TrainingOptions, fingerprint: string | undefined): Course | undefined {
  const bytes = checkpoints?.read();
  return bytes && fingerprint ? readCheckpoint(bytes, fingerprint) : undefined;
}

/** Epoch after epoch until there is a reason to end. */
async function follow<Tree extends ParameterTree>(
  course: Course,
  network: Network<Tree>,
  split: Split,
  options: TrainingOptions,
  running: Running,
): Promise<TrainingEnd> {
  const judged = split.validation.length > 0 ? split.validation : split.training;
  while (course.epoch <= options.maxEpochs) {
    if (course.epoch - course.bestEpoch > options.patience) return "patience";
    const outcome = await trainEpoch(course, network, split.training, options, running);
    if (outcome === "stopped") return "stopped";
    const parameters = judgedParameters(course.state);
    const validationLoss =
      outcome === "diverged" ? Number.NaN : await lossOf(network, running.judge, parameters, judged);
    if (!Number.isFinite(validationLoss)) {
      if (!takenBack(course, options)) return "diverged";
      continue;
    }
    closeEpoch(course, validationLoss, parameters);
    options.onEpoch?.({
      epoch: course.epoch - 1,
      trainingLoss: course.trainingLoss[course.epoch - 2],
      validationLoss,
    });
    running.save();
  }
  return "all epochs";
}

function closeEpoch(course: Course, validationLoss: number, parameters: Float32Array): void {
  const least = course.bestEpoch === 0 ? Number.POSITIVE_INFINITY : course.validationLoss[course.bestEpoch - 1];
  course.trainingLoss.push(course.lossSum / Math.max(course.weightSum, 1e-12));
  course.validationLoss.push(validationLoss);
  if (validationLoss < least) {
    course.best = parameters;
    course.bestEpoch = course.epoch;
  }
  course.epoch++;
  Object.assign(course, { batch: 0, lossSum: 0, weightSum: 0 });
}

/** Back to the best weights with a fresh memory; false when that was tried often enough. */
function takenBack(course: Course, options: TrainingOptions): boolean {
  course.divergedEpochs.push(course.epoch);
  if (course.divergedEpochs.length <= divergencesAllowed) {
    course.state = { ...initialState(course.best, options), step: course.state.step };
    Object.assign(course, { batch: 0, lossSum: 0, weightSum: 0 });
    return true;
  }
  if (course.bestEpoch > 0) return false;
  throw new ModelError("training_diverged", { epoch: course.epoch, learningRate: rateOf(course, options)(0, 1) });
}

/** The learning rate of a batch of the running epoch. */
function rateOf(course: Course, { learningRate, schedule = cosineRate(), maxEpochs }: TrainingOptions) {
  const peak = learningRate * rateAfterDivergence ** course.divergedEpochs.length;
  return (batch: number, batches: number) => peak * schedule((course.epoch - 1) * batches + batch, maxEpochs * batches);
}

/** The rest of the running epoch, in runs of some batches. */
async function trainEpoch(
  course: Course,
  tabled: Tabled,
  training: Int32Array,
  options: TrainingOptions,
  { step, save }: Running,
): Promise<"done" | "stopped" | "diverged"> {
  const { batchRows, clock, stopped, seed } = options;
  const order = epochOrder(training, seed, course.epoch);
  const batches = Math.ceil(order.length / batchRows);
  const rate = rateOf(course, options);
  let saved = clock.elapsedMs();
  for (let perRun = 4; course.batch < batches; ) {
    if (clock.elapsedMs() - saved > checkpointMs) {
      save();
      saved = clock.elapsedMs();
    }
    if (stopped()) {
      save();
      return "stopped";
    }
    const count = Math.min(perRun, batches - course.batch);
    const started = clock.elapsedMs();
    const results = await step.run({
      ...tableValues(tabled),
      ...course.state,
      ...batchValues(order, { first: course.batch, count, batchRows }, (batch) => rate(batch, batches)),
    });
    const took = clock.elapsedMs() - started;
    perRun = Math.max(1, Math.min(4 * perRun, Math.round((count * runMs) / Math.max(1, took))));
    const losses = results.batch_loss.data as Float32Array;
    if (!losses.every(Number.isFinite)) return "diverged";
    losses.forEach((loss, index) => {
      const weight = results.batch_weight.data[index];
      course.lossSum += loss * weight;
      course.weightSum += weight;
    });
    course.state = Object.fromEntries(Object.keys(course.state).map((name) => [name, results[`${name}_next`]]));
    course.batch += count;
  }
  return "done";
}

const judgedRows = 8192;

/** Mean loss of some rows, summed in their order. */
async function lossOf(tabled: Tabled, judge: Session, parameters: Float32Array, rows: Int32Array): Promise<number> {
  let loss = 0;
  let weight = 0;
  for (let start = 0; start < rows.length; start += judgedRows) {
    const part = rows.slice(start, start + judgedRows);
    const results = await judge.run({
      ...tableValues(tabled),
      parameters: { data: parameters, shape: [parameters.length] },
      judged_rows: { data: part, shape: [part.length] },
    });
    loss += results.loss_sum.data[0];
    weight += results.weight_sum.data[0];
  }
  return loss / Math.max(weight, 1e-12);
}
