import { parentPort, workerData } from "node:worker_threads";
import { systemClock } from "../base/clock.ts";
import { LongrunError } from "../base/errors.ts";
import { type DenseParameters, multilayer } from "../nn/layers/dense.ts";
import { zilnHead, zilnLoss } from "../nn/losses/ziln.ts";
import { divide, multiply, subtract } from "../nn/operators/arithmetic.ts";
import { cast, greater, isMissing, where } from "../nn/operators/logic.ts";
import { reduceSum } from "../nn/operators/reductions.ts";
import { adamW } from "../nn/optimisers/adam.ts";
import { openServedModel } from "../nn/session.ts";
import { checkpointFile } from "../nn/training/checkpoint-file.ts";
import { type EpochReport, type Trained, trainNetwork } from "../nn/training/training.ts";
import type { MemberTask, PredictTask } from "./ziln-network.ts";
import { normalisingModel } from "./ziln-network-graph.ts";
import type { WorkerMessage, WorkerRequest } from "./ziln-network-workers.ts";

export type MemberResult = Trained<readonly DenseParameters[]>;

/** Rows per call: small enough that a wish to stop is heard, large enough that calls cost nothing. */
const rowsPerRun = 16_384;

async function runOverRows(
  onnx: Uint8Array,
  { features, width, outputs }: { features: Float32Array; width: number; outputs: readonly string[] },
): Promise<Record<string, Float32Array>> {
  const session = await openServedModel(onnx, { input: "features", width, outputs });
  const parts: Record<string, Float32Array[]> = {};
  const rows = features.length / width;
  for (let start = 0; start < rows; start += rowsPerRun) {
    const data = features.slice(start * width, Math.min(rows, start + rowsPerRun) * width);
    const results = await session.run({ features: { data, shape: [data.length / width, width] } });
    for (const [name, { data }] of Object.entries(results)) {
      parts[name] ??= [];
      parts[name].push(data as Float32Array);
    }
  }
  await session.release();
  return Object.fromEntries(Object.entries(parts).map(([name, chunks]) => [name, joined(chunks)]));
}

function joined(chunks: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(chunks.reduce((total, { length }) => total + length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    all.set(chunk, offset);
    offset += chunk.length;
  }
  return all;
}

interface Watched {
  readonly stopped: () => boolean;
  readonly onEpoch: (report: EpochReport) => void;
}

async function trainMember(task: MemberTask, { stopped, onEpoch }: Watched): Promise<MemberResult> {
  const { normalisation, features, outcomes, rowWeights, horizons, parameters, checkpoint } = task;
  const width = normalisation.mean.length;
  const { normalised } = await runOverRows(normalisingModel(normalisation), {
    features,
    width,
    outputs: ["normalised"],
  });
  return trainNetwork(
    {
      parameters,
      tables: {
        features: { width: width + normalisation.missingColumns.length, values: normalised },
        outcomes: { width: horizons, values: outcomes },
        rowWeights: { width: 1, values: rowWeights },
      },
      loss: (weights, batch) => {
        const censored = isMissing(batch.outcomes);
        const known = where(censored, 0, batch.outcomes);
        const each = zilnLoss(zilnHead(multilayer(batch.features, weights)), known);
        const counted = where(censored, 0, each);
        const observed = subtract(1, cast(censored, "float32"));
        const horizonsObserved = reduceSum(observed, { axes: [1] });
        // Loss per observed horizon; weighted by how many there are, every observation counts the same.
        const perRow = reduceSum(counted, { axes: [1] });
        const divisor = where(greater(horizonsObserved, 0), horizonsObserved, 1);
        return { loss: divide(perRow, divisor), weight: multiply(horizonsObserved, batch.rowWeights) };
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

async function main(): Promise<void> {
  const { kind, task, stopFlag } = workerData as WorkerRequest;
  const flag = new Int32Array(stopFlag);
  const stopped = () => Atomics.load(flag, 0) !== 0;
  const post = (message: WorkerMessage<unknown>) => parentPort?.postMessage(message);
  try {
    if (kind === "train") {
      const onEpoch = (report: EpochReport) => post({ progress: report });
      post({ result: await trainMember(task as MemberTask, { stopped, onEpoch }) });
    } else {
      const { onnx, ...served } = task as PredictTask;
      post({ result: await runOverRows(onnx, served) });
    }
  } catch (error) {
    if (error instanceof LongrunError) {
      post({ failure: { kind: error.kind, code: error.code, details: error.details } });
    } else {
      post({ bug: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  }
}

await main();
