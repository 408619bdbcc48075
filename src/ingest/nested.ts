import { quote } from "../engine/duckdb/dialect.ts";
import { textLiteral } from "../engine/duckdb/engine.ts";

/** A value inside a raw column of JSON text, as text; NULL where there is none, or the column is no JSON. `path` is a JSON path. */
export function inside(column: string, path: string): string {
  return `nullif(TRY(json_extract_string(raw.${quote(column)}, ${textLiteral(path)})), '')`;
}

/** A raw column that holds a JSON list, as a list of JSON values; NULL where it holds none. */
export function list(column: string): string {
  return `TRY(json_extract(raw.${quote(column)}, '$[*]'))`;
}

/** One row for each item of a list, beside its raw row: `item`, and its `place` from 1. For `from` of a mapping. */
export function eachItem(column: string): string {
  return `SELECT *, unnest(items) AS item, generate_subscripts(items, 1) AS place FROM (SELECT *, ${list(column)} AS items FROM raw)`;
}

/** A value of the item of `eachItem`, as text. */
export function ofItem(key: string): string {
  return `nullif(json_extract_string(item, ${textLiteral(`$.${key}`)}), '')`;
}

/** Whether a column holds a list in which an item fails a condition over `item`. */
export function someItem(column: string, fails: string): string {
  return `len(list_filter(${list(column)}, lambda item: coalesce(${fails}, true))) > 0`;
}
