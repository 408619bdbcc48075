import type { DuckdbEngine } from "../../engine/duckdb/engine.ts";
import type { PasswordDoor } from "./postgres-session.ts";

export type Format = "delimited" | "json" | "json-lines" | "parquet" | "xlsx" | "postgres";
export type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "gb18030";

/** What a reader may use. */
export interface ReaderContext {
  readonly engine: DuckdbEngine;
  /** For the copies a reader makes; they hold contacts in the clear, so the caller removes the folder. */
  readonly directory: string;
  /** Prefix of the copies' names. */
  readonly name: string;
  /** Says whether a line's fields are column names someone waits for; without it the header is found by its width. */
  readonly isHeader?: (fields: readonly string[]) => boolean;
  /** For servers that ask. */
  readonly password?: PasswordDoor;
  readonly signal?: AbortSignal;
  /** A longer line or record is refused instead of being held in memory, characters. Default 16 Mi. */
  readonly maxLineLength?: number;
}

/** A source of any format, opened: what was found out about it, and how to load it. */
export interface OpenedSource {
  readonly format: Format;
  /** Of text formats. */
  readonly encoding?: Encoding;
  /** Columns of `raw` in the order of the source, all different whatever their case. */
  readonly header: readonly string[];
  /** Records without header and titles, counted independently of the parser that fills `raw`. */
  readonly records: number;
  /** Sum of the records' lines, where they are counted one by one: a row lost and another invented would not cancel out. */
  readonly lineSum?: number;
  /** Title lines above the header. */
  readonly skippedLines: number;
  /** Sheets with rows of which nothing was read. */
  readonly unreadSheets?: readonly string[];
  /**
   * Creates the temporary tables `raw` (every column of `header` as text, nested values as JSON, and BIGINT `line`, from 1: the line
   * of the file, the row of the sheet, or where records are not lines, the record's number) and `malformed` (BIGINT `line` of each record that cannot be parsed).
   */
  load(): Promise<void>;
}

export const defaultMaxLineLength = 16 * 1024 * 1024;

/** Columns that ingest adds to `raw`. */
const reserved = ["line", "problem"];

/** Names a header's columns apart: a repeated, blank or reserved one gets its place, `name#3`. DuckDB's names know no case. */
export function distinctNames(names: readonly string[]): string[] {
  const taken = new Set(reserved);
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  return names.map((name, at) => {
    let distinct = name;
    for (let place = at + 1; distinct === "" || taken.has(distinct.toLowerCase()); place += names.length) {
      distinct = `${name}#${place}`;
      if (wanted.has(distinct.toLowerCase())) distinct = "";
    }
    taken.add(distinct.toLowerCase());
    return distinct;
  });
}
