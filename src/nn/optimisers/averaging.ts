import type { Tensor } from "../graph.ts";
import { add, divide, minimum, multiply, subtract } from "../operators/arithmetic.ts";

/**
 * Exponential moving average of the parameters (Polyak & Juditsky 1992, in the form that forgets): with a decay of 0.999 about
 * the last thousand steps count. Early on the decay is (1 + steps)/(10 + steps), so that the beginning is soon forgotten.
 */
export function averaged(
  average: Tensor,
  parameters: Tensor,
  { decay, stepNumber }: { decay: number; stepNumber: Tensor },
) {
  const share = minimum(divide(add(stepNumber, 1), add(stepNumber, 10)), decay);
  return add(average, multiply(subtract(1, share), subtract(parameters, average)));
}
