import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DataError } from "../base/errors.ts";
import { quote } from "../engine/duckdb/dialect.ts";
import type { DuckdbEngine } from "../engine/duckdb/engine.ts";
import type { Table } from "../schema/columns.ts";
import { type CanonicalTableName, canonicalTables } from "../schema/tables.ts";
import { refuseIfTooMany } from "./account.ts";
import {
  createTables,
  type IngestOptions,
  type ReadingContext,
  readSource,
  type Source,
  type SourceReport,
} from "./index.ts";
import type { PresetReading } from "./preset.ts";
import { isKnownHeader } from "./presets/index.ts";
import { openSource, type PasswordDoor } from "./readers/index.ts";

/** A canonical column and what it is made of: columns of the file, or one value for all rows. */
export interface ColumnOrigin {
  readonly table: CanonicalTableName;
  readonly column: string;
  readonly from: readonly string[];
  readonly value?: string;
}

export interface SourceCheck {
  readonly report: SourceReport;
  readonly origins: readonly ColumnOrigin[];
  /** The first rows as they would be stored, as text; contacts are hashes, made with this project's key if there is one. */
  readonly sample: readonly {
    readonly table: string;
    readonly rows: readonly Readonly<Record<string, string | null>>[];
  }[];
  readonly rejects: readonly { line: number; reason: string; column: string | null; value: string | null }[];
  /** Why an import would be refused, if it would. */
  readonly refused?: DataError;
}

const sampleRows = 5;
const mostRejects = 1000;

/** Reads a source as an import would and keeps nothing. `directory` is used for a copy, which is removed. */
export async function checkSource(
  source: Source,
  options: IngestOptions,
  key: Buffer,
  { engine, clock, directory, password }: ReadingContext & { password?: PasswordDoor },
): Promise<SourceCheck> {
  const copies = join(directory, "check");
  mkdirSync(copies, { recursive: true });
  try {
    await createTables(engine);
    const opening = { engine, directory: copies, name: "source", isHeader: isKnownHeader, password };
    const file = await openSource(source.path, opening);
    const { report, reading } = await readSource(source, file, 0, { ...options, maxSetAsideShare: 1 }, key, {
      engine,
      clock,
      directory: copies,
    });
    const tables = [...new Set(reading.mappings.map(({ table }) => table))];
    const sample = [];
    for (const name of tables) sample.push({ table: name, rows: await firstRows(engine, name) });
    const refused = await refusal(() =>
      refuseIfTooMany(engine, reading, {
        rows: report.rows,
        path: source.path,
        maxSetAsideShare: options.maxSetAsideShare,
      }),
    );
    return { report, origins: originsOf(reading), sample, rejects: await rejects(engine), refused };
  } finally {
    rmSync(copies, { recursive: true, force: true });
  }
}

async function refusal(work: () => Promise<void>): Promise<DataError | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof DataError) return error;
    throw error;
  }
}

async function firstRows(engine: DuckdbEngine, name: CanonicalTableName): Promise<Record<string, string | null>[]> {
  const columns = Object.keys((canonicalTables[name] as Table).columns).map(quote);
  const texts = columns.map((column) => `CAST(${column} AS VARCHAR) AS ${column}`);
  const rows = await engine.rows(
    `SELECT ${texts.join(", ")} FROM ${quote(name)} ORDER BY line, ${columns.map((column) => `${quote(name)}.${column}`).join(", ")} LIMIT ${sampleRows}`,
  );
  return rows as Record<string, string | null>[];
}

async function rejects(engine: DuckdbEngine): Promise<SourceCheck["rejects"]> {
  const rows = await engine.rows(
    `SELECT line, reason, column_name, value FROM set_aside ORDER BY line, reason LIMIT ${mostRejects}`,
  );
  return rows.map(({ line, reason, column_name, value }) => ({
    line: Number(line),
    reason: String(reason),
    column: column_name as string | null,
    value: value as string | null,
  }));
}

/** Read off the SQL of a reading, so that what is shown is what is done. Columns that are NULL throughout are left out. */
function originsOf({ mappings, derived = {} }: PresetReading): ColumnOrigin[] {
  return mappings.flatMap(({ table, columns }) =>
    Object.entries(columns).flatMap(([column, sql]): ColumnOrigin[] => {
      const whole = spelledOut(sql, derived);
      const from = rawColumns(whole).filter((name) => !(name in derived) && name !== "line");
      const value = /^'(.*)'$/s.exec(whole.trim())?.[1];
      if (from.length > 0) return [{ table, column, from }];
      return value === undefined ? [] : [{ table, column, from: [], value: value.replaceAll("''", "'") }];
    }),
  );
}

/** SQL with the SQL of derived columns, which may build on each other, in place of their names. */
function spelledOut(sql: string, derived: Readonly<Record<string, string>>): string {
  return sql.replace(/(?:\braw\.)?"((?:[^"]|"")*)"/g, (written, quoted: string) => {
    const name = quoted.replaceAll('""', '"');
    return name in derived ? spelledOut(derived[name], derived) : written;
  });
}

function rawColumns(sql: string): string[] {
  const found = [...sql.matchAll(/\braw\."((?:[^"]|"")*)"/g)].map(([, name]) => name.replaceAll('""', '"'));
  return [...new Set(found)];
}
