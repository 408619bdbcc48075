import { parentPort, workerData } from "node:worker_threads";
import { systemClock } from "../base/clock.ts";
import { type DenseParameters, multilayer } from "../nn/layers/dense.ts";
import { zilnHead, zilnLoss } from "../nn/losses/ziln.ts";
import { divide, subtract } from "../nn/operators/arithmetic.ts";
import { cast, greater, isMissing, where } from "../nn/operators/logic.ts";
import { reduceSum } from "../nn/operators/reductions.ts";
import { adamW } from "../nn/optimisers/adam.ts";
import { openSession } from "../nn/session.ts";
import { type Trained, trainNetwork } from "../nn/training/training.ts";
import type { MemberTask, PredictTask } from "./ziln-network.ts";
import { normalisingModel } from "./ziln-network-graph.ts";
import type { WorkerRequest } from "./ziln-network-workers.ts";

export type MemberResult = Trained<readonly DenseParameters[]>;

/** Rows per call: small enough that a wish to stop is heard, large enough that calls cost nothing. */
const rowsPerRun = 16_384;

async function runOverRows(
  onnx: Uint8Array,
  features: Float32Array,
  width: number,
): Promise<Record<string, Float32Array>> {
  const session = await openSession(onnx);
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

async function trainMember(task: MemberTask, stopped: () => boolean, onEpoch: () => void): Promise<MemberResult> {
  const { normalisation, features, outcomes, horizons, parameters } = task;
  const { normalised } = await runOverRows(normalisingModel(normalisation), features, normalisation.mean.length);
  return trainNetwork(
    {
      parameters,
      tables: {
        features: { width: normalisation.mean.length + normalisation.missingColumns.length, values: normalised },
        outcomes: { width: horizons, values: outcomes },
      },
      loss: (weights, batch) => {
        const censored = isMissing(batch.outcomes);
        const known = where(censored, 0, batch.outcomes);
        const each = zilnLoss(zilnHead(multilayer(batch.features, weights)), known);
        const counted = where(censored, 0, each);
        const observed = subtract(1, cast(censored, "float32"));
        const weight = reduceSum(observed, { axes: [1] });
        // Loss per observed horizon; weighted by how many there are, every observation counts the same.
        const perRow = reduceSum(counted, { axes: [1] });
        const divisor = where(greater(weight, 0), weight, 1);
        return { loss: divide(perRow, divisor), weight };
      },
    },
    { training: task.training, validation: task.validation },
    { ...task, optimiser: adamW(task), patience: 4, clock: systemClock, stopped, onEpoch },
  );
}

async function main(): Promise<void> {
  const { kind, task, stopFlag } = workerData as WorkerRequest;
  const flag = new Int32Array(stopFlag);
  const stopped = () => Atomics.load(flag, 0) !== 0;
  const post = (message: unknown) => parentPort?.postMessage(message);
  try {
    if (kind === "train") {
      post({ result: await trainMember(task as MemberTask, stopped, () => post({ progress: true })) });
    } else {
      const { onnx, features, width } = task as PredictTask;
      post({ result: await runOverRows(onnx, features, width) });
    }
  } catch (error) {
    post({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

await main();
