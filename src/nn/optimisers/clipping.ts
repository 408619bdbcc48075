import type { Tensor } from "../graph.ts";
import { add, divide, minimum, multiply, sqrt, square } from "../operators/arithmetic.ts";
import { reduceSum } from "../operators/reductions.ts";
import { reshape } from "../operators/shapes.ts";

/** The gradient of all parameters, shortened to a greatest Euclidean norm where it is longer (Pascanu et al. 2013, alg. 1). */
export function clippedToNorm(gradient: Tensor, greatest: number): Tensor {
  if (!(greatest > 0)) throw new RangeError(`a greatest gradient norm must be above 0, not ${greatest}`);
  const norm = reshape(sqrt(reduceSum(square(gradient))), []);
  return multiply(gradient, minimum(divide(greatest, add(norm, 1e-6)), 1));
}
