import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defineTable, optional, required } from "../../schema/columns.ts";
import { instant, missing } from "../sql/expression.ts";
import { choose, count, dateInZone, daysBetween, larger, quantile, rowNumber, smaller, sum } from "../sql/functions.ts";
import { from, table } from "../sql/query.ts";
import { type DuckdbEngine, openDuckdb } from "./engine.ts";

const purchases = defineTable("purchases", ["id"], {
  id: required("text"),
  amount: optional("integer"),
  at: required("timestamp"),
});

describe("the DuckDB engine", () => {
  const folder = mkdtempSync(join(tmpdir(), "longrun-engine-"));
  let engine: DuckdbEngine;
  beforeAll(async () => {
    engine = await openDuckdb({ temporaryDirectory: join(folder, "tmp") });
    const columns = [
      { name: "id", type: "text" as const, values: ["a", "b", "it's", "d"] },
      { name: "amount", type: "integer" as const, values: [10, Number.NaN, 30, 1000] },
      { name: "at", type: "timestamp" as const, values: [0, 86_400_000, 129_600_000, 0] },
    ];
    const file = await engine.writeColumns(columns, join(folder, "purchases.parquet"));
    expect(file.rows).toBe(4);
    await engine.register("purchases", [file.path], { id: "text", amount: "integer", at: "timestamp" });
  });
  afterAll(() => engine.close());

  const p = table(purchases, "p");

  it("returns numbers as float columns with NaN for NULL, texts as arrays, times as milliseconds", async () => {
    const batch = await engine.collect(from(p).select(p.columns).orderBy(p.columns.id));
    expect(batch.texts.id).toEqual(["a", "b", "d", "it's"]);
    expect([...batch.numbers.amount]).toEqual([10, Number.NaN, 1000, 30]);
    expect([...batch.numbers.at]).toEqual([0, 86_400_000, 0, 129_600_000]);
  });

  it("caps without filling missing values, unlike SQL's own least and greatest", async () => {
    const capped = smaller(larger(p.columns.amount, 20), 100);
    const batch = await engine.collect(from(p).select({ capped }).orderBy(p.columns.id));
    expect([...batch.numbers.capped]).toEqual([20, Number.NaN, 100, 30]);
  });

  it("aggregates, filters, windows and joins a query used as a relation", async () => {
    const totals = from(p)
      .select({
        n: count(),
        big: sum(p.columns.amount).onlyWhere(p.columns.amount.above(20)),
        median: quantile(p.columns.amount, 0.5),
      })
      .as("totals");
    const query = from(p)
      .crossJoin(totals)
      .select({
        id: p.columns.id,
        place: rowNumber([], [p.columns.amount.descending()]),
        days: daysBetween(instant(0), p.columns.at),
        share: p.columns.amount.over(totals.columns.big),
        size: choose([[p.columns.amount.above(100), "large"]], missing("text")),
        median: totals.columns.median,
      })
      .orderBy(p.columns.id);
    const { numbers, texts } = await engine.collect(query);
    expect([...numbers.place]).toEqual([3, 4, 1, 2]);
    expect([...numbers.days]).toEqual([0, 1, 0, 1.5]);
    expect(numbers.share[0]).toBeCloseTo(10 / 1030, 12);
    expect(texts.size).toEqual([null, null, "large", null]);
    expect(numbers.median[0]).toBe(30);
  });

  it("writes the same bytes for the same rows", async () => {
    const query = from(p).select(p.columns).orderBy(p.columns.id);
    const first = await engine.write(query, join(folder, "one.parquet"));
    const second = await engine.write(query, join(folder, "two.parquet"));
    expect(readFileSync(first.path).equals(readFileSync(second.path))).toBe(true);
  });

  it("offers an empty table where no file exists", async () => {
    await engine.register("purchases_none", [], { id: "text" });
    expect((await engine.rows('SELECT count(*) AS n FROM "purchases_none"'))[0].n).toBe(0n);
  });

  it("finds the date on a zone's own calendar, daylight saving time included", async () => {
    const at = (iso: string) => instant(Date.parse(iso));
    const inZone = async (iso: string, zone: string) => {
      const { numbers } = await engine.collect(from().select({ date: dateInZone(at(iso), zone) }));
      return new Date(numbers.date[0]).toISOString().slice(0, 10);
    };
    expect(await inZone("2024-07-01T03:59:59Z", "America/New_York")).toBe("2024-06-30");
    expect(await inZone("2024-07-01T04:00:00Z", "America/New_York")).toBe("2024-07-01");
    expect(await inZone("2024-01-01T04:59:59Z", "America/New_York")).toBe("2023-12-31");
    expect(await inZone("2024-01-01T15:59:59Z", "UTC")).toBe("2024-01-01");
    expect(await inZone("2024-01-01T16:00:00Z", "Asia/Shanghai")).toBe("2024-01-02");
  });
});
