import type { Progress } from "../base/progress.ts";
import type { Engine } from "../engine/engine.ts";
import { type Expression, instant, missing } from "../engine/sql/expression.ts";
import { choose, plusDays } from "../engine/sql/functions.ts";
import { from, namedTable, type Query, type Relation } from "../engine/sql/query.ts";
import { cleanCustomers } from "../schema/clean-tables.ts";
import type { TypesOf } from "../schema/columns.ts";
import { cleanTable } from "./clean-table.ts";
import { featureExpressions } from "./expressions.ts";
import { type FamilyName, type FamilyQuery, familyQueries, type Points, pointTypes } from "./families.ts";
import { discountScale, type LabelFact, labelQueries } from "./labels.ts";
import type { Vocabulary } from "./vocabulary.ts";

export interface DescribeOptions {
  readonly vocabulary: Vocabulary;
  /** Days after a point at which a label may begin or end. */
  readonly boundaries: readonly number[];
  readonly annualDiscountRate: number;
  /** Nothing after this instant is known: labels that end later are NULL. */
  readonly end: number;
  readonly minorPerMajor: number;
}

export interface Described {
  /** One row per point: customer_id, as_of; select features and values into it. */
  query: Query<typeof pointTypes>;
  point: Points["columns"];
  features: Record<string, Expression<"double">>;
  /** What is known of the point's customer. */
  customer: Relation<TypesOf<(typeof cleanCustomers)["columns"]>>["columns"];
  /** Discounted value known in [as_of + start, as_of + end), major units; NULL where that is not over yet. */
  value(startDays: number, endDays: number): Expression<"double">;
  /** Orders in the same window; NULL where that is not over yet. */
  orders(startDays: number, endDays: number): Expression<"double">;
}

/** Everything to compute for a table of points, in order: intermediate tables by name, then what is read from them. */
export function plan(
  pointTable: string,
  options: DescribeOptions,
): { tables: [string, Query][]; described: Described } {
  const families = familyQueries(pointTable, options.vocabulary);
  const labels = labelQueries(pointTable, options.boundaries, options.annualDiscountRate);
  const tables: [string, FamilyQuery][] = [
    ...Object.entries(families).map(([name, query]): [string, FamilyQuery] => [`${pointTable}_${name}`, query]),
    ...Object.entries(labels).map(([name, query]): [string, FamilyQuery] => [`${pointTable}_${name}_after`, query]),
  ];
  const relations = new Map(tables.map(([name, { types }]) => [name, namedTable(name, types, name)]));

  const point = namedTable(pointTable, pointTypes, "p").columns;
  const c = cleanTable(cleanCustomers, "c");
  let query = from(namedTable(pointTable, pointTypes, "p"))
    .leftJoin(c, c.columns.customer_id.equals(point.customer_id))
    .select(point) as unknown as Query<typeof pointTypes>;
  for (const relation of relations.values()) {
    const { customer_id, as_of } = relation.columns as unknown as Points["columns"];
    query = query.leftJoin(relation as Relation, customer_id.equals(point.customer_id).and(as_of.equals(point.as_of)));
  }
  const numbers = (suffix: FamilyName | `${LabelFact}_after`) =>
    relations.get(`${pointTable}_${suffix}`)?.columns as Record<string, Expression<"double">>;
  const [ordersAfter, refundsAfter] = [numbers("orders_after"), numbers("refunds_after")];
  const summed = (startDays: number, endDays: number, slice: (days: number) => Expression<"double">, scale: number) => {
    const total = options.boundaries
      .filter((days) => days >= startDays && days < endDays)
      .map(slice)
      .reduce((sumOf, next) => sumOf.plus(next));
    const over = plusDays(point.as_of, endDays).atMost(instant(options.end));
    return choose([[over, total.over(scale)]], missing("double"));
  };
  const described: Described = {
    query,
    point,
    customer: c.columns,
    features: featureExpressions(
      {
        orders: { ...numbers("orders"), ...numbers("orders_last_year") },
        refunds: numbers("refunds"),
        events: { ...numbers("events"), ...numbers("sessions_90d") },
        lines: numbers("lines"),
        exposures: numbers("exposures"),
      },
      c.columns,
      options.vocabulary,
      point.as_of,
      options.minorPerMajor,
    ),
    value: (startDays, endDays) =>
      summed(
        startDays,
        endDays,
        (days) => ordersAfter[`from${days}`].orElse(0).minus(refundsAfter[`from${days}`].orElse(0)),
        options.minorPerMajor * discountScale,
      ),
    orders: (startDays, endDays) =>
      summed(startDays, endDays, (days) => ordersAfter[`countFrom${days}`].orElse(0).to("double"), 1),
  };
  return { tables: tables.map(([name, { query: rows }]) => [name, rows]), described };
}

/** Computes every family for the points in a materialised table; one range join per fact table. */
export async function describe(
  pointTable: string,
  options: DescribeOptions,
  engine: Engine,
  progress: Progress,
): Promise<Described> {
  const { tables, described } = plan(pointTable, options);
  for (const [index, [name, query]] of tables.entries()) {
    await engine.materialise(name, query);
    progress.report(index + 1, tables.length);
  }
  return described;
}
