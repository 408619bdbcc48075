import { every, md5 } from "../../engine/sql/functions.ts";
import { from, namedTable, type Query } from "../../engine/sql/query.ts";
import { meanOfNearest, type Points } from "../../stats/nearest-neighbours.ts";
import type { Bench } from "../bench.ts";
import { type Filled, type Gaps, references } from "./gaps.ts";

const near = ["price", "quantity", "day"] as const;
const filledTypes = { row_id: "integer", filled: "double" } as const;

/**
 * Fills gaps with the mean of the rows nearest in (logarithmic) price, quantity and time, among a sample of at most
 * `largestReference` rows that has nothing to do with their order. Rows that lack one of the three stay gaps.
 */
export async function fillByNeighbours(
  bench: Bench,
  gaps: Gaps,
  { neighbours, largestReference }: { neighbours: number; largestReference: number },
): Promise<Filled> {
  const { row_id, key, value } = gaps.columns;
  const complete = every(...near.map((name) => gaps.columns[name].isNotNull()));
  const columns = { row_id, value, ...Object.fromEntries(near.map((name) => [name, gaps.columns[name]])) };
  const sample = references(gaps, bench.fitBefore)
    .where(complete)
    .select(columns)
    .orderBy(md5(key), key)
    .limit(largestReference);
  const known = await bench.engine.collect(sample as unknown as Query);
  const asked = await bench.engine.collect(
    from(gaps).where(value.isNull(), complete).select(columns).orderBy(row_id) as unknown as Query,
  );
  const filled = meanOfNearest(pointsOf(known), known.numbers.value, pointsOf(asked), neighbours);
  await bench.hold("cleaning_neighbours", [
    { name: "row_id", type: "integer", values: asked.numbers.row_id },
    { name: "filled", type: "double", values: filled },
  ]);
  const table = namedTable("cleaning_neighbours", filledTypes, "neighbour");
  return from(table).where(table.columns.filled.isNotNull()).select(table.columns);
}

function pointsOf({ rows, numbers }: { rows: number; numbers: Readonly<Record<string, Float64Array>> }): Points {
  const values = new Float64Array(rows * near.length); // (rows, features)
  near.forEach((name, feature) => {
    for (let row = 0; row < rows; row++) values[row * near.length + feature] = numbers[name][row];
  });
  return { features: near.length, values };
}
