import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeRawExports, writeTruth } from "./export.ts";
import { encodeGb18030 } from "./gb18030.ts";
import { simulateShop } from "./shop.ts";
import { exportColumns, exportNames } from "./tables.ts";

const options = { customers: 600, months: 48, seed: "dirt", world: "default" } as const;
type Record_ = Record<string, string>;
let folder = "";
const files = new Map<string, Record_[]>();
let dirt: { counts: Record<string, number>; ids: Record<string, string[]> };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "longrun-shop-"));
  const shop = simulateShop(options);
  const paths = await writeRawExports(shop, join(folder, "raw"));
  await writeTruth(shop, join(folder, "truth"));
  for (const [index, path] of paths.entries()) files.set(exportNames[index]!, parse(await readFile(path, "utf8")));
  dirt = JSON.parse(await readFile(join(folder, "truth", "dirt.json"), "utf8"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("writeRawExports", () => {
  it("writes one file per table with the canonical columns, and the truth apart", async () => {
    expect((await readdir(join(folder, "raw"))).sort()).toEqual(exportNames.map((name) => `${name}.csv`).sort());
    expect((await readdir(join(folder, "truth"))).sort()).toEqual([
      "customers.csv",
      "dirt.json",
      "orders.csv",
      "world.json",
    ]);
    for (const name of exportNames) expect(Object.keys(files.get(name)![0]!)).toEqual(exportColumns[name].split(" "));
  });

  it("writes the same bytes for the same seed, and the same text in GB18030", async () => {
    const other = await mkdtemp(join(tmpdir(), "longrun-shop-"));
    const again = await writeRawExports(simulateShop(options), other);
    for (const path of again) {
      expect((await readFile(path)).equals(await readFile(path.replace(other, join(folder, "raw")))), path).toBe(true);
    }
    const chinese = await writeRawExports(simulateShop({ ...options, encoding: "gb18030" }), other);
    const products = await readFile(chinese[1]!);
    expect(products.equals(await readFile(join(folder, "raw", "products.csv")))).toBe(false);
    const text = new TextDecoder("gb18030", { fatal: true }).decode(products);
    expect(text).toContain("茶壶");
    expect(text).toBe(await readFile(join(folder, "raw", "products.csv"), "utf8"));
    await rm(other, { recursive: true });
  });

  it("counts exactly what it spoiled", () => {
    const orders = files.get("orders")!;
    const customers = files.get("customers")!;
    const lines = files.get("order_lines")!;
    const count = (rows: Record_[], test: (row: Record_) => boolean) => rows.filter(test).length;
    const texts = orders.map((row) => JSON.stringify(row));
    const keyed = orders.filter((row) => row.order_id !== "");
    const exactCopies = keyed.length - new Set(keyed.map((row) => JSON.stringify(row))).size;
    const idCopies = keyed.length - new Set(keyed.map((row) => row.order_id)).size;
    expect(texts.length).toBeGreaterThan(1000);
    const iso = /^(20\d\d)-(0[1-9]|1[0-2])-([0-2]\d|3[01])T/;
    const unreadable = (text: string) => !iso.test(text) || text.startsWith("2023-02-30");
    const refundNumbers = count(files.get("refunds")!, (row) => !/^\d+$/.test(row.goods_minor!));
    expect(dirt.counts).toEqual({
      exactDuplicateOrders: exactCopies,
      resentOrders: idCopies - exactCopies,
      missingCountries: count(customers, (row) => row.country === ""),
      missingLineCosts: count(lines, (row) => row.unit_cost_minor === ""),
      missingProductCosts: count(files.get("products")!, (row) => row.unit_cost_minor === ""),
      testCustomers: count(customers, (row) => row.is_test === "true" && row.email!.endsWith("@example.com")),
      testOrders: count(orders, (row) => row.is_test === "true"),
      giantOrders: count(orders, (row) => Number(row.total_minor) > 1_000_000 && row.status === "cancelled"),
      nonPositivePriceLines: count(lines, (row) => Number(row.unit_price_minor) <= 0),
      unparsableDates: count(orders, (row) => unreadable(row.ordered_at!)),
      unparsableNumbers: count(orders, (row) => !/^\d+$/.test(row.items_gross_minor!)) + refundNumbers,
      futureOrders: count(orders, (row) => row.ordered_at! > "2025" && !unreadable(row.ordered_at!)),
      missingKeys:
        count(orders, (row) => row.order_id === "") +
        count(lines, (row) => row.order_id === "") +
        count(customers, (row) => row.customer_id === ""),
      identityClashes: count(customers, (row) => row.customer_id!.startsWith("G")),
      guestOrders: new Set(orders.filter((row) => row.customer_id!.startsWith("G")).map((row) => row.order_id)).size,
    });
    for (const [kind, total] of Object.entries(dirt.counts)) {
      if (kind !== "missingProductCosts") expect(total, kind).toBeGreaterThan(0);
    }
    expect(dirt.counts.exactDuplicateOrders! / orders.length).toBeCloseTo(0.01, 2);
  });

  it("gives a guest the e-mail of the customer it is", () => {
    const email = new Map(files.get("customers")!.map((row) => [row.customer_id, row.email!]));
    for (const clash of dirt.ids.identityClashes!) {
      const [guest, customer] = clash.split("=") as [string, string];
      expect(email.get(guest)).not.toBe(email.get(customer));
      expect(email.get(guest)!.toLowerCase()).toBe(email.get(customer));
    }
  });

  it("keeps every reference: lines and refunds have orders, orders have customers", () => {
    const orders = new Set(files.get("orders")!.map((row) => row.order_id));
    const customers = new Set(files.get("customers")!.map((row) => row.customer_id));
    for (const name of ["order_lines", "refunds"]) {
      for (const row of files.get(name)!) expect(orders.has(row.order_id!)).toBe(true);
    }
    for (const row of files.get("orders")!) expect(customers.has(row.customer_id!)).toBe(true);
    for (const row of files.get("events")!) expect(customers.has(row.customer_id!)).toBe(true);
  });
});

describe("encodeGb18030", () => {
  it("writes what TextDecoder reads, on one, two and four bytes and beyond the basic plane", () => {
    const text = "Tea 茶壶 é € ü ß ※ ㊣ ༀ 힣 😀𠀀 end";
    expect(new TextDecoder("gb18030", { fatal: true }).decode(encodeGb18030(text))).toBe(text);
    expect(encodeGb18030("茶").toString("hex")).toBe("b2e8");
  });
});

/** A small CSV reader: quoted fields, doubled quotes. */
function parse(text: string): Record_[] {
  const rows = text
    .trimEnd()
    .split("\n")
    .map((line) => {
      const fields: string[] = [];
      for (const match of `,${line}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^",]*))/g)) {
        fields.push(match[1] === undefined ? match[2]! : match[1].replaceAll('""', '"'));
      }
      return fields;
    });
  const [header, ...body] = rows as [string[], ...string[][]];
  return body.map((fields) => Object.fromEntries(header.map((name, index) => [name, fields[index]!])));
}
