import type { Tensor } from "../graph.ts";
import { add, divide, multiply, sqrt, square, subtract } from "../operators/arithmetic.ts";
import { reduceMean } from "../operators/reductions.ts";
import { filledParameter, type Parameter, type Weights } from "../parameters.ts";

export type LayerNormParameters = {
  readonly gain: Parameter; // (width)
  readonly shift: Parameter; // (width)
};

export function layerNormParameters(width: number): LayerNormParameters {
  return { gain: filledParameter([width], 1), shift: filledParameter([width], 0) };
}

/** Mean 0 and variance 1 along the last axis, then gain and shift (Ba, Kiros & Hinton 2016, eq. 4). */
export function layerNorm(x: Tensor, { gain, shift }: Weights<LayerNormParameters>, epsilon = 1e-5): Tensor {
  const centred = subtract(x, reduceMean(x, { axes: [-1] }));
  const deviation = sqrt(add(reduceMean(square(centred), { axes: [-1] }), epsilon));
  return add(multiply(divide(centred, deviation), gain), shift);
}
