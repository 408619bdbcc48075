import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../base/clock.ts";
import { silentProgress } from "../../base/progress.ts";
import { type DuckdbEngine, openDuckdb } from "../../engine/duckdb/engine.ts";
import { ArtifactStore } from "../../runs/store.ts";
import { ingest } from "../index.ts";
import { parseMapping } from "./mapping.ts";

const folder = mkdtempSync(join(tmpdir(), "longrun-mapping-"));
let engine: DuckdbEngine;
let count = 0;
beforeAll(async () => {
  engine = await openDuckdb({ temporaryDirectory: join(folder, "tmp") });
});
afterAll(() => engine.close());

async function read(mapping: string, ...files: string[]) {
  const sources = files.map((content) => {
    const path = join(folder, `${count++}.csv`);
    writeFileSync(path, content);
    return { sourceId: path, path, mapping: parseMapping(mapping, "test.mapping.yaml") };
  });
  const options = { timezone: "UTC", defaultCurrency: "USD", maxSetAsideShare: 1 };
  const { artifact } = await new ArtifactStore(join(folder, `stages${count++}`)).build("ingest", {}, engine, (output) =>
    ingest(sources, options, Buffer.from("key"), {
      engine,
      output,
      clock: systemClock,
      seed: "s",
      threads: 1,
      progress: silentProgress,
      signal: new AbortController().signal,
    }),
  );
  const rows = async (table: string): Promise<Record<string, unknown>[]> =>
    artifact.has(table) ? engine.rows(`SELECT * FROM read_parquet('${artifact.path(`${table}.parquet`)}')`) : [];
  return { report: artifact.values.sources[0], rows };
}

const settings = (change: Record<string, string> = {}) =>
  Object.entries({ currency: "GBP", time_zone: "UTC", date_order: "YMD", decimal_separator: '"."', ...change })
    .map(([name, value]) => `${name}: ${value}\n`)
    .join("");

const ordersBy = (
  change?: Record<string, string>,
  columns = "{ order_id: id, customer_id: who, ordered_at: when, total_minor: sum }",
) => `table: orders\n${settings(change)}columns: ${columns}\n`;

async function dates(values: string[], change: Record<string, string>) {
  const content = `id;who;when;sum\n${values.map((value, at) => `${at};c;${value};1`).join("\n")}\n`;
  const { rows } = await read(ordersBy(change), content);
  const read_ = Object.fromEntries(
    (await rows("orders")).map(({ order_id, ordered_at }) => [String(order_id), String(ordered_at)]),
  );
  return values.map((_, at) => read_[String(at)]);
}

async function amounts(values: string[], change: Record<string, string>) {
  const content = `id;who;when;sum\n${values.map((value, at) => `${at};c;2024-01-01;${value}`).join("\n")}\n`;
  const { rows } = await read(ordersBy(change), content);
  const found = Object.fromEntries(
    (await rows("orders")).map(({ order_id, total_minor }) => [String(order_id), Number(total_minor)]),
  );
  return values.map((_, at) => found[String(at)]);
}

describe("dates as a mapping states them", () => {
  it.each([
    ["YMD", "2024-01-02", "2024-01-02 00:00:00"],
    ["YMD", "2024/1/2 3:04", "2024-01-02 03:04:00"],
    ["YMD", "20240102", "2024-01-02 00:00:00"],
    ["YMD", "2024年1月2日 03:04:05", "2024-01-02 03:04:05"],
    ["YMD", "2024-01-02T03:04:05.5Z", "2024-01-02 03:04:05.5"],
    ["YMD", "2024-01-02 03:04:05 +0800", "2024-01-01 19:04:05"],
    ["DMY", "2/1/2024", "2024-01-02 00:00:00"],
    ["DMY", "02.01.24 15:04", "2024-01-02 15:04:00"],
    ["DMY", "31/12/2023 11:59 PM", "2023-12-31 23:59:00"],
    ["MDY", "1/2/2024 12:30 AM", "2024-01-02 00:30:00"],
    ["MDY", "Jan 2, 2024 3:04 PM", "2024-01-02 15:04:00"],
    ["DMY", "2 January 2024", "2024-01-02 00:00:00"],
    ["seconds", "1704164645", "2024-01-02 03:04:05"],
    ["milliseconds", "1704164645123", "2024-01-02 03:04:05.123"],
    ["seconds", "99999999999999999", undefined],
    ["DMY", "1/13/2024", undefined],
    ["YMD", "2024-02-30", undefined],
    ["YMD", "yesterday", undefined],
    ["YMD", "2024-01-02 later", undefined],
  ])("%s %s", async (order, written, utc) => {
    expect(await dates([written], { date_order: order })).toEqual([utc]);
  });

  it("are wall-clock times of the file's time zone, also across a change of the clocks", async () => {
    const written = ["2024-01-02 12:00", "2024-07-02 12:00", "2024-07-02 12:00+00:00"];
    expect(await dates(written, { time_zone: "America/New_York" })).toEqual([
      "2024-01-02 17:00:00",
      "2024-07-02 16:00:00",
      "2024-07-02 12:00:00",
    ]);
  });
});

describe("money as a mapping states it", () => {
  it("reads signs, grouping and codes, and refuses a comma that groups nothing", async () => {
    const written = ["19.99", "£1,234.50", "USD 1,234,567.891", "¥ 12元", "0.5", "12x", "1,23", "(3.00)", "1.2.3"];
    expect(await amounts(written, {})).toEqual([
      1999,
      123450,
      123456789,
      1200,
      50,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("reads decimal commas", async () => {
    const written = ["19,99", "1.234,50 €", "1 234,50", "1.23"];
    expect(await amounts(written, { decimal_separator: '","' })).toEqual([1999, 123450, 123450, undefined]);
  });

  it("refuses what is too large to be an amount", async () => {
    expect(await amounts(["9999999999999.99", "100000000000000", `1${"0".repeat(40)}`], {})).toEqual([
      999999999999999,
      undefined,
      undefined,
    ]);
    const lines = `table: orders_and_lines\n${settings()}columns: { order_id: id, customer_id: who, ordered_at: when, quantity: n, unit_price_minor: sum }\n`;
    const { report } = await read(lines, "id,who,when,n,sum\n1,a,2024-01-01,99999999999999,99999999999999\n");
    expect(report.reasons).toEqual({ impossible_amount: 1 });
  });

  it("counts in the currency's own minor unit, and takes minor units as they are", async () => {
    expect(await amounts(["1200", "0.4"], { currency: "JPY" })).toEqual([1200, 0]);
    expect(await amounts(["1.2345"], { currency: "KWD" })).toEqual([1235]);
    expect(await amounts(["1999", "19.99"], { amounts: "minor" })).toEqual([1999, undefined]);
  });
});

describe("one table, several canonical ones", () => {
  it("one row an order: what is missing follows from the rest; buyers' contacts become hashes", async () => {
    const mapping = ordersBy(
      {},
      "{ order_id: id, customer_id: mail, email: mail, ordered_at: when, total_minor: sum, discount_minor: off, shipping_minor: post, status: state, currency: cur }\nvalues: { status: { 已取消: cancelled } }",
    );
    const { rows, report } = await read(
      mapping,
      "id,mail,when,sum,off,post,state,cur\n1,Ann@x.test,2024-01-01,25.00,-5,3,paid,gbp\n2,ann@x.test ,2024-01-02,10,,,已取消,EUR\n3,,2024-01-02,10,,,paid,EUR\n4,b@x.test,2024-01-02,10,,,paid,euro\n",
    );
    const orders = await rows("orders");
    expect(
      orders.map(({ items_gross_minor, discount_minor, total_minor, status, currency }) => [
        Number(items_gross_minor),
        discount_minor === null ? null : Number(discount_minor),
        Number(total_minor),
        status,
        currency,
      ]),
    ).toEqual([
      [2700, 500, 2500, "paid", "GBP"],
      [1000, null, 1000, "cancelled", "EUR"],
    ]);
    expect(orders[0].customer_id).toMatch(/^[0-9a-f]{64}$/);
    const customers = await rows("customers");
    expect(customers.map(({ customer_id, email_hmac }) => [customer_id, email_hmac])).toEqual([
      [orders[0].customer_id, orders[1].customer_id],
    ]);
    expect(report).toMatchObject({
      lines: 5,
      rows: 4,
      kept: 2,
      setAside: 2,
      reasons: { no_customer: 1, unknown_currency: 1 },
    });
  });

  it("one row a line: orders are summed, lines numbered, the order's own columns taken once", async () => {
    const mapping = `table: orders_and_lines\n${settings()}columns: { order_id: id, customer_id: who, ordered_at: when, product_id: sku, quantity: n, unit_price_minor: price, shipping_minor: post }\n`;
    const { rows, report } = await read(
      mapping,
      "id,who,when,sku,n,price,post\n1,a,2024-01-01 10:00,x,2,1.50,4\n1,a,2024-01-01 10:00,y,1,10,4\n2,b,2024-01-02,x,1,1.50,\n2,b,2024-01-02,x,-1,1.50,\n",
    );
    expect(
      (await rows("orders")).map(({ order_id, items_gross_minor, total_minor }) => [
        order_id,
        Number(items_gross_minor),
        Number(total_minor),
      ]),
    ).toEqual([
      ["1", 1300, 1700],
      ["2", 150, 150],
    ]);
    expect(
      (await rows("order_lines")).map(({ order_id, line_no, quantity, unit_price_minor }) => [
        order_id,
        Number(line_no),
        Number(quantity),
        Number(unit_price_minor),
      ]),
    ).toEqual([
      ["1", 1, 2, 150],
      ["1", 2, 1, 1000],
      ["2", 1, 1, 150],
    ]);
    expect(report.money).toEqual([{ currency: "GBP", sourceMinor: 1300, keptMinor: 1450, setAsideMinor: -150 }]);
  });

  it("a table without order numbers: buyer and time together make one", async () => {
    const { rows } = await read(
      ordersBy({}, "{ order_id: { join: [who, when] }, customer_id: who, ordered_at: when, total_minor: sum }"),
      "who,when,sum\na,2024-01-01,5\na,2024-01-02,6\n",
    );
    expect((await rows("orders")).map(({ order_id }) => order_id)).toEqual(["a-2024-01-01", "a-2024-01-02"]);
  });

  it("contacts found in orders never replace what a table of customers says", async () => {
    const path = (content: string) => content;
    const orders = path("id,who,mail,when,sum\n1,a,ann@x.test,2024-01-01,5\n");
    const mapping = ordersBy({}, "{ order_id: id, customer_id: who, email: mail, ordered_at: when, total_minor: sum }");
    const sources = [
      ["table: customers\ncolumns: { customer_id: who, country: land }\n", "who,land\na,GB\n"],
      [mapping, orders],
    ].map(([text, content]) => {
      const file = join(folder, `${count++}.csv`);
      writeFileSync(file, content);
      return { sourceId: file, path: file, mapping: parseMapping(text, "m.yaml") };
    });
    const { artifact } = await new ArtifactStore(join(folder, `stages${count++}`)).build(
      "ingest",
      {},
      engine,
      (output) =>
        ingest(sources, { timezone: "UTC", defaultCurrency: "USD", maxSetAsideShare: 1 }, Buffer.from("key"), {
          engine,
          output,
          clock: systemClock,
          seed: "s",
          threads: 1,
          progress: silentProgress,
          signal: new AbortController().signal,
        }),
    );
    const customers = await engine.rows(`SELECT country FROM read_parquet('${artifact.path("customers.parquet")}')`);
    expect(customers).toEqual([{ country: "GB" }]);
    expect(artifact.values.replaced).toEqual([]);
  });
});

describe("a mapping that cannot be used", () => {
  it.each([
    ["a YAML error", "table: orders\ncolumns: {", "invalid_mapping"],
    ["no such table", `table: bills\n${settings()}columns: {}`, "invalid_mapping"],
    ["no such canonical column", ordersBy({}, "{ orderid: id }"), "invalid_mapping"],
    ["no such time zone", ordersBy({ time_zone: "Mars/Base" }), "invalid_mapping"],
    ["no such currency", ordersBy({ currency: "pound" }), "invalid_mapping"],
    ["a setting that does not exist", `colour: red\n${ordersBy()}`, "invalid_mapping"],
    [
      "an open column",
      ordersBy({}, "{ order_id: id, customer_id: , ordered_at: when, total_minor: sum }"),
      "mapping_incomplete",
    ],
    ["an open date order", ordersBy({ date_order: "" }), "mapping_incomplete"],
    [
      "a column that the file lacks",
      ordersBy({}, "{ order_id: nr, customer_id: who, ordered_at: when, total_minor: sum }"),
      "mapping_column_missing",
    ],
  ])("%s", async (_, mapping, code) => {
    await expect((async () => read(mapping, "id,who,when,sum\n1,a,2024-01-01,5\n"))()).rejects.toMatchObject({ code });
  });
});

describe("for any small table", () => {
  const amount = fc.oneof(
    {
      weight: 5,
      arbitrary: fc
        .integer({ min: 0, max: 10_000_000 })
        .map((minor) => ({ minor: minor as number | undefined, text: (minor / 100).toFixed(2) })),
    },
    fc.integer({ min: -50_000, max: -1 }).map((minor) => ({ minor, text: (minor / 100).toFixed(2) })),
    fc.constantFrom("", "n/a", "12x", "1,2").map((text) => ({ minor: undefined, text })),
  );
  /** Mostly a good value, now and then a bad one. */
  const mostly = (good: string[], bad: string[]) =>
    fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...good) }, fc.constantFrom(...bad));
  const row = fc.record({
    id: mostly(["1", "2", "3"], [""]),
    who: mostly(["a", "b"], [""]),
    when: mostly(["2024-01-01"], ["2024-02-30", "soon", "2999-01-01", ""]),
    amount,
    quantity: mostly(["1", "2"], ["-1", "0", "many", ""]),
    currency: mostly(["GBP", "gbp"], ["EUR", "?", ""]),
  });
  const kinds = [
    "table: orders\ncolumns: { order_id: id, customer_id: who, ordered_at: when, total_minor: sum, currency: cur }",
    "table: orders\ncolumns: { order_id: { join: [id, who] }, customer_id: who, ordered_at: when, items_gross_minor: sum, currency: { value: GBP } }",
    "table: orders_and_lines\ncolumns: { order_id: id, customer_id: who, ordered_at: when, quantity: n, line_total_minor: sum, currency: cur }",
    "table: refunds\ncurrency: GBP\ncolumns: { refund_id: id, order_id: who, refunded_at: when, goods_minor: sum }",
  ];

  it("rows = kept + set aside, and money reconciles with what the file says, to the cent", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 12 }),
        fc.constantFrom(...kinds),
        async (table, kind) => {
          const lines = table.map(({ id, who, when, amount, quantity, currency }) =>
            [id, who, when, `"${amount.text}"`, quantity, currency].join(","),
          );
          const { report, rows } = await read(kind, `id,who,when,sum,n,cur\n${lines.join("\n")}\n`);
          expect(report.rows).toBe(table.length);
          expect(report.lines).toBe(table.length + 1);
          expect(report.kept + report.setAside).toBe(report.rows);
          expect(Object.values(report.reasons).reduce((sum, part) => sum + part, 0)).toBe(report.setAside);
          expect((await rows("set_aside")).length).toBe(report.setAside);
          const stated = new Map<string, number>();
          for (const { amount, currency } of table) {
            const code = kind.includes("cur }") ? currency.toUpperCase() : "GBP";
            if (amount.minor !== undefined && code !== "") stated.set(code, (stated.get(code) ?? 0) + amount.minor);
          }
          expect(report.money.map(({ currency, sourceMinor }) => [currency, sourceMinor])).toEqual([...stated].sort());
          for (const { sourceMinor, keptMinor, setAsideMinor } of report.money)
            expect(keptMinor + setAsideMinor).toBe(sourceMinor);
          const written = kind.includes("refunds") ? await rows("refunds") : await rows("orders");
          const amountColumn = kind.includes("refunds") ? "goods_minor" : "total_minor";
          const keptMinor = report.money.reduce((sum, money) => sum + money.keptMinor, 0);
          expect(written.reduce((sum, found) => sum + Number(found[amountColumn]), 0)).toBe(keptMinor);
        },
      ),
      { numRuns: 30, seed: 7 },
    );
  });
});
