import type { Random } from "../../base/random.ts";
import type { Tensor } from "../graph.ts";
import { sigmoid, tanh } from "../operators/activations.ts";
import { add, multiply, subtract } from "../operators/arithmetic.ts";
import { concatenate, reshape, slice } from "../operators/shapes.ts";
import { glorotUniform, type Weights } from "../parameters.ts";
import { ShapeError } from "../shape.ts";
import { type DenseParameters, dense, denseParameters } from "./dense.ts";

/** Gates stand side by side: reset, update, candidate. */
export type GruParameters = {
  readonly input: DenseParameters; // (inputs, 3·hidden)
  readonly hidden: DenseParameters; // (hidden, 3·hidden)
};

export function gruParameters(inputs: number, hidden: number, random: Random): GruParameters {
  return {
    input: denseParameters(inputs, 3 * hidden, random, glorotUniform),
    hidden: denseParameters(hidden, 3 * hidden, random, glorotUniform),
  };
}

export interface GruOutput {
  /** The state after every step, (rows, steps, hidden). */
  readonly states: Tensor;
  /** The state after the last present step, (rows, hidden). */
  readonly last: Tensor;
}

/**
 * Gated recurrent unit over (rows, steps, inputs), from a state of zeros (Cho et al. 2014, eq. 5–8, with the reset gate
 * after the product, as cuDNN, PyTorch and ONNX's `linear_before_reset` have it):
 *
 *   r = σ(x·Wr + h·Ur + br),  z = σ(x·Wz + h·Uz + bz),  n = tanh(x·Wn + bn + r∘(h·Un + cn)),  h′ = n + z∘(h − n)
 *
 * `mask` is (rows, steps), 1 for a step that is there and 0 for padding: a padded step leaves the state as it was. Steps
 * are written out one after another; the products with the inputs are made for all of them at once.
 */
export function gru(x: Tensor, parameters: Weights<GruParameters>, mask?: Tensor): GruOutput {
  const [rows, steps, inputs] = x.shape;
  if (x.shape.length !== 3 || typeof steps !== "number")
    throw new ShapeError("GRU", [x.shape], "needs rows, a known number of steps, and inputs");
  const hidden = parameters.hidden.weights.shape[0] as number;
  if (parameters.input.weights.shape[0] !== inputs || parameters.input.weights.shape[1] !== 3 * hidden) {
    throw new ShapeError("GRU", [x.shape, parameters.input.weights.shape], "the weights do not fit the inputs");
  }
  const projected = dense(x, parameters.input); // (rows, steps, 3·hidden)
  const at = (sequence: Tensor, step: number, width: number) =>
    reshape(slice(sequence, { axis: 1, start: step, end: step + 1 }), [rows, width]);

  const states: Tensor[] = [];
  let state: Tensor | undefined;
  for (let step = 0; step < steps; step++) {
    const present = mask && at(mask, step, 1);
    state = gruStep(at(projected, step, 3 * hidden), state, parameters.hidden, present);
    states.push(state);
  }
  const stacked = states.map((each) => reshape(each, [rows, 1, hidden]));
  return { states: concatenate(stacked, 1), last: state as Tensor };
}

/** One step from the projected input (rows, 3·hidden); without a state the one of zeros. */
function gruStep(
  projected: Tensor,
  state: Tensor | undefined,
  hiddenWeights: Weights<GruParameters>["hidden"],
  present: Tensor | undefined,
): Tensor {
  const hidden = hiddenWeights.weights.shape[0] as number;
  const recurrent = state ? dense(state, hiddenWeights) : reshape(hiddenWeights.bias, [1, 3 * hidden]);
  const part = (x: Tensor, start: number, end: number) =>
    slice(x, { axis: 1, start: start * hidden, end: end * hidden });
  const gates = sigmoid(add(part(projected, 0, 2), part(recurrent, 0, 2)));
  const reset = part(gates, 0, 1);
  const kept = part(gates, 1, 2);
  const candidate = tanh(add(part(projected, 2, 3), multiply(reset, part(recurrent, 2, 3))));
  const renewed = present ? multiply(subtract(1, kept), present) : subtract(1, kept);
  const change = multiply(renewed, state ? subtract(candidate, state) : candidate);
  return state ? add(state, change) : change;
}
