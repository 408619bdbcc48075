import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { readingRoom } from "./reading.test-data.ts";

const { file, read } = readingRoom();

describe("JSON lines", () => {
  it("reads every key of every object as text: strings plain, nested values as JSON, null and missing as NULL", async () => {
    const content = [
      '{"id":"a","total":12.50,"paid":true,"items":[{"sku":"x","n":2}],"to":{"city":"Bonn"}}',
      '{"id":"b","note":"two\\nlines \\u5f20","total":null}',
    ].join("\n");
    const { format, header, rows, lines, records } = await read(file("a.json", content));
    expect([format, records, lines]).toEqual(["json-lines", 2, [1, 2]]);
    expect(header).toEqual(["id", "total", "paid", "items", "to", "note"]);
    expect(rows).toEqual([
      { id: "a", total: "12.5", paid: "true", items: '[{"sku":"x","n":2}]', to: '{"city":"Bonn"}', note: null },
      { id: "b", total: null, paid: null, items: null, to: null, note: "two\nlines 张" },
    ]);
  });

  it("keeps the digits of numbers that no float can hold", async () => {
    const { rows } = await read(file("a.ndjson", '{"id":123456789012345678901234567890,"next":9007199254740993}\n'));
    expect(rows).toEqual([{ id: "123456789012345678901234567890", next: "9007199254740993" }]);
  });

  it("sets broken lines aside by their line, blank lines not counted, and loses no other", async () => {
    const content = '{"a":1}\r\n\r\n{"a":2\n{"a":"tab\there"}\n[3]\n7\n{"a":5,"a":6}\nnull\n{"a":8}';
    const { rows, lines, malformed, records } = await read(file("a.ndjson", content));
    expect([records, lines, malformed]).toEqual([8, [1, 9], [3, 4, 5, 6, 7, 8]]);
    expect(rows.map(({ a }) => a)).toEqual(["1", "8"]);
  });

  it("reads keys with quotes, slashes, tildes, stars, blanks and cases as they are", async () => {
    const keys = ['b.c"d', "a/b~c", "*", " ", "", "Id", "id", "line", "0"];
    const record = Object.fromEntries(keys.map((key, at) => [key, `v${at}`]));
    const { header, rows } = await read(file("a.ndjson", JSON.stringify(record)));
    expect(header).toHaveLength(keys.length);
    expect(new Set(Object.values(rows[0])).size).toBe(keys.length);
    expect(header.filter((name) => name.includes("#"))).toHaveLength(3);
    for (const key of ['b.c"d', "a/b~c", "*", "0", "Id"]) expect(rows[0][key]).toBe(record[key]);
  });

  it("reads gzip, UTF-16 and a byte order mark as in delimited files", async () => {
    const content = '{"name":"张"}\n';
    const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(content, "utf16le")]);
    for (const bytes of [gzipSync(content), wide, Buffer.from(`\ufeff${content}`)]) {
      expect((await read(file("a.csv", bytes))).rows).toEqual([{ name: "张" }]);
    }
  });
});

describe("JSON arrays and printed objects", () => {
  const printed = JSON.stringify(
    [
      { a: 1, b: { c: '},{"' } },
      { a: 2, b: "[" },
    ],
    null,
    2,
  );

  it("reads an array of objects printed over many lines; a row's line is the number of its object", async () => {
    const { format, rows, lines, records } = await read(file("a.json", printed));
    expect([format, records, lines]).toEqual(["json", 2, [1, 2]]);
    expect(rows).toEqual([
      { a: "1", b: '{"c":"},{\\""}' },
      { a: "2", b: "[" },
    ]);
  });

  it("reads printed objects one after the other, and an array in one line, alike", async () => {
    const objects = [{ a: 1 }, { a: 2, b: [] }];
    const expected = [
      { a: "1", b: null },
      { a: "2", b: "[]" },
    ];
    for (const text of [objects.map((one) => JSON.stringify(one, null, 1)).join("\n"), JSON.stringify(objects)]) {
      expect((await read(file("a.json", text))).rows).toEqual(expected);
    }
  });

  it("reads the same whatever pieces the text comes in", async () => {
    const many = Array.from({ length: 6000 }, (_, at) => ({ id: `o${at}`, text: '\\"} ,'.repeat(at % 9), list: [at] }));
    const { rows, records } = await read(file("a.json", JSON.stringify(many, null, 1)));
    expect(records).toBe(6000);
    expect(rows.map(({ id, text, list }) => ({ id, text, list: JSON.parse(String(list)) }))).toEqual(many);
  });

  it("sets an element that is no object aside", async () => {
    const { records, malformed, rows } = await read(file("a.json", '[{"a":1},\n 3,\n {"a":,},\n {"a":2}]'));
    expect([records, malformed, rows.map(({ a }) => a)]).toEqual([4, [2, 3], ["1", "2"]]);
  });

  it.each([
    ["an array cut short", '[{"a":1},{"a":2}', "damaged_file"],
    ["an object cut short", '{\n"a":1},\n{"a":', "damaged_file"],
    ["text after the array", '[{"a":1}] and more', "damaged_file"],
    ["a bracket too many", '{\n"a":1}}\n{"a":2}', "damaged_file"],
    ["an empty array", "[]", "empty_file"],
    ["objects without keys", "{}\n{}", "no_columns"],
  ])("refuses %s", async (_, content, code) => {
    await expect(read(file("a.json", content))).rejects.toMatchObject({ code });
  });
});

it("refuses a record over the limit without holding it, and names its line", async () => {
  const content = `{"a":1}\n{"a":"${"x".repeat(300_000)}"}\n`;
  await expect(read(file("a.ndjson", content), { maxLineLength: 100_000 })).rejects.toMatchObject({
    code: "line_too_long",
    details: { line: 2, limit: 100_000 },
  });
});
