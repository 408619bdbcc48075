import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../src/base/clock.ts";
import { silentProgress } from "../src/base/progress.ts";
import { type CleanValues, clean } from "../src/clean/index.ts";
import { type DuckdbEngine, openDuckdb } from "../src/engine/duckdb/engine.ts";
import { type IngestValues, ingest } from "../src/ingest/index.ts";
import type { Artifact } from "../src/runs/artifact.ts";
import { checkConfig } from "../src/runs/config.ts";
import { ArtifactStore } from "../src/runs/store.ts";

/** UCI Online Retail as published, gzipped CSV; LONGRUN_ONLINE_RETAIL says where it lies. */
const file =
  process.env.LONGRUN_ONLINE_RETAIL ??
  join(import.meta.dirname, "../../shared/data/online-retail/online_retail.csv.gz");

describe.skipIf(!existsSync(file))("UCI Online Retail, whole (Chen, Sain & Guo 2012)", () => {
  const folder = mkdtempSync(join(tmpdir(), "longrun-retail-"));
  let engine: DuckdbEngine;
  let ingested: Artifact<IngestValues>;
  let cleaned: Artifact<CleanValues>;

  beforeAll(async () => {
    engine = await openDuckdb({ temporaryDirectory: join(folder, "tmp"), threads: 2 });
    const { signal } = new AbortController();
    const doors = { engine, clock: systemClock, seed: "s", threads: 2, progress: silentProgress, signal };
    const config = checkConfig({});
    const store = new ArtifactStore(join(folder, "stages"));
    const options = { timezone: "Europe/London", defaultCurrency: "GBP", maxSetAsideShare: 0.05 };
    ({ artifact: ingested } = await store.build("ingest", {}, engine, (output) =>
      ingest([{ sourceId: "retail", path: file, preset: "uci-retail" }], options, Buffer.alloc(32), {
        ...doors,
        output,
      }),
    ));
    const horizons = {
      shortHorizonDays: 90,
      clvHorizonDays: 365,
      annualDiscountRate: 0.1,
      minimumHistoryDays: 90,
      originSpacingDays: 90,
      maximumOrigins: 14,
    };
    const cleanOptions = {
      currency: "GBP",
      timezone: "Europe/London",
      valueBasis: "net" as const,
      ...config.clean,
      horizons,
    };
    ({ artifact: cleaned } = await store.build("clean", {}, engine, (output) =>
      clean(ingested, cleanOptions, { ...doors, output }),
    ));
    // The file as it is, line by line, to hold the report against.
    await engine.statement(
      `CREATE TABLE source AS SELECT row_number() OVER () + 1 AS line, * FROM read_csv('${file}', all_varchar = true, header = true, parallel = false)`,
    );
    await engine.statement(
      `CREATE VIEW ingest_aside AS SELECT * FROM read_parquet('${ingested.path("set_aside.parquet")}')`,
    );
    await engine.statement(
      `CREATE VIEW clean_aside AS SELECT * FROM read_parquet('${cleaned.path("set_aside.parquet")}')`,
    );
  }, 300_000);
  afterAll(async () => {
    await engine.close();
    rmSync(folder, { recursive: true });
  });

  const number = async (sql: string) => Number(Object.values((await engine.rows(sql))[0])[0]);
  const touched = (rule: string, table: string) =>
    cleaned.values.rules.find((report) => report.rule === rule && report.table === table)!.rowsTouched;

  it("has 541,909 rows, 135,080 of nobody, and nets to 9,747,747.93", async () => {
    const [source] = ingested.values.sources;
    expect(source).toMatchObject({ rows: 541_909, money: [{ currency: "GBP", sourceMinor: 974_774_793 }] });
    expect(await number("SELECT count(*) FROM ingest_aside WHERE reason = 'no_customer'")).toBe(135_080);
    const [{ sourceMinor, keptMinor, setAsideMinor }] = source.money;
    expect(keptMinor + setAsideMinor).toBe(sourceMinor);
  });

  it("has 9,288 cancellation rows, each a refund or set aside with its reason", async () => {
    const isCancellation = "starts_with(InvoiceNo, 'C')";
    expect(await number(`SELECT count(*) FROM source WHERE ${isCancellation}`)).toBe(9288);
    const aside = await number(
      `SELECT count(*) FROM source SEMI JOIN ingest_aside USING (line) WHERE ${isCancellation}`,
    );
    const refunds = await number(
      `SELECT count(*) FROM read_parquet('${ingested.path("refunds.parquet")}') WHERE kind = 'cancel'`,
    );
    expect(aside + refunds).toBe(9288);
    expect(refunds).toBe(8905);
    const kept = cleaned.manifest.tables.refunds.rows;
    expect(kept + (await number("SELECT count(*) FROM clean_aside WHERE table_name = 'refunds'"))).toBe(
      ingested.manifest.tables.refunds.rows,
    );
  });

  it("has 5,268 exact duplicates: cancellations, set aside at import, or counted as repeated lines", async () => {
    const columns = "InvoiceNo, StockCode, Description, Quantity, UnitPrice, CustomerID, Country";
    const repeats = (by: string) =>
      `(SELECT * FROM source QUALIFY row_number() OVER (PARTITION BY ${by} ORDER BY line) > 1)`;
    const exact = repeats(`${columns}, InvoiceDate`);
    expect(await number(`SELECT count(*) FROM ${exact}`)).toBe(5268);
    const aside = await number(`SELECT count(*) FROM ${exact} SEMI JOIN ingest_aside USING (line)`);
    const purchased = (by: string) =>
      `SELECT count(*) FROM ${repeats(by)} ANTI JOIN ingest_aside USING (line) WHERE NOT starts_with(InvoiceNo, 'C')`;
    const cancelled = 5268 - aside - (await number(purchased(`${columns}, InvoiceDate`)));
    // One line was typed in a second time when the clock had moved on: an equal line of the order, no exact duplicate.
    const minuteLater = (await number(purchased(columns))) - (await number(purchased(`${columns}, InvoiceDate`)));
    expect(minuteLater).toBe(1);
    expect(touched("repeated_lines", "order_lines")).toBe(5268 - aside - cancelled + minuteLater);
    expect(touched("repeated_lines", "order_lines")).toBe(5193);
  });

  it("has two giant orders reversed within minutes, of customers 12346 and 16446", async () => {
    const rows = await engine.rows(
      "SELECT table_name, value FROM clean_aside WHERE reason = 'reversed_giant_order' ORDER BY ALL",
    );
    const of = (table: string) => rows.filter(({ table_name }) => table_name === table).map(({ value }) => value);
    expect(of("orders")).toEqual(["541431", "581483"]);
    expect(of("refunds")).toHaveLength(2);
  });

  it("reconciles every order row to the cent, and says what each rule does to total CLV", () => {
    const [money] = cleaned.values.reconciliation;
    const aside = money.setAside.reduce((sum, { minor }) => sum + minor, 0);
    expect(money.keptMinor + money.notGoodsMinor + money.cancelledMinor + aside).toBe(money.ordersMinor);
    const { ruleEffects, clv } = cleaned.values;
    const sum = ruleEffects.reduce((total, { clvEffect }) => total + clvEffect, 0);
    expect(sum).toBeCloseTo(clv.cleaned - clv.asItCame, 2);
    // Two slips of the finger would be worth more than any real customer.
    expect(ruleEffects.find(({ rule }) => rule === "giant_orders_reversed")).toMatchObject({ rows: 4 });
  });
});
