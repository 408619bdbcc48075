import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { DuckdbEngine } from "../engine/duckdb/engine.ts";
import type { ColumnType } from "../schema/columns.ts";
import type { Artifact, ArtifactTable, Draft, Manifest } from "./artifact.ts";

const manifestName = "manifest.json";

/**
 * Keeps one folder per stage. A stage writes into `<stage>.partial`; when it returns, the manifest is written and the
 * folder renamed into place, so a run killed at any moment leaves either the old output or the new one.
 */
export class ArtifactStore {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** The finished output of a stage, if there is one. */
  find<Values>(stage: string): Artifact<Values> | undefined {
    const directory = join(this.directory, stage);
    const path = join(directory, manifestName);
    if (!existsSync(path)) return undefined;
    return toArtifact(directory, JSON.parse(readFileSync(path, "utf8")) as Manifest<Values>);
  }

  /** Runs `make` unless an output made from the same inputs exists. */
  async build<Values>(
    stage: string,
    inputs: unknown,
    engine: DuckdbEngine,
    make: (output: Draft) => Promise<Values>,
  ): Promise<{ artifact: Artifact<Values>; reused: boolean }> {
    const inputHash = hashOf({ stage, inputs });
    const existing = this.find<Values>(stage);
    if (existing?.manifest.inputHash === inputHash && isIntact(existing)) return { artifact: existing, reused: true };

    const partial = join(this.directory, `${stage}.partial`);
    rmSync(partial, { recursive: true, force: true });
    const made = mkdirSync(partial, { recursive: true });
    const checkpoints = join(this.directory, `${stage}.checkpoints`);
    const draft = new StageDraft(partial, checkpoints, engine);
    let values: Values;
    try {
      values = await make(draft);
    } catch (error) {
      // A stage that failed leaves nothing behind but checkpoints, not even the folder made for it.
      rmSync(existsSync(checkpoints) ? partial : (made ?? partial), { recursive: true, force: true });
      throw error;
    }
    const manifest: Manifest<Values> = { stage, inputHash, tables: draft.tables, files: draft.files, values };
    writeFileSync(join(partial, manifestName), `${JSON.stringify(manifest, null, 1)}\n`);

    const final = join(this.directory, stage);
    const replaced = join(this.directory, `${stage}.replaced`);
    rmSync(replaced, { recursive: true, force: true });
    if (existsSync(final)) renameSync(final, replaced);
    renameSync(partial, final);
    rmSync(replaced, { recursive: true, force: true });
    rmSync(checkpoints, { recursive: true, force: true });
    return { artifact: toArtifact(final, manifest), reused: false };
  }

  /** Stages with a finished output. */
  stages(): string[] {
    if (!existsSync(this.directory)) return [];
    return readdirSync(this.directory).filter((name) => existsSync(join(this.directory, name, manifestName)));
  }
}

class StageDraft implements Draft {
  readonly tables: Record<string, ArtifactTable> = {};
  readonly files: Record<string, string> = {};
  readonly #directory: string;
  readonly #checkpoints: string;
  readonly #engine: DuckdbEngine;

  constructor(directory: string, checkpoints: string, engine: DuckdbEngine) {
    this.#directory = directory;
    this.#checkpoints = checkpoints;
    this.#engine = engine;
  }

  path(fileName: string): string {
    return join(this.#directory, fileName);
  }

  async write(tableName: string, query: Parameters<Draft["write"]>[1]) {
    const written = await this.#engine.write(query, this.path(`${tableName}.parquet`));
    this.#record(tableName, written.rows, query.types);
    return written;
  }

  async writeColumns(tableName: string, columns: Parameters<Draft["writeColumns"]>[1]) {
    const written = await this.#engine.writeColumns(columns, this.path(`${tableName}.parquet`));
    this.#record(tableName, written.rows, Object.fromEntries(columns.map(({ name, type }) => [name, type])));
    return written;
  }

  async writeFile(fileName: string, content: Uint8Array | string) {
    writeFileSync(this.path(fileName), content);
    this.files[fileName] = createHash("sha256").update(content).digest("hex");
  }

  checkpoints(name: string): string {
    const folder = join(this.#checkpoints, name);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  #record(tableName: string, rows: number, types: Readonly<Record<string, ColumnType>>) {
    const file = `${tableName}.parquet`;
    this.tables[tableName] = { file, rows, sha256: hashOfFile(this.path(file)), types };
  }
}

function toArtifact<Values>(directory: string, manifest: Manifest<Values>): Artifact<Values> {
  const { tables, files, values } = manifest;
  return {
    directory,
    manifest,
    values,
    hash: hashOf({ tables, files, values }),
    rows: Object.values(tables).reduce((total, { rows }) => total + rows, 0),
    path: (fileName) => join(directory, fileName),
    has: (tableName) => tableName in tables,
  };
}

function isIntact({ directory, manifest }: Artifact): boolean {
  const tables = Object.values(manifest.tables).map(({ file }) => file);
  return [...tables, ...Object.keys(manifest.files)].every((file) => existsSync(join(directory, file)));
}

/** A file's SHA-256, a mebibyte at a time: exports can be larger than one buffer may be. */
export function hashOfFile(path: string): string {
  const hash = createHash("sha256");
  const piece = Buffer.alloc(1024 * 1024);
  const file = openSync(path, "r");
  try {
    for (let read = readSync(file, piece); read > 0; read = readSync(file, piece)) hash.update(piece.subarray(0, read));
  } finally {
    closeSync(file);
  }
  return hash.digest("hex");
}

/** A hash of any JSON value that does not depend on the order of its keys. */
export function hashOf(value: unknown): string {
  const sorted = (_: string, inner: unknown) =>
    inner && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner;
  return createHash("sha256")
    .update(JSON.stringify(value, sorted) ?? "undefined")
    .digest("hex");
}
