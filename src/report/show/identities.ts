import type { Language } from "../../language/catalogue.ts";
import { textTable } from "../text-table.ts";
import { unknown, wordsOf } from "./words.ts";

/** Two customer ids that cleaning joined, or was told to take apart again. */
interface Merge {
  readonly merge_id: string;
  readonly from_customer_id: string;
  readonly into_customer_id: string;
  readonly rule: string;
  readonly merged_at: string | null;
  readonly undone_at: string | null;
}

/** Which ids became one customer, by which rule, and how to take that back. */
export function mergeLines(merges: readonly Merge[], language: Language): string[] {
  const { left, name, say } = wordsOf(language);
  if (merges.length === 0) return [say("show_no_merges")];
  const rows = merges.map(({ merge_id, from_customer_id, into_customer_id, rule, merged_at, undone_at }) => [
    merge_id,
    from_customer_id,
    into_customer_id,
    name("rule", rule),
    merged_at?.slice(0, 10) ?? unknown,
    undone_at?.slice(0, 10) ?? "",
  ]);
  const columns = ["column_merge", "column_from_id", "column_into_id", "column_rule", "column_since", "column_undone"];
  return [
    ...textTable(
      columns.map((column) => left(column as "column_rule")),
      rows,
    ),
    "",
    say("show_undo_merges"),
  ];
}
