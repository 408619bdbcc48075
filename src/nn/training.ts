import type { Clock } from "../base/clock.ts";
import type { Random } from "../base/random.ts";
import { adamUpdate } from "./adam.ts";
import { gradients } from "./gradient.ts";
import { constant, input, type Tensor } from "./graph.ts";
import type { Parameter } from "./layers.ts";
import { writeLoopModel, writeModel } from "./onnx-model.ts";
import { add, divide, multiply } from "./operators.ts";
import { openSession, type Session, scalar, type Value } from "./session.ts";
import { gatherRows, reduceSum } from "./shape-operators.ts";

/** A table of numbers that batches are taken from. */
export interface Table {
  readonly width: number;
  readonly values: Float32Array; // (rows, width)
}

export interface Network {
  readonly parameters: readonly Parameter[];
  readonly tables: Readonly<Record<string, Table>>;
  /** Loss of each row and its weight, both (rows, 1), from the batch's rows of every table. */
  loss(parameters: readonly Tensor[], batch: Readonly<Record<string, Tensor>>): { loss: Tensor; weight: Tensor };
}

export interface TrainingOptions {
  readonly batchRows: number;
  readonly maxEpochs: number;
  /** Peak learning rate; it falls along a cosine to a tenth of it. */
  readonly learningRate: number;
  readonly weightDecay: number;
  /** Epochs without a better validation loss before training ends. */
  readonly patience: number;
  readonly random: Random;
  readonly clock: Clock;
  readonly stopped: () => boolean;
  readonly onEpoch?: (epoch: number, validationLoss: number) => void;
}

export interface Trained {
  /** Weights of the epoch with the best validation loss. */
  readonly weights: readonly Float32Array[];
  readonly bestEpoch: number;
  readonly trainingLoss: readonly number[];
  readonly validationLoss: readonly number[];
}

/** Runs are kept about this long, so that a wish to stop is heard soon. */
const runMs = 400;

/**
 * Trains by gradient steps that are themselves an ONNX graph: a Scan over mini-batches whose body gathers the rows,
 * computes loss, gradients and Adam's update. Rows listed in `validation` are never trained on; the best weights by
 * their loss are returned.
 */
export async function trainNetwork(
  network: Network,
  split: { training: Int32Array; validation: Int32Array },
  options: TrainingOptions,
): Promise<Trained> {
  const step = await openSession(stepModel(network, options));
  const judge = await openSession(lossModel(network));
  try {
    return await epochs(network, split, options, { step, judge });
  } finally {
    await step.release();
    await judge.release();
  }
}

async function epochs(
  network: Network,
  { training, validation }: { training: Int32Array; validation: Int32Array },
  options: TrainingOptions,
  { step, judge }: { step: Session; judge: Session },
): Promise<Trained> {
  let state = initialState(network);
  let best = weightsOf(network, state);
  let bestEpoch = 0;
  const trainingLoss: number[] = [];
  const validationLoss: number[] = [];
  for (let epoch = 1; epoch <= options.maxEpochs && epoch - bestEpoch <= options.patience; epoch++) {
    const cosine = 0.5 * (1 + Math.cos((Math.PI * (epoch - 1)) / options.maxEpochs));
    const learningRate = options.learningRate * (0.1 + 0.9 * cosine);
    const done = await trainEpoch(
      network,
      options.random.shuffle(training.slice()),
      { ...options, learningRate },
      step,
      state,
    );
    if (!done) break;
    state = done.state;
    trainingLoss.push(done.loss);
    const weights = weightsOf(network, state);
    validationLoss.push(await lossOf(network, judge, weights, validation.length > 0 ? validation : training));
    if (bestEpoch === 0 || validationLoss[epoch - 1] < validationLoss[bestEpoch - 1]) {
      best = weights;
      bestEpoch = epoch;
    }
    options.onEpoch?.(epoch, validationLoss[epoch - 1]);
  }
  return { weights: best, bestEpoch, trainingLoss, validationLoss };
}

type State = Record<string, Value>;

/** One pass over the shuffled rows; undefined when it was told to stop. */
async function trainEpoch(
  { tables }: Network,
  order: Int32Array,
  { batchRows, learningRate, clock, stopped }: TrainingOptions,
  session: Session,
  initial: State,
): Promise<{ state: State; loss: number } | undefined> {
  const batches = Math.ceil(order.length / batchRows);
  let state = initial;
  let loss = 0;
  for (let batch = 0, perRun = 4; batch < batches; ) {
    if (stopped()) return undefined;
    const count = Math.min(perRun, batches - batch);
    const started = clock.elapsedMs();
    const results = await session.run({
      ...tableValues(tables),
      learning_rate: scalar(learningRate),
      ...state,
      ...batchValues(order, batch, count, batchRows),
    });
    const took = clock.elapsedMs() - started;
    perRun = Math.max(1, Math.min(4 * perRun, Math.round((count * runMs) / Math.max(1, took))));
    state = Object.fromEntries(Object.keys(state).map((name) => [name, results[`${name}_next`]]));
    for (const value of results.batch_loss.data as Float32Array) loss += value / batches;
    batch += count;
  }
  return { state, loss };
}

/** Row numbers and weights of some batches; the last batch is filled up with rows of weight 0. */
function batchValues(order: Int32Array, first: number, count: number, batchRows: number): State {
  const rows = new BigInt64Array(count * batchRows);
  const present = new Float32Array(count * batchRows);
  const start = first * batchRows;
  for (let at = 0; at < rows.length && start + at < order.length; at++) {
    rows[at] = BigInt(order[start + at]);
    present[at] = 1;
  }
  return {
    batch_rows: { data: rows, shape: [count, batchRows] },
    batch_present: { data: present, shape: [count, batchRows, 1] },
  };
}

function tableValues(tables: Network["tables"]): State {
  return Object.fromEntries(
    Object.entries(tables).map(([name, { width, values }]) => [
      name,
      { data: values, shape: [values.length / width, width] },
    ]),
  );
}

function initialState({ parameters }: Network): State {
  const state: State = { step: scalar(0) };
  parameters.forEach(({ shape, initial }, index) => {
    state[`weight${index}`] = { data: initial, shape };
    state[`weight${index}_first`] = { data: new Float32Array(initial.length), shape };
    state[`weight${index}_second`] = { data: new Float32Array(initial.length), shape };
  });
  return state;
}

function weightsOf({ parameters }: Network, state: State): Float32Array[] {
  return parameters.map((_, index) => state[`weight${index}`].data as Float32Array);
}

const parameterInputs = ({ parameters }: Network): Tensor[] =>
  parameters.map(({ shape }, index) => input(`weight${index}`, shape));

const tableInputs = ({ tables }: Network): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(tables).map(([name, { width }]) => [name, input(name, ["rows", width])]));

function stepModel(network: Network, { batchRows, weightDecay }: TrainingOptions): Uint8Array {
  const tables = tableInputs(network);
  const parameters = parameterInputs(network);
  const rows = input("batch_rows", [batchRows], "int64");
  const present = input("batch_present", [batchRows, 1]);
  const batch = Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, gatherRows(table, rows)]));
  const { loss, weight } = network.loss(parameters, batch);
  const mean = weightedMean(loss, multiply(weight, present));
  const step = input("step", []);
  const nextStep = add(step, 1);
  const learningRate = input("learning_rate", []);
  const slopes = gradients(mean, parameters);
  const updates = parameters.flatMap((parameter, index) =>
    adamUpdate(parameter, slopes[index], { learningRate, step: nextStep }, { weightDecay }),
  );
  return writeLoopModel([...Object.values(tables), learningRate], {
    state: [{ input: step, next: nextStep }, ...updates],
    sequences: [rows, present],
    reports: { batch_loss: mean },
  });
}

/** Σ weight·loss ÷ Σ weight, as one number; a batch without any weight has loss 0. */
function weightedMean(loss: Tensor, weight: Tensor): Tensor {
  const total = add(reduceSum(weight), constant(1e-12));
  return divide(reduceSum(multiply(loss, weight)), total);
}

function lossModel(network: Network): Uint8Array {
  const tables = tableInputs(network);
  const parameters = parameterInputs(network);
  const { loss, weight } = network.loss(parameters, tables);
  return writeModel([...Object.values(tables), ...parameters], {
    loss_sum: reduceSum(multiply(loss, weight)),
    weight_sum: reduceSum(weight),
  });
}

const judgedRows = 8192;

async function lossOf(
  { tables, parameters }: Network,
  session: Session,
  weights: readonly Float32Array[],
  rows: Int32Array,
): Promise<number> {
  let loss = 0;
  let weight = 0;
  const fed = Object.fromEntries(
    parameters.map(({ shape }, index) => [`weight${index}`, { data: weights[index], shape }]),
  );
  for (let start = 0; start < rows.length; start += judgedRows) {
    const part = rows.subarray(start, start + judgedRows);
    const results = await session.run({ ...fed, ...tableValues(rowsOf(tables, part)) });
    loss += results.loss_sum.data[0] as number;
    weight += results.weight_sum.data[0] as number;
  }
  return loss / Math.max(weight, 1e-12);
}

function rowsOf(tables: Network["tables"], rows: Int32Array): Record<string, Table> {
  return Object.fromEntries(
    Object.entries(tables).map(([name, { width, values }]) => {
      const picked = new Float32Array(rows.length * width);
      rows.forEach((row, index) => {
        picked.set(values.subarray(row * width, (row + 1) * width), index * width);
      });
      return [name, { width, values: picked }];
    }),
  );
}
