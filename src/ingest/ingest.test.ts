import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../base/clock.ts";
import { silentProgress } from "../base/progress.ts";
import { type DuckdbEngine, openDuckdb } from "../engine/duckdb/engine.ts";
import { ArtifactStore } from "../runs/store.ts";
import { ingest, type Source } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "longrun-ingest-"));
const key = Buffer.from("key");
let engine: DuckdbEngine;
let count = 0;
beforeAll(async () => {
  engine = await openDuckdb({ temporaryDirectory: join(folder, "tmp") });
});
afterAll(() => engine.close());

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, `${count++}-${name}`);
  writeFileSync(path, content);
  return path;
}

async function read(paths: readonly string[], change: { maxSetAsideShare?: number; preset?: string } = {}) {
  const options = { timezone: "UTC", defaultCurrency: "USD", maxSetAsideShare: change.maxSetAsideShare ?? 1 };
  const sources = paths.map((path): Source => ({ sourceId: path, path, preset: change.preset }));
  const store = new ArtifactStore(join(folder, `stages${count++}`));
  const { artifact } = await store.build("ingest", {}, engine, (output) =>
    ingest(sources, options, key, {
      engine,
      output,
      clock: systemClock,
      seed: "s",
      threads: 1,
      progress: silentProgress,
      signal: new AbortController().signal,
    }),
  );
  const rows = async (table: string) =>
    artifact.has(table) ? engine.rows(`SELECT * FROM read_parquet('${artifact.path(`${table}.parquet`)}')`) : [];
  return { artifact, values: artifact.values, rows };
}

const header = "order_id,customer_id,ordered_at,status,currency,items_gross_minor,total_minor";
const good = "o1,c1,2023-03-01T10:00:00+02:00,paid,USD,1000,1000";

describe("ingest of canonical tables", () => {
  it("keeps good rows in UTC and sets bad ones aside with line, column, value and reason; money reconciles to the cent", async () => {
    const path = file(
      "orders.csv",
      [
        header,
        good,
        "o2,c1,soon,paid,USD,500,500",
        "o3,c2,2023-03-02,paid,USD,12x,700",
        ",c3,2023-03-02,paid,USD,1,1",
        "o5,c2,2023-03-02,paid,USD,-5,-5",
        "o6,c2,2999-01-01,paid,USD,5,5",
      ].join("\n"),
    );
    const { values, rows } = await read([path]);
    expect((await rows("orders")).map(({ order_id, ordered_at }) => [order_id, String(ordered_at)])).toEqual([
      ["o1", "2023-03-01 08:00:00"],
    ]);
    const aside = (await rows("set_aside")).map(({ line, reason, column_name, value }) => [
      Number(line),
      reason,
      column_name,
      value,
    ]);
    expect(aside).toEqual([
      [3, "unparsable_date", "ordered_at", "soon"],
      [4, "unparsable_number", "items_gross_minor", "12x"],
      [5, "missing_required", "order_id", null],
      [6, "negative_amount", "items_gross_minor", "-5"],
      [7, "future_date", "ordered_at", "2999-01-01"],
    ]);
    expect(values.sources[0]).toMatchObject({
      rows: 6,
      kept: 1,
      setAside: 5,
      money: [{ currency: "USD", sourceMinor: 2201, keptMinor: 1000, setAsideMinor: 1201 }],
    });
  });

  it("never loses rows after a malformed quote, and names the line", async () => {
    const lines = [
      header,
      good,
      'o2,"c"x,2023-03-01,paid,USD,1,1',
      ...Array.from({ length: 50 }, (_, at) => `p${at},c1,2023-03-01,paid,USD,1,1`),
    ];
    const { values, rows } = await read([file("quotes.csv", lines.join("\n"))]);
    expect(values.sources[0]).toMatchObject({ rows: 52, kept: 51, setAside: 1 });
    expect((await rows("set_aside")).map(({ line, reason }) => [Number(line), reason])).toEqual([
      [3, "malformed_line"],
    ]);
  });

  it("reads gzip, semicolons, a byte order mark, UTF-16 and GB18030 alike", async () => {
    const content = `${header.replaceAll(",", ";")}\n${good.replaceAll(",", ";").replace("c1", "张")}\n`;
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(content, "utf16le")]);
    const gb = Buffer.concat(
      content
        .split("张")
        .flatMap((part, at) => (at === 0 ? [Buffer.from(part)] : [Buffer.from([0xd5, 0xc5]), Buffer.from(part)])),
    );
    for (const bytes of [Buffer.from(`\ufeff${content}`), gzipSync(content), utf16, gb]) {
      const { rows } = await read([file("encodings.csv", bytes)]);
      expect((await rows("orders")).map(({ customer_id }) => customer_id)).toEqual(["张"]);
    }
  });

  it("replaces the rows of a key when a later file carries it, and changes nothing when a file comes twice", async () => {
    const first = file("orders.csv", `${header}\n${good}\no2,c1,2023-03-01,paid,USD,7,7\n`);
    const corrected = file("orders.csv", `${header}\n${good.replaceAll("1000", "900")}\n`);
    const { rows } = await read([first, corrected, corrected]);
    expect((await rows("orders")).map(({ order_id, total_minor }) => [order_id, Number(total_minor)])).toEqual([
      ["o1", 900],
      ["o2", 7],
    ]);
  });

  it("hashes contacts at the door: the address is in no file, the same address has the same hash", async () => {
    const path = file(
      "customers.csv",
      "customer_id,email,phone\nc1, Ann@Shop.test,+1 (555) 010\nc2,ann@shop.test,1555010\n",
    );
    const { artifact, rows } = await read([path]);
    const [ann, again] = await rows("customers");
    expect(ann.email_hmac).toMatch(/^[0-9a-f]{64}$/);
    expect([again.email_hmac, again.phone_hmac]).toEqual([ann.email_hmac, ann.phone_hmac]);
    for (const name of readdirSync(artifact.directory)) {
      expect(readFileSync(join(artifact.directory, name)).toString("latin1").toLowerCase()).not.toContain("ann@shop");
    }
  });
});

describe("files that cannot be used", () => {
  const refused: [string, string, string | Uint8Array, { preset?: string; maxSetAsideShare?: number }?][] = [
    ["an empty file", "empty_file", ""],
    ["only a header", "header_only", `${header}\n`],
    ["an unknown header", "unrecognised_header", "a,b,c\n1,2,3\n"],
    ["the wrong delimiter", "unrecognised_header", `${header.replaceAll(",", "^")}\n${good.replaceAll(",", "^")}\n`],
    ["a missing required column", "missing_column", "InvoiceNo,StockCode\n1,2\n", { preset: "uci-retail" }],
    ["an unknown preset", "unknown_preset", `${header}\n${good}\n`, { preset: "shopfy" }],
    ["a binary file", "binary_file", Uint8Array.of(0x50, 0x4b, 0, 0, 1, 2)],
    [
      "bytes that are no text",
      "bad_encoding",
      Buffer.concat([Buffer.from(`${header}\n`), Buffer.from([0xff, 0xff, 0xff, 0x0a])]),
    ],
    [
      "dates that change their order",
      "mixed_date_orders",
      `${header}\n${good.replace("2023-03-01T10:00:00+02:00", "13/02/2023")}\n${good.replace("2023-03-01T10:00:00+02:00", "02/13/2023")}\n`,
    ],
    [
      "dates of which nobody knows the order",
      "unknown_date_order",
      `${header}\n${good.replace("2023-03-01T10:00:00+02:00", "03/02/2023")}\n`,
    ],
    [
      "numbers in two ways",
      "mixed_decimals",
      `${header.replaceAll(",", ";")}\no1;c1;2023-03-01;paid;USD;12,5;1\no2;c1;2023-03-01;paid;USD;12.5;1\n`,
    ],
    ["an unclosed quote", "unclosed_quote", `${header}\n${good}\n"o2,c1\n`],
    [
      "too many bad rows",
      "too_many_set_aside",
      `${header}\n${good}\no2,c1,soon,paid,USD,1,1\n`,
      { maxSetAsideShare: 0.05 },
    ],
  ];
  it.each(refused)("%s: %s", async (_, code, content, change) => {
    await expect(read([file("bad.csv", content)], change)).rejects.toMatchObject({ code });
  });

  it("a missing file: missing_file", async () => {
    await expect(read([join(folder, "nowhere.csv")])).rejects.toMatchObject({ code: "missing_file" });
  });
});

const onlineRetail = join(import.meta.dirname, "../../../shared/data/online-retail/online_retail.csv.gz");

describe.skipIf(!existsSync(onlineRetail))("UCI Online Retail (541,909 real lines)", () => {
  it("reconciles to the cent: 9,747,747.93 = kept + set aside; 135,080 guest rows are set aside and counted", async () => {
    const { values, rows } = await read([onlineRetail], { maxSetAsideShare: 0.05 });
    const [report] = values.sources;
    expect(report).toMatchObject({ preset: "uci-retail", rows: 541_909 });
    expect(report.kept + report.setAside).toBe(541_909);
    const [{ currency, sourceMinor, keptMinor, setAsideMinor }] = report.money;
    expect([currency, sourceMinor, keptMinor + setAsideMinor]).toEqual(["GBP", 974_774_793, 974_774_793]);
    const aside = await rows("set_aside");
    expect(aside.filter(({ reason }) => reason === "no_customer")).toHaveLength(135_080);
    const gross = (await rows("orders")).reduce((sum, { items_gross_minor }) => sum + Number(items_gross_minor), 0);
    const back = (await rows("refunds")).reduce((sum, { goods_minor }) => sum + Number(goods_minor), 0);
    expect(gross - back).toBe(keptMinor);
  }, 240_000);
});
