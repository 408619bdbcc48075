import type { ColumnType } from "../schema/columns.ts";
import type { Query } from "./sql/query.ts";

/** Columns of a result: numbers as Float64Array (NULL is NaN), text as string arrays (NULL is null). */
export interface ColumnBatch {
  readonly rows: number;
  readonly numbers: Readonly<Record<string, Float64Array>>;
  readonly texts: Readonly<Record<string, readonly (string | null)[]>>;
}

export interface TableFile {
  readonly path: string;
  readonly rows: number;
}

/** What stages ask of a data engine. They hand in typed queries and get Parquet files or typed columns back. */
export interface Engine {
  readonly name: "duckdb";
  /** Makes Parquet files readable under a table name; an existing name is replaced. No path: an empty table. */
  register(name: string, paths: readonly string[], types: Readonly<Record<string, ColumnType>>): Promise<void>;
  /** Computes a query into an in-engine table, for queries that several others read. */
  materialise(name: string, query: Query): Promise<void>;
  /** Makes an in-engine table of columns held in memory; no rows of objects. */
  hold(name: string, columns: readonly NewColumn[]): Promise<void>;
  drop(name: string): Promise<void>;
  /** Writes a query to one Parquet file; give the query a total order, so that the bytes repeat. */
  write(query: Query, path: string): Promise<TableFile>;
  /** All rows of a query as columns. Timestamps arrive as milliseconds since 1970 UTC, booleans as 0 and 1. */
  collect(query: Query): Promise<ColumnBatch>;
  /** Appends rows held in columns to a new Parquet file; text columns are arrays, the others typed arrays. */
  writeColumns(columns: readonly NewColumn[], path: string): Promise<TableFile>;
  /** Stops the statement that is running; it and all that come after it reject with EngineError "interrupted". */
  interrupt(): void;
  close(): Promise<void>;
}

export interface NewColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly values: ArrayLike<number | string | null>;
}
