/** Losses of single values: prediction and target of one shape give the loss of each, not yet averaged. */
import { constant, type Tensor } from "../graph.ts";
import { softplus } from "../operators/activations.ts";
import { maximum, multiply, square, subtract } from "../operators/arithmetic.ts";
import { ShapeError } from "../shape.ts";

/** (prediction − target)². */
export const squaredError = (prediction: Tensor, target: Tensor): Tensor => square(subtract(prediction, target));

/**
 * −t·log p − (1 − t)·log(1 − p) with p = sigmoid(logit), written as softplus(logit) − t·logit: no logarithm of 0 for any
 * logit. Targets lie in [0, 1].
 */
export const binaryCrossEntropy = (logit: Tensor, target: Tensor): Tensor =>
  subtract(softplus(logit), multiply(target, logit));

/**
 * Pinball loss (Koenker & Bassett 1978): q·(t − p) where the target lies above the prediction, (1 − q)·(p − t) below. Its
 * expectation is least at the quantile. Predictions are (rows, levels), one column per level in (0, 1); targets are
 * (rows, 1) or (rows, levels).
 */
export function pinball(predictions: Tensor, target: Tensor, levels: readonly number[]): Tensor {
  if (predictions.shape.at(-1) !== levels.length) {
    throw new ShapeError("Pinball", [predictions.shape, [levels.length]], "needs one column per level");
  }
  if (levels.some((level) => !(level > 0 && level < 1))) throw new RangeError(`levels ${levels} must lie in (0, 1)`);
  const above = constant(levels, [1, levels.length]);
  const below = constant(
    levels.map((level) => level - 1),
    [1, levels.length],
  );
  const error = subtract(target, predictions);
  return maximum(multiply(above, error), multiply(below, error));
}
