import { DataError } from "../../base/errors.ts";
import type { DelimitedRecords } from "./delimited-records.ts";
import { distinctNames, type Encoding, type OpenedSource, type ReaderContext } from "./reader.ts";
import { findMalformed, readRecords } from "./records.ts";

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
