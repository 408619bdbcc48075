/**
 * Tensor expressions. A `Tensor` is one ONNX node (or an input, or a constant) with the shape it will have; nothing is
 * computed here. Building an expression checks its shapes, `gradient.ts` differentiates it, `onnx-model.ts` writes it down.
 */

/** A fixed size, or a name for a size known only when the model runs ("rows"). */
export type Dimension = number | string;
export type Shape = readonly Dimension[];
export type ElementType = "float32" | "int64" | "bool";
export type TensorData = Float32Array | BigInt64Array | Uint8Array;
/** ONNX attributes: integers, lists of integers and strings are all we need. */
export type Attributes = Readonly<Record<string, number | readonly number[] | string>>;
/** Gradients with respect to each input, given the one with respect to the output; undefined where there is none. */
export type Backward = (outputGradient: Tensor, output: Tensor) => readonly (Tensor | undefined)[];

export interface Tensor {
  /** The ONNX operator, or "Input" or "Constant". */
  readonly operation: string;
  readonly inputs: readonly Tensor[];
  readonly shape: Shape;
  readonly elementType: ElementType;
  readonly attributes: Attributes;
  /** Inputs only: the name under which values are fed. */
  readonly name?: string;
  /** Constants only. */
  readonly data?: TensorData;
  readonly backward?: Backward;
}

/** An expression that cannot be computed: a bug in the model that is being built, not in the data. */
export class ShapeError extends Error {
  constructor(operation: string, shapes: readonly Shape[], why: string) {
    super(`${operation} of ${shapes.map(shapeText).join(" and ")}: ${why}`);
    this.name = "ShapeError";
  }
}

const shapeText = (shape: Shape): string => `[${shape.join(", ")}]`;

export interface NodeOptions {
  elementType?: ElementType;
  attributes?: Attributes;
  backward?: Backward;
}

/** One ONNX node. */
export function node(
  operation: string,
  inputs: readonly Tensor[],
  shape: Shape,
  { elementType = "float32", attributes = {}, backward }: NodeOptions = {},
): Tensor {
  return { operation, inputs, shape, elementType, attributes, backward };
}

/** A value that is fed when the model runs. */
export function input(name: string, shape: Shape, elementType: ElementType = "float32"): Tensor {
  return { operation: "Input", inputs: [], shape, elementType, attributes: {}, name };
}

/** A float32 constant; a number is a scalar. */
export function constant(values: number | ArrayLike<number>, shape?: readonly number[]): Tensor {
  const data = Float32Array.from(typeof values === "number" ? [values] : values);
  const dimensions = shape ?? (typeof values === "number" ? [] : [data.length]);
  if (elementCount(dimensions) !== data.length) {
    throw new ShapeError("constant", [dimensions], `${data.length} values given`);
  }
  return { operation: "Constant", inputs: [], shape: dimensions, elementType: "float32", attributes: {}, data };
}

/** A one-dimensional int64 constant: the axes, sizes and positions that ONNX takes as inputs. */
export function integers(values: readonly number[]): Tensor {
  const data = BigInt64Array.from(values, BigInt);
  return { operation: "Constant", inputs: [], shape: [values.length], elementType: "int64", attributes: {}, data };
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

export function sameShape(left: Shape, right: Shape): boolean {
  return left.length === right.length && left.every((size, axis) => size === right[axis]);
}

/** The common shape of two operands after NumPy's rule: aligned at the right, sizes equal or 1. */
export function broadcastShapes(operation: string, left: Shape, right: Shape): Shape {
  const rank = Math.max(left.length, right.length);
  return Array.from({ length: rank }, (_, axis) => {
    const a = left[left.length - rank + axis] ?? 1;
    const b = right[right.length - rank + axis] ?? 1;
    if (a !== b && a !== 1 && b !== 1) throw new ShapeError(operation, [left, right], "sizes must be equal or 1");
    return a === 1 ? b : a;
  });
}

/** A place among `rank` axes; negative ones count from the end. */
export function axisOf(operation: string, shape: Shape, axis: number): number {
  const place = axis < 0 ? axis + shape.length : axis;
  if (!Number.isInteger(place) || place < 0 || place >= shape.length) {
    throw new ShapeError(operation, [shape], `there is no axis ${axis}`);
  }
  return place;
}

/** Everything the outputs need, each tensor after its inputs. */
export function topologicalOrder(outputs: readonly Tensor[]): Tensor[] {
  const order: Tensor[] = [];
  const seen = new Set<Tensor>();
  // An explicit stack: an unrolled recurrent network is deeper than the call stack likes.
  const stack = outputs.toReversed().map((tensor) => ({ tensor, next: 0 }));
  while (stack.length > 0) {
    const top = stack[stack.length - 1];
    if (top.next === 0 && seen.has(top.tensor)) {
      stack.pop();
      continue;
    }
    seen.add(top.tensor);
    if (top.next < top.tensor.inputs.length) {
      stack.push({ tensor: top.tensor.inputs[top.next++], next: 0 });
    } else {
      order.push(top.tensor);
      stack.pop();
    }
  }
  return order;
}
