import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { millisecondsPerDay } from "../base/clock.ts";
import { type DuckdbEngine, openDuckdb } from "../engine/duckdb/engine.ts";
import { ArtifactStore } from "../runs/store.ts";
import { cleanOrders, cleanRefunds } from "../schema/clean-tables.ts";
import { readPurchasesBefore } from "./purchases-before.ts";

const cutoff = Date.UTC(2024, 5, 1);
const folder = mkdtempSync(join(tmpdir(), "longrun-purchases-"));
let engine: DuckdbEngine;
let runs = 0;
beforeAll(async () => {
  engine = await openDuckdb({ temporaryDirectory: join(folder, "tmp") });
});
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

/** [customer, days before the cut-off, value in cents] */
type Fact = readonly [string, number, number];

async function read(orders: readonly Fact[], refunds: readonly Fact[] = []) {
  const column = (facts: readonly Fact[], name: string, type: string, row: number) => {
    const [customer, days, value] = facts[row];
    const known: Record<string, string | number> = {
      customer_id: customer,
      known_at: cutoff - Math.round(days * millisecondsPerDay),
      value_minor: value,
    };
    return known[name] ?? (type === "text" ? `${name}${row}` : 0);
  };
  const store = new ArtifactStore(join(folder, `stages${runs++}`));
  const { artifact } = await store.build("clean", {}, engine, async (output) => {
    for (const [definition, facts] of [
      [cleanOrders, orders],
      [cleanRefunds, refunds],
    ] as const) {
      const columns = Object.entries(definition.columns).map(([name, { type }]) => ({
        name,
        type,
        values: facts.map((_, row) => column(facts, name, type, row)),
      }));
      await output.writeColumns(definition.name, columns);
    }
    return { currency: "USD" };
  });
  return readPurchasesBefore(cutoff, artifact, engine);
}

const orders: Fact[] = [
  ["bob", 10, 500],
  ["ann", 40, 1000],
  ["ann", 39.5, 300],
  ["ann", 20, 700],
  ["ann", 0.25, 100],
  ["cat", 1, 250],
];
const refunds: Fact[] = [
  ["ann", 5, 400],
  ["bob", 2, 800],
];

describe("purchases before a cut-off", () => {
  it("merge by day, from midnight to midnight before the cut-off, net of refunds, customers in order", async () => {
    const { customerIds, frequency, recency, age, value, rows } = await read(orders, refunds);
    expect([rows, customerIds]).toEqual([3, ["ann", "bob", "cat"]]);
    expect([...frequency]).toEqual([2, 0, 0]);
    expect([...age]).toEqual([40, 10, 1]);
    expect([...recency]).toEqual([39, 0, 0]);
    expect([...value]).toEqual([17, -3, 2.5]);
  });

  it("do not change by anything that is known at the cut-off or later", async () => {
    const before = await read(orders, refunds);
    const later: Fact[] = [
      ["ann", 0, 9999],
      ["bob", -1, 9999],
      ["new", -30, 9999],
    ];
    expect(await read([...orders, ...later], [...refunds, ...later])).toEqual(before);
  });
});
