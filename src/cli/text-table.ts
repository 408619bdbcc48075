import { textTable } from "../report/text-table.ts";

/** Rows under a header in aligned columns, the last `right` of them flush right; nothing where there are no rows. */
export function aligned(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  { right = 0 }: { right?: number } = {},
): string[] {
  if (rows.length === 0) return [];
  const columns = header.map((name, at) => ({
    header: name,
    align: at >= header.length - right ? ("right" as const) : ("left" as const),
  }));
  return textTable(columns, rows);
}
