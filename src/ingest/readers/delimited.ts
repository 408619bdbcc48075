import { DataError } from "../../base/errors.ts";
import type { DuckdbEngine } from "../../engine/duckdb/engine.ts";
import type { DelimitedRecords } from "./delimited-records.ts";
import { distinctNames, type Encoding, type OpenedSource, type ReaderContext } from "./reader.ts";
import { readRecords } from "./records.ts";

/** Text with a delimiter: comma, semicolon, tab, pipe, or the one that a first line `sep=` names. */
export function openDelimited(
  path: string,
  copy: string,
  encoding: Encoding,
  scanner: DelimitedRecords,
  { engine }: ReaderContext,
): OpenedSource {
  const { records, lineSum, longest, layout } = scanner;
  const { delimiter, skippedLines } = layout;
  if (layout.header.every((name) => name === "")) throw new DataError("empty_file", { path });
  const header = distinctNames(layout.header);
  if (records === 0) throw new DataError("header_only", { path, columns: header });
  return {
    format: "delimited",
    encoding,
    header,
    records,
    lineSum,
    skippedLines,
    load: async () => {
      await readRecords(engine, "raw", copy, { columns: header, delimiter, quote: '"', longest });
      await findMalformed(engine);
    },
  };
}

/**
 * A rejected record carries its line number in front, whatever line the parser thinks it is. Where the parser cut a malformed
 * record in two, the second half has none; the record is one all the same.
 */
async function findMalformed(engine: DuckdbEngine): Promise<void> {
  await engine.statement(
    `CREATE OR REPLACE TEMP TABLE malformed AS SELECT DISTINCT line FROM (
       SELECT TRY_CAST(regexp_extract(csv_line, '^\\d+') AS BIGINT) AS line FROM reject_errors) WHERE line IS NOT NULL`,
  );
}
