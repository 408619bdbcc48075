/** Sums over axes and operators that move values about without changing them, with their gradients. */
import { axisOf, elementCount, integers, node, type Shape, ShapeError, sameShape, type Tensor } from "./graph.ts";
import { multiply } from "./operators.ts";

export interface ReduceOptions {
  /** Which axes; all when left out. */
  axes?: readonly number[];
  /** Keep reduced axes with size 1 (default), so that the result broadcasts against its source. */
  keepAxes?: boolean;
}

/** Σ over the axes. */
export function reduceSum(x: Tensor, { axes, keepAxes = true }: ReduceOptions = {}): Tensor {
  const reduced = (axes ?? x.shape.map((_, axis) => axis)).map((axis) => axisOf("ReduceSum", x.shape, axis));
  if (reduced.length === 0) return x;
  const kept = x.shape.map((size, axis) => (reduced.includes(axis) ? 1 : size));
  const shape = keepAxes ? kept : x.shape.filter((_, axis) => !reduced.includes(axis));
  return node("ReduceSum", [x, integers(reduced)], shape, {
    attributes: { keepdims: keepAxes ? 1 : 0 },
    backward: (g) => [expandLike(keepAxes ? g : reshape(g, kept), x), undefined],
  });
}

/** The mean over axes of known size. */
export function reduceMean(x: Tensor, options: ReduceOptions = {}): Tensor {
  const reduced = (options.axes ?? x.shape.map((_, axis) => axis)).map((axis) => axisOf("ReduceMean", x.shape, axis));
  const sizes = reduced.map((axis) => x.shape[axis]);
  if (!sizes.every((size) => typeof size === "number")) {
    throw new ShapeError("ReduceMean", [x.shape], "the size of a reduced axis must be known");
  }
  return multiply(reduceSum(x, options), 1 / elementCount(sizes as number[]));
}

/** Copies x along its axes of size 1 until it has the template's shape. */
function expandLike(x: Tensor, template: Tensor): Tensor {
  if (sameShape(x.shape, template.shape)) return x;
  const shapeOfTemplate = node("Shape", [template], [template.shape.length], { elementType: "int64" });
  const copied = template.shape.flatMap((size, axis) => {
    const own = x.shape[axis - (template.shape.length - x.shape.length)];
    return own === size ? [] : [axis];
  });
  return node("Expand", [x, shapeOfTemplate], template.shape, {
    backward: (g) => {
      const summed = reduceSum(g, { axes: copied });
      return [sameShape(summed.shape, x.shape) ? summed : reshape(summed, x.shape), undefined];
    },
  });
}

/** The same values in another shape; at most one size may be a name. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const product = (sizes: Shape) => elementCount(sizes.filter((size) => typeof size === "number"));
  const names = (sizes: Shape) => sizes.filter((size) => typeof size === "string");
  if (names(shape).length > 1 || product(shape) !== product(x.shape) || !sameShape(names(shape), names(x.shape))) {
    throw new ShapeError("Reshape", [x.shape, shape], "the numbers of values differ");
  }
  return node("Reshape", [x, integers(shape.map((size) => (typeof size === "string" ? -1 : size)))], shape, {
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
  return node("Transpose", [x], shape, { attributes: { perm: order }, backward: (g) => [transpose(g, inverse)] });
}

/** Side by side along one axis, whose sizes must be known. */
export function concatenate(parts: readonly Tensor[], axis: number): Tensor {
  if (parts.length === 1) return parts[0];
  const shapes = parts.map((part) => part.shape);
  const place = axisOf("Concat", shapes[0], axis);
  const fits = (shape: Shape) =>
    shape.length === shapes[0].length && shape.every((s, k) => k === place || s === shapes[0][k]);
  if (!shapes.every(fits)) throw new ShapeError("Concat", shapes, `only axis ${place} may differ`);
  const sizes = shapes.map((shape) => shape[place]);
  if (!sizes.every((size) => typeof size === "number")) throw new ShapeError("Concat", shapes, "unknown size");
  const ends: number[] = [];
  for (const size of sizes as number[]) ends.push((ends.at(-1) ?? 0) + size);
  return node("Concat", parts, shapes[0].with(place, ends.at(-1)!), {
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
    backward: (g) => {
      const before = x.shape.map((_, k) => (k === place ? start : 0));
      const after = x.shape.map((_, k) => (k === place ? size - end : 0));
      const padded = node("Pad", [g, integers([...before, ...after])], x.shape, {
        backward: (h) => [slice(h, { axis: place, start, end }), undefined],
      });
      return [padded, undefined, undefined, undefined];
    },
  });
}

/** Rows of a table by position: (n, …) and int64 positions (m) → (m, …). Positions must be checked by the caller: −1 is the last row. */
export function gatherRows(table: Tensor, positions: Tensor): Tensor {
  if (positions.elementType !== "int64" || positions.shape.length !== 1 || table.shape.length === 0) {
    throw new ShapeError("Gather", [table.shape, positions.shape], "positions must be one axis of int64");
  }
  return node("Gather", [table, positions], [positions.shape[0], ...table.shape.slice(1)], {
    attributes: { axis: 0 },
    // Rows that were taken twice add up (an embedding's gradient): ScatterND with reduction, not one-hot (75 × slower).
    backward: (g) => {
      const zeros = multiply(table, 0);
      const column = node("Unsqueeze", [positions, integers([1])], [positions.shape[0], 1], { elementType: "int64" });
      return [node("ScatterND", [zeros, column, g], table.shape, { attributes: { reduction: "add" } }), undefined];
    },
  });
}
