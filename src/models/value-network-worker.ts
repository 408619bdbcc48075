import { parentPort } from "node:worker_threads";
import { systemClock } from "../base/clock.ts";
import { LongrunError } from "../base/errors.ts";
import type { Tensor } from "../nn/graph.ts";
import { hurdleLoss } from "../nn/losses/hurdle.ts";
import { zilnLoss } from "../nn/losses/ziln.ts";
import { add, divide, multiply, subtract } from "../nn/operators/arithmetic.ts";
import { gatherRows } from "../nn/operators/gather.ts";
import { cast, greater, isMissing, where } from "../nn/operators/logic.ts";
import { reduceSum } from "../nn/operators/reductions.ts";
import { adamW } from "../nn/optimisers/adam.ts";
import { openServedModel, openSession, type Session } from "../nn/session.ts";
import { checkpointFile } from "../nn/training/checkpoint-file.ts";
import type { RowLosses, Tabled, Tables } from "../nn/training/network.ts";
import { tableValues } from "../nn/training/step-model.ts";
import { type EpochReport, type Trained, trainNetwork } from "../nn/training/training.ts";
import type { MemberTask, PredictTask } from "./value-network.ts";
import { headsOf, type NetworkParameters, networkOutputs, normalisingModel } from "./value-network-graph.ts";
import { numbersAndWords } from "./value-network-inputs.ts";
import type { Normalisation } from "./value-network-normalisation.ts";
import type { WorkerMessage, WorkerRequest } from "./value-network-workers.ts";

export type MemberResult = Trained<NetworkParameters>;

/** Rows per call: small enough that a wish to stop is heard, large enough that calls cost nothing. */
const rowsPerRun = 16_384;

/** Runs a model over the lines of its tables, some at a time; its lookups are there whole. */
async function runOverRows(session: Session, { tables, lookups }: Tabled): Promise<Record<string, Float32Array>> {
  const parts: Record<string, Float32Array[]> = {};
  const [{ width, values }] = Object.values(tables);
  const rows = values.length / width;
  for (let start = 0; start < rows; start += rowsPerRun) {
    const results = await session.run(tableValues({ tables: linesOf(tables, start, start + rowsPerRun), lookups }));
    for (const [name, { data }] of Object.entries(results)) {
      parts[name] ??= [];
      parts[name].push(data as Float32Array);
    }
  }
  await session.release();
  return Object.fromEntries(Object.entries(parts).map(([name, chunks]) => [name, joined(chunks)]));
}

const linesOf = (tables: Tables, start: number, end: number): Tables =>
  Object.fromEntries(
    Object.entries(tables).map(([name, { width, values }]) => [
      name,
      { width, values: values.slice(start * width, end * width) },
    ]),
  );

function joined(chunks: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(chunks.reduce((total, { length }) => total + length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    all.set(chunk, offset);
    offset += chunk.length;
  }
  return all;
}

async function predicted({ onnx, outputs, ...tabled }: PredictTask): Promise<Record<string, Float32Array>> {
  const inputs = Object.entries({ ...tabled.tables, ...tabled.lookups }).map(([name, { width }]) => [name, width]);
  return runOverRows(await openServedModel(onnx, { inputs: Object.fromEntries(inputs), outputs }), tabled);
}

async function normalised(raw: Float32Array, normalisation: Normalisation): Promise<Float32Array> {
  const session = await openSession(normalisingModel(normalisation));
  const results = await runOverRows(session, { tables: { raw: { width: normalisation.mean.length, values: raw } } });
  return results.normalised;
}

interface Watched {
  readonly stopped: () => boolean;
  readonly onEpoch: (report: EpochReport) => void;
}

async function trainMember(task: MemberTask, { stopped, onEpoch }: Watched): Promise<MemberResult> {
  const { blueprint, checkpoint } = task;
  const hasWords = blueprint.categorySizes.length > 0;
  return trainNetwork(
    {
      parameters: task.parameters,
      ...(await tabled(task)),
      loss: (weights, batch) => {
        const outputs = networkOutputs(
          {
            numbers: batch.numbers,
            words: hasWords ? batch.words : undefined,
            baskets: blueprint.baskets && {
              places: batch.places,
              asOfDays: batch.asOfDays,
              measuresAt: (places) => gatherRows(batch.measures, places),
              categories: batch.categories,
              days: batch.days,
            },
          },
          weights,
        );
        return rowLosses(outputs, batch, blueprint.horizons);
      },
    },
    { training: task.training, validation: task.validation },
    {
      ...task,
      optimiser: adamW(task),
      patience: 4,
      clock: systemClock,
      stopped,
      onEpoch,
      checkpoints: checkpoint === undefined ? undefined : checkpointFile(checkpoint),
    },
  );
}

async function tabled({ blueprint, normalisation, rows, outcomes, orders, rowWeights }: MemberTask): Promise<Tabled> {
  const { horizons, categorySizes } = blueprint;
  const { numbers, words } = numbersAndWords(rows.features, blueprint);
  const wide = (width: number, values: Float32Array | Int32Array) => ({ width, values });
  const tables = {
    numbers: wide(
      blueprint.numbers + normalisation.features.missingColumns.length,
      await normalised(numbers, normalisation.features),
    ),
    ...(categorySizes.length > 0 ? { words: wide(categorySizes.length, words) } : {}),
    outcomes: wide(horizons, outcomes),
    orders: wide(horizons, orders),
    rowWeights: wide(1, rowWeights),
  };
  const { baskets } = rows;
  if (!baskets || !normalisation.measures) return { tables };
  const width = baskets.measureNames.length + normalisation.measures.missingColumns.length;
  return {
    tables: { ...tables, places: wide(baskets.steps, baskets.places), asOfDays: wide(1, baskets.asOfDays) },
    lookups: {
      measures: wide(width, await normalised(baskets.measures, normalisation.measures)),
      categories: wide(1, baskets.categories),
      days: wide(1, baskets.days),
    },
  };
}

/** Value and orders inside each horizon that a row was watched for. */
function rowLosses(outputs: Tensor, batch: Readonly<Record<string, Tensor>>, horizons: number): RowLosses {
  const { value, orders } = headsOf(outputs, horizons);
  const censored = isMissing(batch.outcomes);
  const known = (table: Tensor) => where(isMissing(table), 0, table);
  const each = add(zilnLoss(value, known(batch.outcomes)), hurdleLoss(orders, known(batch.orders)));
  const counted = where(censored, 0, each);
  const observed = subtract(1, cast(censored, "float32"));
  const horizonsObserved = reduceSum(observed, { axes: [1] });
  // Loss per observed horizon; weighted by how many there are, every observation counts the same.
  const perRow = reduceSum(counted, { axes: [1] });
  const divisor = where(greater(horizonsObserved, 0), horizonsObserved, 1);
  return { loss: divide(perRow, divisor), weight: multiply(horizonsObserved, batch.rowWeights) };
}

async function answer({ kind, task, stopFlag }: WorkerRequest): Promise<void> {
  const flag = new Int32Array(stopFlag);
  const stopped = () => Atomics.load(flag, 0) !== 0;
  const post = (message: WorkerMessage<unknown>) => parentPort?.postMessage(message);
  try {
    if (kind === "train") {
      const onEpoch = (report: EpochReport) => post({ progress: report });
      post({ result: await trainMember(task as MemberTask, { stopped, onEpoch }) });
    } else {
      post({ result: await predicted(task as PredictTask) });
    }
  } catch (error) {
    if (error instanceof LongrunError) {
      post({ failure: { kind: error.kind, code: error.code, details: error.details } });
    } else {
      post({ bug: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  }
}

parentPort?.on("message", answer);
