import { describe, expect, it } from "vitest";
import { readingRoom } from "./reading.test-data.ts";
import { rowOf, workbookOf, zip } from "./xlsx.test-data.ts";

const { file, read } = readingRoom();
const values = (rows: readonly Record<string, string | null>[]) => rows.map((row) => Object.values(row));
const readRows = (rows: string, merged: readonly string[] = [], strings: readonly string[] = [], properties = "") =>
  read(file("a.xlsx", workbookOf([{ name: "Orders", rows, merged }], strings, properties)));

describe("cells", () => {
  const cell = async (xml: string, strings: string[] = [], properties = "") => {
    const { rows } = await readRows(`${rowOf(1, ["a", "b"])}<row r="2">${xml}</row>`, [], strings, properties);
    return rows[0].a;
  };

  it.each([
    ["a shared text", '<c t="s"><v>0</v></c>', "one & two"],
    ["a shared text in runs, without its pronunciation", '<c t="s"><v>1</v></c>', "東京"],
    [
      "an inline text with entities, a line break and an escape",
      '<c t="inlineStr"><is><t>&lt;a&#x41;&#66;\n_x000D_</t></is></c>',
      "<aAB\n\r",
    ],
    ["a number as it was typed", "<c><v>1.1000000000000001</v></c>", "1.1"],
    ["a whole number with an exponent", "<c><v>1.2E+3</v></c>", "1200"],
    ["an id of seventeen digits", "<c><v>12345678901234567</v></c>", "12345678901234567"],
    ["a formula's last value", "<c><f>A1*2</f><v>7</v></c>", "7"],
    ["a formula's last text", '<c t="str"><f>A1&amp;"x"</f><v>ax</v></c>', "ax"],
    ["a formula never calculated", "<c><f>A1*2</f></c>", "=A1*2"],
    ["a truth", '<c t="b"><v>1</v></c>', "true"],
    ["an error", '<c t="e"><v>#N/A</v></c>', "#N/A"],
    ["a date by a built-in format", '<c s="1"><v>45335</v></c>', "2024-02-13"],
    ["a date with a time it does not show", '<c s="1"><v>45335.25</v></c>', "2024-02-13 06:00:00"],
    ["a time stamp by a format of its own", '<c s="2"><v>45335.4375</v></c>', "2024-02-13 10:30:00"],
    ["a time of day", '<c s="3"><v>0.75</v></c>', "18:00:00"],
    ["a number whose format has letters in quotes", '<c s="4"><v>12</v></c>', "12"],
    ["an ISO date", '<c t="d"><v>2024-02-13T10:30:00</v></c>', "2024-02-13 10:30:00"],
    ["the first day of 1900, before its 29 February", '<c s="1"><v>1</v></c>', "1900-01-01"],
    ["1 March 1900, after it", '<c s="1"><v>61</v></c>', "1900-03-01"],
  ])("%s", async (_, xml, expected) => {
    const strings = [
      "<si><t>one &amp; two</t></si>",
      "<si><r><t>東</t></r><r><t>京</t></r><rPh><t>とうきょう</t></rPh></si>",
    ];
    expect(await cell(xml, strings)).toBe(expected);
  });

  it("counts days from 1904 where the workbook says so", async () => {
    expect(await cell('<c s="1"><v>43873</v></c>', [], '<workbookPr date1904="1"/>')).toBe("2024-02-13");
  });
});

describe("sheets", () => {
  it("takes blank cells for NULL and leaves blank rows out; a row's line is its row of the sheet", async () => {
    const blank = '<row r="3"><c r="A3" s="1"/></row><row r="4"/>';
    const { format, header, rows, lines, records } = await readRows(
      rowOf(1, ["id", "note", "n"]) + rowOf(2, ["o1", null, 5]) + blank + rowOf(7, ["o2", 'say "hi",\nthen go', null]),
    );
    expect([format, header, records, lines]).toEqual(["xlsx", ["id", "note", "n"], 2, [2, 7]]);
    expect(values(rows)).toEqual([
      ["o1", null, "5"],
      ["o2", 'say "hi",\nthen go', null],
    ]);
  });

  it("reads rows and cells without references, and names with a prefix", async () => {
    const rows = "<x:row><x:c><x:v>1</x:v></x:c><x:c><x:v>2</x:v></x:c></x:row>".repeat(3);
    const { header, rows: found } = await readRows(rows);
    expect([header, values(found)]).toEqual([
      ["1", "2"],
      [
        ["1", "2"],
        ["1", "2"],
      ],
    ]);
  });

  it("skips title rows, also merged ones, and sets rows wider than the header aside", async () => {
    const { header, skippedLines, lines, malformed, records } = await readRows(
      rowOf(1, ["Report of May"]) +
        rowOf(3, ["id", "a", "b"]) +
        rowOf(4, ["x", 1, 2]) +
        rowOf(5, ["y", 1, 2, 3]) +
        rowOf(6, ["z"]),
      ["A1:C1"],
    );
    expect([header, skippedLines, records, lines, malformed]).toEqual([["id", "a", "b"], 2, 3, [4, 6], [5]]);
  });

  it("reads the first sheet in view with rows, and names the ones it did not read", async () => {
    const data = rowOf(1, ["id"]) + rowOf(2, ["x"]);
    const sheets = [
      { name: "Secret", rows: data, state: "hidden" },
      { name: "Empty", rows: "" },
      { name: "Cover", rows: rowOf(1, ["hello"]) },
      { name: "2023", rows: data },
      { name: "2024", rows: data },
    ];
    const { rows, unreadSheets } = await read(file("a.xlsx", workbookOf(sheets)));
    expect([values(rows), unreadSheets]).toEqual([[["x"]], ["Cover", "2024"]]);
  });

  it("reads many rows alike, in pieces", async () => {
    const count = 20_000;
    const many = Array.from({ length: count }, (_, at) => rowOf(at + 2, [`o&${at}`, at]));
    const { rows, records, lines } = await readRows(rowOf(1, ["id", "n"]) + many.join(""));
    expect([records, lines[0], lines.at(-1)]).toEqual([count, 2, count + 1]);
    expect(rows[12_345]).toEqual({ id: "o&12345", n: "12345" });
  });
});

describe("merged cells", () => {
  const order = [
    ["id", "total", "sku"],
    ["o1", 20, "a"],
    [null, null, "b"],
    [null, null, "c"],
    ["o2", 5, "d"],
  ] as const;
  const rows = order.map((row, at) => rowOf(at + 1, row)).join("");

  it("repeats a text merged down several rows", async () => {
    const { rows: found } = await readRows(rows, ["A2:A4"]);
    expect(found.map(({ id }) => id)).toEqual(["o1", "o1", "o1", "o2"]);
    expect(found.map(({ total }) => total)).toEqual(["20", null, null, "5"]);
  });

  it.each([
    ["a number merged down: it would be counted three times", ["B2:B4"], "B2:B4"],
    ["cells merged sideways", ["A2:A4", "A5:B5"], "A5:B5"],
    ["a merged header", ["A1:B1"], "A1:B1"],
    ["a header merged into the rows", ["C1:C2"], "C1:C2"],
  ])("refuses %s", async (_, merged, range) => {
    await expect(readRows(rows, merged)).rejects.toMatchObject({ code: "merged_cells", details: { range } });
  });
});

describe("workbooks that cannot be read", () => {
  const whole = workbookOf([{ name: "Orders", rows: rowOf(1, ["id"]) + rowOf(2, ["x"]) }]);
  const changed = Buffer.from(whole);
  const at = changed.indexOf("worksheets/sheet1.xml") + "worksheets/sheet1.xml".length + 20;
  changed[at] ^= 0x55;

  const otherChecksum = Buffer.from(whole);
  otherChecksum[whole.lastIndexOf("xl/worksheets/sheet1.xml") - 46 + 16] ^= 0x55;

  it("refuses one cut short anywhere", async () => {
    for (const length of [4, 40, whole.length >> 1, whole.length - 1])
      await expect(read(file("a.xlsx", whole.subarray(0, length)))).rejects.toMatchObject({ code: "damaged_file" });
  });

  it.each([
    ["one byte of the sheet changed", changed, "damaged_file"],
    ["a sheet that is not the one that was packed", otherChecksum, "damaged_file"],
    ["a broken sheet", workbookOf([{ name: "a", rows: "<row r='1'><c><v>1</v></c></row><row>" }]), "damaged_file"],
    [
      "an unknown entity",
      workbookOf([{ name: "a", rows: `${rowOf(1, ["a"])}<row><c><v>&x;</v></c></row>` }]),
      "damaged_file",
    ],
    [
      "a shared text that is not there",
      workbookOf([{ name: "a", rows: `${rowOf(1, ["a"])}<row><c t="s"><v>9</v></c></row>` }]),
      "damaged_file",
    ],
    [
      "a row that comes twice",
      workbookOf([{ name: "a", rows: rowOf(1, ["a"]) + rowOf(2, ["x"]) + rowOf(2, ["y"]) }]),
      "damaged_file",
    ],
    [
      "a cell that comes twice",
      workbookOf([
        { name: "a", rows: rowOf(1, ["a"]) + rowOf(2, ["x"]).replace("</row>", '<c r="A2"><v>1</v></c></row>') },
      ]),
      "damaged_file",
    ],
    ["a header only", workbookOf([{ name: "a", rows: rowOf(1, ["a", "b"]) }]), "header_only"],
    ["no rows", workbookOf([{ name: "a", rows: "" }]), "empty_file"],
    ["an archive of other files", zip({ "orders.csv": "a,b\n1,2\n" }), "not_a_workbook"],
    ["an old workbook", Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0]), "old_workbook"],
  ])("refuses %s", async (_, bytes, code) => {
    await expect(read(file("a.xlsx", bytes))).rejects.toMatchObject({ code });
  });
});
