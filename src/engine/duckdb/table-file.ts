import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DataError, InputError } from "../../base/errors.ts";
import type { NewColumn } from "../engine.ts";
import { quote } from "./dialect.ts";
import { type DuckdbEngine, textLiteral } from "./engine.ts";

/**
 * Reads a CSV, TSV, JSON or Parquet file into the table `name` (text formats as text) and returns its columns. A table that is not
 * held stays on disk, where it may be larger than memory: a Parquet file as it is, others as a Parquet file among the engine's
 * temporary ones. Throws InputError missing_file; DataError unreadable_table, no_rows.
 */
export async function openTableFile(
  engine: DuckdbEngine,
  name: string,
  path: string,
  { isHeld = true }: { isHeld?: boolean } = {},
): Promise<string[]> {
  if (!existsSync(path)) throw new InputError("missing_file", { path });
  const file = textLiteral(path);
  const reader = /\.parquet$/i.test(path)
    ? `read_parquet(${file})`
    : /\.(jsonl?|ndjson)(\.gz)?$/i.test(path)
      ? `read_json_auto(${file})`
      : `read_csv(${file}, header = true, all_varchar = true, store_rejects = true, rejects_limit = 0)`;
  try {
    for (const leftover of ["reject_errors", "reject_scans"]) await engine.drop(leftover);
    if (isHeld) await engine.statement(`CREATE OR REPLACE TEMP TABLE ${quote(name)} AS SELECT * FROM ${reader}`);
    else await openOnDisk(engine, name, reader);
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

async function openOnDisk(engine: DuckdbEngine, name: string, reader: string): Promise<void> {
  let rows = reader;
  if (!reader.startsWith("read_parquet(")) {
    const copy = textLiteral(join(engine.temporaryDirectory, `${name}.parquet`));
    await engine.statement(`COPY (SELECT * FROM ${reader}) TO ${copy} (FORMAT parquet)`);
    rows = `read_parquet(${copy})`;
  }
  await engine.statement(`CREATE OR REPLACE TEMP VIEW ${quote(name)} AS SELECT * FROM ${rows}`);
}

const writtenKinds = [".csv", ".parquet"];

/** Throws InputError unknown_file_kind where no table can be written under this name: to be asked before the work. */
export function checkTablePath(path: string): void {
  if (!writtenKinds.some((kind) => path.endsWith(kind)))
    throw new InputError("unknown_file_kind", { path, known: writtenKinds });
}

/** Writes columns as CSV or Parquet, whole or not at all. Throws InputError unknown_file_kind. */
export async function writeTableFile(engine: DuckdbEngine, path: string, columns: readonly NewColumn[]): Promise<void> {
  await writeTableFileInParts(engine, path, [columns]);
}

/** The same of rows that come in parts, none of which is held when the next one comes. */
export async function writeTableFileInParts(
  engine: DuckdbEngine,
  path: string,
  parts: AsyncIterable<readonly NewColumn[]> | Iterable<readonly NewColumn[]>,
): Promise<void> {
  checkTablePath(path);
  const written: string[] = [];
  const partial = `${path}.partial`;
  try {
    for await (const columns of parts) {
      const part = `${path}.${written.length}.partial`;
      written.push(part);
      await engine.writeColumns(columns, part);
    }
    const isText = path.endsWith(".csv");
    if (isText || written.length > 1) {
      const format = isText ? "FORMAT csv, HEADER true" : "FORMAT parquet, COMPRESSION zstd";
      const files = written.map(textLiteral).join(", ");
      await engine.statement(`COPY (SELECT * FROM read_parquet([${files}])) TO ${textLiteral(partial)} (${format})`);
      renameSync(partial, path);
    } else renameSync(written[0], path);
  } finally {
    for (const leftover of [...written, partial]) rmSync(leftover, { force: true });
  }
}
