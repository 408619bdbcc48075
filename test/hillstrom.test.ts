import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../src/base/clock.ts";
import { silentProgress } from "../src/base/progress.ts";
import { type DuckdbEngine, openDuckdb } from "../src/engine/duckdb/engine.ts";
import { type IngestValues, ingest } from "../src/ingest/index.ts";
import type { Artifact } from "../src/runs/artifact.ts";
import { ArtifactStore } from "../src/runs/store.ts";

/** Hillstrom's e-mail challenge as published; LONGRUN_HILLSTROM says where it lies. */
const file = process.env.LONGRUN_HILLSTROM ?? join(import.meta.dirname, "../../shared/data/hillstrom/hillstrom.csv");

describe.skipIf(!existsSync(file))("Hillstrom's e-mail challenge, whole (MineThatData 2008)", () => {
  const folder = mkdtempSync(join(tmpdir(), "longrun-hillstrom-"));
  let engine: DuckdbEngine;
  let ingested: Artifact<IngestValues>;

  beforeAll(async () => {
    engine = await openDuckdb({ temporaryDirectory: join(folder, "tmp"), threads: 2 });
    const { signal } = new AbortController();
    const store = new ArtifactStore(join(folder, "stages"));
    const options = { timezone: "UTC", defaultCurrency: "USD", maxSetAsideShare: 0 };
    ({ artifact: ingested } = await store.build("ingest", {}, engine, (output) =>
      ingest([{ sourceId: "hillstrom", path: file }], options, Buffer.alloc(32), {
        engine,
        output,
        signal,
        clock: systemClock,
        seed: "s",
        threads: 2,
        progress: silentProgress,
      }),
    ));
  });
  afterAll(async () => {
    await engine.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const rows = (table: string, sql: string) =>
    engine.rows(sql.replace("TABLE", `read_parquet('${ingested.path(`${table}.parquet`)}')`));

  it("has 64,000 customers in three arms of the published sizes, each decided with a third", async () => {
    const [report] = ingested.values.sources;
    expect(report).toMatchObject({ preset: "hillstrom", rows: 64_000, kept: 64_000, setAside: 0 });
    const arms = await rows(
      "assignments",
      "SELECT treatment_id, count(*) AS n, count(DISTINCT customer_id) AS people, min(propensity) AS least, max(propensity) AS most FROM TABLE GROUP BY 1 ORDER BY 1",
    );
    const sizes = arms.map(({ treatment_id, n, people }) => [treatment_id, Number(n), Number(people)]);
    expect(sizes).toEqual([
      ["mens_email", 21_307, 21_307],
      ["none", 21_306, 21_306],
      ["womens_email", 21_387, 21_387],
    ]);
    for (const { least, most } of arms) expect([least, most]).toEqual([1 / 3, 1 / 3]);
  });

  it("shows what the e-mails did: spend per customer 0.65, 1.42 and 1.08 dollars", async () => {
    const spend = await engine.rows(
      `SELECT a.treatment_id, sum(coalesce(o.items_gross_minor, 0)) / count(*) / 100 AS mean
       FROM read_parquet('${ingested.path("assignments.parquet")}') a
       LEFT JOIN read_parquet('${ingested.path("orders.parquet")}') o USING (customer_id) GROUP BY 1 ORDER BY 1`,
    );
    expect(spend.map(({ mean }) => Math.round(Number(mean) * 100) / 100)).toEqual([1.42, 0.65, 1.08]);
  });

  it("knows nothing of an order before it can have happened", async () => {
    const [{ early }] = await engine.rows(
      `SELECT count(*) AS early FROM read_parquet('${ingested.path("orders.parquet")}') o
       JOIN read_parquet('${ingested.path("assignments.parquet")}') a USING (customer_id) WHERE o.ordered_at <= a.assigned_at`,
    );
    expect(Number(early)).toBe(0);
  });
});
