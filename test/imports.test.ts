import { createHmac } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { silentProgress } from "../src/base/progress.ts";
import { type DuckdbEngine, openDuckdb } from "../src/engine/duckdb/engine.ts";
import { type IngestOptions, type IngestValues, ingest } from "../src/ingest/index.ts";
import { isKnownHeader, presets, recognises } from "../src/ingest/presets/index.ts";
import { openSource } from "../src/ingest/readers/index.ts";
import { ArtifactStore } from "../src/runs/store.ts";

/**
 * Every folder of fixtures/imports holds exports, as small as their traps allow, and `expected.json`: the canonical rows without
 * their unknown values, the account of each file, the rows set aside. `email:…` and `phone:…` stand for keyed hashes.
 */
interface Expected {
  readonly options?: Partial<IngestOptions>;
  readonly error?: { readonly code: string; readonly details: Record<string, unknown> };
  readonly sources?: readonly unknown[];
  readonly set_aside?: readonly unknown[];
  readonly tables?: Readonly<Record<string, readonly unknown[]>>;
}

const imports = join(import.meta.dirname, "fixtures/imports");
const folder = mkdtempSync(join(tmpdir(), "longrun-imports-"));
const key = Buffer.from("key of the fixtures");
let engine: DuckdbEngine;
beforeAll(async () => {
  engine = await openDuckdb({ temporaryDirectory: join(folder, "tmp") });
});
afterAll(() => engine.close());

const filesOf = (name: string) =>
  readdirSync(join(imports, name))
    .filter((file) => file !== "expected.json")
    .sort()
    .map((file) => join(imports, name, file));

const expectedOf = (name: string): Expected => JSON.parse(readFileSync(join(imports, name, "expected.json"), "utf8"));

let count = 0;

async function read(paths: readonly string[], options: Partial<IngestOptions> = {}) {
  const sources = paths.map((path) => ({ sourceId: path.slice(imports.length + 1), path }));
  const store = new ArtifactStore(join(folder, `stages${count++}`));
  const { artifact } = await store.build<IngestValues>("ingest", {}, engine, (output) =>
    ingest(sources, { timezone: "UTC", defaultCurrency: "USD", maxSetAsideShare: 1, ...options }, key, {
      engine,
      output,
      clock: { now: () => Date.UTC(2026, 0, 1), elapsedMs: () => 0 },
      seed: "s",
      threads: 1,
      progress: silentProgress,
      signal: new AbortController().signal,
    }),
  );
  const tables: Record<string, unknown[]> = {};
  for (const name of Object.keys(artifact.manifest.tables)) {
    const rows = await engine.rows(`SELECT * FROM read_parquet('${artifact.path(`${name}.parquet`)}')`);
    tables[name] = rows
      .map(known)
      .map(({ source_id, file, ...row }) => (name === "set_aside" ? { file, ...row } : row));
  }
  const { set_aside = [], ...kept } = tables;
  return { sources: artifact.values.sources, set_aside, tables: kept };
}

/** A row without what is unknown, as JSON has it. */
function known(row: Record<string, unknown>): Record<string, unknown> {
  const plain = (value: unknown) =>
    typeof value === "bigint" ? Number(value) : typeof value === "object" ? String(value) : value;
  return Object.fromEntries(
    Object.entries(row).flatMap(([name, value]) => (value === null ? [] : [[name, plain(value)]])),
  );
}

/** `email:ann@example.com` in the expected rows, hashed as the project's key hashes it. */
function hashed<T>(expected: T): T {
  const text = JSON.stringify(expected).replace(/(email|phone):([^"]+)/g, (_, _kind, contact: string) =>
    createHmac("sha256", key).update(contact).digest("hex"),
  );
  return JSON.parse(text);
}

describe.each(readdirSync(imports))("the export %s", (name) => {
  const { error, options, ...expected } = expectedOf(name);

  it.skipIf(error !== undefined)(
    "becomes the canonical rows that it means, and every row and cent is accounted for",
    async () => {
      const found = await read(filesOf(name), options);
      expect(found).toEqual(hashed(expected));
      for (const { rows, kept, setAside, money } of found.sources) {
        expect(rows).toBe(kept + setAside);
        for (const part of money) expect(part.sourceMinor).toBe(part.keptMinor + part.setAsideMinor);
      }
    },
  );

  it.skipIf(error === undefined)("is refused, and the error says what to export instead", async () => {
    await expect(read(filesOf(name), options)).rejects.toMatchObject({
      ...error,
      details: { ...error?.details, path: filesOf(name)[0] },
    });
  });

  it("is recognised by its header as itself and as nothing else", async () => {
    for (const path of filesOf(name)) {
      const { header } = await openSource(path, {
        engine,
        directory: folder,
        name: `header${count++}`,
        isHeader: isKnownHeader,
      });
      expect(presets.filter((preset) => recognises(preset, header)).map((preset) => preset.name)).toEqual([name]);
    }
  });
});

it("there is a fixture for every preset", () => {
  const names = presets.map((preset) => preset.name).filter((name) => name !== "longrun");
  expect(readdirSync(imports).sort()).toEqual(names.sort());
});

describe("what only the shop knows", () => {
  const orders = filesOf("tmall-orders");

  it("is answered in the configuration: coupons that the platform pays are revenue", async () => {
    const { sources, tables } = await read(orders, { presets: { "tmall-orders": { couponsPaidBy: "platform" } } });
    expect(sources[0].assumed).toBeUndefined();
    expect(tables.orders[0]).toMatchObject({ discount_minor: 0, total_minor: 20000, platform_subsidy_minor: 1500 });
  });

  it("is refused where no preset asks, or the answer is none of the possible ones", async () => {
    const details = {
      preset: "tmall-orders",
      question: "couponsPaidBy",
      answer: "nobody",
      known: ["shop", "platform"],
    };
    const asked = { "tmall-orders": { couponsPaidBy: "nobody" } };
    await expect(read(orders, { presets: asked })).rejects.toMatchObject({ code: "unknown_answer", details });
    const unasked = { "jd-orders": { couponsPaidBy: "shop" } };
    await expect(read(orders, { presets: unasked })).rejects.toMatchObject({ code: "unknown_answer" });
  });
});

it("a shop's customers and orders meet, and what the customer file says counts", async () => {
  const { tables } = await read([...filesOf("shopify-customers"), ...filesOf("shopify-orders")]);
  const buyers = tables.orders.map((order) => (order as { customer_id?: string }).customer_id);
  const ann = hashed("email:ann@example.com");
  expect(tables.customers.filter((row) => (row as { customer_id: string }).customer_id === ann)).toEqual([
    expect.objectContaining({ country: "US", consent_email: "granted", phone_hmac: hashed("phone:15550100001") }),
  ]);
  expect(buyers).toContain(ann);
  expect(buyers).toContain(hashed("phone:81355501234"));
});

describe("purchases that a tracker saw", () => {
  it("become orders and dated refunds where the shop says so: Segment's revenue is after discount, a refund without total is of everything", async () => {
    const { tables } = await read(filesOf("segment"), { presets: { segment: { purchasesAre: "orders" } } });
    expect(tables.orders).toMatchObject([
      { order_id: "S1", customer_id: "u1", items_gross_minor: 4000, discount_minor: 350, total_minor: 4600 },
    ]);
    expect(tables.order_lines).toMatchObject([
      { order_id: "S1", product_id: "MUG", quantity: 2, unit_price_minor: 2000 },
    ]);
    expect(tables.refunds).toMatchObject([
      { order_id: "S1", refunded_at: "2024-05-03 08:00:00", refunded_at_quality: "exact", goods_minor: 3650 },
      { order_id: "S0", goods_minor: 250 },
    ]);
  });

  it("stand once, though the visitor's browser sent one twice and another file repeats the day", async () => {
    const options = { presets: { "ga4-bigquery": { purchasesAre: "orders" } } };
    const { tables } = await read(filesOf("ga4-bigquery"), options);
    expect(tables.orders).toMatchObject([
      { order_id: "T1", items_gross_minor: 3100, shipping_minor: 490, tax_minor: 250, total_minor: 3840 },
    ]);
    expect(tables.refunds).toMatchObject([{ order_id: "T1", goods_minor: 550, refunded_at: "2024-05-02 08:00:00" }]);
  });
});
