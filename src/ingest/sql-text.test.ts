import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DuckdbEngine, openDuckdb, textLiteral } from "../engine/duckdb/engine.ts";
import { column, localTime, text } from "./sql-text.ts";

describe("the short ways of reading a raw column", () => {
  let engine: DuckdbEngine;
  beforeAll(async () => {
    engine = await openDuckdb({ temporaryDirectory: mkdtempSync(join(tmpdir(), "longrun-sql-text-")) });
  });
  afterAll(() => engine.close());

  /** Pairs of an expression over `raw.x` and the longer one that it stands for, as text, for each value. */
  async function both(values: readonly string[], expression: string, longer: string) {
    const rows = values.map((value) => `(${textLiteral(value)})`).join(", ");
    const found = await engine.rows(
      `SELECT CAST(${expression} AS VARCHAR) AS short, CAST(${longer} AS VARCHAR) AS long FROM (VALUES ${rows}, (NULL)) AS raw(x)`,
    );
    return { short: found.map(({ short }) => short), long: found.map(({ long }) => long) };
  }

  it("trim what `trim` trims: spaces of every alphabet, at either end", async () => {
    const values = ["", " ", "a", " a", "a ", "\u00a0a", "a\u3000", "\u3000", "\ta", " é b ", "é", "a\u00a0b"];
    const { short, long } = await both(values, text("x"), "nullif(trim(raw.x), '')");
    expect(short).toEqual(long);
    expect(short.slice(0, 8)).toEqual([null, null, "a", "a", "a", "a", "a", null]);
  });

  it("read times as `AT TIME ZONE 'UTC'` does, with and without an offset; an infinite one is no time", async () => {
    const values = [
      "2024-07-01T17:09:48Z",
      "2024-07-01T17:09:48.123456+02:00",
      "2024-07-01 17:09:48 Asia/Shanghai",
      "2024-07-01 17:09",
      "2024-02-30",
      "0001-01-01",
      "never",
    ];
    const { short, long } = await both(
      values,
      column("x", "timestamp"),
      "(TRY_CAST(nullif(trim(raw.x), '') AS TIMESTAMPTZ) AT TIME ZONE 'UTC')",
    );
    expect(short).toEqual(long);
    expect(short[1]).toBe("2024-07-01 15:09:48.123456");
    expect((await both(["infinity"], column("x", "timestamp"), "NULL")).short[0]).toBeNull();
  });

  it("read wall-clock times of a zone, summer and winter", async () => {
    const values = ["2024-07-01 12:00", "2024-01-01 12:00", "2024-03-31 02:30"];
    const { short, long } = await both(
      values,
      localTime("x", "Europe/Berlin"),
      "((TRY_CAST(nullif(trim(raw.x), '') AS TIMESTAMP) AT TIME ZONE 'Europe/Berlin') AT TIME ZONE 'UTC')",
    );
    expect(short).toEqual(long);
    expect(short.slice(0, 2)).toEqual(["2024-07-01 10:00:00", "2024-01-01 11:00:00"]);
  });
});
