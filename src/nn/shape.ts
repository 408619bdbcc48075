/** Shapes of tensors, known or named, and the rules by which they fit together. */

/** A fixed size, or a name for a size known only when the model runs: "rows", or a product such as "32*rows". */
export type Dimension = number | string;
export type Shape = readonly Dimension[];

/** An expression that cannot be computed: a bug in the model that is being built, not in the data. */
export class ShapeError extends Error {
  constructor(operation: string, shapes: readonly Shape[], why: string) {
    super(`${operation} of ${shapes.map(shapeText).join(" and ")}: ${why}`);
    this.name = "ShapeError";
  }
}

const shapeText = (shape: Shape): string => `[${shape.join(", ")}]`;

/** How many values a shape of known sizes holds. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

export function sameShape(left: Shape, right: Shape): boolean {
  return left.length === right.length && left.every((size, axis) => size === right[axis]);
}

/** The sizes multiplied: a number when all are known, else a product with its names in order. */
export function productOf(shape: Shape): Dimension {
  const factors = shape.flatMap((size) => (typeof size === "string" ? size.split("*") : [String(size)]));
  const names = factors.filter((factor) => !/^\d+$/.test(factor)).sort();
  const known = elementCount(factors.filter((factor) => /^\d+$/.test(factor)).map(Number));
  if (names.length === 0) return known;
  return [...(known === 1 ? [] : [known]), ...names].join("*");
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

/** A place among the axes; negative ones count from the end. */
export function axisOf(operation: string, shape: Shape, axis: number): number {
  const place = axis < 0 ? axis + shape.length : axis;
  if (!Number.isInteger(place) || place < 0 || place >= shape.length) {
    throw new ShapeError(operation, [shape], `there is no axis ${axis}`);
  }
  return place;
}
