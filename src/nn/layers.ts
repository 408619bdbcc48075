import type { Random } from "../base/random.ts";
import type { Tensor } from "./graph.ts";
import { add, matmul, relu } from "./operators.ts";

/** A weight of the network before training. */
export interface Parameter {
  readonly shape: readonly number[];
  readonly initial: Float32Array;
}

/** Weights and bias of a dense layer, drawn after He et al. (2015): normal with variance 2/inputs. */
export function denseParameters(inputs: number, outputs: number, random: Random): Parameter[] {
  const deviation = Math.sqrt(2 / inputs);
  return [
    {
      shape: [inputs, outputs],
      initial: Float32Array.from({ length: inputs * outputs }, () => deviation * random.normal()),
    },
    { shape: [outputs], initial: new Float32Array(outputs) },
  ];
}

/** x·W + b, (rows, inputs) → (rows, outputs). */
const dense = (x: Tensor, weights: Tensor, bias: Tensor): Tensor => add(matmul(x, weights), bias);

/** A stack of dense layers with ReLU between them; `parameters` are weights and biases in turn. */
export function multilayer(x: Tensor, parameters: readonly Tensor[]): Tensor {
  let hidden = x;
  for (let at = 0; at < parameters.length; at += 2) {
    const output = dense(hidden, parameters[at], parameters[at + 1]);
    hidden = at + 2 < parameters.length ? relu(output) : output;
  }
  return hidden;
}
