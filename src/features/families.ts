import type { Expression } from "../engine/sql/expression.ts";
import { count, daysBetween, maximum, plusDays, previous } from "../engine/sql/functions.ts";
import { from, namedTable, type Query, type Relation } from "../engine/sql/query.ts";
import {
  cleanEvents,
  cleanExposures,
  cleanOrderLines,
  cleanOrders,
  cleanRefunds,
  cleanTreatments,
} from "../schema/clean-tables.ts";
import type { ColumnType, TypesOf } from "../schema/columns.ts";
import {
  categoryAggregates,
  countsOfSession,
  exposureAggregates,
  lastEventAggregates,
  lastYearAggregates,
  orderAggregates,
  refundAggregates,
  sessionAggregates,
} from "./aggregates.ts";
import { windowsDays } from "./catalogue.ts";
import { cleanTable } from "./clean-table.ts";
import type { Vocabulary } from "./vocabulary.ts";

export const pointTypes = { customer_id: "text", as_of: "timestamp" } as const;
export type Points = Relation<typeof pointTypes>;

/** One fact table's aggregates of every point (customer, cut-off); all of them doubles. */
export interface FamilyQuery {
  readonly query: Query;
  readonly types: Readonly<Record<string, ColumnType>>;
}

export type FamilyName = "orders" | "orders_last_year" | "refunds" | "lines" | "events" | "sessions_90d" | "exposures";

/** Events and exposures are read back this far only: they are many, and old ones say little. */
const memoryDays = 365;

/**
 * Range joins of the points of a table with each fact table, one for each stretch of time that features look back on:
 * an aggregate costs the same for every row it is offered, counted or not.
 */
export function familyQueries(pointTable: string, vocabulary: Vocabulary): Record<FamilyName, FamilyQuery> {
  const p = namedTable(pointTable, pointTypes, "p");
  const point = p.columns;
  const before = (fact: { customer_id: Expression<"text">; known_at: Expression<"timestamp"> }, days?: number) => {
    const known = fact.customer_id.equals(point.customer_id).and(fact.known_at.below(point.as_of));
    return days === undefined ? known : known.and(fact.known_at.atLeast(plusDays(point.as_of, -days)));
  };
  const o = ordersWithGaps();
  const r = cleanTable(cleanRefunds, "r");
  const recent = cleanTable(cleanOrders, "o");
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
    orders_last_year: family(
      from(p).join(recent, before(recent.columns, Math.max(...windowsDays))),
      point,
      lastYearAggregates(recent.columns, point.as_of),
    ),
    refunds: family(from(p).join(r, before(r.columns)), point, refundAggregates(r.columns, point.as_of)),
    lines: family(from(bought), { customer_id: b.customer_id, as_of: b.as_of }, categoryAggregates(b)),
    events: family(from(p).join(e, before(e.columns, memoryDays)), point, lastEventAggregates(e.columns, point.as_of)),
    sessions_90d: sessionFamily(from(p).join(e, before(e.columns, 90)), point, e.columns, vocabulary.category),
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

/** Two levels, sessions and then customers: counting distinct sessions would hold all of them in memory. */
function sessionFamily(
  events: Query<Record<never, never>>,
  point: Points["columns"],
  e: Relation<TypesOf<(typeof cleanEvents)["columns"]>>["columns"],
  categories: readonly string[],
): FamilyQuery {
  const counts = countsOfSession(e, categories);
  const perSession = events
    .groupBy(point.customer_id, point.as_of, e.session_id)
    .select({ ...point, session_id: e.session_id, last_at: maximum(e.known_at), ...counts })
    .as("s");
  const s = perSession.columns;
  const names = Object.keys(counts);
  const counted = names.map((name) => (s as unknown as typeof counts)[name]);
  return family(
    from(perSession),
    { customer_id: s.customer_id, as_of: s.as_of },
    sessionAggregates(s, counted, names, s.as_of),
  );
}

/** Gaps are between neighbouring orders, whatever the cut-off: the earlier one is always known with the later one. */
function ordersWithGaps() {
  const bought = cleanTable(cleanOrders, "bought");
  // Sorting carries every column along, so only those that are read; orders of one instant are a gap of 0 in any order.
  const { order_id, shipping_minor, value_imputed, value_capped_minor, ...o } = bought.columns;
  const previousAt = previous(o.known_at).within([o.customer_id], [o.known_at.ascending()]);
  const gapped = from(bought)
    .select({ ...o, previous_at: previousAt })
    .as("gapped");
  const { previous_at, ...columns } = gapped.columns;
  return from(gapped)
    .select({ ...columns, gap_days: daysBetween(previous_at, columns.known_at) })
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
