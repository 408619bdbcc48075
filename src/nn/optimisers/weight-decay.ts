import type { Tensor } from "../graph.ts";
import { add, multiply } from "../operators/arithmetic.ts";

/** direction + weightDecay·parameters, where they decay. */
export function withDecay(direction: Tensor, parameters: Tensor, weightDecay: number, decays?: Tensor): Tensor {
  if (weightDecay === 0) return direction;
  return add(direction, multiply(decays ? multiply(decays, weightDecay) : weightDecay, parameters));
}
