/**
 * Tensor expressions. A `Tensor` is one ONNX node (or an input, or a constant) with the shape it will have; nothing is
 * computed here. Building an expression checks its shapes, `gradient.ts` differentiates it, `onnx-model.ts` writes it down.
 */
import { elementCount, type Shape, ShapeError } from "./shape.ts";

export type ElementType = "float32" | "int32" | "int64" | "uint32" | "bool";
export type TensorData = Float32Array | Int32Array | BigInt64Array | Uint32Array;
/** ONNX attributes: integers, lists of integers and strings are all we need. */
export type Attributes = Readonly<Record<string, number | readonly number[] | string>>;

/** A gradient that is zero but for the positions from `start` on along one axis. */
export interface PlacedGradient {
  readonly part: Tensor;
  readonly axis: number;
  readonly start: number;
}

export type Gradient = Tensor | PlacedGradient;

/** Gradients with respect to each source, given the one with respect to the output; undefined where there is none. */
export type Backward = (outputGradient: Tensor, output: Tensor) => readonly (Gradient | undefined)[];

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
  /** What `backward` answers for: the inputs, but for an expression with a gradient of its own (`withGradient`). */
  readonly sources: readonly Tensor[];
}

interface NodeOptions {
  elementType?: ElementType;
  attributes?: Attributes;
  backward?: Backward;
  sources?: readonly Tensor[];
}

/** One ONNX node. */
export function node(
  operation: string,
  inputs: readonly Tensor[],
  shape: Shape,
  { elementType = "float32", attributes = {}, backward, sources = inputs }: NodeOptions = {},
): Tensor {
  return { operation, inputs, shape, elementType, attributes, backward, sources };
}

/** The same values, differentiated with respect to `sources` by a rule that is shorter than that of its nodes together. */
export function withGradient(expression: Tensor, sources: readonly Tensor[], backward: Backward): Tensor {
  return node("Identity", [expression], expression.shape, { sources, backward });
}

/** A value that is fed when the model runs. */
export function input(name: string, shape: Shape, elementType: ElementType = "float32"): Tensor {
  return { operation: "Input", inputs: [], sources: [], shape, elementType, attributes: {}, name };
}

/** A float32 constant; a number is a scalar. Throws ShapeError when values and shape do not fit. */
export function constant(values: number | ArrayLike<number>, shape?: readonly number[]): Tensor {
  const data = Float32Array.from(typeof values === "number" ? [values] : values);
  return constantOf(data, shape ?? (typeof values === "number" ? [] : [data.length]), "float32");
}

/** A one-dimensional int64 constant: the axes, sizes and positions that ONNX takes as inputs. */
export const integers = (values: readonly number[]): Tensor =>
  constantOf(BigInt64Array.from(values, BigInt), [values.length], "int64");

/** An int32 scalar: what steps and places are counted in. */
export const counter = (value: number): Tensor => constantOf(Int32Array.of(value), [], "int32");

/** A uint32 scalar: the bits that noise is made of. */
export const unsigned = (value: number): Tensor => constantOf(Uint32Array.of(value), [], "uint32");

function constantOf(data: TensorData, shape: readonly number[], elementType: ElementType): Tensor {
  if (elementCount(shape) !== data.length) throw new ShapeError("Constant", [shape], `${data.length} values given`);
  return { operation: "Constant", inputs: [], sources: [], shape, elementType, attributes: {}, data };
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
