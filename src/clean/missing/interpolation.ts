import { type Expression, missing } from "../../engine/sql/expression.ts";
import { choose, daysBetween, maximum, minimum } from "../../engine/sql/functions.ts";
import { from, namedTable } from "../../engine/sql/query.ts";
import type { Bench } from "../bench.ts";
import { exactMean, type Filled, type Gaps, references } from "./gaps.ts";

const pointsTable = "cleaning_interpolation_points";
const pointTypes = { group_key: "text", at: "timestamp", value: "double" } as const;

/**
 * Fills gaps on the straight line between the values known before and after them in their group; beyond the first or
 * last one with that value, because a line carried on soon leaves what can be (DuckDB's own fill() does that). Rows of
 * the same instant are averaged first. Groups without any value stay gaps.
 */
export async function fillByInterpolation(bench: Bench, gaps: Gaps): Promise<Filled> {
  const { value, known_at, row_id } = gaps.columns;
  const groupOf = (relation: Gaps) => relation.columns.group_key.orElse("");
  await bench.materialise(
    pointsTable,
    references(gaps, bench.fitBefore)
      .groupBy(groupOf(gaps), known_at)
      .select({ group_key: groupOf(gaps), at: known_at, value: exactMean(value) }),
  );
  // On one time line with the gaps, every row sees the last value before it and the first after it.
  const point = namedTable(pointsTable, pointTypes, "point").columns;
  const line = from(namedTable(pointsTable, pointTypes, "point"))
    .select({ row_id: missing("integer"), group_key: point.group_key, at: point.at, reference_at: point.at })
    .followedBy(
      from(gaps)
        .where(value.isNull())
        .select({ row_id, group_key: groupOf(gaps), at: known_at, reference_at: missing("timestamp") }),
    )
    .as("line");
  const l = line.columns;
  const between = from(line)
    .select({
      ...l,
      before_at: maximum(l.reference_at).within([l.group_key], [l.at.ascending()]),
      after_at: minimum(l.reference_at).within([l.group_key], [l.at.descending()]),
    })
    .as("between");
  const b = between.columns;
  const [before, after] = [namedTable(pointsTable, pointTypes, "before"), namedTable(pointsTable, pointTypes, "after")];
  const same = (side: typeof before, at: Expression<"timestamp">) =>
    side.columns.group_key.equals(b.group_key).and(side.columns.at.equals(at));
  const [from_, to] = [before.columns, after.columns];
  const share = daysBetween(from_.at, b.at).over(daysBetween(from_.at, to.at));
  const straight = from_.value.plus(to.value.minus(from_.value).times(share.orElse(0)));
  return from(between)
    .leftJoin(before, same(before, b.before_at))
    .leftJoin(after, same(after, b.after_at))
    .where(b.row_id.isNotNull())
    .select({
      row_id: b.row_id,
      filled: choose(
        [
          [from_.value.isNull(), to.value],
          [to.value.isNull(), from_.value],
        ],
        straight,
      ),
    });
}
