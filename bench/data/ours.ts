/**
 * One measured part of longrun in a process of its own, so that its peak memory is its own too. Called by `main.ts`:
 * `ours.js PART FOLDER OPTIONS`; prints one JSON line.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../src/base/clock.ts";
import { silentProgress } from "../../src/base/progress.ts";
import { clean } from "../../src/clean/index.ts";
import { openDuckdb } from "../../src/engine/duckdb/engine.ts";
import { describe } from "../../src/features/describe.ts";
import { everybodyAt } from "../../src/features/index.ts";
import { fitVocabulary } from "../../src/features/vocabulary.ts";
import { ingest } from "../../src/ingest/index.ts";
import { openTable } from "../../src/runs/artifact.ts";
import type { StageContext } from "../../src/runs/context.ts";
import { ArtifactStore } from "../../src/runs/store.ts";
import { cleanTables } from "../../src/schema/clean-tables.ts";
import { end } from "./shop.ts";

const [part, folder, files, memoryLimitMb, threads] = process.argv.slice(2);
const store = new ArtifactStore(join(folder, "stages"));
const engine = await openDuckdb({
  temporaryDirectory: join(folder, "tmp"),
  memoryLimitMb: Number(memoryLimitMb),
  threads: Number(threads),
});
const context = {
  engine,
  clock: systemClock,
  seed: "bench",
  threads: Number(threads),
  progress: silentProgress,
  signal: new AbortController().signal,
} as Omit<StageContext, "output">;
const loadAverage = readFileSync("/proc/loadavg", "utf8").split(" ")[0];
const started = systemClock.elapsedMs();
const rows = await { ingest: runIngest, clean: runClean, catalogue: runCatalogue }[part as "ingest"]();
const seconds = (systemClock.elapsedMs() - started) / 1000;
const peakMb = Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) / 1024;
console.log(JSON.stringify({ seconds, peakMb, rows, loadAverage }));
await engine.close();

async function runIngest(): Promise<number> {
  const sources = files.split(",").map((path) => ({ sourceId: path, path, preset: "longrun" }));
  const options = { timezone: "UTC", defaultCurrency: "USD", maxSetAsideShare: 0.05 };
  const { artifact } = await store.build("ingest", { at: Date.now() }, engine, (output) =>
    ingest(sources, options, Buffer.alloc(32, 7), { ...context, output }),
  );
  return artifact.rows;
}

async function runClean(): Promise<number> {
  const ingested = store.find("ingest");
  if (!ingested) throw new Error("nothing ingested");
  const { artifact } = await store.build("clean", { at: Date.now() }, engine, (output) =>
    clean(ingested, { currency: "USD", valueBasis: "margin" }, { ...context, output }),
  );
  return artifact.rows;
}

/** The catalogue of every customer at the end of the data, as the features stage computes it for one cut-off. */
async function runCatalogue(): Promise<number> {
  const cleaned = store.find("clean");
  if (!cleaned) throw new Error("nothing cleaned");
  for (const [name, { columns }] of Object.entries(cleanTables)) {
    const types = Object.fromEntries(Object.entries(columns).map(([column, { type }]) => [column, type]));
    await openTable(engine, cleaned, name, types);
  }
  const vocabulary = await fitVocabulary(end, engine);
  await engine.materialise("points", everybodyAt([end]));
  const options = { vocabulary, boundaries: [0], annualDiscountRate: 0.1, end, minorPerMajor: 100 };
  const { query, features, point } = await describe("points", options, engine);
  const panel = query.select(features).orderBy(point.as_of, point.customer_id);
  return (await engine.write(panel, join(folder, "longrun.parquet"))).rows;
}
