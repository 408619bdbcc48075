import { spreadsheetSafe } from "../base/spreadsheet.ts";
import type { DuckdbEngine } from "../engine/duckdb/engine.ts";
import { writeTableFile } from "../engine/duckdb/table-file.ts";
import type { Predictions } from "./predict.ts";

/** Writes one row per customer as CSV or Parquet, whole or not at all. Throws InputError unknown_file_kind. */
export function writePredictions(
  engine: DuckdbEngine,
  path: string,
  ids: readonly string[],
  predictions: Predictions,
): Promise<void> {
  return writeTableFile(engine, path, [
    { name: "customer_id", type: "text" as const, values: ids.map(spreadsheetSafe) },
    ...Object.entries(predictions).map(([name, values]) => ({
      name: name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      type: "double" as const,
      values: values as Float64Array,
    })),
  ]);
}
