import { add, multiply, subtract } from "../operators/arithmetic.ts";
import type { Optimiser } from "./optimiser.ts";
import { withDecay } from "./weight-decay.ts";

export interface SgdOptions {
  /** Share of the last step's direction that is kept, in [0, 1). */
  readonly momentum?: number;
  /** L2 penalty: its gradient, weightDecay·parameter, is added to the loss's. */
  readonly weightDecay?: number;
}

/** Stochastic gradient descent, with momentum after Sutskever et al. (2013) in PyTorch's form: v ← µ·v + g, w ← w − rate·v. */
export function sgd({ momentum = 0, weightDecay = 0 }: SgdOptions = {}): Optimiser {
  return {
    memory: momentum === 0 ? [] : ["velocity"],
    step({ parameters, gradient, memory: [velocity], learningRate, decays }) {
      const slope = withDecay(gradient, parameters, weightDecay, decays);
      const direction = velocity ? add(multiply(momentum, velocity), slope) : slope;
      const next = subtract(parameters, multiply(learningRate, direction));
      return { parameters: next, memory: velocity ? [direction] : [] };
    },
  };
}
