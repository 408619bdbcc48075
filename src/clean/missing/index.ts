import { count, quantile } from "../../engine/sql/functions.ts";
import { from, namedTable } from "../../engine/sql/query.ts";
import type { FillableColumn, Filling } from "../../runs/clean-config.ts";
import type { Bench } from "../bench.ts";
import { type Filled, type Gaps, references } from "./gaps.ts";
import { fillByInterpolation } from "./interpolation.ts";
import { fillByNeighbours } from "./nearest-neighbours.ts";
import { fillByStatistic } from "./statistic.ts";

export type { Gaps } from "./gaps.ts";

const filledTypes = { row_id: "integer", filled: "double" } as const;

/** What the gaps of a column were filled with, after `fillGaps`; rows that are not in it stay unknown. */
export const filledGaps = (subject: FillableColumn, alias: string) =>
  namedTable(`cleaning_filled_${subject}`, filledTypes, alias);

/**
 * Fills the gaps of one column as the project says, by what was known before the first test origin; gaps that the method
 * leaves get the median of all. Writes `filledGaps`. Nothing is filled where nothing was known in time, or the column is
 * off.
 */
export async function fillGaps(
  bench: Bench,
  subject: FillableColumn,
  gaps: Gaps,
  filling: Filling | false,
): Promise<void> {
  const table = `cleaning_filled_${subject}`;
  const rowId = gaps.columns.row_id;
  const everyGap = from(gaps).where(gaps.columns.value.isNull());
  const nothing = everyGap.where(rowId.isNull()).select({ row_id: rowId, filled: gaps.columns.value });
  const filled = filling === false ? undefined : await fillBy(bench, subject, gaps, filling);
  await bench.materialise(table, filled ?? nothing);
}

async function fillBy(
  bench: Bench,
  subject: FillableColumn,
  gaps: Gaps,
  filling: Filling,
): Promise<Filled | undefined> {
  const { method } = filling;
  if (method === "mean" || method === "median") {
    return fillByStatistic(bench, subject, gaps, { method, grouped: filling.by !== undefined });
  }
  const { value, row_id } = gaps.columns;
  const { numbers } = await bench.engine.collect(
    references(gaps, bench.fitBefore).select({ median: quantile(value, 0.5), rows: count() }),
  );
  if (numbers.rows[0] === 0) return undefined;
  bench.remember({ subject, method, statistic: "fallback_median", value: numbers.median[0] }, numbers);
  const best =
    method === "interpolation" ? await fillByInterpolation(bench, gaps) : await fillByNeighbours(bench, gaps, filling);
  const b = best.as("best");
  return from(gaps)
    .leftJoin(b, b.columns.row_id.equals(row_id))
    .where(value.isNull())
    .select({ row_id, filled: b.columns.filled.orElse(numbers.median[0]) });
}
