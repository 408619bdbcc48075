import { literal } from "../../engine/sql/expression.ts";
import { count, quantile } from "../../engine/sql/functions.ts";
import { from, namedTable } from "../../engine/sql/query.ts";
import type { FillableColumn } from "../../runs/clean-config.ts";
import type { Bench } from "../bench.ts";
import { exactMean, type Filled, type Gaps, references } from "./gaps.ts";

const groupsTable = "cleaning_fill_groups";

/**
 * Fills gaps with the mean or the exact median of their group, or of all rows where the group has no value.
 * Undefined where nothing was known in time.
 */
export async function fillByStatistic(
  bench: Bench,
  subject: FillableColumn,
  gaps: Gaps,
  { method, grouped }: { method: "mean" | "median"; grouped: boolean },
): Promise<Filled | undefined> {
  const { value, group_key, row_id } = gaps.columns;
  const statistic = method === "mean" ? exactMean(value) : quantile(value, 0.5);
  const known = references(gaps, bench.fitBefore);
  const overall = await bench.engine.collect(known.select({ fitted: statistic, rows: count() }));
  if (overall.numbers.rows[0] === 0) return undefined;
  const fit = { subject, method, statistic: "fill" };
  bench.remember({ ...fit, value: overall.numbers.fitted[0] }, overall.numbers);
  const missing = from(gaps).where(value.isNull());
  const everybody = literal(overall.numbers.fitted[0]).to("double");
  if (!grouped) return missing.select({ row_id, filled: everybody });

  const groups = known
    .where(group_key.isNotNull())
    .groupBy(group_key)
    .select({ group_key, fitted: statistic, rows: count() });
  await bench.materialise(groupsTable, groups);
  const g = namedTable(groupsTable, groups.types, "fitted");
  const { texts, numbers } = await bench.engine.collect(from(g).select(g.columns).orderBy(g.columns.group_key));
  texts.group_key.forEach((group, at) => {
    bench.remember({ ...fit, group: group ?? "", value: numbers.fitted[at] }, { rows: numbers.rows.subarray(at) });
  });
  return missing
    .leftJoin(g, g.columns.group_key.equals(group_key))
    .select({ row_id, filled: g.columns.fitted.orElse(everybody) });
}
