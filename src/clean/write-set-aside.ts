import { type Expression, literal } from "../engine/sql/expression.ts";
import { concatenate } from "../engine/sql/functions.ts";
import { from, type Query, type Relation } from "../engine/sql/query.ts";
import type { Draft } from "../runs/artifact.ts";
import { canonicalTables } from "../schema/tables.ts";
import { type Bench, marks } from "./bench.ts";
import type { RuleReport } from "./options.ts";
import { allRows, type WorkName, workNames } from "./work-tables.ts";

type SetAsideTypes = {
  source_id: "text";
  file: "text";
  line: "integer";
  table_name: "text";
  reason: "text";
  column_name: "text";
  value: "text";
};

/** Every row that cleaning set aside: its reason, its id, and the file and line that ingest read it from. */
export async function writeSetAside(output: Draft): Promise<void> {
  const [first, ...others] = workNames.map(markedRows);
  const all = others.reduce((query, other) => query.followedBy(other), first).as("all_marked");
  const { table_name, value, reason, source_id, file, line } = all.columns;
  await output.write(
    "set_aside",
    from(all).select(all.columns).orderBy(table_name, value, reason, source_id, file, line),
  );
}

function markedRows(name: WorkName): Query<SetAsideTypes> {
  const rows = allRows(name, "a");
  const m = marks(name, "m");
  const key: readonly string[] = canonicalTables[name].key;
  const parts = key.map((column) => (rows as Relation).columns[column].to("text") as Expression<"text">);
  const value = parts.reduce((left, right) => concatenate(left, "/", right));
  const { source_id, file, line, row_id } = rows.columns;
  return from(rows)
    .join(m, m.columns.row_id.equals(row_id))
    .select({
      source_id: source_id.orElse(""),
      file: file.orElse(""),
      line: line.orElse(0),
      table_name: literal(name),
      reason: m.columns.reason,
      column_name: literal(key.join("/")),
      value,
    }) as unknown as Query<SetAsideTypes>;
}

/** What was fitted, on facts known before which instant. */
export async function writeFits({ fits, fitBefore }: Bench, output: Draft): Promise<void> {
  await output.writeColumns("cleaning_fits", [
    { name: "position", type: "integer", values: fits.map((_, index) => index + 1) },
    { name: "subject", type: "text", values: fits.map(({ subject }) => subject) },
    { name: "method", type: "text", values: fits.map(({ method }) => method) },
    { name: "group_key", type: "text", values: fits.map(({ group }) => group) },
    { name: "statistic", type: "text", values: fits.map(({ statistic }) => statistic) },
    { name: "value", type: "double", values: fits.map(({ value }) => value) },
    { name: "reference_rows", type: "integer", values: fits.map(({ referenceRows }) => referenceRows) },
    { name: "known_before", type: "timestamp", values: fits.map(() => fitBefore) },
  ]);
}

export async function writeRules(reports: readonly RuleReport[], output: Draft): Promise<void> {
  await output.writeColumns("cleaning_rules", [
    { name: "position", type: "integer", values: reports.map((_, index) => index + 1) },
    { name: "rule", type: "text", values: reports.map(({ rule }) => rule) },
    { name: "table_name", type: "text", values: reports.map(({ table }) => table) },
    { name: "rows_before", type: "integer", values: reports.map(({ rowsBefore }) => rowsBefore) },
    { name: "rows_touched", type: "integer", values: reports.map(({ rowsTouched }) => rowsTouched) },
    { name: "money_touched_minor", type: "integer", values: reports.map(({ moneyTouchedMinor }) => moneyTouchedMinor) },
    { name: "effect", type: "text", values: reports.map(({ effect }) => effect) },
  ]);
}
