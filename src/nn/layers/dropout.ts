import type { Tensor } from "../graph.ts";
import { multiply } from "../operators/arithmetic.ts";
import { cast, greater } from "../operators/logic.ts";
import type { Noise } from "../operators/noise.ts";
import { ShapeError } from "../shape.ts";

/**
 * In training each value is 0 with chance `rate` and else divided by 1 − rate, so that its expectation stays (Srivastava et al.
 * 2014, "inverted"). Without noise — in validation and when served — x itself. The shape must be known in training.
 */
export function dropout(x: Tensor, { rate, noise }: { rate: number; noise: Noise | undefined }): Tensor {
  if (!(rate >= 0 && rate < 1)) throw new RangeError(`a dropout rate must be in [0, 1), not ${rate}`);
  if (noise === undefined || rate === 0) return x;
  if (!x.shape.every((size) => typeof size === "number")) throw new ShapeError("Dropout", [x.shape], "unknown size");
  // Uniforms are multiples of 2⁻²⁴, so half a step less makes the chance of `u > rate − …` the stated one.
  const kept = cast(greater(noise.uniform(x.shape as number[]), rate - 2 ** -25), "float32");
  return multiply(x, multiply(kept, 1 / (1 - rate)));
}
