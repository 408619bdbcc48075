import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, it } from "vitest";
import { LongrunError } from "../../base/errors.ts";
import { readingRoom } from "./reading.test-data.ts";
import { rowOf, workbookOf } from "./xlsx.test-data.ts";

const { file, read, engine } = readingRoom();
const seed = Number(process.env.LONGRUN_FUZZ_SEED ?? 20_261_125);
const runs = Number(process.env.LONGRUN_FUZZ_RUNS ?? 80);
console.info(`fuzz seed ${seed}, ${runs} runs a property (LONGRUN_FUZZ_SEED, LONGRUN_FUZZ_RUNS)`);

/** Reads bytes: the books balance, or the source is refused whole by an error we know. Returns what was read. */
async function readOrRefuse(name: string, bytes: string | Uint8Array) {
  try {
    const source = await read(file(name, bytes));
    expect(source.rows.length + source.malformed.length).toBe(source.records);
    expect(source.malformed).not.toContain(0);
    const lines = [...source.lines, ...source.malformed];
    expect(new Set(lines).size).toBe(lines.length);
    for (const row of source.rows) expect(Object.keys(row).sort()).toEqual([...source.header].sort());
    return source;
  } catch (error) {
    if (!(error instanceof LongrunError)) throw error;
    expect(["input", "data"]).toContain(error.kind);
    // The engine is not to blame and still works.
    expect(await engine().rows("SELECT 1 AS one")).toEqual([{ one: 1 }]);
    return undefined;
  }
}

const check = async (property: fc.IAsyncPropertyWithHooks<never>) =>
  fc.assert(property as never, { seed, numRuns: runs });

it("any bytes: balanced or refused", async () => {
  const start = fc.constantFrom(
    "",
    "a,b\n",
    '{"a":1}\n',
    "[{",
    "PAR1",
    "\u001f\u008b\u0008",
    "(\u00b5/\u00fd",
    "PK\u0003\u0004",
  );
  await check(
    fc.asyncProperty(start, fc.uint8Array({ maxLength: 400 }), async (text, bytes) => {
      await readOrRefuse("bytes", Buffer.concat([Buffer.from(text, "latin1"), bytes]));
    }) as never,
  );
});

const piece = fc.constantFrom(
  '"',
  '""',
  ",",
  ";",
  "\n",
  "\r\n",
  "\r",
  " ",
  "a",
  "1,5",
  "张",
  "\t",
  "|",
  "\u0000",
  "'",
  "#",
  "\\",
  '"x"',
  "=",
);

it("any text of quotes, delimiters and line breaks: balanced or refused", async () => {
  await check(
    fc.asyncProperty(fc.array(piece, { maxLength: 60 }), async (pieces) => {
      await readOrRefuse("pieces.csv", `a,b,c\n${pieces.join("")}`);
    }) as never,
  );
});

const field = fc.string({
  unit: fc.constantFrom("a", "b", ",", '"', "\n", "\r", " ", "é", "张", ";", "|", "\t"),
  maxLength: 8,
});
const table = fc.array(fc.tuple(field, field, field), { minLength: 1, maxLength: 12 });
const written = (rows: readonly (readonly string[])[], end: string) =>
  ["a,b,c", ...rows.map((row) => row.map((one) => `"${one.replaceAll('"', '""')}"`).join(","))].join(end) + end;

it("a well written table comes back as it was, whatever is in its fields", async () => {
  await check(
    fc.asyncProperty(table, fc.constantFrom("\n", "\r\n"), async (rows, end) => {
      const source = await readOrRefuse("whole.csv", written(rows, end));
      expect(source?.malformed).toEqual([]);
      expect(source?.rows.map((row) => Object.values(row).map((value) => value ?? ""))).toEqual(rows);
    }) as never,
  );
});

it("a well written table with one character changed: balanced or refused", async () => {
  await check(
    fc.asyncProperty(table, fc.nat(), piece, fc.boolean(), async (rows, place, other, replace) => {
      const text = written(rows, "\n");
      const at = place % text.length;
      await readOrRefuse("changed.csv", text.slice(0, at) + other + text.slice(replace ? at + 1 : at));
    }) as never,
  );
});

const key = fc.string({ unit: fc.constantFrom("a", '"', "/", "~", "*", "$", ".", "'", "\\", " ", "张"), maxLength: 4 });
const record = fc.dictionary(
  key.map((text) => `k${text}`),
  fc.jsonValue({ maxDepth: 2 }),
  { minKeys: 1, maxKeys: 5 },
);

/** A value as it comes back: strings plain, everything else as JSON. */
function comesBack(value: unknown, text: string | null): void {
  if (typeof value === "string" || value === null) expect(text).toBe(value);
  else expect(JSON.parse(String(text))).toEqual(JSON.parse(JSON.stringify(value)));
}

it("JSON lines with one character changed: balanced or refused; unchanged, every value comes back", async () => {
  await check(
    fc.asyncProperty(
      fc.array(record, { minLength: 1, maxLength: 8 }),
      fc.nat(),
      piece,
      async (records, place, other) => {
        const text = records.map((one) => JSON.stringify(one)).join("\n");
        const whole = await readOrRefuse("whole.ndjson", text);
        records.forEach((one, at) => {
          for (const [name, value] of Object.entries(one)) comesBack(value, whole?.rows[at][name] ?? null);
        });
        const at = place % text.length;
        await readOrRefuse("changed.ndjson", text.slice(0, at) + other + text.slice(at + 1));
      },
    ) as never,
  );
});

it("a JSON array with one character changed: balanced or refused; unchanged, no record is lost", async () => {
  await check(
    fc.asyncProperty(
      fc.array(record, { minLength: 1, maxLength: 8 }),
      fc.nat(),
      piece,
      fc.nat(3),
      async (records, place, other, indent) => {
        const text = JSON.stringify([{ first: 1 }, ...records], null, indent);
        expect((await readOrRefuse("whole.json", text))?.rows.length).toBe(records.length + 1);
        const at = place % text.length;
        await readOrRefuse("changed.json", text.slice(0, at) + other + text.slice(at + 1));
      },
    ) as never,
  );
});

/** Files of a binary format with some bytes changed. */
async function checkChanges(name: string, whole: Buffer) {
  const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
  await check(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
      const bytes = Buffer.from(whole);
      for (const [at, byte] of changes) bytes[at] = byte;
      await readOrRefuse(name, bytes);
    }) as never,
  );
}

it("a Parquet file with some bytes changed: balanced or refused", async () => {
  const path = file("whole.parquet", "");
  await engine().statement(
    `COPY (SELECT range AS n, 'text ' || range AS t, [range, 1] AS l FROM range(300)) TO '${path}' (FORMAT parquet)`,
  );
  await checkChanges("changed.parquet", readFileSync(path));
});

it("a workbook with some bytes changed: balanced or refused", async () => {
  const rows = Array.from({ length: 40 }, (_, at) => rowOf(at + 1, [`id ${at}`, at]));
  await checkChanges("changed.xlsx", workbookOf([{ name: "Orders", rows: rows.join(""), merged: ["A5:A6"] }]));
});

it("a sheet with one character changed: balanced or refused", async () => {
  const rows = Array.from({ length: 6 }, (_, at) => rowOf(at + 1, [`id ${at}`, at])).join("");
  const mark = fc.constantFrom(
    "<",
    ">",
    "/",
    '"',
    "&",
    " ",
    "<v>",
    "</row>",
    "<row>",
    "</c>",
    "<c>",
    "0",
    "=",
    "<f>x</f>",
    "<t>y</t>",
  );
  await check(
    fc.asyncProperty(fc.nat(rows.length), mark, fc.nat(3), async (at, other, replaced) => {
      const changed = rows.slice(0, at) + other + rows.slice(at + replaced);
      await readOrRefuse("changed.xlsx", workbookOf([{ name: "Orders", rows: changed }]));
    }) as never,
  );
});
