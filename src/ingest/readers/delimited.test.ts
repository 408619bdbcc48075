import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { loadRaw } from "./index.ts";
import { readingRoom } from "./reading.test-data.ts";
import { zstdCompress } from "./zstd.test-data.ts";

const { file, read, engine } = readingRoom();
const values = (rows: readonly Record<string, string | null>[]) => rows.map((row) => Object.values(row));

describe("delimited text", () => {
  it.each([",", ";", "\t", "|"])("finds the delimiter %j though fields hold the others", async (delimiter) => {
    const others = [",", ";", "\t", "|"].filter((other) => other !== delimiter).join("");
    const lines = [
      ["id", "note", "n"],
      ["1", others, "5"],
      ["2", "x", "6"],
    ].map((fields) => fields.join(delimiter));
    const { rows, header } = await read(file("a.txt", lines.join("\n")));
    expect(header).toEqual(["id", "note", "n"]);
    expect(values(rows)).toEqual([
      ["1", others, "5"],
      ["2", "x", "6"],
    ]);
  });

  it("takes the semicolon where every amount has a decimal comma", async () => {
    const { header, rows } = await read(file("a.csv", "id;total\n1;12,50\n2;7,00\n"));
    expect([header, values(rows)]).toEqual([
      ["id", "total"],
      [
        ["1", "12,50"],
        ["2", "7,00"],
      ],
    ]);
  });

  it("gives each row the line of the file it begins in: quoted line breaks, blank lines, CR LF and lone CR", async () => {
    const text = 'a,b\r\n1,"two\nlines"\r\n\r\n2,"three\r\n\r\nlines"\n3,x\r4,"say ""hi"""';
    const { rows, lines, records } = await read(file("a.csv", text));
    expect([records, lines]).toEqual([4, [2, 5, 8, 9]]);
    expect(values(rows)).toEqual([
      ["1", "two\nlines"],
      ["2", "three\r\n\r\nlines"],
      ["3", "x"],
      ["4", 'say "hi"'],
    ]);
  });

  it("sets aside a malformed quote, too many and too few fields, by line, and loses no row after them", async () => {
    const bad = ['2,"x"y,b', '3,"q"z,"more\nlines"', "5,1,2,3", "6,1", '7,1,"b"x'];
    const good = Array.from({ length: 5000 }, (_, at) => `g${at},c,d`);
    const { rows, lines, malformed, records } = await read(file("a.csv", ["a,b,c", ...bad, ...good].join("\n")));
    expect([records, malformed, rows.length]).toEqual([5005, [2, 3, 5, 6, 7], 5000]);
    expect([lines[0], lines.at(-1), rows.at(-1)?.a]).toEqual([8, 5007, "g4999"]);
  });

  it("counts a malformed record that the parser cuts in two as one; if its second half looks like a row, refuses the file", async () => {
    const cut = (half: string) => file("a.csv", `a,b,c\n"a","b" ","c\n${half}"\n"e","f","g"\n`);
    const { records, lines, malformed } = await read(cut("d"));
    expect([records, lines, malformed]).toEqual([2, [4], [2]]);
    await expect(read(cut("4"))).rejects.toMatchObject({ code: "line_count_mismatch" });
    await expect(read(cut("9,x,y,z"))).rejects.toMatchObject({ code: "line_count_mismatch" });
  });

  it("refuses rows that are as many as the records but not the same", async () => {
    const load = async () => {
      await engine().statement("CREATE OR REPLACE TEMP TABLE raw AS SELECT 'x' AS a, unnest([2, 9]) AS line");
      await engine().statement("CREATE OR REPLACE TEMP TABLE malformed (line BIGINT)");
    };
    const source = { format: "delimited", header: ["a"], records: 2, skippedLines: 0, load } as const;
    expect(await loadRaw(engine(), { ...source, lineSum: 11 }, "a.csv")).toBe(0);
    await expect(loadRaw(engine(), { ...source, lineSum: 5 }, "a.csv")).rejects.toMatchObject({
      code: "line_count_mismatch",
    });
  });

  it("reads a quote that stands inside an unquoted field as itself", async () => {
    const { rows, malformed } = await read(file("a.csv", 'a,b\n12" pipe,1\n9" nail,2\n'));
    expect([malformed, values(rows)]).toEqual([
      [],
      [
        ['12" pipe', "1"],
        ['9" nail', "2"],
      ],
    ]);
  });

  it("names repeated, blank and reserved columns apart, whatever their case", async () => {
    const { header, rows } = await read(file("a.csv", "Name,name,,line,Name,name#2\n1,2,3,4,5,6\n"));
    expect(header).toEqual(["Name", "name#8", "#3", "line#4", "Name#5", "name#2"]);
    expect(values(rows)).toEqual([["1", "2", "3", "4", "5", "6"]]);
  });

  it("reads one column, records of megabytes, and more columns than anyone wants", async () => {
    expect(values((await read(file("a.csv", "id\nx\ny\n"))).rows)).toEqual([["x"], ["y"]]);
    const long = "x".repeat(3_000_000);
    expect(values((await read(file("a.csv", `a,b\n1,${long}\n2,y\n`))).rows)).toEqual([
      ["1", long],
      ["2", "y"],
    ]);
    const names = Array.from({ length: 3000 }, (_, at) => `column ${at}`);
    expect((await read(file("a.csv", `${names.join(",")}\n${names.join(",")}\n`))).header).toEqual(names);
  });
});

describe("lines above the header", () => {
  const table = "Campaign,Day,Cost,Clicks\nA,2024-05-01,1.5,3\nB,2024-05-02,2.5,4\n";

  it.each([
    ["two titles", 'Campaign report\n"May 1, 2024 - May 31, 2024"\n', 2],
    ["an unquoted title with the delimiter in it", "Report\nMay 1, 2024\n", 2],
    ["titles filled up with delimiters, and a blank line", "Campaign report,,,\n\n", 2],
    ["no title", "", 0],
  ])("skips and counts them: %s", async (_, titles, skipped) => {
    const { header, rows, lines, skippedLines, records } = await read(file("a.csv", titles + table));
    expect(header).toEqual(["Campaign", "Day", "Cost", "Clicks"]);
    expect([skippedLines, records, lines, rows.length]).toEqual([skipped, 2, [skipped + 2, skipped + 3], 2]);
  });

  it("finds a header that the caller waits for below lines as wide as the table", async () => {
    const isHeader = (fields: readonly string[]) => ["Campaign", "Cost"].every((name) => fields.includes(name));
    const { header, skippedLines } = await read(file("a.csv", `one,two,three,four\n${table}`), { isHeader });
    expect([header[0], skippedLines]).toEqual(["Campaign", 1]);
  });

  it("keeps a first line that is no title: a header with one name missing, or rows wider than it", async () => {
    expect((await read(file("a.csv", ",value\n0,5\n1,6\n"))).header).toEqual(["#1", "value"]);
    const ragged = await read(file("a.csv", "a,b,c\n1,2,3,\n4,5,6,7\n8,9,10,\n"));
    expect([ragged.header, ragged.lines, ragged.malformed]).toEqual([["a", "b", "c"], [2, 4], [3]]);
  });

  it("obeys a first line sep=", async () => {
    const { header, rows } = await read(file("a.csv", "sep=^\nid^total\n1^2,5\n"));
    expect([header, values(rows)]).toEqual([["id", "total"], [["1", "2,5"]]]);
  });
});

describe("encodings and compressions", () => {
  const text = "id;name\n1;张伟 Müller €\n2;李娜\n";
  const wide = Buffer.from(text, "utf16le");
  const gb = Buffer.concat([
    Buffer.from("id;name\n1;"),
    Buffer.from([0xd5, 0xc5, 0xce, 0xb0]),
    Buffer.from("\n2;"),
    Buffer.from([0xc0, 0xee, 0xc4, 0xc8]),
  ]);

  it.each([
    ["UTF-8", Buffer.from(text), "utf-8"],
    ["UTF-8 with a byte order mark", Buffer.from(`\ufeff${text}`), "utf-8"],
    ["UTF-16 LE", Buffer.concat([Buffer.from([0xff, 0xfe]), wide]), "utf-16le"],
    ["UTF-16 BE", Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(wide).swap16()]), "utf-16be"],
    ["UTF-16 LE without a mark", Buffer.from(`${text}3;western\n`.repeat(2), "utf16le"), "utf-16le"],
    ["gzip", gzipSync(text), "utf-8"],
    ["gzip of UTF-16", gzipSync(Buffer.concat([Buffer.from([0xff, 0xfe]), wide])), "utf-16le"],
    ["Zstandard", zstdCompress(text), "utf-8"],
  ])("reads %s", async (_, bytes, encoding) => {
    const source = await read(file("a.csv", bytes));
    expect([source.encoding, source.header]).toEqual([encoding, ["id", "name"]]);
    expect(values(source.rows).slice(0, 2)).toEqual([
      ["1", "张伟 Müller €"],
      ["2", "李娜"],
    ]);
  });

  it("reads GB18030", async () => {
    const { encoding, rows } = await read(file("a.csv", gb));
    expect([encoding, values(rows)]).toEqual([
      "gb18030",
      [
        ["1", "张伟"],
        ["2", "李娜"],
      ],
    ]);
  });

  it.each([
    ["UTF-8 and GB18030 in one file", Buffer.concat([gb, Buffer.from("\n3;中文名字\n")]), 2],
    ["GB18030 in a UTF-8 file", Buffer.concat([Buffer.from("id;name\n1;中文名字\n2;"), gb.subarray(10)]), 3],
    ["western one-byte text", Buffer.from("id;name\n1;Müller\n2;Schröder\n", "latin1"), 2],
    ["bytes of no encoding", Buffer.from([...Buffer.from("id;name\n1;"), 0xff, 0xff, 10]), 2],
  ])("refuses %s instead of keeping wrong characters", async (_, bytes, line) => {
    await expect(read(file("a.csv", bytes))).rejects.toMatchObject({ code: "bad_encoding", details: { line } });
  });

  it.each([
    ["gzip", gzipSync(text.repeat(5000))],
    ["Zstandard", zstdCompress(text.repeat(5000))],
  ])("refuses %s cut short anywhere", async (_, bytes) => {
    for (const length of [5, 30, bytes.length >> 1, bytes.length - 1]) {
      const cut = file("a.csv", bytes.subarray(0, length));
      await expect(read(cut)).rejects.toMatchObject({ code: "damaged_file" });
    }
  });
});

describe("what cannot be read", () => {
  it.each([
    ["an unclosed quote", 'a,b\n1,"x\n2,y\n3,z\n', "unclosed_quote", { line: 2 }],
    ["only a header", "a,b\n", "header_only", {}],
    ["only blank lines", "\n\n \n", "empty_file", {}],
    ["a zero byte", "a,b\n1,\u0000\n", "binary_file", { offset: 6 }],
  ])("refuses %s", async (_, content, code, details) => {
    await expect(read(file("a.csv", content))).rejects.toMatchObject({ code, details });
  });

  it("refuses a line of two gibibytes after its first sixteen mebibytes", async () => {
    // Members of a gzip file follow one another: two gibibytes in two megabytes.
    const member = gzipSync("x".repeat(1024 * 1024));
    const path = file("endless.csv", Buffer.concat([gzipSync("a,b\n1,2\n3,"), ...Array<Buffer>(2048).fill(member)]));
    const before = process.memoryUsage.rss();
    const started = performance.now();
    await expect(read(path)).rejects.toMatchObject({
      code: "line_too_long",
      details: { line: 3, limit: 16 * 1024 * 1024 },
    });
    expect(process.memoryUsage.rss() - before).toBeLessThan(400e6);
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  it("refuses a line over the limit, in the header, in the middle or in quotes", async () => {
    const long = "x".repeat(300_000);
    const change = { maxLineLength: 100_000 };
    const refusal = (line: number) => ({ code: "line_too_long", details: { line, limit: 100_000 } });
    await expect(read(file("a.csv", long), change)).rejects.toMatchObject(refusal(1));
    await expect(read(file("a.csv", `a,b\n1,2\n3,${long}\n`), change)).rejects.toMatchObject(refusal(3));
    await expect(read(file("a.csv", `a,b\n1,"2\n${long}`), change)).rejects.toMatchObject({ code: "unclosed_quote" });
  });
});
