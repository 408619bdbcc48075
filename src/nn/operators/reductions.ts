/** Sums and means over axes, with their gradients. */
import { integers, node, type Tensor } from "../graph.ts";
import { axisOf, elementCount, ShapeError, sameShape } from "../shape.ts";
import { multiply, sumToShape } from "./arithmetic.ts";
import { reshape } from "./shapes.ts";

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
  const shapeOfTemplate = node("Shape", [template], [template.shape.length], {
    elementType: "int64",
    backward: () => [undefined],
  });
  return node("Expand", [x, shapeOfTemplate], template.shape, {
    backward: (g) => [sumToShape(g, x.shape), undefined],
  });
}
