import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DuckdbEngine, openDuckdb } from "../engine/duckdb/engine.ts";
import { ArtifactStore } from "../runs/store.ts";
import type { Columns } from "../schema/columns.ts";
import { canonicalTables } from "../schema/tables.ts";
import { factsBefore } from "./facts-before.ts";

const before = Date.UTC(2024, 5, 1);
const folder = mkdtempSync(join(tmpdir(), "longrun-facts-"));
let engine: DuckdbEngine;

/** Ingested tables of a few columns each; a row's `late` says whether it happened after the cut. */
const rows = {
  customers: [
    { customer_id: "early", created_at: "2024-05-31" },
    { customer_id: "undated", created_at: null },
    { customer_id: "late", created_at: "2024-06-01" },
  ],
  products: [{ product_id: "tea" }],
  orders: [
    { order_id: "early", ordered_at: "2024-05-31", paid_at: "2024-06-02", cancelled_at: null, status: "paid" },
    {
      order_id: "undone later",
      ordered_at: "2024-05-01",
      paid_at: "2024-05-01",
      cancelled_at: "2024-06-01",
      status: "cancelled",
    },
    { order_id: "undone", ordered_at: "2024-05-01", paid_at: null, cancelled_at: "2024-05-03", status: "cancelled" },
    { order_id: "late", ordered_at: "2024-06-01", paid_at: null, cancelled_at: null, status: "paid" },
  ],
  order_lines: [
    { order_id: "early", line_no: 1 },
    { order_id: "late", line_no: 1 },
    { order_id: "unknown", line_no: 1 },
  ],
  refunds: [
    { refund_id: "early", refunded_at: "2024-05-31" },
    { refund_id: "undated", refunded_at: null },
    { refund_id: "late", refunded_at: "2024-06-01" },
  ],
  events: [
    { event_id: "early", occurred_at: "2024-05-31" },
    { event_id: "late", occurred_at: "2024-06-01" },
  ],
  fx_rates: [
    { date: "2024-05-31", base: "EUR" },
    { date: "2024-06-01", base: "EUR" },
  ],
} as const;

beforeAll(async () => {
  engine = await openDuckdb({ temporaryDirectory: join(folder, "tmp") });
});
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

describe("the facts before an instant", () => {
  it("are what an export of that instant would have shown", async () => {
    const { artifact: ingested } = await new ArtifactStore(join(folder, "ingest")).build(
      "ingest",
      {},
      engine,
      async (output) => {
        for (const [name, table] of Object.entries(rows)) {
          const columns: Columns = canonicalTables[name as keyof typeof rows].columns;
          await output.writeColumns(
            name,
            Object.keys(table[0]).map((column) => ({
              name: column,
              type: columns[column].type,
              values: table.map((row) => {
                const value = (row as Record<string, string | number | null>)[column];
                return value !== null && ["timestamp", "date"].includes(columns[column].type)
                  ? Date.parse(String(value))
                  : value;
              }),
            })),
          );
        }
      },
    );
    const facts = await factsBefore(before, ingested, engine, new ArtifactStore(join(folder, "facts")));
    const read = (table: string, columns: string) =>
      engine.rows(`SELECT ${columns} FROM read_parquet('${facts.path(`${table}.parquet`)}') ORDER BY ALL`);
    const ids = async (table: string, column: string) => (await read(table, column)).map((row) => row[column]);
    expect(await ids("customers", "customer_id")).toEqual(["early", "undated"]);
    expect(await ids("products", "product_id")).toEqual(["tea"]);
    expect(await ids("order_lines", "order_id")).toEqual(["early"]);
    expect(await ids("refunds", "refund_id")).toEqual(["early"]);
    expect(await ids("events", "event_id")).toEqual(["early"]);
    expect((await read("fx_rates", "date::VARCHAR AS date")).map(({ date }) => date)).toEqual(["2024-05-31"]);
    expect(
      await read("orders", "order_id, status, paid_at IS NULL AS unpaid, cancelled_at IS NULL AS standing"),
    ).toEqual([
      { order_id: "early", status: "paid", unpaid: true, standing: true },
      { order_id: "undone", status: "cancelled", unpaid: true, standing: false },
      { order_id: "undone later", status: "paid", unpaid: false, standing: true },
    ]);
  });
});
