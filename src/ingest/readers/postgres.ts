import { createHash } from "node:crypto";
import { DataError } from "../../base/errors.ts";
import { quote } from "../../engine/duckdb/dialect.ts";
import { type PostgresAddress, postgresAddress } from "./postgres-address.ts";
import { inSnapshot, type PasswordDoor, type PostgresSession } from "./postgres-session.ts";
import { defaultMaxLineLength, distinctNames, type OpenedSource, type ReaderContext } from "./reader.ts";
import { findMalformed, type RecordsFormat, readRecords, type WrittenRecord, writeRecords } from "./records.ts";

const rowsPerFetch = 5000;

/**
 * A table or query of a PostgreSQL database: counted and read in one snapshot, some thousands of rows at a time. Values are the
 * server's text, in UTC; arrays and composites become JSON. A table has no order, so rows are numbered in the order of their values.
 */
export async function openPostgres(source: string, copy: string, context: ReaderContext): Promise<OpenedSource> {
  const address = postgresAddress(source);
  const maxLength = context.maxLineLength ?? defaultMaxLineLength;
  return inSnapshot(address, context, async (session) => {
    const { names, columns, relation } = await describe(session, address);
    if (names.length === 0) throw new DataError("no_columns", { path: address.url });
    const header = distinctNames(names);
    const [[counted]] = await session.rows(`SELECT count(*) FROM ${relation}`);
    if (counted === "0") throw new DataError("header_only", { path: address.url, columns: header });
    await session.rows(`DECLARE longrun_rows NO SCROLL CURSOR FOR SELECT ${columns.join(", ")} FROM ${relation}`);
    const format = await writeRecords(copy, header, fetchedRows(session), { path: address.url, maxLength });
    return {
      format: "postgres",
      header,
      records: Number(counted),
      skippedLines: 0,
      load: () => load(context, copy, format),
    };
  });
}

/** A hash of what a source holds now, whatever the order of its rows: it changes when a row does. */
export async function postgresFingerprint(
  source: string,
  doors: { password?: PasswordDoor; signal?: AbortSignal },
): Promise<string> {
  const address = postgresAddress(source);
  return inSnapshot(address, doors, async (session) => {
    const { names, relation } = await describe(session, address);
    const row = `ROW(${names.map((_, at) => `c${at}`).join(", ")})::text`;
    const [totals] = await session.rows(
      `SELECT count(*), sum(('x' || substr(md5(${row}), 1, 15))::bit(60)::bigint), sum(('x' || substr(md5(${row}), 17, 15))::bit(60)::bigint) FROM ${relation}`,
    );
    return createHash("sha256")
      .update(JSON.stringify([names, totals]))
      .digest("hex");
  });
}

/** The columns by place, for names may repeat, and each as text. */
async function describe(session: PostgresSession, { relation }: PostgresAddress) {
  const found = await session.columns(`SELECT * FROM ${relation} AS source LIMIT 0`);
  const types = await session.rows("SELECT oid, typname, typcategory FROM pg_type WHERE oid = ANY($1::oid[])", [
    found.map(({ type }) => type),
  ]);
  const typeOf = new Map(types.map(([oid, name, category]) => [Number(oid), { name, category }]));
  const places = found.map((_, at) => `c${at}`);
  return {
    names: found.map(({ name }) => name),
    columns: found.map(({ type }, at) => asText(`c${at}`, typeOf.get(type))),
    relation: `${relation} AS source(${places.join(", ")})`,
  };
}

function asText(column: string, type: { name: string | null; category: string | null } | undefined): string {
  // A JSON text becomes plain text, any other JSON stays JSON.
  if (type?.name === "json" || type?.name === "jsonb") return `${column} #>> '{}'`;
  if (type?.category === "A" || type?.category === "C") return `to_json(${column})::text`;
  return `${column}::text`;
}

async function* fetchedRows(session: PostgresSession): AsyncGenerator<WrittenRecord> {
  for (let line = 1; ; ) {
    const rows = await session.rows(`FETCH FORWARD ${rowsPerFetch} FROM longrun_rows`);
    if (rows.length === 0) return;
    for (const fields of rows) yield { line: line++, fields };
  }
}

async function load({ engine }: ReaderContext, copy: string, format: RecordsFormat): Promise<void> {
  await readRecords(engine, "fetched", copy, format);
  await findMalformed(engine);
  const columns = format.columns.map(quote).join(", ");
  await engine.statement(
    `CREATE OR REPLACE TEMP TABLE raw AS SELECT ${columns}, row_number() OVER (ORDER BY ${columns}) AS line FROM fetched`,
  );
  await engine.drop("fetched");
}
