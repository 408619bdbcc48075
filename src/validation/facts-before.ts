import type { DuckdbEngine } from "../engine/duckdb/engine.ts";
import { type Expression, instant, missing } from "../engine/sql/expression.ts";
import { choose, dateOf } from "../engine/sql/functions.ts";
import { from, namedTable, type Query, type Relation } from "../engine/sql/query.ts";
import { type Artifact, openTable } from "../runs/artifact.ts";
import type { ArtifactStore } from "../runs/store.ts";
import type { CanonicalTableName } from "../schema/tables.ts";

interface Dated {
  readonly column: string;
  /** Whether a row without a date stays: a customer whose record says nothing may have been there all along. */
  readonly undatedStay?: true;
}

/** When a row of each table became known; products and treatments are the shop's books of today. */
const dates: Partial<Record<CanonicalTableName, Dated>> = {
  customers: { column: "created_at", undatedStay: true },
  identities: { column: "first_seen_at", undatedStay: true },
  orders: { column: "ordered_at" },
  refunds: { column: "refunded_at" },
  events: { column: "occurred_at" },
  assignments: { column: "assigned_at" },
  exposures: { column: "exposed_at" },
  ad_spend: { column: "date" },
  fx_rates: { column: "date" },
};

/**
 * A copy of what was ingested as an export of that instant would have shown it: later rows are not in it, and of earlier
 * ones nothing that happened later. Whatever is computed from the copy cannot know more.
 */
export async function factsBefore(
  before: number,
  ingested: Artifact,
  engine: DuckdbEngine,
  store: ArtifactStore,
): Promise<Artifact<{ before: number }>> {
  const { artifact } = await store.build("facts", { ingested: ingested.hash, before }, engine, async (output) => {
    for (const name of Object.keys(ingested.manifest.tables)) {
      if (name === "set_aside") continue; // says why rows were refused; nobody computes with it
      await output.write(name, await rowsBefore(before, name, ingested, engine));
    }
    return { before };
  });
  return artifact;
}

async function rowsBefore(before: number, name: string, ingested: Artifact, engine: DuckdbEngine): Promise<Query> {
  const rows = await relation(name, "r", ingested, engine);
  const columns = asOf(before, name, rows);
  const origin = ["source_id", "file", "line"].flatMap((column) => rows.columns[column] ?? []);
  const written = from(rows)
    .select(columns)
    .orderBy(...origin, ...Object.values(rows.columns));
  if (name === "order_lines") {
    const orders = await relation("orders", "o", ingested, engine);
    const { order_id } = orders.columns as Record<string, Expression<"text">>;
    const placed = from(orders)
      .where(isBefore(before, "orders", orders))
      .select({ order_id })
      .as("placed");
    const own = rows.columns["order_id"] as Expression<"text">;
    return written.having(placed, placed.columns.order_id.equals(own)) as unknown as Query;
  }
  return (name in dates ? written.where(isBefore(before, name, rows)) : written) as unknown as Query;
}

async function relation(name: string, alias: string, ingested: Artifact, engine: DuckdbEngine): Promise<Relation> {
  const { types } = ingested.manifest.tables[name];
  return namedTable(await openTable(engine, ingested, name, types), types, alias);
}

function isBefore(before: number, name: string, rows: Relation): Expression<"boolean"> {
  const { column, undatedStay } = dates[name as CanonicalTableName] as Dated;
  const date = rows.columns[column];
  const earlier =
    date.type === "date"
      ? (date as Expression<"date">).below(dateOf(instant(before)))
      : (date as Expression<"timestamp">).below(instant(before));
  return undatedStay ? date.isNull().or(earlier) : earlier;
}

/** Orders that were paid or cancelled later stood open on that day. */
function asOf(before: number, name: string, { columns }: Relation): Record<string, Expression> {
  if (name !== "orders") return columns;
  const { paid_at, cancelled_at, status } = columns as Record<string, Expression<"timestamp">> & {
    status: Expression<"text">;
  };
  const known = (at: Expression<"timestamp">) => choose([[at.below(instant(before)), at]], missing("timestamp"));
  const isCancelledLater = cancelled_at.atLeast(instant(before));
  return {
    ...columns,
    paid_at: known(paid_at),
    cancelled_at: known(cancelled_at),
    status: choose([[isCancelledLater, "paid"]], status),
  };
}
