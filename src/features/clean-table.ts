import { type Relation, table } from "../engine/sql/query.ts";
import type { Columns, Table, TypesOf } from "../schema/columns.ts";

/** A table of the clean stage, under the name that `openTable` gives it. */
export function cleanTable<C extends Columns>(definition: Table<C>, alias: string): Relation<TypesOf<C>> {
  return table({ ...definition, name: `clean_${definition.name}` }, alias);
}
