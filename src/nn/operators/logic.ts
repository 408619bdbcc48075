/** Questions about values, and choices that follow from them. */
import { type ElementType, node, type Tensor } from "../graph.ts";
import { broadcastShapes, ShapeError } from "../shape.ts";
import { type Operand, sumToShape, tensorOf } from "./arithmetic.ts";

/** Is left > right? A bool tensor. */
export function greater(left: Operand, right: Operand): Tensor {
  const a = tensorOf(left);
  const b = tensorOf(right);
  return node("Greater", [a, b], broadcastShapes("Greater", a.shape, b.shape), { elementType: "bool" });
}

/** Is it NaN? A bool tensor. */
export const isMissing = (x: Tensor): Tensor => node("IsNaN", [x], x.shape, { elementType: "bool" });

/** Numbers of ONNX's TensorProto.DataType. */
export const onnxElementTypes: Readonly<Record<ElementType, number>> = {
  float32: 1,
  int32: 6,
  int64: 7,
  bool: 9,
  uint32: 12,
};

/** The same numbers in another type; no gradient flows through it. */
export const cast = (x: Tensor, elementType: ElementType): Tensor =>
  node("Cast", [x], x.shape, {
    elementType,
    attributes: { to: onnxElementTypes[elementType] },
    backward: () => [undefined],
  });

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
