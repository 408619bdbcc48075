import { createRandom } from "../../base/random.ts";
import { gradients } from "../gradient.ts";
import { constant, counter, input, node, type Tensor } from "../graph.ts";
import { weightedMean } from "../losses/weighted-mean.ts";
import { writeLoopModel, writeModel } from "../onnx-model.ts";
import { multiply } from "../operators/arithmetic.ts";
import { gatherRows } from "../operators/gather.ts";
import { cast } from "../operators/logic.ts";
import { createNoise } from "../operators/noise.ts";
import { reduceSum } from "../operators/reductions.ts";
import { reshape } from "../operators/shapes.ts";
import { averaged } from "../optimisers/averaging.ts";
import { clippedToNorm } from "../optimisers/clipping.ts";
import type { Optimiser } from "../optimisers/optimiser.ts";
import { flatWeights, type ParameterTree, parameterCount, parametersOf } from "../parameters.ts";
import type { Value, Values } from "../session.ts";
import { elementCount } from "../shape.ts";
import type { Network, Tabled, Tables } from "./network.ts";

export interface StepOptions {
  readonly batchRows: number;
  readonly optimiser: Optimiser;
  /** Gradients longer than this are shortened to it. */
  readonly maxGradientNorm?: number;
  /** Judge and return a moving average of the weights with this decay, instead of the weights themselves. */
  readonly averagingDecay?: number;
  /** Decides the batches and the noise. */
  readonly seed: string;
}

/**
 * The training step as a model: a Scan over mini-batches. Each turn gathers the batch's rows from the tables, computes loss and
 * gradient, and moves the parameters, which are loop state like the optimiser's memory. Fed: the tables, `state`
 * (`initialState`), and per batch `batch_rows`, `batch_present`, `learning_rate`. Returned: the state as `<name>_next`, and
 * per batch its mean loss and its weight.
 */
export function stepModel<Tree extends ParameterTree>(network: Network<Tree>, options: StepOptions): Uint8Array {
  const { batchRows, optimiser, maxGradientNorm, averagingDecay, seed } = options;
  const count = parameterCount(network.parameters);
  const tables = tableInputs(network.tables);
  const lookups = tableInputs(network.lookups ?? {});
  const rows = input("batch_rows", [batchRows], "int32");
  const present = input("batch_present", [batchRows, 1]);
  const learningRate = input("learning_rate", []);
  const step = input("step", [], "int32");
  const parameters = input("parameters", [count]);
  const memory = optimiser.memory.map((name) => input(name, [count]));

  const noise = createNoise(createRandom(`${seed}/noise`).integer(2 ** 32), step);
  const batch = { ...gathered(tables, rows), ...lookups };
  const each = network.loss(flatWeights(network.parameters, parameters), batch, noise);
  const weight = multiply(each.weight, present);
  const loss = weightedMean(each.loss, weight);
  const [slope] = gradients(loss, [parameters]);
  const gradient = maxGradientNorm === undefined ? slope : clippedToNorm(slope, maxGradientNorm);

  const nextStep = node("Add", [step, counter(1)], [], { elementType: "int32" });
  const stepNumber = cast(nextStep, "float32");
  const decays = decayMask(network.parameters);
  const next = optimiser.step({ parameters, gradient, memory, learningRate, stepNumber, decays });
  const state = [
    { input: step, next: nextStep },
    { input: parameters, next: next.parameters },
    ...memory.map((each, index) => ({ input: each, next: next.memory[index] })),
  ];
  if (averagingDecay !== undefined) {
    const average = input("average", [count]);
    const moved = averaged(average, next.parameters, { decay: averagingDecay, stepNumber });
    state.push({ input: average, next: moved });
  }
  return writeLoopModel([...Object.values(tables), ...Object.values(lookups)], {
    state,
    sequences: [rows, present, learningRate],
    reports: { batch_loss: reshape(loss, []), batch_weight: reduceSum(weight, { axes: [0, 1], keepAxes: false }) },
  });
}

/** The state before the first step, with the given parameters. */
export function initialState(flat: Float32Array, { optimiser, averagingDecay }: StepOptions): Record<string, Value> {
  const shape = [flat.length];
  return {
    step: { data: Int32Array.of(0), shape: [] },
    parameters: { data: flat, shape },
    ...Object.fromEntries(optimiser.memory.map((name) => [name, { data: new Float32Array(flat.length), shape }])),
    ...(averagingDecay === undefined ? {} : { average: { data: flat.slice(), shape } }),
  };
}

/** The parameters that a state stands for: their average where one is kept. */
export const judgedParameters = (state: Values): Float32Array =>
  (state.average ?? state.parameters).data as Float32Array;

/** The loss of some rows as a model: fed the tables, `parameters` and `judged_rows`; Σ weight·loss and Σ weight. */
export function lossModel<Tree extends ParameterTree>(network: Network<Tree>): Uint8Array {
  const tables = tableInputs(network.tables);
  const lookups = tableInputs(network.lookups ?? {});
  const rows = input("judged_rows", ["judged"], "int32");
  const parameters = input("parameters", [parameterCount(network.parameters)]);
  const batch = { ...gathered(tables, rows), ...lookups };
  const { loss, weight } = network.loss(flatWeights(network.parameters, parameters), batch, undefined);
  return writeModel([...Object.values(tables), ...Object.values(lookups), rows, parameters], {
    loss_sum: reduceSum(multiply(loss, weight)),
    weight_sum: reduceSum(weight),
  });
}

/** What is fed for the tables. */
export function tableValues({ tables, lookups }: Tabled): Record<string, Value> {
  return Object.fromEntries(
    Object.entries({ ...tables, ...lookups }).map(([name, { width, values }]) => [
      name,
      { data: values, shape: [values.length / width, width] },
    ]),
  );
}

const tableInputs = (tables: Tables): Record<string, Tensor> =>
  Object.fromEntries(
    Object.entries(tables).map(([name, { width, values }]) => [
      name,
      input(name, [`${name}_lines`, width], values instanceof Int32Array ? "int32" : "float32"),
    ]),
  );

const gathered = (tables: Record<string, Tensor>, rows: Tensor): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, gatherRows(table, rows)]));

/** 1 for each value that weight decay applies to; undefined where it applies to all. */
function decayMask(tree: ParameterTree): Tensor | undefined {
  const parameters = parametersOf(tree);
  if (parameters.every(({ decays }) => decays)) return undefined;
  return constant(
    parameters.flatMap(({ shape, decays }) => new Array<number>(elementCount(shape)).fill(decays ? 1 : 0)),
  );
}
