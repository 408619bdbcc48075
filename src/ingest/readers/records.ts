import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { DataError } from "../../base/errors.ts";
import { quote } from "../../engine/duckdb/dialect.ts";
import { type DuckdbEngine, textLiteral } from "../../engine/duckdb/engine.ts";

export interface RecordsFormat {
  /** Columns after the line number that every record of a copy begins with. */
  readonly columns: readonly string[];
  readonly delimiter: string;
  readonly quote: '"' | "";
  /** Length of the longest record, characters. */
  readonly longest: number;
}

/**
 * Parses a copy whose records begin with their line number into a table of text columns plus `line`. What the parser rejects is
 * left in `reject_errors`: with that store, and one thread, a malformed quote costs its own record and no other.
 */
export async function readRecords(engine: DuckdbEngine, name: string, copy: string, format: RecordsFormat) {
  for (const leftover of ["reject_errors", "reject_scans"]) await engine.drop(leftover);
  const columns = format.columns.map((column) => `, ${textLiteral(column)}: 'VARCHAR'`).join("");
  // DuckDB drops longer lines without a word; left to find the line break itself, it takes a CR in quotes for one.
  const maxLineSize = Math.max(2_000_000, 3 * format.longest + 100);
  await engine.statement(
    `CREATE OR REPLACE TEMP TABLE ${quote(name)} AS SELECT * EXCLUDE (line), line FROM read_csv(${textLiteral(copy)}, columns = {'line': 'BIGINT'${columns}},
       header = false, auto_detect = false, delim = ${textLiteral(format.delimiter)}, quote = '${format.quote}', escape = '${format.quote}',
       new_line = '\\n', max_line_size = ${maxLineSize}, store_rejects = true, rejects_limit = 0, parallel = false)`,
  );
}

/**
 * Makes `malformed` of what the parser rejected. A rejected record carries its line number in front, whatever line the parser thinks it is. Where the parser cut a malformed
 * record in two, the second half has none; the record is one all the same.
 */
export async function findMalformed(engine: DuckdbEngine): Promise<void> {
  await engine.statement(
    `CREATE OR REPLACE TEMP TABLE malformed AS SELECT DISTINCT line FROM (
       SELECT TRY_CAST(regexp_extract(csv_line, '^\\d+') AS BIGINT) AS line FROM reject_errors) WHERE line IS NOT NULL`,
  );
}

export interface WrittenRecord {
  readonly line: number;
  readonly fields: readonly (string | null)[];
}

/** Writes records that are no text yet as a copy that `readRecords` parses; missing fields are filled up, more stay more. */
export async function writeRecords(
  copy: string,
  columns: readonly string[],
  records: AsyncIterable<WrittenRecord>,
  { path, maxLength }: { path: string; maxLength: number },
): Promise<RecordsFormat> {
  let longest = 0;
  async function* written() {
    let piece = "";
    for await (const { line, fields } of records) {
      const width = Math.max(columns.length, fields.length);
      const texts = Array.from({ length: width }, (_, at) => `"${(fields[at] ?? "").replaceAll('"', '""')}"`);
      const record = `${line},${texts.join(",")}\n`;
      if (record.length > maxLength) throw new DataError("line_too_long", { path, line, limit: maxLength });
      longest = Math.max(longest, record.length);
      piece += record;
      if (piece.length > 65_536) {
        yield piece;
        piece = "";
      }
    }
    yield piece;
  }
  await pipeline(Readable.from(written()), createWriteStream(copy));
  return { columns, delimiter: ",", quote: '"', longest };
}
