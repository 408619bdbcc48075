import { mkdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadRaw, openSource } from "./readers/index.ts";
import { readingRoom } from "./readers/reading.test-data.ts";
import { column, localTime, minorUnits, text } from "./sql-text.ts";
import { type DateOrder, writtenForms } from "./written-forms.ts";

const { folder, file, engine } = readingRoom();
let count = 0;

/** Loads a table of columns; returns their forms and, as strings, what each is converted to. */
async function readColumns(columns: Record<string, readonly string[]>, dateOrder?: DateOrder) {
  const names = Object.keys(columns);
  const rows = columns[names[0]].map((_, at) => names.map((name) => columns[name][at]).join("|"));
  const path = file("forms.csv", [names.join("|"), ...rows].join("\n"));
  mkdirSync(join(folder, "forms"), { recursive: true });
  const source = await openSource(path, { engine: engine(), directory: join(folder, "forms"), name: `${count++}` });
  await loadRaw(engine(), source, path);
  const forms = await writtenForms(engine(), source.header, { dateOrder });
  const convert = async (sql: string) => {
    const found = await engine().rows(`SELECT CAST(${sql} AS VARCHAR) AS value FROM raw ORDER BY line`);
    return found.map(({ value }) => value as string | null);
  };
  return { forms, convert, minor: (name: string) => convert(minorUnits(text(name), 2, forms[name])) };
}

describe("decimals", () => {
  it("reads a decimal comma that the column proves, with thousands by points, blanks or nothing", async () => {
    const { forms, minor } = await readColumns({
      id: ["a", "b", "c", "d", "e"],
      n: ["1.234,56", "1 234,5", "1.234", "-7", "0,055"],
    });
    expect(forms.n.decimal).toBe(",");
    expect(await minor("n")).toEqual(["123456", "123450", "123400", "-700", "6"]);
  });

  it("reads a decimal point with thousands by commas where the column proves it", async () => {
    const { forms, minor } = await readColumns({ id: ["a", "b", "c", "d"], n: ["1,234.56", "1,234", "12.5", "x"] });
    expect(forms.n.decimal).toBe(".");
    expect(await minor("n")).toEqual(["123456", "123400", "1250", null]);
  });

  it("takes from the file's other columns what a column does not prove", async () => {
    const { forms, minor } = await readColumns({ n: ["1.234", "2.000"], total: ["12,50", "7,00"] });
    expect([forms.n.decimal, forms.total.decimal]).toEqual([",", ","]);
    expect(await minor("n")).toEqual(["123400", "200000"]);
  });

  it("reads 1.234 as decimals where no column has a comma, and 1,234 not at all", async () => {
    const plain = await readColumns({ id: ["a"], n: ["1.234"] });
    expect([plain.forms, await plain.minor("n")]).toEqual([{}, ["123"]]);
    const { forms, minor } = await readColumns({ id: ["a", "b"], n: ["1,234", "5"] });
    expect([forms.n.decimal, await minor("n")]).toEqual([undefined, [null, "500"]]);
  });

  it("guesses nothing where a column proves both, or the file's columns disagree", async () => {
    const { forms, minor } = await readColumns({ id: ["a", "b", "c"], n: ["12,50", "12.50", "7"] });
    expect(forms.n).toMatchObject({
      decimal: "mixed",
      examples: [{ value: "12,50", line: 2 }, { value: "12.50", line: 3 }, {}],
    });
    expect(await minor("n")).toEqual([null, null, "700"]);
    const three = await readColumns({ a: ["12,5", "1,5"], b: ["12.5", "1.5"], c: ["1.234", "5"] });
    expect(["a", "b", "c"].map((name) => three.forms[name].decimal)).toEqual([",", ".", "mixed"]);
    expect(await three.minor("c")).toEqual([null, "500"]);
  });

  it("does not take a text that once says 1,5 for numbers", async () => {
    const { forms, minor } = await readColumns({ note: ["1,5", "litres", "of", "milk"], n: ["1.234", "1", "2", "3"] });
    expect([forms, await minor("n")]).toEqual([{}, ["123", "100", "200", "300"]]);
  });

  it("takes no number with decimals for an integer", async () => {
    const { convert } = await readColumns({ id: ["a", "b", "c", "d"], n: ["12.7", "12.0", "12", "9007199254740993"] });
    expect(await convert(column("n", "integer"))).toEqual([null, "12", "12", "9007199254740993"]);
  });

  it("reads back what was written, in either way, wherever it can be read in one way", async () => {
    const amounts = fc.array(fc.integer({ min: -99_999_999, max: 99_999_999 }), { minLength: 1, maxLength: 20 });
    const write = (minor: number, decimal: string, thousands: string) => {
      const [whole, cents] = [Math.trunc(Math.abs(minor) / 100), String(Math.abs(minor) % 100).padStart(2, "0")];
      return `${minor < 0 ? "-" : ""}${String(whole).replaceAll(/\B(?=(\d{3})+$)/g, thousands)}${decimal}${cents}`;
    };
    await fc.assert(
      fc.asyncProperty(
        amounts,
        fc.constantFrom([".", ","], [",", "."], [",", ""], [",", "\u00a0"]),
        async (minors, way) => {
          const written = minors.map((minor) => write(minor, way[0], way[1]));
          const { minor } = await readColumns({ id: written.map((_, at) => `${at}`), n: written });
          expect(await minor("n")).toEqual(minors.map(String).map((one) => (one === "-0" ? "0" : one)));
        },
      ),
      { seed: 7, numRuns: 40 },
    );
  });
});

describe("dates", () => {
  const day = (values: readonly string[], dateOrder?: DateOrder) =>
    readColumns({ id: values.map((_, at) => `${at}`), at: values }, dateOrder).then(async ({ forms, convert }) => ({
      form: forms.at,
      times: await convert(column("at", "timestamp", forms.at)),
      local: await convert(localTime("at", "Asia/Shanghai", forms.at)),
    }));

  it("reads day first where one date proves it, with and without times", async () => {
    const { form, times } = await day([
      "01/02/2024",
      "13.02.2024 8:05",
      "1-2-2024 10:00:01.5",
      "5/6/2024, 3:04 PM",
      "13/02/24",
    ]);
    expect(form.dateOrder).toBe("day_first");
    expect(times).toEqual([
      "2024-02-01 00:00:00",
      "2024-02-13 08:05:00",
      "2024-02-01 10:00:01.5",
      "2024-06-05 15:04:00",
      null,
    ]);
  });

  it("reads month first where one date proves it, in the zone of the shop", async () => {
    const { form, local } = await day(["01/02/2024 08:00", "02/13/2024"]);
    expect(form.dateOrder).toBe("month_first");
    expect(local).toEqual(["2024-01-02 00:00:00", "2024-02-12 16:00:00"]);
  });

  it("leaves ISO dates as they are, whatever the other dates of the column do", async () => {
    const { times } = await day(["2024-02-01T10:00:00+08:00", "2024/2/3 8:05", "13/02/2024", "01/02/2024"]);
    expect(times).toEqual(["2024-02-01 02:00:00", "2024-02-03 08:05:00", "2024-02-13 00:00:00", "2024-02-01 00:00:00"]);
  });

  it("notices a column that changes its order halfway, and reads no date that could be either", async () => {
    const { form, times } = await day(["01/02/2024", "13/02/2024", "02/13/2024", "05/05/2024"]);
    expect(form).toMatchObject({
      dateOrder: "mixed",
      examples: [{ value: "13/02/2024", line: 3 }, { value: "02/13/2024", line: 4 }, {}],
    });
    expect(times).toEqual([null, "2024-02-13 00:00:00", "2024-02-13 00:00:00", "2024-05-05 00:00:00"]);
  });

  it("asks where no date proves an order, unless another column does or the order is stated", async () => {
    const unknown = await day(["01/02/2024", "03/04/2024"]);
    expect(unknown.form).toMatchObject({ dateOrder: "unknown", examples: [{ value: "01/02/2024", line: 2 }] });
    expect(unknown.times).toEqual([null, null]);
    expect((await day(["01/02/2024"], "month_first")).times).toEqual(["2024-01-02 00:00:00"]);
    const { forms } = await readColumns({ at: ["01/02/2024"], paid: ["13/02/2024"] });
    expect(forms.at.dateOrder).toBe("day_first");
  });

  it("does not take a year of two digits for a year of old", async () => {
    expect((await day(["12-11-10", "2024-01-01"])).times).toEqual([null, "2024-01-01 00:00:00"]);
  });
});
