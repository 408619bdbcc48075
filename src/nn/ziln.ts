import type { Tensor } from "./graph.ts";
import {
  add,
  clip,
  divide,
  exp,
  greater,
  log,
  multiply,
  type Operand,
  sigmoid,
  softplus,
  square,
  subtract,
  where,
} from "./operators.ts";
import { slice } from "./shape-operators.ts";

/** Zero-inflated lognormal: with probability sigmoid(logit) the value is lognormal(mu, sigma), else 0. */
export interface ZilnHead {
  readonly logit: Tensor; // (rows, horizons)
  readonly mu: Tensor;
  readonly sigma: Tensor;
}

const smallestSigma = Math.sqrt(1e-7);
/** Beyond this a lognormal's mean is e^(σ²/2) ≥ 7 times its median: a sign of too little data, not of a rich customer. */
export const largestSigma = 2;

/** Reads (rows, 3·horizons) outputs as heads: logits, then means, then spreads. */
export function zilnHead(outputs: Tensor, horizons: number): ZilnHead {
  const part = (k: number) => slice(outputs, { axis: 1, start: k * horizons, end: (k + 1) * horizons });
  return { logit: part(0), mu: part(1), sigma: clip(softplus(part(2)), { min: smallestSigma, max: largestSigma }) };
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
  const crossEntropy = subtract(softplus(logit), where(some, logit, 0));
  return add(crossEntropy, where(some, likelihood, 0));
}

/** Expected value: p·exp(μ + σ²/2), with μ kept below `largestMu` so that one odd customer cannot outweigh the shop. */
export function zilnMean({ logit, mu, sigma }: ZilnHead, largestMu: Operand): Tensor {
  const bounded = where(greater(mu, largestMu), largestMu, mu);
  return multiply(sigmoid(logit), exp(add(bounded, multiply(0.5, square(sigma)))));
}
