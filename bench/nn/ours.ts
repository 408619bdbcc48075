/** longrun's part of bench:nn, in a process of its own: `ours.js train|infer FOLDER THREADS`, `ours.js growth ROWS`, `ours.js floor`. */
import { readFileSync } from "node:fs";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { systemClock } from "../../src/base/clock.ts";
import { constant, input } from "../../src/nn/graph.ts";
import { multilayer } from "../../src/nn/layers/dense.ts";
import { zilnHead, zilnMean } from "../../src/nn/losses/ziln.ts";
import { writeModel } from "../../src/nn/onnx-model.ts";
import { matmul } from "../../src/nn/operators/matrix-product.ts";
import { adam } from "../../src/nn/optimisers/adam.ts";
import { constantRate } from "../../src/nn/optimisers/schedules.ts";
import { constantWeights, type ParameterTree } from "../../src/nn/parameters.ts";
import { openSession } from "../../src/nn/session.ts";
import type { Network } from "../../src/nn/training/network.ts";
import { type EpochReport, trainNetwork } from "../../src/nn/training/training.ts";
import { drawTables, networkOf, readTask, seed, type Task, validationRows, widths, zilnNetwork } from "./tasks.ts";

const inferredRows = 1_000_000;
const rowsPerRun = 16_384;

const [part, given, threads = "1"] = isMainThread ? process.argv.slice(2) : (workerData as string[]);
const processorSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

const result = isMainThread && Number(threads) > 1 ? await inParallel(Number(threads)) : await measured();
if (isMainThread) {
  const peakMb = Number(readFileSync("/proc/self/status", "utf8").match(/VmHWM:\s+(\d+)/)?.[1]) / 1024;
  process.stdout.write(`${JSON.stringify({ ...result, peakMb })}\n`);
} else parentPort?.postMessage(result);

interface Measured {
  readonly rowsPerSecond: number;
  readonly processorSecondsPerMillion: number;
  readonly losses: readonly number[];
  readonly total: number;
}

function measured(): Promise<Partial<Measured>> {
  if (part === "train") return train();
  if (part === "infer") return infer();
  return part === "growth" ? growth(Number(given)) : floor();
}

/** As it is used: one worker for each network of an ensemble, or for each share of the customers. */
async function inParallel(workers: number): Promise<Partial<Measured>> {
  const all = await Promise.all(
    Array.from({ length: workers }, () => {
      const worker = new Worker(new URL(import.meta.url), { workerData: [part, given, "1"] });
      return new Promise<Measured>((resolve, reject) => worker.on("message", resolve).on("error", reject));
    }),
  );
  return {
    ...all[0],
    rowsPerSecond: all.reduce((sum, { rowsPerSecond }) => sum + rowsPerSecond, 0),
    // The process has one counter: each worker saw the processor time of all.
    processorSecondsPerMillion: all[0].processorSecondsPerMillion / workers,
  };
}

/** Epochs after the first, which holds the opening of the sessions. */
async function train(): Promise<Partial<Measured>> {
  const { task, tables } = readTask(given);
  const { epochs, reports } = await timedEpochs(networkOf(task.name, tables), task);
  const steady = epochs.slice(1);
  const middle = (values: number[]) => values.sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)];
  return {
    rowsPerSecond: task.rows / middle(steady.map(({ seconds }) => seconds)),
    processorSecondsPerMillion: (1e6 * middle(steady.map(({ processor }) => processor))) / task.rows,
    losses: reports.map(({ trainingLoss }) => trainingLoss),
  };
}

async function timedEpochs(network: Network<ParameterTree>, task: Task) {
  const rows = Int32Array.from({ length: task.rows + validationRows }, (_, row) => row);
  const reports: EpochReport[] = [];
  const epochs: { seconds: number; processor: number }[] = [];
  let [began, spent] = [performance.now(), processorSeconds()];
  await trainNetwork(
    network,
    { training: rows.subarray(0, task.rows), validation: rows.subarray(task.rows) },
    {
      batchRows: task.batchRows,
      maxEpochs: task.epochs,
      patience: task.epochs,
      optimiser: adam(),
      learningRate: task.learningRate,
      schedule: constantRate,
      seed,
      clock: systemClock,
      stopped: () => false,
      onEpoch: (report) => {
        reports.push(report);
        epochs.push({ seconds: (performance.now() - began) / 1000, processor: processorSeconds() - spent });
        [began, spent] = [performance.now(), processorSeconds()];
      },
    },
  );
  return { epochs, reports };
}

/** The expected value of a million customers; the task's rows over and over. */
async function infer(): Promise<Partial<Measured>> {
  const { task, tables } = readTask(given);
  const width = widths[0];
  const features = new Float32Array(inferredRows * width);
  const source = tables.x.values.subarray(0, task.rows * width);
  for (let at = 0; at < features.length; at += source.length) features.set(source, at);
  const x = input("x", ["rows", width]);
  const layers = constantWeights(zilnNetwork(tables).parameters);
  const session = await openSession(writeModel([x], { mean: zilnMean(zilnHead(multilayer(x, layers))) }));
  const [began, spent] = [performance.now(), processorSeconds()];
  let total = 0;
  for (let start = 0; start < inferredRows; start += rowsPerRun) {
    const data = features.subarray(start * width, Math.min(inferredRows, start + rowsPerRun) * width);
    const { mean } = await session.run({ x: { data, shape: [data.length / width, width] } });
    for (const value of mean.data) total += value;
  }
  const seconds = (performance.now() - began) / 1000;
  const processor = processorSeconds() - spent;
  await session.release();
  return { rowsPerSecond: inferredRows / seconds, processorSecondsPerMillion: processor, total };
}

/** Two epochs at some number of rows; the second counts. */
async function growth(rows: number): Promise<Partial<Measured>> {
  const task: Task = { name: "ziln", rows, width: widths[0], batchRows: 1024, epochs: 2, learningRate: 1e-3 };
  const { epochs } = await timedEpochs(networkOf("ziln", drawTables(task, rows + validationRows)), task);
  return {
    rowsPerSecond: rows / epochs[1].seconds,
    processorSecondsPerMillion: (1e6 * epochs[1].processor) / rows,
  };
}

/** What the matrix products of a training step cost by themselves: operations a second of a product of its size. */
async function floor(): Promise<Partial<Measured>> {
  const [rows, inner, columns, repeats] = [1024, 128, 128, 200];
  let product = input("x", [rows, inner]);
  const weights = constant(
    Float32Array.from({ length: inner * columns }, (_, at) => Math.sin(at) / 10),
    [inner, columns],
  );
  for (let repeat = 0; repeat < repeats; repeat++) product = matmul(product, weights);
  const session = await openSession(writeModel([input("x", [rows, inner])], { product }));
  const x = { data: new Float32Array(rows * inner).fill(0.01), shape: [rows, inner] };
  await session.run({ x });
  const spent = processorSeconds();
  await session.run({ x });
  const processor = processorSeconds() - spent;
  await session.release();
  return { total: (2 * rows * inner * columns * repeats) / processor };
}
