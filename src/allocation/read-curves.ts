import { DataError } from "../base/errors.ts";
import { quote } from "../engine/duckdb/dialect.ts";
import type { DuckdbEngine } from "../engine/duckdb/engine.ts";
import type { Curve } from "../plan/input.ts";
import type { SpendCurves } from "./spend.ts";

/** The numbers of each response curve, named as in `longrun plan`. */
const parametersOf = { exponential: ["scale"], hill: ["half", "slope"], power: ["exponent"] } as const;
type Shape = keyof typeof parametersOf;
const shapes = Object.keys(parametersOf) as Shape[];
const parameterNames = ["scale", "half", "slope", "exponent"] as const;

/** Of the table of cells; none where the file has no curves. */
export function curveColumnNames(header: readonly string[]): string[] {
  return header.includes("curve") ? ["shape", ...parameterNames].map((name) => `curve_${name}`) : [];
}

/** Columns of the shape (0: no curve, else its place in the list and 1) and of the numbers, for the table of cells. */
export function curveColumns(header: readonly string[]): string {
  if (!header.includes("curve")) return "";
  const codes = shapes.map((shape, at) => `WHEN '${shape}' THEN ${at + 1}`).join(" ");
  const number = (name: string) => (header.includes(name) ? `coalesce(TRY_CAST(${quote(name)} AS DOUBLE), 0)` : "0.0");
  return `, CAST(CASE curve ${codes} ELSE 0 END AS BIGINT) AS curve_shape
    ${parameterNames.map((name) => `, CAST(${number(name)} AS DOUBLE) AS curve_${name}`).join("")}`;
}

/**
 * A curve needs one of the known shapes, its positive numbers (an exponent of 1 at most) and a cost above 0, the largest spend. Throws DataError
 * unusable_curve.
 */
export async function refuseBadCurves(engine: DuckdbEngine, path: string, header: readonly string[]): Promise<void> {
  if (!header.includes("curve")) return;
  const text = (name: string) => (header.includes(name) ? `coalesce(CAST(${quote(name)} AS VARCHAR), '')` : "''");
  const positive = (name: string) =>
    `coalesce(TRY_CAST(${text(name)} AS DOUBLE) > 0 AND isfinite(TRY_CAST(${text(name)} AS DOUBLE)), false)`;
  const usable = shapes.map((shape) => {
    const names = ["cost", ...parametersOf[shape]];
    const most = shape === "power" ? ` AND TRY_CAST(${text("exponent")} AS DOUBLE) <= 1` : "";
    return `(curve = '${shape}' AND ${names.map(positive).join(" AND ")}${most})`;
  });
  const [bad] = await engine.rows(
    `SELECT CAST(customer_id AS VARCHAR) AS customer, CAST(action AS VARCHAR) AS action, CAST(curve AS VARCHAR) AS curve,
       ${[...parameterNames, "cost"].map((name) => `${text(name)} AS ${name}`).join(", ")}
     FROM allocation_table WHERE coalesce(CAST(curve AS VARCHAR), '') <> '' AND NOT (${usable.join(" OR ")}) LIMIT 1`,
  );
  if (!bad) return;
  const stated = [...parameterNames, "cost"].map((name) => `${name} ${String(bad[name]) || "–"}`).join(", ");
  const { customer, action, curve } = bad;
  throw new DataError("unusable_curve", {
    path,
    customer: String(customer),
    action: String(action),
    curve: String(curve),
    stated,
  });
}

/** The curves, of matrices by the names of their columns; undefined where the file has none. */
export function curvesOf(
  header: readonly string[],
  matrix: (name: string) => Float64Array, // (customers, actions)
): SpendCurves | undefined {
  if (!header.includes("curve")) return undefined;
  const [shape, scale, half, slope, exponent] = curveColumnNames(header).map(matrix);
  const curves: Readonly<Record<Shape, (at: number) => Curve>> = {
    exponential: (at) => ({ shape: "exponential", ceiling: 1, scale: scale[at] }),
    hill: (at) => ({ shape: "hill", ceiling: 1, half: half[at], slope: slope[at] }),
    power: (at) => ({ shape: "power", coefficient: 1, exponent: exponent[at] }),
  };
  return { curveAt: (at) => (shape[at] === 0 ? undefined : curves[shapes[shape[at] - 1]](at)) };
}
