import type { Expression } from "../engine/sql/expression.ts";
import { count, daysBetween, plusDays, previous } from "../engine/sql/functions.ts";
import { from, namedTable, type Query, type Relation } from "../engine/sql/query.ts";
import {
  cleanEvents,
  cleanExposures,
  cleanOrderLines,
  cleanOrders,
  cleanRefunds,
  cleanTreatments,
} from "../schema/clean-tables.ts";
import type { ColumnType } from "../schema/columns.ts";
import {
  categoryAggregates,
  eventAggregates,
  exposureAggregates,
  orderAggregates,
  refundAggregates,
} from "./aggregates.ts";
import { cleanTable } from "./clean-table.ts";
import type { Vocabulary } from "./vocabulary.ts";

export const pointTypes = { customer_id: "text", as_of: "timestamp" } as const;
export type Points = Relation<typeof pointTypes>;

/** One fact table's aggregates of every point (customer, cut-off); all of them doubles. */
export interface FamilyQuery {
  readonly query: Query;
  readonly types: Readonly<Record<string, ColumnType>>;
}

export type FamilyName = "orders" | "refunds" | "lines" | "events" | "exposures";

/** Events and exposures are read back this far only: they are many, and old ones say little. */
const memoryDays = 365;

/** One range join per fact table, for the points of a table: all windows come out of the same pass. */
export function familyQueries(pointTable: string, vocabulary: Vocabulary): Record<FamilyName, FamilyQuery> {
  const p = namedTable(pointTable, pointTypes, "p");
  const point = p.columns;
  const before = (fact: { customer_id: Expression<"text">; known_at: Expression<"timestamp"> }, days?: number) => {
    const known = fact.customer_id.equals(point.customer_id).and(fact.known_at.below(point.as_of));
    return days === undefined ? known : known.and(fact.known_at.atLeast(plusDays(point.as_of, -days)));
  };
  const o = ordersWithGaps();
  const r = cleanTable(cleanRefunds, "r");
  const e = cleanTable(cleanEvents, "e");
  const x = exposuresWithChannel();
  const l = cleanTable(cleanOrderLines, "l");
  const bought = from(p)
    .join(l, before(l.columns))
    .groupBy(point.customer_id, point.as_of, l.columns.category)
    .select({ ...point, category: l.columns.category, lines: count() })
    .as("bought");
  const b = bought.columns;
  return {
    orders: family(from(p).join(o, before(o.columns)), point, orderAggregates(o.columns, point.as_of)),
    refunds: family(from(p).join(r, before(r.columns)), point, refundAggregates(r.columns, point.as_of)),
    lines: family(from(bought), { customer_id: b.customer_id, as_of: b.as_of }, categoryAggregates(b)),
    events: family(
      from(p).join(e, before(e.columns, memoryDays)),
      point,
      eventAggregates(e.columns, point.as_of, vocabulary.category),
    ),
    exposures: family(
      from(p).join(x, before(x.columns, memoryDays)),
      point,
      exposureAggregates(x.columns, point.as_of),
    ),
  };
}

function family(
  rows: Query<Record<never, never>>,
  point: Points["columns"],
  aggregates: Readonly<Record<string, Expression>>,
): FamilyQuery {
  const doubles = Object.fromEntries(Object.entries(aggregates).map(([name, value]) => [name, value.to("double")]));
  const query = rows.groupBy(point.customer_id, point.as_of).select({ ...point, ...doubles });
  return { query: query as unknown as Query, types: query.types };
}

/** Gaps are between neighbouring orders, whatever the cut-off: the earlier one is always known with the later one. */
function ordersWithGaps() {
  const bought = cleanTable(cleanOrders, "bought");
  const o = bought.columns;
  const previousAt = previous(o.known_at).within([o.customer_id], [o.known_at.ascending(), o.order_id.ascending()]);
  const gapped = from(bought)
    .select({ ...o, previous_at: previousAt })
    .as("gapped");
  return from(gapped)
    .select({ ...gapped.columns, gap_days: daysBetween(gapped.columns.previous_at, gapped.columns.known_at) })
    .as("o");
}

function exposuresWithChannel() {
  const x = cleanTable(cleanExposures, "exposed");
  const t = cleanTable(cleanTreatments, "t");
  const { customer_id, kind, known_at, treatment_id } = x.columns;
  return from(x)
    .leftJoin(t, t.columns.treatment_id.equals(treatment_id))
    .select({ customer_id, kind, known_at, channel: t.columns.channel })
    .as("x");
}
