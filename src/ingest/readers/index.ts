import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { DataError, InputError } from "../../base/errors.ts";
import type { DuckdbEngine } from "../../engine/duckdb/engine.ts";
import { openDelimited } from "./delimited.ts";
import { findLayout } from "./delimited-layout.ts";
import { DelimitedRecords } from "./delimited-records.ts";
import { openJson } from "./json.ts";
import { JsonRecords, jsonLayout } from "./json-records.ts";
import { openParquet } from "./parquet.ts";
import { openPostgres } from "./postgres.ts";
import { isPostgresUrl, postgresAddress } from "./postgres-address.ts";
import { defaultMaxLineLength, type OpenedSource, type ReaderContext } from "./reader.ts";
import { copyText } from "./text.ts";
import { openXlsx } from "./xlsx.ts";

export { postgresFingerprint } from "./postgres.ts";
export { isPostgresUrl, postgresAddress } from "./postgres-address.ts";
export type { PasswordDoor } from "./postgres-session.ts";
export type { OpenedSource, ReaderContext } from "./reader.ts";

/**
 * Opens a source with the reader for what is in it, whatever its name ends in; a postgres:// URL with the one for PostgreSQL. Throws for what cannot be read: InputError
 * missing_file, not_a_file; DataError empty_file, header_only, no_columns, bad_column_name, binary_file,
 * bad_encoding, damaged_file, unclosed_quote, line_too_long, not_a_workbook, old_workbook, merged_cells;
 * and as `inSnapshot` does.
 */
export async function openSource(path: string, context: ReaderContext): Promise<OpenedSource> {
  const source = await openByContent(path, context);
  // No SQL can say such a name.
  const unsayable = source.header.find((name) => name.includes("\u0000"));
  if (unsayable !== undefined) throw new DataError("bad_column_name", { path, column: JSON.stringify(unsayable) });
  return source;
}

async function openByContent(path: string, context: ReaderContext): Promise<OpenedSource> {
  const copy = join(context.directory, `${context.name}.txt`);
  if (isPostgresUrl(path)) return openPostgres(path, copy, context);
  if (!existsSync(path)) throw new InputError("missing_file", { path });
  if (statSync(path).isDirectory()) throw new InputError("not_a_file", { path });
  if (statSync(path).size === 0) throw new DataError("empty_file", { path });
  const start = firstBytes(path, 4096);
  const magic = start.subarray(0, 4).toString("latin1");
  if (magic === "PAR1") return openParquet(path, context);
  if (magic === "PK\u0003\u0004") return openXlsx(path, copy, context);
  if (magic === "\u00d0\u00cf\u0011\u00e0") throw new DataError("old_workbook", { path });
  return openText(path, copy, start, context);
}

async function openText(path: string, copy: string, start: Uint8Array, context: ReaderContext): Promise<OpenedSource> {
  const limit = context.maxLineLength ?? defaultMaxLineLength;
  const choose = (sample: string, isWhole: boolean) => {
    const json = jsonLayout(sample);
    if (json) return new JsonRecords(path, json, limit);
    return new DelimitedRecords(path, findLayout(sample, isWhole, context.isHeader), limit);
  };
  const { encoding, scanner } = await copyText(path, copy, start, { choose, signal: context.signal });
  if (scanner instanceof JsonRecords) return openJson(path, copy, encoding, scanner, context);
  return openDelimited(path, copy, encoding, scanner, context);
}

function firstBytes(path: string, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  const file = openSync(path, "r");
  const read = readSync(file, buffer, 0, length, 0);
  closeSync(file);
  return buffer.subarray(0, read);
}

/** What a source is called in reports: its file's name, or database and table. */
export function sourceName(path: string): string {
  return isPostgresUrl(path) ? postgresAddress(path).name : basename(path);
}

/**
 * Loads an opened source into `raw` and `malformed` and balances the books: every record counted, and every line, is a row or malformed. Throws
 * DataError "line_count_mismatch". Returns the number of malformed records.
 */
export async function loadRaw(engine: DuckdbEngine, source: OpenedSource, path: string): Promise<number> {
  await source.load();
  const [found] = await engine.rows(
    `SELECT count(*) AS rows, (SELECT count(*) FROM malformed) AS malformed,
       coalesce(sum(line), 0)::DOUBLE + (SELECT coalesce(sum(line), 0) FROM malformed)::DOUBLE AS line_sum FROM raw`,
  );
  const [rows, malformed] = [Number(found.rows), Number(found.malformed)];
  const isComplete = rows + malformed === source.records && (source.lineSum ?? found.line_sum) === found.line_sum;
  if (!isComplete) throw new DataError("line_count_mismatch", { path, lines: source.records, rows, malformed });
  return malformed;
}
