import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { type DuckdbEngine, openDuckdb } from "../../engine/duckdb/engine.ts";
import { loadRaw, openSource, type ReaderContext } from "./index.ts";

/** An engine and a folder for a test file that reads sources. */
export function readingRoom() {
  const folder = mkdtempSync(join(tmpdir(), "longrun-readers-"));
  let engine: DuckdbEngine;
  let count = 0;
  beforeAll(async () => {
    engine = await openDuckdb({ temporaryDirectory: join(folder, "tmp") });
  });
  afterAll(() => engine.close());

  function file(name: string, content: string | Uint8Array): string {
    const path = join(folder, `${count++}-${name}`);
    writeFileSync(path, content);
    return path;
  }

  /** Reads a source whole: rows without their line, the lines of rows and of malformed records. */
  async function read(path: string, change: Partial<ReaderContext> = {}) {
    const directory = join(folder, "reading");
    mkdirSync(directory, { recursive: true });
    const source = await openSource(path, { engine, directory, name: `copy${count++}`, ...change });
    const malformedCount = await loadRaw(engine, source, path);
    const found = await engine.rows("SELECT * FROM raw ORDER BY line");
    const malformed = (await engine.rows("SELECT line FROM malformed ORDER BY line")).map(({ line }) => Number(line));
    const lines = found.map(({ line }) => Number(line));
    const rows = found.map(({ line, ...values }) => values as Record<string, string | null>);
    return { ...source, rows, lines, malformed, malformedCount };
  }

  return { folder, file, read, engine: () => engine };
}
