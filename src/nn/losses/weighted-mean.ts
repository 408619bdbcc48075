import type { Tensor } from "../graph.ts";
import { add, divide, multiply } from "../operators/arithmetic.ts";
import { reduceSum } from "../operators/reductions.ts";

/** Σ weight·loss ÷ Σ weight over everything, as one number of the losses' rank; 0 where nothing weighs anything. */
export function weightedMean(loss: Tensor, weight: Tensor): Tensor {
  return divide(reduceSum(multiply(loss, weight)), add(reduceSum(weight), 1e-12));
}
