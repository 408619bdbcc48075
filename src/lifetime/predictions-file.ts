import { renameSync, rmSync } from "node:fs";
import { InputError } from "../base/errors.ts";
import { type DuckdbEngine, textLiteral } from "../engine/duckdb/engine.ts";
import type { Predictions } from "./predict.ts";

const kinds = [".csv", ".parquet"];

/** Throws InputError unknown_file_kind where predictions cannot be written under this name: to be asked before the work. */
export function checkPredictionsPath(path: string): void {
  if (!kinds.some((kind) => path.endsWith(kind))) throw new InputError("unknown_file_kind", { path, known: kinds });
}

/** Writes one row per customer as CSV or Parquet, whole or not at all. Throws InputError unknown_file_kind. */
export async function writePredictions(
  engine: DuckdbEngine,
  path: string,
  ids: readonly string[],
  predictions: Predictions,
): Promise<void> {
  checkPredictionsPath(path);
  const isParquet = path.endsWith(".parquet");
  const partial = `${path}.partial`;
  const columns = [
    { name: "customer_id", type: "text" as const, values: ids.map(spreadsheetSafe) },
    ...Object.entries(predictions).map(([name, values]) => ({
      name: name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      type: "double" as const,
      values: values as Float64Array,
    })),
  ];
  try {
    await engine.writeColumns(columns, partial);
    if (!isParquet) {
      const csv = `${path}.csv.partial`;
      await engine.statement(
        `COPY (SELECT * FROM read_parquet(${textLiteral(partial)})) TO ${textLiteral(csv)} (FORMAT csv, HEADER true)`,
      );
      rmSync(partial);
      renameSync(csv, path);
    } else renameSync(partial, path);
  } finally {
    rmSync(partial, { force: true });
  }
}

/** A spreadsheet must not read an id as a formula. */
function spreadsheetSafe(id: string): string {
  return /^[=+\-@\t\r]/.test(id) ? `'${id}` : id;
}
