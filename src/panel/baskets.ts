import { millisecondsPerDay } from "../base/clock.ts";
import type { Engine } from "../engine/engine.ts";
import { type Expression, instant } from "../engine/sql/expression.ts";
import { count } from "../engine/sql/functions.ts";
import { from, namedTable } from "../engine/sql/query.ts";
import type { Baskets } from "../models/value-network-inputs.ts";
import { type Artifact, openTable } from "../runs/artifact.ts";
import type { ColumnType } from "../schema/columns.ts";
import type { Panel } from "./panel.ts";

/** What the features stage says about its table of baskets. */
export interface BasketValues {
  readonly basketMeasures: readonly string[];
  readonly basketCategories: readonly string[];
}

/** The baskets of customers, by customer and time; line 0 is nobody's. */
export interface BasketTable
  extends Pick<Baskets, "measureNames" | "measures" | "categories" | "categoryCount" | "days"> {
  readonly knownAt: Float64Array; // (lines), epoch ms
  /** Each customer's first line and the one after the last. */
  readonly lines: ReadonlyMap<string, readonly [start: number, end: number]>;
}

/** All baskets known before `latest`. */
export async function readBaskets(
  engine: Engine,
  artifact: Artifact<BasketValues>,
  latest: number,
): Promise<BasketTable> {
  const { basketMeasures, basketCategories } = artifact.values;
  const types: Record<string, ColumnType> = {
    customer_id: "text",
    order_id: "text",
    known_at: "timestamp",
    category: "double",
  };
  for (const name of basketMeasures) types[name] = "double";
  const b = namedTable(await openTable(engine, artifact, "baskets", types), types, "b");
  const { customer_id, order_id, known_at, ...told } = b.columns;
  const known = from(b).where((known_at as Expression<"timestamp">).below(instant(latest)));
  const { numbers } = await engine.collect(
    known.select({ known_at, ...told }).orderBy(customer_id, known_at, order_id),
  );
  const customers = await engine.collect(
    known.groupBy(customer_id).select({ customer_id, baskets: count() }).orderBy(customer_id),
  );
  const rows = numbers.known_at.length;
  const knownAt = new Float64Array(rows + 1);
  const measures = new Float32Array((rows + 1) * basketMeasures.length);
  const categories = new Int32Array(rows + 1);
  knownAt.set(numbers.known_at, 1);
  categories.set(numbers.category, 1);
  basketMeasures.forEach((name, measure) => {
    for (let row = 0; row < rows; row++) measures[(row + 1) * basketMeasures.length + measure] = numbers[name][row];
  });
  const lines = new Map<string, readonly [number, number]>();
  let start = 1;
  customers.numbers.baskets.forEach((baskets, at) => {
    lines.set(customers.texts.customer_id[at] as string, [start, start + baskets]);
    start += baskets;
  });
  return {
    measureNames: basketMeasures,
    measures,
    categories,
    categoryCount: basketCategories.length + 1,
    days: Float32Array.from(knownAt, (at) => at / millisecondsPerDay),
    knownAt,
    lines,
  };
}

/** The last `steps` baskets that each row of a panel knew: those with `known_at < as_of`. */
export function basketsOf(
  table: BasketTable,
  { rows, customerIds, asOf }: Pick<Panel, "rows" | "customerIds" | "asOf">,
  steps: number,
): Baskets {
  const places = new Int32Array(rows * steps);
  for (let row = 0; row < rows; row++) {
    const [start, end] = table.lines.get(customerIds[row]) ?? [0, 0];
    const known = firstNotBefore(table.knownAt, asOf[row], start, end);
    const first = Math.max(start, known - steps);
    for (let line = first; line < known; line++) places[row * steps + steps - (known - line)] = line;
  }
  const { measureNames, measures, categories, categoryCount, days } = table;
  const asOfDays = Float32Array.from(asOf, (at) => at / millisecondsPerDay);
  return { measureNames, measures, categories, categoryCount, days, places, steps, asOfDays };
}

/** The first of the lines start … end − 1, rising, that is not before an instant; `end` where all are. */
function firstNotBefore(knownAt: Float64Array, instantMs: number, start: number, end: number): number {
  let [low, high] = [start, end];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (knownAt[middle] < instantMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
