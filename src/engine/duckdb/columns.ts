import {
  BIGINT,
  BOOLEAN,
  DATE,
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBDateValue,
  DuckDBTimestampValue,
  type DuckDBType,
  type DuckDBValue,
  TIMESTAMP,
  VARCHAR,
} from "@duckdb/node-api";
import { millisecondsPerDay } from "../../base/clock.ts";
import type { ColumnType } from "../../schema/columns.ts";
import type { ColumnBatch, NewColumn } from "../engine.ts";
import type { Query } from "../sql/query.ts";
import { emitQuery, quote, sqlType } from "./dialect.ts";

/**
 * Columns in and out of DuckDB as typed arrays. Whole vectors of 2,048 values are copied at a time: row objects
 * are about twenty times slower and have no place here.
 */
export async function readColumns(connection: DuckDBConnection, query: Query): Promise<ColumnBatch> {
  const types = Object.entries(query.types);
  const numberParts: Record<string, Float64Array[]> = {};
  const texts: Record<string, (string | null)[]> = {};
  for (const [name, type] of types)
    if (type === "text") texts[name] = [];
    else numberParts[name] = [];
  let rows = 0;
  for await (const batch of streamColumns(connection, emitQuery(query), query.types)) {
    rows += batch.rows;
    for (const [name, values] of Object.entries(batch.texts)) texts[name].push(...values);
    // The vector's memory is the engine's, which uses it again.
    for (const [name, values] of Object.entries(batch.numbers)) numberParts[name].push(values.slice());
  }
  const numbers = Object.fromEntries(Object.entries(numberParts).map(([name, parts]) => [name, joined(parts, rows)]));
  return { rows, numbers, texts };
}

/** The same a vector of at most 2,048 rows at a time, valid until the next one is asked for. */
export async function* streamColumns(
  connection: DuckDBConnection,
  select: string,
  columnTypes: Readonly<Record<string, ColumnType>>,
): AsyncGenerator<ColumnBatch> {
  const types = Object.entries(columnTypes);
  const columns = types.map(([name, type]) => `${asPlain(quote(name), type)} AS ${quote(name)}`);
  const result = await connection.stream(`SELECT ${columns.join(", ")} FROM (${select}) AS result`);
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    const numbers: Record<string, Float64Array> = {};
    const texts: Record<string, (string | null)[]> = {};
    for (const [index, [name, type]] of types.entries()) {
      if (type === "text") texts[name] = chunk.getColumnValues(index) as (string | null)[];
      // `items` is the vector's own typed array; the public accessor boxes every value.
      else numbers[name] = (chunk.getColumnVector(index) as unknown as { items: Float64Array }).items;
    }
    yield { rows: chunk.rowCount, numbers, texts };
  }
}

function asPlain(column: string, type: ColumnType): string {
  if (type === "text") return column;
  const number = type === "timestamp" || type === "date" ? `epoch_ms(CAST(${column} AS TIMESTAMP))` : column;
  return `coalesce(CAST(${number} AS DOUBLE), 'nan'::DOUBLE)`;
}

function joined(parts: readonly Float64Array[], rows: number): Float64Array {
  const all = new Float64Array(rows);
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

const duckdbType: Readonly<Record<ColumnType, DuckDBType>> = {
  text: VARCHAR,
  integer: BIGINT,
  double: DOUBLE,
  boolean: BOOLEAN,
  timestamp: TIMESTAMP,
  date: DATE,
};

const chunkRows = 2048;

/** Appends columns to a table that exists with the same columns in the same order. */
export async function appendColumns(connection: DuckDBConnection, tableName: string, columns: readonly NewColumn[]) {
  const definitions = columns.map(({ name, type }) => `${quote(name)} ${sqlType[type]}`).join(", ");
  await connection.run(`CREATE OR REPLACE TEMP TABLE ${quote(tableName)} (${definitions})`);
  const rows = columns[0]?.values.length ?? 0;
  const appender = await connection.createAppender(tableName);
  const types = columns.map(({ type }) => duckdbType[type]);
  for (let start = 0; start < rows; start += chunkRows) {
    const size = Math.min(chunkRows, rows - start);
    const chunk = DuckDBDataChunk.create(types, size);
    columns.forEach(({ type, values }, index) => {
      const converted = Array.from({ length: size }, (_, row) => toDuckdb(values[start + row], type));
      chunk.setColumnValues(index, converted);
    });
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

function toDuckdb(value: number | string | null, type: ColumnType): DuckDBValue {
  if (value === null || (typeof value === "number" && Number.isNaN(value))) return null;
  if (type === "integer") return BigInt(value);
  if (type === "timestamp") return new DuckDBTimestampValue(BigInt(Math.round(Number(value))) * 1000n);
  if (type === "date") return new DuckDBDateValue(Math.floor(Number(value) / millisecondsPerDay));
  if (type === "boolean") return Boolean(value);
  return value;
}
