import { constant, node, type Tensor } from "../graph.ts";
import { add, divide, multiply, sqrt, square, subtract } from "../operators/arithmetic.ts";
import type { Optimiser } from "./optimiser.ts";
import { withDecay } from "./weight-decay.ts";

export interface AdamOptions {
  readonly weightDecay?: number;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

/** Adam (Kingma & Ba 2015, algorithm 1); weight decay is an L2 penalty in the loss and goes through the moments. */
export const adam = (options: AdamOptions = {}): Optimiser => adamWith(options, "coupled");

/** AdamW (Loshchilov & Hutter 2019, algorithm 2): the decay acts on the parameters directly, at the learning rate. */
export const adamW = (options: AdamOptions = {}): Optimiser => adamWith(options, "decoupled");

function adamWith(
  { weightDecay = 0, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamOptions,
  decay: "coupled" | "decoupled",
): Optimiser {
  return {
    memory: ["first_moment", "second_moment"],
    step({ parameters, gradient, memory: [first, second], learningRate, stepNumber, decays }) {
      const slope = decay === "coupled" ? withDecay(gradient, parameters, weightDecay, decays) : gradient;
      const nextFirst = add(multiply(beta1, first), multiply(1 - beta1, slope));
      const nextSecond = add(multiply(beta2, second), multiply(1 - beta2, square(slope)));
      const corrected = (moment: Tensor, beta: number) => divide(moment, subtract(1, powerOf(beta, stepNumber)));
      const direction = divide(corrected(nextFirst, beta1), add(sqrt(corrected(nextSecond, beta2)), epsilon));
      const whole = decay === "decoupled" ? withDecay(direction, parameters, weightDecay, decays) : direction;
      return { parameters: subtract(parameters, multiply(learningRate, whole)), memory: [nextFirst, nextSecond] };
    },
  };
}

const powerOf = (base: number, exponent: Tensor): Tensor => node("Pow", [constant(base), exponent], exponent.shape);
