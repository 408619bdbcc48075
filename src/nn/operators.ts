/** Element-by-element arithmetic and matrix products: each operator is one ONNX node and its gradient. */
import {
  broadcastShapes,
  constant,
  type ElementType,
  node,
  type Shape,
  ShapeError,
  sameShape,
  type Tensor,
} from "./graph.ts";
import { reduceSum, reshape, transpose } from "./shape-operators.ts";

export type Operand = Tensor | number;

const tensorOf = (operand: Operand): Tensor => (typeof operand === "number" ? constant(operand) : operand);

/** Adds up what broadcasting had copied: the gradient of an operand has the operand's own shape. */
function sumToShape(gradient: Tensor, shape: Shape): Tensor {
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

function unary(operation: string, x: Tensor, gradient: (g: Tensor, y: Tensor) => Tensor): Tensor {
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
export const relu = (x: Tensor): Tensor => unary("Relu", x, (g, y) => where(greater(y, 0), g, 0));
export const tanh = (x: Tensor): Tensor => unary("Tanh", x, (g, y) => multiply(g, subtract(1, square(y))));
export const softplus = (x: Tensor): Tensor => unary("Softplus", x, (g) => multiply(g, sigmoid(x)));
export const exp = (x: Tensor): Tensor => unary("Exp", x, (g, y) => multiply(g, y));
export const log = (x: Tensor): Tensor => unary("Log", x, (g) => divide(g, x));
export const sqrt = (x: Tensor): Tensor => unary("Sqrt", x, (g, y) => divide(multiply(g, 0.5), y));
export const absolute = (x: Tensor): Tensor => unary("Abs", x, (g) => multiply(g, sign(x)));
export const square = (x: Tensor): Tensor => multiply(x, x);
/** −1, 0 or 1; flat, so no gradient flows. */
export const sign = (x: Tensor): Tensor => node("Sign", [x], x.shape, { backward: () => [undefined] });

export const sigmoid = (x: Tensor): Tensor => unary("Sigmoid", x, (g, y) => multiply(g, multiply(y, subtract(1, y))));

/** Is left > right? A bool tensor. */
export function greater(left: Operand, right: Operand): Tensor {
  const a = tensorOf(left);
  const b = tensorOf(right);
  return node("Greater", [a, b], broadcastShapes("Greater", a.shape, b.shape), { elementType: "bool" });
}

/** Is it NaN? A bool tensor. */
export const isMissing = (x: Tensor): Tensor => node("IsNaN", [x], x.shape, { elementType: "bool" });

const onnxElementTypes: Readonly<Record<ElementType, number>> = { float32: 1, int64: 7, bool: 9 };

export const cast = (x: Tensor, elementType: ElementType): Tensor =>
  node("Cast", [x], x.shape, { elementType, attributes: { to: onnxElementTypes[elementType] } });

/**
 * `whenTrue` where the condition holds, else `whenFalse`. A branch that is not taken gets gradient 0, but 0/0 upstream
 * of it is still NaN: make its input safe first, as in `zilnLoss`.
 */
export function where(condition: Tensor, whenTrue: Operand, whenFalse: Operand): Tensor {
  if (condition.elementType !== "bool") throw new ShapeError("Where", [condition.shape], "the condition must be bool");
  const a = tensorOf(whenTrue);
  const b = tensorOf(whenFalse);
  const shape = broadcastShapes("Where", condition.shape, broadcastShapes("Where", a.shape, b.shape));
  return node("Where", [condition, a, b], shape, {
    backward: (g) => [
      undefined,
      sumToShape(where(condition, g, 0), a.shape),
      sumToShape(where(condition, 0, g), b.shape),
    ],
  });
}

/** Matrix product of the last two axes, (…, m, k) × (…, k, n) → (…, m, n); leading axes broadcast. */
export function matmul(a: Tensor, b: Tensor): Tensor {
  if (a.shape.length < 2 || b.shape.length < 2)
    throw new ShapeError("MatMul", [a.shape, b.shape], "needs two axes each");
  if (a.shape.at(-1) !== b.shape.at(-2)) throw new ShapeError("MatMul", [a.shape, b.shape], "inner sizes differ");
  const leading = broadcastShapes("MatMul", a.shape.slice(0, -2), b.shape.slice(0, -2));
  return node("MatMul", [a, b], [...leading, a.shape.at(-2)!, b.shape.at(-1)!], {
    backward: (g) => [
      sumToShape(matmul(g, transposeLast(b)), a.shape),
      sumToShape(matmul(transposeLast(a), g), b.shape),
    ],
  });
}

function transposeLast(x: Tensor): Tensor {
  const rank = x.shape.length;
  return transpose(x, [...Array.from({ length: rank - 2 }, (_, axis) => axis), rank - 1, rank - 2]);
}
