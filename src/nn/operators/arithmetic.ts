/** Element-by-element arithmetic with broadcasting: each operator is one ONNX node and its gradient. */
import { constant, node, type Tensor } from "../graph.ts";
import { broadcastShapes, type Shape, sameShape } from "../shape.ts";
import { greater, where } from "./logic.ts";
import { reduceSum } from "./reductions.ts";
import { reshape } from "./shapes.ts";

export type Operand = Tensor | number;

export const tensorOf = (operand: Operand): Tensor => (typeof operand === "number" ? constant(operand) : operand);

/** Adds up what broadcasting had copied: the gradient of an operand has the operand's own shape. */
export function sumToShape(gradient: Tensor, shape: Shape): Tensor {
  if (sameShape(gradient.shape, shape)) return gradient;
  const extra = gradient.shape.length - shape.length;
  const copied = gradient.shape.flatMap((size, axis) => (axis < extra || shape[axis - extra] !== size ? [axis] : []));
  const summed = reduceSum(gradient, { axes: copied });
  return sameShape(summed.shape, shape) ? summed : reshape(summed, shape);
}

type BinaryGradient = (g: Tensor, a: Tensor, b: Tensor, y: Tensor) => readonly [Tensor, Tensor];

function binary(operation: string, left: Operand, right: Operand, gradient: BinaryGradient): Tensor {
  const a = tensorOf(left);
  const b = tensorOf(right);
  return node(operation, [a, b], broadcastShapes(operation, a.shape, b.shape), {
    backward: (g, y) => {
      const [toA, toB] = gradient(g, a, b, y);
      return [sumToShape(toA, a.shape), sumToShape(toB, b.shape)];
    },
  });
}

/** One ONNX node of one operand, with its gradient from the one of its output and the output itself. */
export function unary(operation: string, x: Tensor, gradient: (g: Tensor, y: Tensor) => Tensor): Tensor {
  return node(operation, [x], x.shape, { backward: (g, y) => [gradient(g, y)] });
}

export const add = (left: Operand, right: Operand): Tensor => binary("Add", left, right, (g) => [g, g]);

export const subtract = (left: Operand, right: Operand): Tensor => binary("Sub", left, right, (g) => [g, negate(g)]);

export const multiply = (left: Operand, right: Operand): Tensor =>
  binary("Mul", left, right, (g, a, b) => [multiply(g, b), multiply(g, a)]);

export const divide = (left: Operand, right: Operand): Tensor =>
  binary("Div", left, right, (g, _, b, y) => {
    const toA = divide(g, b);
    return [toA, negate(multiply(toA, y))];
  });

/** The greater of the two; at a tie the gradient goes to the first. */
export const maximum = (left: Operand, right: Operand): Tensor =>
  binary("Max", left, right, (g, a, b) => [where(greater(b, a), 0, g), where(greater(b, a), g, 0)]);

/** The lesser of the two; at a tie the gradient goes to the first. */
export const minimum = (left: Operand, right: Operand): Tensor =>
  binary("Min", left, right, (g, a, b) => [where(greater(a, b), 0, g), where(greater(a, b), g, 0)]);

/** Within [min, max]; outside, the gradient is zero. */
export const clip = (x: Tensor, { min, max }: { min: number; max: number }): Tensor => minimum(maximum(x, min), max);

/** x to a fixed power. */
export function power(x: Tensor, exponent: number): Tensor {
  return node("Pow", [x, constant(exponent)], x.shape, {
    backward: (g) => [multiply(g, multiply(power(x, exponent - 1), exponent)), undefined],
  });
}

export const negate = (x: Tensor): Tensor => unary("Neg", x, (g) => negate(g));
export const exp = (x: Tensor): Tensor => unary("Exp", x, (g, y) => multiply(g, y));
export const log = (x: Tensor): Tensor => unary("Log", x, (g) => divide(g, x));
export const sqrt = (x: Tensor): Tensor => unary("Sqrt", x, (g, y) => divide(multiply(g, 0.5), y));
export const absolute = (x: Tensor): Tensor => unary("Abs", x, (g) => multiply(g, sign(x)));
/** −1, 0 or 1; flat, so no gradient flows. */
export const sign = (x: Tensor): Tensor => node("Sign", [x], x.shape, { backward: () => [undefined] });

export function square(x: Tensor): Tensor {
  return node("Mul", [x, x], x.shape, { sources: [x], backward: (g) => [multiply(g, multiply(x, 2))] });
}
