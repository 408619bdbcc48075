import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CleanConfigInput } from "../../runs/clean-config.ts";
import { CleaningRoom, type Row, type Shop } from "../small-shop.test-data.ts";

const room = new CleaningRoom();
beforeAll(() => room.open());
afterAll(() => room.close());

const at = (day: number) => new Date(Date.UTC(2023, 0, 1 + day, 10)).toISOString();
type Missing = NonNullable<CleanConfigInput["missing"]>;

/** One order with one line a row: [day, product, price, unit cost or null]. */
type Sale = readonly [number, string, number, number | null];
const sales: readonly Sale[] = [
  [0, "cup", 1000, 400],
  [10, "cup", 1000, null],
  [40, "cup", 1000, 500],
  [40, "cup", 1000, 540],
  [60, "cup", 1000, null],
  [20, "pot", 4000, 1200],
  [30, "pot", 3000, null],
  [25, "rug", 2000, null],
];
function shopOf(rows: readonly Sale[]): Shop {
  const id = (at: number) => `o${String(at).padStart(2, "0")}`;
  return {
    products: [
      { product_id: "cup", category_path: "Kitchen" },
      { product_id: "pot", category_path: "Kitchen" },
      { product_id: "rug", category_path: "Floor" },
    ],
    orders: rows.map(([day, , price], index) => ({
      order_id: id(index),
      ordered_at: at(day),
      items_gross_minor: price,
    })),
    order_lines: rows.map(([, product_id, unit_price_minor, unit_cost_minor], index) => ({
      order_id: id(index),
      product_id,
      unit_price_minor,
      unit_cost_minor,
    })),
  };
}

/** The cost of every line after filling, in the order of `rows`; a trailing ~ marks a filled one. */
async function costs(filling: Missing["order_lines.unit_cost_minor"], rows = sales) {
  const missing = filling === undefined ? {} : { "order_lines.unit_cost_minor": filling };
  const cleaned = await room.clean(shopOf(rows), { valueBasis: "margin", missing });
  const lines = (await cleaned.rows("order_lines")).toSorted((a, b) =>
    String(a.order_id).localeCompare(String(b.order_id)),
  );
  return { cleaned, list: lines.map(({ cost_minor, cost_imputed }) => `${cost_minor}${cost_imputed ? "~" : ""}`) };
}

describe("unknown unit costs", () => {
  it("take the median share of the price in their category, else of all, unless the project says otherwise", async () => {
    // Kitchen: 0.4, 0.5, 0.54, 0.3, so 0.45; Floor has none, and 0.45 is the median of all.
    const { list, cleaned } = await costs(undefined);
    expect(list).toEqual(["400", "450~", "500", "540", "450~", "1200", "1350~", "900~"]);
    expect(cleaned.values.rules.find(({ rule }) => rule === "missing_unit_costs")).toMatchObject({
      effect: "imputed",
      rowsTouched: 4,
      moneyTouchedMinor: 7000,
    });
    const fits = await cleaned.rows("cleaning_fits");
    expect(fits.filter(({ subject }) => subject === "order_lines.unit_cost_minor")).toMatchObject([
      { method: "median", group_key: "", value: 0.45, reference_rows: 4 },
      { method: "median", group_key: "Kitchen", value: 0.45, reference_rows: 4 },
    ]);
  });

  it("take the mean, as an amount, by product", async () => {
    const { list } = await costs({ method: "mean", by: "product", as: "amount" });
    // Cups: (400 + 500 + 540) ÷ 3; pots: 1200; rugs have none: the mean of all four, 660.
    expect(list).toEqual(["400", "480~", "500", "540", "480~", "1200", "1200~", "660~"]);
  });

  it("lie on the line between the costs before and after, and beyond the last one stay there", async () => {
    const { list } = await costs({ method: "interpolation", by: "product", as: "amount" });
    // Day 10 of 0…40 from 400 to (500 + 540) ÷ 2 = 520; day 60 is past the last; rugs take the median of all, 520.
    expect(list).toEqual(["400", "430~", "500", "540", "520~", "1200", "1200~", "520~"]);
  });

  it("are those of the nearest in price, quantity and time", async () => {
    const near = { method: "nearest_neighbours", neighbours: 1, as: "amount" } as const;
    const { list } = await costs(near);
    // A rug of 2000 on day 25 is nearest to the pot of day 20; cups are nearest to cups.
    expect(list).toEqual(["400", "400~", "500", "540", expect.stringMatching(/^5[04]0~$/), "1200", "1200~", "1200~"]);
    const { list: four } = await costs({ ...near, neighbours: 4 });
    expect(four[7]).toBe("660~");
  });

  it("stay unknown where filling is off, and count as no cost", async () => {
    const { list, cleaned } = await costs(false);
    expect(list).toEqual(["400", "null", "500", "540", "null", "1200", "null", "null"]);
    expect(cleaned.touched("missing_unit_costs")).toBe(0);
    const [first] = await cleaned.rows("orders");
    expect(first).toMatchObject({ value_minor: 600, value_imputed: false });
  });

  it("change total CLV by exactly what was filled, carried on at each customer's rate", async () => {
    const filled = (await costs(undefined)).cleaned.values;
    const off = (await costs(false)).cleaned;
    const effect = filled.ruleEffects.find(({ rule }) => rule === "missing_unit_costs")!;
    // Anna's 450 + 450 + 1350 + 900 over the 90 days that count at the least.
    const discounted = (365 * (0.1 / 1.1)) / Math.log(1.1);
    expect(effect.clvEffect).toBeCloseTo((-31.5 * discounted) / 90, 2);
    expect(off.values.ruleEffects.find(({ rule }) => rule === "missing_unit_costs")).toMatchObject({ clvEffect: 0 });
  });
});

describe("whatever is filled in", () => {
  /** A year and a half of sales: the first test origin lies well before its end. */
  const long: Sale[] = Array.from({ length: 60 }, (_, index) => [
    9 * index,
    ["cup", "pot"][index % 2],
    1000,
    index % 5 === 3 ? null : 400 + 5 * (index % 7),
  ]);

  it.each([
    { method: "median", by: "category" },
    { method: "mean", by: "product" },
    { method: "interpolation", by: "product" },
    { method: "nearest_neighbours", neighbours: 3 },
  ] as const)("by $method knows nothing of later costs", async (filling) => {
    const before = await costs(filling, long);
    const { fitBefore } = before.cleaned.values;
    const isLate = (day: number) => Date.parse(at(day)) >= fitBefore;
    expect(long.filter(([day, , , cost]) => isLate(day) && cost !== null).length).toBeGreaterThan(5);
    const dearer = long.map(
      ([day, product, price, cost]): Sale => [day, product, price, isLate(day) && cost !== null ? 990 : cost],
    );
    const after = await costs(filling, dearer);
    const filled = (list: string[]) => list.filter((cost) => cost.endsWith("~"));
    expect(filled(after.list)).toEqual(filled(before.list));
    expect(filled(before.list)).toHaveLength(12);
    expect(await after.cleaned.rows("cleaning_fits")).toEqual(await before.cleaned.rows("cleaning_fits"));
  });

  it("is nothing where nothing was known in time: then margin cannot be told, and value is net", async () => {
    const late = long.map(([day, product, price, cost]): Sale => [day, product, price, day < 90 ? null : cost]);
    const { cleaned } = await costs(undefined, late);
    expect(cleaned.values.valueBasis).toBe("margin");
    const later = long.map(([day, product, price]): Sale => [day, product, price, day < 380 ? null : 400]);
    const only = await costs(undefined, [...later, ...later.slice(-15), ...later.slice(-15), ...later.slice(-15)]);
    expect(only.cleaned.values).toMatchObject({ valueBasis: "net", basisReason: "no_costs" });
  });
});

describe("other gaps", () => {
  const order = (order_id: string, gross: number, more: Row = {}): Row => ({
    order_id,
    items_gross_minor: gross,
    ...more,
  });
  const shop: Shop = {
    orders: [
      order("o1", 1000, { ship_country: "DE", shipping_cost_minor: 400, payment_fee_minor: 20 }),
      order("o2", 1000, { ship_country: "DE", shipping_cost_minor: 600, payment_fee_minor: 30 }),
      order("o3", 4000, { ship_country: "US", shipping_cost_minor: 1500 }),
      order("o4", 2000, { ship_country: "DE" }),
    ],
    order_lines: ["o1", "o2", "o3", "o4"].map((order_id, index) => ({
      order_id,
      product_id: "P1",
      unit_price_minor: [1000, 1000, 4000, 2000][index],
      unit_cost_minor: 100,
    })),
    products: [
      { product_id: "P1", category_path: "Tea", list_price_minor: 1200 },
      { product_id: "P2", category_path: "Tea" },
      { product_id: "P3", category_path: "Tea", list_price_minor: 9000 },
    ],
  };

  it("of an order's costs are left as none, or filled by country and as a share of the goods", async () => {
    const valuesOf = async (missing: Missing) => {
      const cleaned = await room.clean(shop, { valueBasis: "margin", missing });
      return (await cleaned.rows("orders")).map(({ value_minor, value_imputed }) => [value_minor, value_imputed]);
    };
    expect(await valuesOf({})).toEqual([
      [480, false],
      [270, false],
      [2400, false],
      [1900, false],
    ]);
    const filled = await valuesOf({
      "orders.shipping_cost_minor": { method: "median", by: "country" },
      "orders.payment_fee_minor": { method: "mean" },
    });
    // Germany's median is 500; fees are 2.5 % of the goods.
    expect(filled).toEqual([
      [480, false],
      [270, false],
      [2400 - 100, true],
      [1900 - 500 - 50, true],
    ]);
  });

  it("of list prices are filled by category from products that were sold, and flagged", async () => {
    const filling = { "products.list_price_minor": { method: "median", by: "category" } } as const;
    const products = await (await room.clean(shop, { missing: filling })).rows("products");
    expect(products).toEqual([
      { product_id: "P1", category: "Tea", list_price_minor: 1200, list_price_imputed: false },
      // P3 was never sold: nobody knows since when its price is known.
      { product_id: "P2", category: "Tea", list_price_minor: 1200, list_price_imputed: true },
      { product_id: "P3", category: "Tea", list_price_minor: 9000, list_price_imputed: false },
    ]);
    const [, unfilled] = await (await room.clean(shop)).rows("products");
    expect(unfilled).toMatchObject({ list_price_minor: null, list_price_imputed: false });
  });
});
