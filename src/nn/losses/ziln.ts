import type { Tensor } from "../graph.ts";
import { sigmoid, softplus } from "../operators/activations.ts";
import {
  add,
  divide,
  exp,
  log,
  minimum,
  multiply,
  type Operand,
  sqrt,
  square,
  subtract,
} from "../operators/arithmetic.ts";
import { cast, greater, where } from "../operators/logic.ts";
import { split } from "../operators/shapes.ts";
import { binaryCrossEntropy } from "./pointwise.ts";

/** Zero-inflated lognormal: with probability sigmoid(logit) the value is lognormal(mu, sigma), else 0. */
export interface ZilnHead {
  readonly logit: Tensor; // (rows, horizons)
  readonly mu: Tensor;
  readonly sigma: Tensor;
}

/** A spread is never below this, so that the density of equal values stays finite. */
const smallestSigma = Math.sqrt(1e-7);
/** Beyond this a lognormal's mean is e^(σ²/2) ≥ 7 times its median: a sign of too little data, not of a rich customer. */
export const largestSigma = 2;

/**
 * Reads (rows, 3·horizons) outputs as heads: logits, then means, then spreads. The least spread is approached smoothly and
 * there is no greatest one: a spread cut off in training would get no gradient and could never come back.
 */
export function zilnHead(outputs: Tensor): ZilnHead {
  const [logit, mu, spread] = split(outputs, { axis: 1, pieces: 3 });
  return { logit, mu, sigma: sqrt(add(square(softplus(spread)), smallestSigma ** 2)) };
}

/**
 * Loss of each value (Wang, Liu & Miao 2019, arXiv 1912.07753, eq. 4): cross-entropy of "is there any value", plus the
 * negative log-likelihood of the lognormal where there is. Values at or below 0 count as none.
 */
export function zilnLoss({ logit, mu, sigma }: ZilnHead, values: Tensor): Tensor {
  const some = greater(values, 0);
  const positive = where(some, values, 1); // 1 keeps the logarithm of the branch not taken finite
  const logValue = log(positive);
  const likelihood = add(
    add(logValue, add(log(sigma), 0.5 * Math.log(2 * Math.PI))),
    multiply(0.5, square(divide(subtract(logValue, mu), sigma))),
  );
  return add(binaryCrossEntropy(logit, cast(some, "float32")), where(some, likelihood, 0));
}

/** A trained head as it is served: μ and σ cut off, so that one odd customer cannot outweigh the shop. */
export function boundedHead({ logit, mu, sigma }: ZilnHead, largestMu: Operand): ZilnHead {
  return { logit, mu: minimum(mu, largestMu), sigma: minimum(sigma, largestSigma) };
}

/** Expected value: p·exp(μ + σ²/2). */
export function zilnMean({ logit, mu, sigma }: ZilnHead): Tensor {
  return multiply(sigmoid(logit), exp(add(mu, multiply(0.5, square(sigma)))));
}
