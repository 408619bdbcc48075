import type { Engine, NewColumn, TableFile } from "../engine/engine.ts";
import type { Query } from "../engine/sql/query.ts";
import type { ColumnType } from "../schema/columns.ts";

export interface ArtifactTable {
  readonly file: string;
  readonly rows: number;
  readonly sha256: string;
  readonly types: Readonly<Record<string, ColumnType>>;
}

/** The manifest beside a stage's files. It holds no clock time: the same inputs and seed give the same bytes. */
export interface Manifest<Values = unknown> {
  readonly stage: string;
  /** Hash of everything the stage read: inputs, options, seed, versions. The same hash means nothing to redo. */
  readonly inputHash: string;
  readonly tables: Readonly<Record<string, ArtifactTable>>;
  /** Other files (models, reports) and their hashes. */
  readonly files: Readonly<Record<string, string>>;
  readonly values: Values;
}

/** A finished stage's output, read only. */
export interface Artifact<Values = unknown> {
  readonly directory: string;
  readonly manifest: Manifest<Values>;
  readonly values: Values;
  /** Hash over tables, files and values; the next stage's input. */
  readonly hash: string;
  /** Rows over all tables, for progress lines. */
  readonly rows: number;
  path(fileName: string): string;
  has(tableName: string): boolean;
}

/** A stage's output while it is being made; nothing is visible to anybody until the stage returns. */
export interface Draft {
  path(fileName: string): string;
  write(tableName: string, query: Query): Promise<TableFile>;
  writeColumns(tableName: string, columns: readonly NewColumn[]): Promise<TableFile>;
  writeFile(fileName: string, content: Uint8Array | string): Promise<void>;
  /** A folder for what a long work goes on from after a failure or a kill; gone once the stage is finished. */
  checkpoints(name: string): string;
}

/** Makes a table of an artifact readable in the engine under `<stage>_<table>` and returns that name. */
export async function openTable(
  engine: Engine,
  artifact: Artifact,
  tableName: string,
  types?: Readonly<Record<string, ColumnType>>,
): Promise<string> {
  const found = artifact.manifest.tables[tableName];
  const name = `${artifact.manifest.stage}_${tableName}`;
  await engine.register(
    name,
    found ? [artifact.path(found.file)] : [],
    types ?? found?.types ?? { nothing: "integer" },
  );
  return name;
}
