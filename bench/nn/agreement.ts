/** Models that longrun writes, each with inputs and the outputs that our runtime gives: Python's must give the same. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRandom, type Random } from "../../src/base/random.ts";
import { trainValueNetwork } from "../../src/models/value-network.ts";
import type { Baskets } from "../../src/models/value-network-inputs.ts";
import { predictValueNetwork } from "../../src/models/value-network-prediction.ts";
import { input, type Tensor } from "../../src/nn/graph.ts";
import { attention, attentionParameters } from "../../src/nn/layers/attention.ts";
import { dense, denseParameters } from "../../src/nn/layers/dense.ts";
import { embedding, embeddingParameters } from "../../src/nn/layers/embedding.ts";
import { gru, gruParameters } from "../../src/nn/layers/gru.ts";
import { layerNorm, layerNormParameters } from "../../src/nn/layers/layer-norm.ts";
import { writeModel } from "../../src/nn/onnx-model.ts";
import { gelu } from "../../src/nn/operators/activations.ts";
import { add } from "../../src/nn/operators/arithmetic.ts";
import { cast } from "../../src/nn/operators/logic.ts";
import { reshape } from "../../src/nn/operators/shapes.ts";
import { adamW } from "../../src/nn/optimisers/adam.ts";
import { constantWeights, flatValues } from "../../src/nn/parameters.ts";
import { openSession, type Values } from "../../src/nn/session.ts";
import { batchValues } from "../../src/nn/training/batches.ts";
import { initialState, stepModel, tableValues } from "../../src/nn/training/step-model.ts";
import { drawTables, networkOf, tasks } from "./tasks.ts";

/** Writes every model as NAME.onnx, with NAME.json that holds inputs and expected outputs. */
export async function writeModels(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await writeValueNetwork(folder);
  await writeSequenceNetwork(folder);
  for (const { name } of tasks) await writeStep(name, folder);
}

async function writeCase(folder: string, name: string, model: Uint8Array, feeds: Values): Promise<void> {
  const session = await openSession(model);
  const outputs = await session.run(feeds);
  await session.release();
  const plain = (values: Values) =>
    Object.fromEntries(
      Object.entries(values).map(([key, { data, shape }]) => [
        key,
        { shape, type: data instanceof Float32Array ? "float32" : "int32", data: [...data].map(String) },
      ]),
    );
  writeFileSync(join(folder, `${name}.onnx`), model);
  writeFileSync(join(folder, `${name}.json`), JSON.stringify({ feeds: plain(feeds), outputs: plain(outputs) }));
}

/** The product's own file: raw features with holes in them to values, normalisation inside. */
async function writeValueNetwork(folder: string): Promise<void> {
  const random = createRandom("agreement");
  const rows = 500;
  const draw = () => (random.uniform() < 0.1 ? Number.NaN : 20 * random.normal());
  const features = Float32Array.from({ length: rows * 4 }, draw);
  features[1] = Number.POSITIVE_INFINITY;
  const outcomes = Float32Array.from({ length: rows * 2 }, () => (random.uniform() < 0.5 ? 0 : 50 * random.uniform()));
  const isValidation = Uint8Array.from({ length: rows }, (_, row) => Number(row >= 400));
  const orders = outcomes.map((value) => Math.ceil(value / 20));
  const table = { featureNames: ["a", "b", "c", "d"], rows, features, outcomes, orders, isValidation };
  const options = { horizonsDays: [90, 365], maxEpochs: 2, seed: "agreement" };
  const network = await trainValueNetwork(table, options);
  await predictValueNetwork(network, { rows, features });
  const fed = { features: { data: features, shape: [rows, 4] } };
  await writeCase(folder, "value-network", network.onnx, fed);
  // The last of the features as a word, and the baskets: what the sequence network takes.
  const baskets = drawBaskets(rows, random);
  const told = { ...table, categorySizes: { d: 5 }, baskets };
  const sequence = await trainValueNetwork(told, options);
  await predictValueNetwork(sequence, { rows, features, baskets });
  const lines = baskets.days.length;
  await writeCase(folder, "basket-network", sequence.onnx, {
    ...fed,
    places: { data: baskets.places, shape: [rows, baskets.steps] },
    as_of_days: { data: baskets.asOfDays, shape: [rows, 1] },
    basket_measures: { data: baskets.measures, shape: [lines, baskets.measureNames.length] },
    basket_categories: { data: baskets.categories, shape: [lines, 1] },
    basket_days: { data: baskets.days, shape: [lines, 1] },
  });
}

function drawBaskets(rows: number, random: Random): Baskets {
  const [steps, lines] = [4, 3 * rows];
  return {
    measureNames: ["gap", "value"],
    measures: Float32Array.from({ length: 2 * lines }, () =>
      random.uniform() < 0.1 ? Number.NaN : 30 * random.uniform(),
    ),
    categories: Int32Array.from({ length: lines }, () => random.integer(7)),
    categoryCount: 7,
    days: Float32Array.from({ length: lines }, () => 300 * random.uniform()),
    places: Int32Array.from({ length: rows * steps }, () => random.integer(lines)),
    steps,
    asOfDays: new Float32Array(rows).fill(310),
  };
}

/** Every layer at once: embedded ids, attention over what is no padding, a norm, a GRU and a dense layer. */
async function writeSequenceNetwork(folder: string): Promise<void> {
  const random = createRandom("sequence");
  const [rows, steps, width] = [7, 6, 8];
  const weights = constantWeights({
    table: embeddingParameters(20, width, random),
    attention: attentionParameters(width, random),
    norm: layerNormParameters(width),
    gru: gruParameters(width, 5, random),
    head: denseParameters(5, 2, random),
  });
  const ids: Tensor = input("ids", ["rows", steps]);
  const mask: Tensor = input("mask", ["rows", steps]);
  const embedded = reshape(embedding(cast(ids, "int32"), weights.table), ["rows", steps, width]);
  const seen = layerNorm(add(embedded, attention(embedded, weights.attention, { heads: 2, mask })), weights.norm);
  const { last } = gru(gelu(seen), weights.gru, mask);
  const model = writeModel([ids, mask], { scores: dense(last, weights.head) });
  await writeCase(folder, "sequence-network", model, {
    ids: { data: Float32Array.from({ length: rows * steps }, () => random.integer(20)), shape: [rows, steps] },
    mask: {
      data: Float32Array.from({ length: rows * steps }, (_, at) => Number(at % steps <= at / steps)),
      shape: [rows, steps],
    },
  });
}

/** A training step itself: three batches of the benchmark's networks. */
async function writeStep(name: (typeof tasks)[number]["name"], folder: string): Promise<void> {
  const width = tasks.find((task) => task.name === name)!.width;
  const network = networkOf(name, drawTables({ name, width }, 96));
  const options = { batchRows: 32, optimiser: adamW({ weightDecay: 0.01 }), seed: "agreement", maxGradientNorm: 1 };
  const order = Int32Array.from({ length: 96 }, (_, row) => row);
  await writeCase(folder, `training-step-${name}`, stepModel(network, options), {
    ...tableValues(network),
    ...initialState(flatValues(network.parameters), options),
    ...batchValues(order, { first: 0, count: 3, batchRows: 32 }, () => 1e-3),
  });
}
