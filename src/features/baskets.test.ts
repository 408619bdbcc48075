import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { millisecondsPerDay } from "../base/clock.ts";
import { openDuckdb } from "../engine/duckdb/engine.ts";
import { cleanOrderLines, cleanOrders } from "../schema/clean-tables.ts";
import { type ColumnType, typesOf } from "../schema/columns.ts";
import { basketsQuery, fitBasketCategories } from "./baskets.ts";

type Row = Record<string, string | number | null>;

const start = Date.UTC(2022, 0, 1);
const at = (days: number) => start + days * millisecondsPerDay;

const orders = [
  { order_id: "b2", customer_id: "bo", known_at: at(9), value_minor: 500, gross_minor: 0, units: 1 },
  { order_id: "a1", customer_id: "ann", known_at: at(2), value_minor: 1000, gross_minor: 2500, discount_minor: 500 },
  { order_id: "a3", customer_id: "ann", known_at: at(12.5), value_minor: -200, gross_minor: 100, units: 3 },
  { order_id: "a2", customer_id: "ann", known_at: at(12.5), value_minor: 400, gross_minor: 400, has_coupon: 1 },
];
const line = (order_id: string, category: string | null, net_minor: number, days = 2) => ({
  order_id,
  category,
  net_minor,
  known_at: at(days),
});
const lines = [
  line("a1", "tea", 900),
  line("a1", "cups", 901),
  line("a2", "tea", 300),
  line("a2", "cups", 300), // as dear as the tea: the rarer word counts
  line("a3", "tea", 100),
  line("b2", "late", 500, 9), // nobody knew the word when words were counted
  line("b2", "tea", 100, 9),
];

it("every order is a basket with the pause before it and the category of its dearest line, by customer and time", async () => {
  const folder = mkdtempSync(join(tmpdir(), "longrun-baskets-"));
  const engine = await openDuckdb({ temporaryDirectory: folder });
  const tables = [
    ["clean_orders", cleanOrders.columns, orders],
    ["clean_order_lines", cleanOrderLines.columns, lines],
  ] as const;
  for (const [name, columns, rows] of tables) {
    const written = Object.entries(columns).map(([column, { type }]: [string, { type: ColumnType }]) => ({
      name: column,
      type,
      values: rows.map((row) => (row as Row)[column] ?? (type === "text" ? null : 0)),
    }));
    const { path } = await engine.writeColumns(written, join(folder, `${name}.parquet`));
    await engine.register(name, [path], typesOf(columns));
  }
  const categories = await fitBasketCategories(at(5), engine);
  expect(categories).toEqual(["tea", "cups"]); // the most frequent first
  const { rows, texts, numbers } = await engine.collect(basketsQuery(categories, 100));
  const told = Array.from({ length: rows }, (_, row) => [
    texts.order_id[row],
    ...["gapDays", "value", "discountShare", "units", "coupon", "category"].map((name) => numbers[name][row]),
  ]);
  expect(told).toEqual([
    ["a1", Number.NaN, 10, 0.2, 0, 0, 2],
    ["a2", 10.5, 4, 0, 0, 1, 2],
    ["a3", 0, -2, 0, 3, 0, 1],
    ["b2", Number.NaN, 5, Number.NaN, 1, 0, 0],
  ]);
  await engine.close();
});
