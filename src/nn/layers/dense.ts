import type { Random } from "../../base/random.ts";
import type { Tensor } from "../graph.ts";
import { relu } from "../operators/activations.ts";
import { add } from "../operators/arithmetic.ts";
import { matmul } from "../operators/matrix-product.ts";
import { filledParameter, heNormal, type Parameter, type Weights } from "../parameters.ts";

export type DenseParameters = {
  readonly weights: Parameter; // (inputs, outputs)
  readonly bias: Parameter; // (outputs)
};

/** Weights drawn for a ReLU after the layer unless another way is given, and a bias of zeros. */
export function denseParameters(inputs: number, outputs: number, random: Random, draw = heNormal): DenseParameters {
  return { weights: draw([inputs, outputs], random), bias: filledParameter([outputs], 0) };
}

/** x·W + b, (…, inputs) → (…, outputs). */
export function dense(x: Tensor, { weights, bias }: Weights<DenseParameters>): Tensor {
  return add(matmul(x, weights), bias);
}

/** Layers of the given widths, the inputs' first. */
export function multilayerParameters(widths: readonly number[], random: Random): readonly DenseParameters[] {
  return widths.slice(1).map((outputs, layer) => denseParameters(widths[layer], outputs, random));
}

/** A stack of dense layers with an activation between them, ReLU unless another is given. */
export function multilayer(
  x: Tensor,
  layers: Weights<readonly DenseParameters[]>,
  activation: (x: Tensor) => Tensor = relu,
): Tensor {
  return layers.reduce((hidden, layer, index) => dense(index === 0 ? hidden : activation(hidden), layer), x);
}
