/** What bench:nn trains, and the files from which every contender reads the same numbers. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRandom } from "../../src/base/random.ts";
import { dense, denseParameters, multilayer, multilayerParameters } from "../../src/nn/layers/dense.ts";
import { gru, gruParameters } from "../../src/nn/layers/gru.ts";
import { squaredError } from "../../src/nn/losses/pointwise.ts";
import { zilnHead, zilnLoss } from "../../src/nn/losses/ziln.ts";
import { add, multiply } from "../../src/nn/operators/arithmetic.ts";
import { reshape } from "../../src/nn/operators/shapes.ts";
import { flatValues, type ParameterTree } from "../../src/nn/parameters.ts";
import { epochOrder } from "../../src/nn/training/batches.ts";
import type { Network, Tables } from "../../src/nn/training/network.ts";

export interface Task {
  readonly name: "ziln" | "gru";
  readonly rows: number;
  readonly width: number;
  readonly batchRows: number;
  readonly epochs: number;
  readonly learningRate: number;
}

export const widths = [64, 128, 64, 3] as const;
export const sequence = { steps: 32, inputs: 16, hidden: 64 } as const;
export const seed = "bench";
/** Rows after those of the task that decide about stopping in our loop: it is measured as it is used. */
export const validationRows = 1000;

export const tasks: readonly Task[] = [
  { name: "ziln", rows: 100_000, width: widths[0], batchRows: 1024, epochs: 3, learningRate: 1e-3 },
  { name: "gru", rows: 4096, width: sequence.steps * sequence.inputs, batchRows: 256, epochs: 3, learningRate: 1e-3 },
];

/** Each network behind the same face, whatever the form of its parameters. */
export function networkOf(name: Task["name"], tables: Tables): Network<ParameterTree> {
  return (name === "ziln" ? zilnNetwork(tables) : gruNetwork(tables)) as unknown as Network<ParameterTree>;
}

export function zilnNetwork(tables: Tables): Network<ReturnType<typeof multilayerParameters>> {
  return {
    parameters: multilayerParameters(widths, createRandom("parameters")),
    tables,
    loss: (layers, { x, y }) => ({ loss: zilnLoss(zilnHead(multilayer(x, layers)), y), weight: onesLike(y) }),
  };
}

function gruNetwork(tables: Tables) {
  const random = createRandom("parameters");
  const { steps, inputs, hidden } = sequence;
  const parameters = { gru: gruParameters(inputs, hidden, random), head: denseParameters(hidden, 1, random) };
  const network: Network<typeof parameters> = {
    parameters,
    tables,
    loss: (weights, { x, y }) => {
      const { last } = gru(reshape(x, [x.shape[0], steps, inputs]), weights.gru);
      return { loss: squaredError(dense(last, weights.head), y), weight: onesLike(y) };
    },
  };
  return network;
}

const onesLike = (y: Parameters<typeof multiply>[0]) => add(multiply(y, 0), 1);

/** Writes x and y (float32), the first parameters, and the order of the rows of every epoch (int32). */
export function writeTask(task: Task, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const { x, y } = drawTables(task, task.rows + validationRows);
  const parameters = flatValues(networkOf(task.name, { x, y }).parameters);
  const rows = Int32Array.from({ length: task.rows }, (_, row) => row);
  const orders = new Int32Array(task.epochs * task.rows);
  for (let epoch = 1; epoch <= task.epochs; epoch++) orders.set(epochOrder(rows, seed, epoch), (epoch - 1) * task.rows);
  for (const [name, data] of Object.entries({ x: x.values, y: y.values, parameters, orders }))
    writeFileSync(join(folder, name), data);
  writeFileSync(join(folder, "task.json"), JSON.stringify({ ...task, widths, ...sequence }));
}

/** ZILN: a third buy, and how much depends on two features. GRU: the sum of a first and a last input. */
export function drawTables({ name, width }: Pick<Task, "name" | "width">, rows: number) {
  const random = createRandom(name);
  const x = Float32Array.from({ length: rows * width }, () => random.normal());
  const y = Float32Array.from({ length: rows }, (_, row) => {
    if (name === "gru") return x[row * width] + x[(row + 1) * width - 1];
    const buys = random.uniform() < 1 / (1 + Math.exp(0.7 - x[row * width]));
    return buys ? Math.exp(0.5 * x[row * width + 1] + 0.8 * random.normal()) : 0;
  });
  return { x: { width, values: x }, y: { width: 1, values: y } };
}

export function readTask(folder: string): { task: Task; tables: Tables } {
  const task = JSON.parse(readFileSync(join(folder, "task.json"), "utf8")) as Task;
  const floats = (name: string) => new Float32Array(new Uint8Array(readFileSync(join(folder, name))).buffer);
  return { task, tables: { x: { width: task.width, values: floats("x") }, y: { width: 1, values: floats("y") } } };
}
