import { node, type Tensor } from "../graph.ts";
import { broadcastShapes, productOf, ShapeError } from "../shape.ts";
import { sumToShape } from "./arithmetic.ts";
import { reshape, transpose } from "./shapes.ts";

/**
 * Matrix product of the last two axes, (…, m, k) × (…, k, n) → (…, m, n); leading axes broadcast. Throws ShapeError when
 * the inner sizes differ.
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
  if (a.shape.length < 2 || b.shape.length < 2)
    throw new ShapeError("MatMul", [a.shape, b.shape], "needs two axes each");
  if (a.shape.at(-1) !== b.shape.at(-2)) throw new ShapeError("MatMul", [a.shape, b.shape], "inner sizes differ");
  const leading = broadcastShapes("MatMul", a.shape.slice(0, -2), b.shape.slice(0, -2));
  return node("MatMul", [a, b], [...leading, a.shape.at(-2)!, b.shape.at(-1)!], {
    backward: (g) => [
      sumToShape(matmul(g, transposeLast(b)), a.shape),
      b.shape.length === 2
        ? matmul(transpose(asMatrix(a), [1, 0]), asMatrix(g))
        : sumToShape(matmul(transposeLast(a), g), b.shape),
    ],
  });
}

/** All but the last axis in one. A weight that serves every step then gets its gradient in one product, not one per row. */
function asMatrix(x: Tensor): Tensor {
  return x.shape.length === 2 ? x : reshape(x, [productOf(x.shape.slice(0, -1)), x.shape.at(-1)!]);
}

/** (…, m, n) → (…, n, m). */
export function transposeLast(x: Tensor): Tensor {
  const rank = x.shape.length;
  return transpose(x, [...Array.from({ length: rank - 2 }, (_, axis) => axis), rank - 1, rank - 2]);
}
