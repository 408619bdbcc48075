import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { systemClock } from "../src/base/clock.ts";
import { silentProgress } from "../src/base/progress.ts";
import { clean } from "../src/clean/index.ts";
import { openDuckdb } from "../src/engine/duckdb/engine.ts";
import { ingest } from "../src/ingest/index.ts";
import type { Draft } from "../src/runs/artifact.ts";
import { checkConfig } from "../src/runs/config.ts";
import { ArtifactStore } from "../src/runs/store.ts";
import { writeRawExports } from "../src/simulate/export.ts";
import { simulateShop } from "../src/simulate/shop.ts";

it("every row that cleaning sets aside can be found again: its file, and the line that carries its id", async () => {
  const folder = mkdtempSync(join(tmpdir(), "longrun-set-aside-"));
  const engine = await openDuckdb({ temporaryDirectory: join(folder, "tmp") });
  const paths = await writeRawExports(
    simulateShop({ customers: 400, months: 48, seed: "set-aside", world: "default" }),
    join(folder, "raw"),
  );
  const store = new ArtifactStore(join(folder, "stages"));
  const context = (output: Draft) => ({
    engine,
    output,
    clock: systemClock,
    seed: "s",
    threads: 2,
    progress: silentProgress,
    signal: new AbortController().signal,
  });
  const sources = paths.map((path, index) => ({ sourceId: `source ${index}`, path, preset: "longrun" }));
  const reading = { timezone: "UTC", defaultCurrency: "USD", maxSetAsideShare: 0.05 };
  const { artifact: ingested } = await store.build("ingest", {}, engine, (output) =>
    ingest(sources, reading, Buffer.from("key"), context(output)),
  );
  const { clean: rules, shortHorizonDays, clvHorizonDays, annualDiscountRate } = checkConfig({});
  const origins = { minimumHistoryDays: 90, originSpacingDays: 90, maximumOrigins: 14 };
  const horizons = { ...origins, shortHorizonDays, clvHorizonDays, annualDiscountRate };
  const cleaning = { ...rules, currency: "USD", timezone: "UTC", valueBasis: "net" as const, horizons };
  const { artifact } = await store.build("clean", {}, engine, (output) => clean(ingested, cleaning, context(output)));

  const rows = await engine.rows(`SELECT * FROM read_parquet('${artifact.path("set_aside.parquet")}')`);
  await engine.close();
  expect(new Set(rows.map(({ table_name }) => table_name)).size).toBeGreaterThan(2);
  const lines = new Map(paths.map((path) => [path, readFileSync(path, "utf8").split("\n")]));
  for (const { source_id, file, line, value, table_name } of rows) {
    const source = sources.find(({ sourceId }) => sourceId === source_id);
    expect([source?.path.endsWith(`/${file}`), file]).toEqual([true, `${table_name}.csv`]);
    const text = lines.get(source?.path as string)?.[Number(line) - 1];
    const fields = text?.split(",") ?? [];
    expect([text, fields.slice(0, String(value).split("/").length).join("/")]).toEqual([text, value]);
  }
});
