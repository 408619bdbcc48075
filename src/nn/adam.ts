import { constant, input, node, type Tensor } from "./graph.ts";
import type { Loop } from "./onnx-model.ts";
import { add, divide, multiply, sqrt, square, subtract } from "./operators.ts";

export interface AdamOptions {
  readonly weightDecay: number;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

/**
 * One step of Adam (Kingma & Ba 2015, algorithm 1) with decoupled weight decay (Loshchilov & Hutter 2019): for each
 * parameter its state (value, first and second moment) and what it becomes. `step` counts from 1.
 */
export function adamUpdate(
  parameter: Tensor,
  gradient: Tensor,
  { learningRate, step }: { learningRate: Tensor; step: Tensor },
  { weightDecay, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamOptions,
): Loop["state"] {
  const first = input(`${parameter.name}_first`, parameter.shape);
  const second = input(`${parameter.name}_second`, parameter.shape);
  const nextFirst = add(multiply(beta1, first), multiply(1 - beta1, gradient));
  const nextSecond = add(multiply(beta2, second), multiply(1 - beta2, square(gradient)));
  const corrected = (moment: Tensor, beta: number) => divide(moment, subtract(1, powerOf(beta, step)));
  const direction = divide(corrected(nextFirst, beta1), add(sqrt(corrected(nextSecond, beta2)), epsilon));
  const decayed = add(direction, multiply(weightDecay, parameter));
  return [
    { input: parameter, next: subtract(parameter, multiply(learningRate, decayed)) },
    { input: first, next: nextFirst },
    { input: second, next: nextSecond },
  ];
}

const powerOf = (base: number, exponent: Tensor): Tensor => node("Pow", [constant(base), exponent], exponent.shape);
