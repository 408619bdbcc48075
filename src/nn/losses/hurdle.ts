import type { Tensor } from "../graph.ts";
import { sigmoid, softplus } from "../operators/activations.ts";
import { add, exp, minimum, multiply, type Operand, subtract } from "../operators/arithmetic.ts";
import { cast, greater, where } from "../operators/logic.ts";
import { binaryCrossEntropy } from "./pointwise.ts";

/** Counts in two steps (Mullahy 1986): with probability sigmoid(any) there is one at all, and beyond it exp(logMore) more on average. */
export interface HurdleHead {
  readonly any: Tensor; // (rows, horizons), logit
  readonly logMore: Tensor; // (rows, horizons)
}

/**
 * Loss of each count: cross-entropy of "is there any", plus, where there is, the negative log-likelihood of a geometric number beyond
 * the first, n·softplus(η) − (n − 1)·η. The geometric's mean is found whatever the counts' true spread is (linear exponential family:
 * Gourieroux, Monfort & Trognon 1984), and one customer with a hundred orders pulls no harder than n/(1 + mean).
 */
export function hurdleLoss({ any, logMore }: HurdleHead, counts: Tensor): Tensor {
  const some = greater(counts, 0);
  const more = subtract(multiply(counts, softplus(logMore)), multiply(subtract(counts, 1), logMore));
  return add(binaryCrossEntropy(any, cast(some, "float32")), where(some, more, 0));
}

/** Expected count, p·(1 + exp(logMore)): never below the probability of one, and never falling over horizons where neither head does. */
export function hurdleMean({ any, logMore }: HurdleHead, largestLogMore: Operand): Tensor {
  return multiply(sigmoid(any), add(1, exp(minimum(logMore, largestLogMore))));
}
