import { existsSync, renameSync, rmSync } from "node:fs";
import { DataError, InputError } from "../../base/errors.ts";
import type { NewColumn } from "../engine.ts";
import { quote } from "./dialect.ts";
import { type DuckdbEngine, textLiteral } from "./engine.ts";

/**
 * Reads a CSV, TSV, JSON or Parquet file into the table `name` (text formats as text) and returns its columns. Throws InputError
 * missing_file; DataError unreadable_table, no_rows.
 */
export async function openTableFile(engine: DuckdbEngine, name: string, path: string): Promise<string[]> {
  if (!existsSync(path)) throw new InputError("missing_file", { path });
  const file = textLiteral(path);
  const reader = /\.parquet$/i.test(path)
    ? `read_parquet(${file})`
    : /\.(jsonl?|ndjson)(\.gz)?$/i.test(path)
      ? `read_json_auto(${file})`
      : `read_csv(${file}, header = true, all_varchar = true, store_rejects = true, rejects_limit = 0)`;
  try {
    for (const leftover of ["reject_errors", "reject_scans"]) await engine.drop(leftover);
    await engine.statement(`CREATE OR REPLACE TEMP TABLE ${quote(name)} AS SELECT * FROM ${reader}`);
  } catch (cause) {
    throw new DataError(
      "unreadable_table",
      { path, problem: String((cause as Error).message).split("\n", 1)[0] },
      { cause },
    );
  }
  const [{ rows }] = await engine.rows(`SELECT count(*) AS rows FROM ${quote(name)}`);
  if (Number(rows) === 0) throw new DataError("no_rows", { path });
  const columns = await engine.rows(`SELECT column_name FROM (DESCRIBE ${quote(name)})`);
  return columns.map(({ column_name }) => String(column_name));
}

const writtenKinds = [".csv", ".parquet"];

/** Throws InputError unknown_file_kind where no table can be written under this name: to be asked before the work. */
export function checkTablePath(path: string): void {
  if (!writtenKinds.some((kind) => path.endsWith(kind)))
    throw new InputError("unknown_file_kind", { path, known: writtenKinds });
}

/** Writes columns as CSV or Parquet, whole or not at all. Throws InputError unknown_file_kind. */
export async function writeTableFile(engine: DuckdbEngine, path: string, columns: readonly NewColumn[]): Promise<void> {
  checkTablePath(path);
  const partial = `${path}.partial`;
  const csv = `${path}.csv.partial`;
  try {
    await engine.writeColumns(columns, partial);
    if (path.endsWith(".csv")) {
      await engine.statement(
        `COPY (SELECT * FROM read_parquet(${textLiteral(partial)})) TO ${textLiteral(csv)} (FORMAT csv, HEADER true)`,
      );
      renameSync(csv, path);
    } else renameSync(partial, path);
  } finally {
    rmSync(partial, { force: true });
    rmSync(csv, { force: true });
  }
}
