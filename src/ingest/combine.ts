import { quote } from "../engine/duckdb/dialect.ts";
import { type DuckdbEngine, textLiteral } from "../engine/duckdb/engine.ts";
import type { Table } from "../schema/columns.ts";
import { type CanonicalTableName, canonicalTableNames, canonicalTables } from "../schema/tables.ts";
import { sourceName } from "./readers/index.ts";

/**
 * What can only be said when every source has been read: parts of a row are put together, the ids that one person has in
 * several sources become one customer, and a row that still lacks a required value is set aside. Answers, by source, how
 * many rows that were.
 */
export async function combineSources(
  engine: DuckdbEngine,
  sources: readonly { readonly sourceId: string; readonly path: string }[],
): Promise<number[]> {
  for (const name of canonicalTableNames) await completeFromParts(engine, name);
  const [{ known }] = await engine.rows("SELECT count(*) AS known FROM identities");
  if (Number(known) > 0) {
    await widenIdentities(engine);
    await resolveStoreIds(engine);
    await resolveVisitors(engine);
  }
  const found: number[] = [];
  for (const [index, source] of sources.entries()) found.push(await setAsideIncompleteOrders(engine, index, source));
  return found;
}

/** A value that a row lacks is the latest that a part with the same key has. */
async function completeFromParts(engine: DuckdbEngine, name: CanonicalTableName): Promise<void> {
  const { columns, key } = canonicalTables[name] as Table;
  const [{ parts }] = await engine.rows(`SELECT count(*) AS parts FROM ${quote(name)} WHERE is_part`);
  if (Number(parts) === 0) return;
  const others = Object.keys(columns).filter((column) => !key.includes(column));
  const latest = others.map((column) => `arg_max(${quote(column)}, source_order) AS ${quote(column)}`).join(", ");
  const filled = others.map(
    (column) => `${quote(column)} = coalesce(${quote(name)}.${quote(column)}, parts.${quote(column)})`,
  );
  const same = key.map((column) => `${quote(name)}.${quote(column)} = parts.${quote(column)}`).join(" AND ");
  const keys = key.map(quote).join(", ");
  await engine.statement(
    `UPDATE ${quote(name)} SET ${filled.join(", ")} FROM (SELECT ${keys}, ${latest} FROM ${quote(name)} WHERE is_part GROUP BY ${keys}) AS parts
     WHERE ${same} AND NOT ${quote(name)}.is_part`,
  );
  await engine.statement(`DELETE FROM ${quote(name)} WHERE is_part`);
}

/** An id was first seen in the source that saw it first, whichever source was read last. */
async function widenIdentities(engine: DuckdbEngine): Promise<void> {
  await engine.statement(
    `CREATE OR REPLACE TEMP TABLE identities AS SELECT * REPLACE (min(first_seen_at) OVER same AS first_seen_at, max(last_seen_at) OVER same AS last_seen_at)
     FROM identities WINDOW same AS (PARTITION BY id_type, id_value, customer_id)`,
  );
}

/** Some stores give a customer another id in every order, and say elsewhere who it is. */
async function resolveStoreIds(engine: DuckdbEngine): Promise<void> {
  for (const name of ["orders", "refunds"] as const)
    await engine.statement(
      `UPDATE ${name} SET customer_id = i.customer_id FROM (SELECT id_value, arg_max(customer_id, (source_order, customer_id)) AS customer_id FROM identities WHERE id_type = 'store_id' GROUP BY 1) AS i
       WHERE ${name}.customer_id = i.id_value`,
    );
}

/** A visitor's events belong to whoever the visitor was last known to be by then: who logs in later was nobody before. */
async function resolveVisitors(engine: DuckdbEngine): Promise<void> {
  await engine.statement(
    `UPDATE events SET customer_id = known.customer_id FROM (
       SELECT e.event_id, e.source_order, arg_max(i.customer_id, (i.first_seen_at, i.customer_id)) AS customer_id FROM events e
       JOIN identities i ON i.id_value = e.anonymous_id AND i.id_type IN ('user_pseudo_id', 'anonymous_id') AND i.first_seen_at <= e.occurred_at
       WHERE e.customer_id IS NULL GROUP BY ALL) AS known
     WHERE events.event_id = known.event_id AND events.source_order = known.source_order`,
  );
}

/** An order whose amount stands in another file than the one imported, or in none. */
async function setAsideIncompleteOrders(
  engine: DuckdbEngine,
  index: number,
  { sourceId, path }: { readonly sourceId: string; readonly path: string },
): Promise<number> {
  const required = Object.entries((canonicalTables.orders as Table).columns).filter(([, column]) => column.required);
  const first = `CASE ${required.map(([name]) => `WHEN ${quote(name)} IS NULL THEN '${name}'`).join(" ")} END`;
  const lacking = `FROM orders WHERE source_order = ${index} AND ${first} IS NOT NULL`;
  const [{ rows }] = await engine.rows(`SELECT count(*) AS rows ${lacking}`);
  if (Number(rows) === 0) return 0;
  const place = `${textLiteral(sourceId)}, ${textLiteral(sourceName(path))}, line`;
  await engine.statement(
    `INSERT INTO set_aside SELECT ${place}, 'orders', 'missing_required', ${first}, NULL ${lacking}`,
  );
  await engine.statement(`DELETE ${lacking}`);
  return Number(rows);
}
