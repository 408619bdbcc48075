/**
 * One measured part of longrun in a process of its own, so that its peak memory is its own too. Called by `main.ts`:
 * `ours.js PART FOLDER FILES MEMORY_MB THREADS`; prints one JSON line.
 */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../src/base/clock.ts";
import { silentProgress } from "../../src/base/progress.ts";
import { clean } from "../../src/clean/index.ts";
import { openDuckdb, textLiteral } from "../../src/engine/duckdb/engine.ts";
import { describe } from "../../src/features/describe.ts";
import { everybodyAt } from "../../src/features/index.ts";
import { fitVocabulary } from "../../src/features/vocabulary.ts";
import { ingest } from "../../src/ingest/index.ts";
import { originSpacing } from "../../src/panel/origins.ts";
import { openTable } from "../../src/runs/artifact.ts";
import { checkConfig } from "../../src/runs/config.ts";
import type { StageContext } from "../../src/runs/context.ts";
import { ArtifactStore } from "../../src/runs/store.ts";
import { cleanTables } from "../../src/schema/clean-tables.ts";
import { end } from "./shop.ts";

const [part, folder, files, memoryLimitMb, threads] = process.argv.slice(2);
type Found = Readonly<Record<string, number>>;

const store = new ArtifactStore(join(folder, "stages"));
const result = join(folder, "longrun.parquet");
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
/** The same columns that the peers ask for in definitions.py. */
const columnsRead = {
  orders: [
    "customer_id",
    "known_at",
    "gross_minor",
    "discount_minor",
    "net_minor",
    "value_minor",
    "units",
    "has_coupon",
  ],
  refunds: ["customer_id", "known_at", "value_minor"],
  order_lines: ["customer_id", "known_at", "category"],
  events: ["customer_id", "known_at", "name", "session_id", "category"],
  exposures: ["customer_id", "known_at", "kind", "treatment_id"],
  customers: ["customer_id", "created_at", "country", "acquisition_channel", "consent_email", "consent_ads"],
};

const started = systemClock.elapsedMs();
const before = process.cpuUsage();
const parts = { ingest: runIngest, clean: runClean, catalogue: runCatalogue, floor: runFloor };
const found = await parts[part as keyof typeof parts]();
const seconds = (systemClock.elapsedMs() - started) / 1000;
const { user, system } = process.cpuUsage(before);
const peakMb = Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) / 1024;
console.log(JSON.stringify({ seconds, processorSeconds: (user + system) / 1e6, peakMb, ...found }));
await engine.close();

async function runIngest(): Promise<Found> {
  const sources = files.split(",").map((path) => ({ sourceId: path, path, preset: "longrun" }));
  const options = { timezone: "UTC", defaultCurrency: "USD", maxSetAsideShare: 0.05 };
  const { artifact } = await store.build("ingest", { at: Date.now() }, engine, (output) =>
    ingest(sources, options, Buffer.alloc(32, 7), { ...context, output }),
  );
  return { rows: artifact.rows };
}

async function runClean(): Promise<Found> {
  const { clean: cleaning, shortHorizonDays, clvHorizonDays, annualDiscountRate } = checkConfig({});
  const horizons = { shortHorizonDays, clvHorizonDays, ...originSpacing, annualDiscountRate };
  const cleanOptions = { ...cleaning, currency: "USD", timezone: "UTC", valueBasis: "margin" as const, horizons };
  const ingested = store.find("ingest");
  if (!ingested) throw new Error("nothing ingested");
  const { artifact } = await store.build("clean", { at: Date.now() }, engine, (output) =>
    clean(ingested, cleanOptions, { ...context, output }),
  );
  return { rows: artifact.rows };
}

/** The catalogue of every customer at the end of the data, as the features stage computes it for one cut-off. */
async function runCatalogue(): Promise<Found> {
  await openCleaned();
  const vocabulary = await fitVocabulary(end, engine);
  await engine.materialise("points", everybodyAt([end]));
  const { query, features, point } = await describe(
    "points",
    { vocabulary, boundaries: [0], annualDiscountRate: 0.1, end, minorPerMajor: 100 },
    engine,
    silentProgress,
  );
  const panel = query.select(features).orderBy(point.as_of, point.customer_id);
  return { rows: (await engine.write(panel, result)).rows };
}

/** What nobody can do without: reading the columns that the catalogue reads, once, and writing the result. */
async function runFloor(): Promise<Found> {
  const cleaned = await openCleaned();
  let bytesRead = 0;
  for (const [name, columns] of Object.entries(columnsRead)) {
    const file = textLiteral(cleaned.path(`${name}.parquet`));
    const [{ bytes }] = await engine.rows(
      `SELECT sum(total_compressed_size) AS bytes FROM parquet_metadata(${file}) WHERE path_in_schema IN (${columns.map(textLiteral).join(", ")})`,
    );
    bytesRead += Number(bytes);
    await engine.rows(`SELECT ${columns.map((column) => `max(${column})`).join(", ")} FROM read_parquet(${file})`);
  }
  const copy = textLiteral(join(folder, "floor.parquet"));
  await engine.statement(
    `COPY (FROM read_parquet(${textLiteral(result)})) TO ${copy} (FORMAT parquet, COMPRESSION zstd)`,
  );
  return { rows: 0, bytesRead, bytesWritten: statSync(result).size };
}

async function openCleaned() {
  const cleaned = store.find("clean");
  if (!cleaned) throw new Error("nothing cleaned");
  for (const [name, { columns }] of Object.entries(cleanTables)) {
    const types = Object.fromEntries(Object.entries(columns).map(([column, { type }]) => [column, type]));
    await openTable(engine, cleaned, name, types);
  }
  return cleaned;
}
