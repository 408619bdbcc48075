import { DataError } from "../../base/errors.ts";
import { quote } from "../../engine/duckdb/dialect.ts";
import { type DuckdbEngine, textLiteral } from "../../engine/duckdb/engine.ts";
import type { JsonRecords } from "./json-records.ts";
import { distinctNames, type Encoding, type OpenedSource, type ReaderContext } from "./reader.ts";
import { readRecords } from "./records.ts";

/**
 * JSON objects: one a line, in an array, or one after the other. Columns are the keys of all of them, in the order in which they
 * first appear. Strings become plain text, other values stay JSON text, null and a missing key are both NULL. A record that is
 * no object, or has one key twice, is malformed.
 */
export async function openJson(
  path: string,
  copy: string,
  encoding: Encoding,
  scanner: JsonRecords,
  { engine }: ReaderContext,
): Promise<OpenedSource> {
  const { records, lineSum, longest, layout } = scanner;
  if (records === 0) throw new DataError("empty_file", { path });
  await readRecords(engine, "records", copy, { columns: ["record"], delimiter: "\t", quote: "", longest });
  const keys = await keysOf(engine);
  if (keys.length === 0) throw new DataError("no_columns", { path });
  const header = distinctNames(keys);
  return {
    format: layout === "lines" ? "json-lines" : "json",
    encoding,
    header,
    records,
    lineSum,
    skippedLines: 0,
    load: () => load(engine, keys, header),
  };
}

const isObject = "json_valid(record) AND json_type(record) = 'OBJECT'";
const isUsable = `CASE WHEN ${isObject} THEN len(json_keys(record)) = len(list_distinct(json_keys(record))) ELSE false END`;

/** Sorts the records into usable ones and malformed ones; returns the keys of the usable. */
async function keysOf(engine: DuckdbEngine): Promise<string[]> {
  await engine.statement(
    `CREATE OR REPLACE TEMP TABLE records AS SELECT line, record, coalesce(${isUsable}, false) AS usable FROM records`,
  );
  const found = await engine.rows(
    `SELECT key FROM (SELECT line, unnest(json_keys(record)) AS key, generate_subscripts(json_keys(record), 1) AS place FROM records WHERE usable)
     GROUP BY key ORDER BY min(line * 100000 + place), key`,
  );
  return found.map(({ key }) => String(key));
}

async function load(engine: DuckdbEngine, keys: readonly string[], header: readonly string[]): Promise<void> {
  const pointers = keys.map((key) => textLiteral(`/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`));
  const columns = header.map((name, at) => `fields[${at + 1}] AS ${quote(name)}`);
  await engine.statement(
    `CREATE OR REPLACE TEMP TABLE raw AS SELECT ${columns.join(", ")}, line
     FROM (SELECT line, json_extract_string(record, [${pointers.join(", ")}]) AS fields FROM records WHERE usable)`,
  );
  await engine.statement("CREATE OR REPLACE TEMP TABLE malformed AS SELECT line FROM records WHERE NOT usable");
  await engine.drop("records");
}
