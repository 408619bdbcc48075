import type { Engine } from "../engine/engine.ts";
import { type Expression, missing } from "../engine/sql/expression.ts";
import { dateInZone, maximum, rowNumber } from "../engine/sql/functions.ts";
import { from, namedTable, type Query, type Relation } from "../engine/sql/query.ts";
import { type Artifact, openTable } from "../runs/artifact.ts";
import { type ColumnType, typesOf } from "../schema/columns.ts";
import { canonicalTables } from "../schema/tables.ts";
import { dailyRates } from "./rates.ts";

/** Where ingest says that a row came from. */
const origin = { source_id: "text", file: "text", line: "integer" } as const;
/** The product that a refund is for, where that is known. */
const returned = { product_id: "text" } as const;
const rowId = { row_id: "integer" } as const;
/** Workspace minor units per minor unit of the row's currency on its business date; NULL where no rate is known. */
const factor = { factor: "double" } as const;

/** The tables as cleaning holds them: canonical columns, where the row came from, a number, the exchange factor. */
export const workTypes = {
  customers: { ...typesOf(canonicalTables.customers.columns), ...origin, ...rowId },
  products: { ...typesOf(canonicalTables.products.columns), ...origin, ...rowId },
  orders: { ...typesOf(canonicalTables.orders.columns), ...origin, ...rowId, ...factor },
  order_lines: { ...typesOf(canonicalTables.order_lines.columns), ...origin, ...rowId, ...factor },
  refunds: { ...typesOf(canonicalTables.refunds.columns), ...returned, ...origin, ...rowId, ...factor },
  events: { ...typesOf(canonicalTables.events.columns), ...origin, ...rowId },
  treatments: { ...typesOf(canonicalTables.treatments.columns), ...origin, ...rowId },
  assignments: { ...typesOf(canonicalTables.assignments.columns), ...origin, ...rowId },
  exposures: { ...typesOf(canonicalTables.exposures.columns), ...origin, ...rowId, ...factor },
} as const;

export type WorkName = keyof typeof workTypes;
export type WorkTypes<Name extends WorkName> = (typeof workTypes)[Name];
export const workNames = Object.keys(workTypes) as WorkName[];

/** Every row of a table, marked or not, with the ids as they came in. */
export function allRows<Name extends WorkName>(name: Name, alias: string): Relation<WorkTypes<Name>> {
  return namedTable(`cleaning_${name}`, workTypes[name], alias) as Relation<WorkTypes<Name>>;
}

/** What conversion into workspace money depends on. */
export interface Workspace {
  readonly currency: string;
  readonly timezone: string;
}

/** Copies one table of the artifact into the engine, numbered in file order, with its exchange factor; returns its name. */
export async function loadTable(
  engine: Engine,
  ingested: Artifact,
  name: WorkName,
  workspace: Workspace,
): Promise<string> {
  const present = ingested.manifest.tables[name]?.types;
  const wanted: Readonly<Record<string, ColumnType>> = workTypes[name];
  const read = present ? Object.fromEntries(Object.entries(wanted).filter(([column]) => column in present)) : wanted;
  const source = namedTable(await openTable(engine, ingested, name, read), read, "s");
  const columns: Record<string, Expression> = {};
  for (const [column, type] of Object.entries(wanted)) columns[column] = source.columns[column] ?? missing(type);
  const numbered = from(source)
    .select({ ...columns, row_id: rowNumber([], []) })
    .as("numbered") as Relation;
  await engine.materialise(`cleaning_${name}`, enriched(name, numbered, workspace));
  return `cleaning_${name}`;
}

function enriched(name: WorkName, rows: Relation, workspace: Workspace): Query {
  if (name === "orders") return withFactor(rows, "ordered_at", workspace) as Query;
  if (name === "exposures") return withFactor(rows, "exposed_at", workspace) as Query;
  if (name === "order_lines") return withFactorOfOrder(rows);
  if (name === "refunds") return withProduct(withFactor(rows, "refunded_at", workspace).as("dated"));
  return from(rows).select(rows.columns) as unknown as Query;
}

/** The exchange factor of the shop's own business date; amounts without a currency are in the workspace's. */
function withFactor(rows: Relation, dateColumn: string, { currency, timezone }: Workspace): Query {
  const own = (rows.columns["currency"] as Expression<"text">).orElse(currency);
  const date = dateInZone(rows.columns[dateColumn] as Expression<"timestamp">, timezone);
  const daily = dailyRates(from(rows).select({ currency: own, date }));
  const { currency: rateCurrency, date: rateDate, factor } = daily.columns;
  return from(rows)
    .leftJoin(daily, rateCurrency.equals(own).and(rateDate.equals(date)))
    .select({ ...rows.columns, factor }) as unknown as Query;
}

/** A line is in the currency of its order. */
function withFactorOfOrder(rows: Relation): Query {
  const orders = allRows("orders", "all_orders");
  const { order_id, factor } = orders.columns;
  const perOrder = from(orders)
    .groupBy(order_id)
    .select({ order_id, factor: maximum(factor) })
    .as("o");
  return from(rows)
    .leftJoin(perOrder, perOrder.columns.order_id.equals(rows.columns["order_id"] as Expression<"text">))
    .select({ ...rows.columns, factor: perOrder.columns.factor }) as unknown as Query;
}

/** Where a refund gives a product as its reason (Online Retail does), that is the product that came back. */
function withProduct(rows: Relation): Query {
  const { product_id } = allRows("order_lines", "l").columns;
  const listed = allRows("products", "p").columns;
  const either = from(allRows("order_lines", "l"))
    .select({ product_id })
    .followedBy(from(allRows("products", "p")).select({ product_id: listed.product_id }))
    .as("either");
  const known = from(either).select({ product_id: either.columns.product_id }).distinct().as("known");
  const { product_id: named, reason } = rows.columns as Record<"product_id" | "reason", Expression<"text">>;
  return from(rows)
    .leftJoin(known, known.columns.product_id.equals(reason))
    .select({ ...rows.columns, product_id: named.orElse(known.columns.product_id) }) as unknown as Query;
}
