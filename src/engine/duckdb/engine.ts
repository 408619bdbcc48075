import { mkdirSync } from "node:fs";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { EngineError } from "../../base/errors.ts";
import type { ColumnType } from "../../schema/columns.ts";
import type { ColumnBatch, Engine, NewColumn, TableFile } from "../engine.ts";
import { appendColumns, readColumns, streamColumns } from "./columns.ts";
import { emitQuery, quote, sqlType } from "./dialect.ts";

export interface DuckdbOptions {
  /** Where intermediate results spill when memory is short. */
  temporaryDirectory: string;
  threads?: number;
  memoryLimitMb?: number;
}

/** The embedded engine, with the two doors that only an importer needs: plain statements and their rows. */
export interface DuckdbEngine extends Engine {
  /** Runs one statement as it stands. For reading foreign files; everything else goes through queries. */
  statement(sql: string): Promise<void>;
  rows(sql: string): Promise<Record<string, unknown>[]>;
  /**
   * The rows of a SELECT over files (temporary tables are not seen), a few thousand at a time and in order, while other statements
   * may run. A batch's numbers are valid until the next one is asked for.
   */
  stream(select: string, types: Readonly<Record<string, ColumnType>>): AsyncGenerator<ColumnBatch>;
  /** Where intermediate results spill, and files may stand that end with the engine's work. */
  readonly temporaryDirectory: string;
}

/**
 * Opens DuckDB in memory over Parquet files: no database file, so nothing to lock, vacuum or corrupt.
 * Extensions are never fetched: nothing leaves the machine.
 */
export async function openDuckdb(options: DuckdbOptions): Promise<DuckdbEngine> {
  mkdirSync(options.temporaryDirectory, { recursive: true });
  const instance = await DuckDBInstance.create(":memory:", {
    threads: String(options.threads ?? 2),
    memory_limit: `${options.memoryLimitMb ?? 900}MB`,
    temp_directory: options.temporaryDirectory,
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    preserve_insertion_order: "true",
    // Else memory that statements gave back stays with the process: hundreds of megabytes beyond the limit.
    allocator_background_threads: "true",
  });
  const connection = await instance.connect();
  const streaming = new Set<DuckDBConnection>();
  let interrupted = false;
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    if (interrupted) throw new EngineError("interrupted");
    try {
      return await work();
    } catch (cause) {
      throw translate(cause);
    }
  };
  await guarded(() => connection.run("SET TimeZone = 'UTC'"));

  const statement = (sql: string) => guarded(async () => void (await connection.run(sql)));
  const rows = (sql: string) =>
    guarded(async () => (await connection.runAndReadAll(sql)).getRowObjects() as Record<string, unknown>[]);

  async function* stream(select: string, types: Readonly<Record<string, ColumnType>>) {
    if (interrupted) throw new EngineError("interrupted");
    const own = await instance.connect();
    streaming.add(own);
    try {
      yield* streamColumns(own, select, types);
    } catch (cause) {
      throw translate(cause);
    } finally {
      streaming.delete(own);
      own.closeSync();
    }
  }

  return {
    name: "duckdb",
    temporaryDirectory: options.temporaryDirectory,
    statement,
    rows,
    stream,
    async register(name, paths, types) {
      await statement(`CREATE OR REPLACE TEMP VIEW ${quote(name)} AS ${viewOver(paths, types)}`);
    },
    materialise: (name, query) => statement(`CREATE OR REPLACE TEMP TABLE ${quote(name)} AS ${emitQuery(query)}`),
    hold: (name, columns) => guarded(() => appendColumns(connection, name, columns)),
    drop: (name) => statement(`DROP TABLE IF EXISTS ${quote(name)}`),
    async write(query, path): Promise<TableFile> {
      const [copied] = await rows(copyStatement(emitQuery(query), path));
      return { path, rows: Number(copied.Count) };
    },
    collect: (query): Promise<ColumnBatch> => guarded(() => readColumns(connection, query)),
    async writeColumns(columns: readonly NewColumn[], path): Promise<TableFile> {
      await guarded(() => appendColumns(connection, "new_columns", columns));
      const [copied] = await rows(copyStatement('SELECT * FROM "new_columns"', path));
      await statement('DROP TABLE "new_columns"');
      return { path, rows: Number(copied.Count) };
    },
    interrupt() {
      interrupted = true;
      for (const running of [connection, ...streaming]) running.interrupt();
    },
    async close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** Work with an engine that is interrupted when the signal is, and closed at the end. */
export async function withDuckdb<T>(
  options: DuckdbOptions,
  signal: AbortSignal,
  work: (engine: DuckdbEngine) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const engine = await openDuckdb(options);
  const interrupt = () => engine.interrupt();
  signal.addEventListener("abort", interrupt);
  try {
    return await work(engine);
  } finally {
    signal.removeEventListener("abort", interrupt);
    await engine.close();
  }
}

function copyStatement(select: string, path: string): string {
  return `COPY (${select}) TO ${textLiteral(path)} (FORMAT parquet, COMPRESSION zstd)`;
}

function viewOver(paths: readonly string[], types: Readonly<Record<string, ColumnType>>): string {
  const columns = Object.entries(types);
  if (paths.length === 0) {
    const nothing = columns.map(([name, type]) => `CAST(NULL AS ${sqlType[type]}) AS ${quote(name)}`).join(", ");
    return `SELECT ${nothing} WHERE false`;
  }
  const selected = columns.map(([name, type]) => `CAST(${quote(name)} AS ${sqlType[type]}) AS ${quote(name)}`);
  return `SELECT ${selected.join(", ")} FROM read_parquet([${paths.map(textLiteral).join(", ")}])`;
}

export function textLiteral(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

function translate(cause: unknown): unknown {
  const message = cause instanceof Error ? cause.message : String(cause);
  if (/INTERRUPT Error/.test(message)) return new EngineError("interrupted", {}, { cause });
  if (/Out of Memory Error/.test(message)) return new EngineError("memory_limit", { message }, { cause });
  if (/No space left on device/.test(message)) return new EngineError("disk_full", { message }, { cause });
  if (/Permission denied|Read-only file system/.test(message))
    return new EngineError("not_writable", { path: message }, { cause });
  return cause;
}
