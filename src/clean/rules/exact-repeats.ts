import { literal } from "../../engine/sql/expression.ts";
import { rowNumber } from "../../engine/sql/functions.ts";
import { from } from "../../engine/sql/query.ts";
import { canonicalTables } from "../../schema/tables.ts";
import { rowsWithRepeatedKeys } from "../repeats.ts";
import type { Rule } from "../rule.ts";
import { workNames } from "../work-tables.ts";

/** The same row twice, equal in every column: an export that overlaps another. The first one stays. */
export const exactRepeats = {
  name: "exact_repeats",
  effect: "set_aside",
  async run(bench) {
    const touched = [];
    for (const name of workNames) {
      const report = await bench.setAside(name, () => {
        const { rows, columns } = rowsWithRepeatedKeys(bench, name);
        const same = Object.keys(canonicalTables[name].columns).map((column) => columns[column]);
        const first = [columns["source_id"], columns["file"], columns["line"], columns["row_id"]];
        const numbered = rows
          .select({
            row_id: columns.row_id,
            place: rowNumber(
              same,
              first.map((column) => column.ascending()),
            ),
          })
          .as("numbered");
        return from(numbered)
          .where(numbered.columns.place.above(1))
          .select({ row_id: numbered.columns.row_id, reason: literal("exact_repeat") });
      });
      touched.push(report);
    }
    return touched;
  },
} as const satisfies Rule;
