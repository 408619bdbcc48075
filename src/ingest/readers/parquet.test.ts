import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readingRoom } from "./reading.test-data.ts";

const { file, read, engine } = readingRoom();

async function parquet(select: string, options = ""): Promise<string> {
  const path = file("a.parquet", "");
  await engine().statement(`COPY (${select}) TO '${path}' (FORMAT parquet${options})`);
  return path;
}

describe("Parquet", () => {
  it("reads every type as text, nested values as JSON, instants in UTC", async () => {
    const path =
      await parquet(`SELECT 'x' AS id, 1.10::DECIMAL(9, 2) AS amount, 0.1::FLOAT AS rate, 18446744073709551615::UBIGINT AS big,
      TIMESTAMP '2024-01-02 10:00:00.5' AS local, TIMESTAMPTZ '2024-01-02 10:00:00+02' AS instant, DATE '2024-02-03' AS day,
      true AS flag, NULL::VARCHAR AS nothing, 'ab'::BLOB AS bytes, '\\xff'::BLOB AS wild, [1, 2] AS list, {'a': 'x', 'b': [true]} AS struct,
      MAP {'k': 1} AS map`);
    const { format, header, records, rows } = await read(path);
    expect([format, records, header.length]).toEqual(["parquet", 1, 14]);
    expect(rows[0]).toEqual({
      id: "x",
      amount: "1.10",
      rate: "0.1",
      big: "18446744073709551615",
      local: "2024-01-02 10:00:00.5",
      instant: "2024-01-02 08:00:00+00",
      day: "2024-02-03",
      flag: "true",
      nothing: null,
      bytes: "ab",
      wild: "\\xFF",
      list: "[1,2]",
      struct: '{"a":"x","b":[true]}',
      map: '{"k":1}',
    });
  });

  it("numbers rows in the file's order over many row groups, whatever the file is called", async () => {
    const path = await parquet("SELECT range AS n FROM range(5000)", ", ROW_GROUP_SIZE 2048");
    const renamed = file("orders.csv", readFileSync(path));
    const { rows, lines, records } = await read(renamed);
    expect(records).toBe(5000);
    expect(rows.map(({ n }) => Number(n))).toEqual(Array.from({ length: 5000 }, (_, at) => at));
    expect(lines).toEqual(Array.from({ length: 5000 }, (_, at) => at + 1));
  });

  it("keeps a file's own columns called line and problem apart from ingest's", async () => {
    const { rows, lines } = await read(await parquet("SELECT 'mine' AS line, 'too' AS problem, 'id' AS id"));
    expect(rows).toEqual([{ "line#1": "mine", "problem#2": "too", id: "id" }]);
    expect(lines).toEqual([1]);
  });

  it("refuses a file cut short anywhere, a changed one, and one without rows", async () => {
    const whole = readFileSync(await parquet("SELECT range AS n, 'text' || range AS t FROM range(3000)"));
    for (const length of [4, 12, whole.length >> 1, whole.length - 1]) {
      const cut = file("cut.parquet", whole.subarray(0, length));
      await expect(read(cut)).rejects.toMatchObject({ code: "damaged_file", details: { path: cut } });
    }
    const zeroed = Buffer.from(whole).fill(0, 4, whole.length >> 1);
    await expect(read(file("zeroed.parquet", zeroed))).rejects.toMatchObject({ code: "damaged_file" });
    await expect(read(await parquet("SELECT 1 AS n WHERE false"))).rejects.toMatchObject({ code: "header_only" });
  });
});
