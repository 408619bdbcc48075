/** Operators that move values about without changing them, with their gradients. */
import { integers, node, type Tensor } from "../graph.ts";
import { axisOf, productOf, type Shape, ShapeError } from "../shape.ts";

/** The same values in another shape; at most one size may be a name. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const named = shape.filter((size) => typeof size === "string").length;
  if (named > 1 || productOf(shape) !== productOf(x.shape)) {
    throw new ShapeError("Reshape", [x.shape, shape], "the numbers of values differ");
  }
  return node("Reshape", [x, integers(shape.map((size) => (typeof size === "string" ? -1 : size)))], shape, {
    elementType: x.elementType,
    backward: (g) => [reshape(g, x.shape), undefined],
  });
}

/** Axis k of the result is axis order[k] of x. */
export function transpose(x: Tensor, order: readonly number[]): Tensor {
  if (order.length !== x.shape.length || new Set(order).size !== order.length) {
    throw new ShapeError("Transpose", [x.shape, order], "the order must name every axis once");
  }
  const shape = order.map((axis) => x.shape[axisOf("Transpose", x.shape, axis)]);
  const inverse = order.map((_, axis) => order.indexOf(axis));
  return node("Transpose", [x], shape, {
    elementType: x.elementType,
    attributes: { perm: order },
    backward: (g) => [transpose(g, inverse)],
  });
}

/** Side by side along one axis, whose sizes must be known. */
export function concatenate(parts: readonly Tensor[], axis: number): Tensor {
  if (parts.length === 1) return parts[0];
  const shapes = parts.map((part) => part.shape);
  const place = axisOf("Concat", shapes[0], axis);
  const fits = (shape: Shape) =>
    shape.length === shapes[0].length && shape.every((size, k) => k === place || size === shapes[0][k]);
  if (!shapes.every(fits)) throw new ShapeError("Concat", shapes, `only axis ${place} may differ`);
  const sizes = shapes.map((shape) => shape[place]);
  if (!sizes.every((size) => typeof size === "number")) throw new ShapeError("Concat", shapes, "unknown size");
  const ends: number[] = [];
  for (const size of sizes as number[]) ends.push((ends.at(-1) ?? 0) + size);
  return node("Concat", parts, shapes[0].with(place, ends.at(-1)!), {
    elementType: parts[0].elementType,
    attributes: { axis: place },
    backward: (g) => parts.map((_, k) => slice(g, { axis: place, start: ends[k - 1] ?? 0, end: ends[k] })),
  });
}

/** Positions start … end − 1 of an axis of known size. */
export function slice(x: Tensor, { axis, start, end }: { axis: number; start: number; end: number }): Tensor {
  const place = axisOf("Slice", x.shape, axis);
  const size = x.shape[place];
  if (typeof size !== "number" || start < 0 || end > size || start >= end) {
    throw new ShapeError("Slice", [x.shape], `positions ${start} to ${end} of axis ${place} do not exist`);
  }
  const bounds = [integers([start]), integers([end]), integers([place])];
  return node("Slice", [x, ...bounds], x.shape.with(place, end - start), {
    elementType: x.elementType,
    sources: [x],
    backward: (g) => [{ part: g, axis: place, start }],
  });
}

/** The axis cut into pieces of equal size. */
export function split(x: Tensor, { axis, pieces }: { axis: number; pieces: number }): Tensor[] {
  const size = x.shape[axisOf("Split", x.shape, axis)];
  if (typeof size !== "number" || size % pieces !== 0) {
    throw new ShapeError("Split", [x.shape], `axis ${axis} does not fall into ${pieces} equal pieces`);
  }
  const length = size / pieces;
  return Array.from({ length: pieces }, (_, k) => slice(x, { axis, start: k * length, end: (k + 1) * length }));
}
