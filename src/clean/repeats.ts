import type { Expression } from "../engine/sql/expression.ts";
import { count } from "../engine/sql/functions.ts";
import { from, type Relation } from "../engine/sql/query.ts";
import { canonicalTables } from "../schema/tables.ts";
import type { Bench } from "./bench.ts";
import type { WorkName } from "./work-tables.ts";

type AnyColumns = Readonly<Record<string, Expression>> & { readonly row_id: Expression<"integer"> };

/**
 * The kept rows of a table whose key occurs more than once, with their columns and key. Repeats are few: looking at
 * these rows only, and not at every row, is a third faster than a window over the whole table.
 */
export function rowsWithRepeatedKeys(bench: Bench, name: WorkName) {
  const keyColumns: readonly string[] = canonicalTables[name].key;
  const all = bench.kept(name, "every") as Relation;
  const keys = Object.fromEntries(keyColumns.map((column) => [column, all.columns[column]]));
  const counted = from(all)
    .groupBy(...Object.values(keys))
    .select({ ...keys, copies: count() })
    .as("counted");
  const rows = bench.kept(name, "repeated") as Relation;
  const key = keyColumns.map((column) => rows.columns[column]);
  const sameKey = keyColumns
    .map((column) => (counted.columns as Readonly<Record<string, Expression>>)[column].equals(rows.columns[column]))
    .reduce((left, right) => left.and(right));
  return {
    rows: from(rows).having(counted, sameKey.and(counted.columns.copies.above(1))),
    columns: rows.columns as AnyColumns,
    key,
  };
}
