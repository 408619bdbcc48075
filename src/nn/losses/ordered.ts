/** Predictions that cannot contradict themselves: more time never means less, and thresholds stay in order. */
import { constant, type Tensor } from "../graph.ts";
import { softplus } from "../operators/activations.ts";
import { subtract } from "../operators/arithmetic.ts";
import { cast, greater } from "../operators/logic.ts";
import { matmul } from "../operators/matrix-product.ts";
import { concatenate, slice } from "../operators/shapes.ts";
import { ShapeError } from "../shape.ts";
import { binaryCrossEntropy } from "./pointwise.ts";

/**
 * Values over ascending horizons that never fall: the first output as it is, each further one adds its softplus.
 * (rows, horizons) → (rows, horizons). As logits of "bought within the horizon" they give probabilities that never fall;
 * as logarithms of money, money that never falls.
 */
export function nondecreasing(outputs: Tensor): Tensor {
  const horizons = outputs.shape.at(-1);
  if (typeof horizons !== "number" || outputs.shape.length !== 2)
    throw new ShapeError("Nondecreasing", [outputs.shape], "needs rows and a known number of horizons");
  if (horizons === 1) return outputs;
  const first = slice(outputs, { axis: 1, start: 0, end: 1 });
  const steps = softplus(slice(outputs, { axis: 1, start: 1, end: horizons }));
  return matmul(concatenate([first, steps], 1), runningSum(horizons));
}

/** (size, size) with ones on and above the diagonal: x·U adds up the columns from the left. */
function runningSum(size: number): Tensor {
  const ones = Float32Array.from({ length: size * size }, (_, at) => (at % size >= Math.floor(at / size) ? 1 : 0));
  return constant(ones, [size, size]);
}

/**
 * Logits of "more than k" for k = 0 … categories − 2 from one score (rows, 1) and raw thresholds (categories − 1):
 * score − θₖ with θ ascending (the cumulative logit model, McCullagh 1980).
 */
export function orderedLogits(score: Tensor, rawThresholds: Tensor): Tensor {
  return subtract(score, nondecreasing(rawThresholds));
}

/**
 * Loss of an ordered category, 0 … categories − 1 as (rows, 1): the sum of the cross-entropies of all its "more than k"
 * (Cao, Mirjalili & Raschka 2020, CORAL). Returns (rows, categories − 1), to be summed over the columns.
 */
export function ordinalLoss(logits: Tensor, category: Tensor): Tensor {
  const thresholds = logits.shape.at(-1) as number;
  const below = constant(
    Float32Array.from({ length: thresholds }, (_, k) => k + 0.5),
    [1, thresholds],
  );
  return binaryCrossEntropy(logits, cast(greater(category, below), "float32"));
}
