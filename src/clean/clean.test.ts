import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cleanTables } from "../schema/clean-tables.ts";
import { type Cleaned, CleaningRoom, type Row, type Shop } from "./small-shop.test-data.ts";

const room = new CleaningRoom();
beforeAll(() => room.open());
afterAll(() => room.close());

const day = (number: number) => new Date(Date.UTC(2024, 0, 1 + number, 12)).toISOString();
const customers = ["anna", "bob", "carl"];
const anyOrder = fc.record({
  order_id: fc.constantFrom("o1", "o2", "o3", "o4", "o5", "o6"),
  status: fc.constantFrom("pending", "paid", "completed", "cancelled"),
  gross: fc.integer({ min: 100, max: 900 }),
  discount: fc.integer({ min: 0, max: 100 }),
  customer: fc.constantFrom(...customers, null),
  at: fc.integer({ min: -20, max: 20 }),
  currency: fc.constantFrom("USD", "EUR", "BRL"),
});
const anyRefund = fc.record({
  goods: fc.integer({ min: 0, max: 500 }),
  order: fc.constantFrom("o1", "o2", "o9", null),
  customer: fc.constantFrom(...customers, null),
  at: fc.integer({ min: -20, max: 40 }),
});

/** A dirty little shop: repeated ids with another status, guests, cancellations, a currency without a rate. */
const anyShop: fc.Arbitrary<Shop> = fc
  .record({
    orders: fc.array(anyOrder, { minLength: 1, maxLength: 9 }),
    refunds: fc.array(anyRefund, { maxLength: 5 }),
  })
  .map(({ orders, refunds }) => ({
    fx_rates: [{ date: day(-10), base: "EUR", quote: "USD", rate: 1.0837 }],
    customers: customers.map((customer_id, index) => ({
      customer_id,
      created_at: day(index),
      email_hmac: customer_id === "carl" ? "h1" : `h${index + 1}`,
    })),
    // One sure order, so that something is always left; and no two rows of one id with the same status.
    orders: [
      { order_id: "sure", items_gross_minor: 500 },
      ...[...new Map(orders.map((order) => [`${order.order_id} ${order.status}`, order])).values()].map((order) => ({
        order_id: order.order_id,
        customer_id: order.customer,
        status: order.status,
        items_gross_minor: order.gross,
        discount_minor: order.discount,
        ordered_at: day(order.at),
        currency: order.currency,
      })),
    ],
    refunds: refunds.map(({ goods, order, customer, at }, index) => ({
      refund_id: `r${index}`,
      order_id: order,
      customer_id: customer,
      goods_minor: goods,
      refunded_at: day(at),
    })),
  }));

function hashes({ artifact }: Cleaned, names: readonly string[] = Object.keys(cleanTables)) {
  return Object.fromEntries(names.map((name) => [name, artifact.manifest.tables[name].sha256]));
}

/** What was cleaned, as a source would hand it in. */
async function asSource(cleaned: Cleaned): Promise<Shop> {
  const orders = (await cleaned.rows("orders")).map((row) => ({
    ...row,
    ordered_at: row.known_at,
    items_gross_minor: row.gross_minor,
  }));
  const refunds = (await cleaned.rows("refunds")).map((row) => ({
    ...row,
    refunded_at: row.known_at,
    goods_minor: row.net_minor,
  }));
  return { customers: await cleaned.rows("customers"), orders, refunds };
}

describe("cleaning", () => {
  it("writes every clean table with the columns of the schema, also for a shop that has orders only", async () => {
    const { artifact } = await room.clean({ orders: [{ order_id: "o1", items_gross_minor: 1 }] });
    for (const [name, { columns }] of Object.entries(cleanTables)) {
      const types = Object.entries(columns).map(([column, { type }]) => [column, type]);
      expect(Object.entries(artifact.manifest.tables[name].types)).toEqual(types);
    }
    expect(artifact.manifest.tables.set_aside.rows).toBe(0);
    expect(artifact.values).toMatchObject({
      customers: 1,
      orders: 1,
      firstOrderAt: Date.UTC(2024, 0, 1, 10),
      lastOrderAt: Date.UTC(2024, 0, 1, 10),
    });
  });

  it("keeps the sorted order that later range joins rely on", async () => {
    const orders = ["b2", "a3", "b1", "a1"].map((id, index) => ({
      order_id: id,
      customer_id: id[0],
      ordered_at: day(index),
      items_gross_minor: 1,
    }));
    const rows = await (await room.clean({ orders })).rows("orders");
    expect(rows.map(({ order_id }) => order_id)).toEqual(["a3", "a1", "b2", "b1"]);
  });

  it("twice equals once; doubled or shuffled input gives the same bytes; sums reconcile to the cent", async () => {
    await fc.assert(
      fc.asyncProperty(anyShop, async (shop) => {
        const once = await room.clean(shop);
        const doubled = Object.fromEntries(Object.entries(shop).map(([name, rows]) => [name, [...rows, ...rows]]));
        const reversed = Object.fromEntries(Object.entries(shop).map(([name, rows]) => [name, rows.toReversed()]));
        expect(hashes(await room.clean(doubled))).toEqual(hashes(once));
        expect(hashes(await room.clean(reversed))).toEqual(hashes(once));

        const twice = await room.clean(await asSource(once));
        expect(hashes(twice, ["orders", "refunds", "customers"])).toEqual(
          hashes(once, ["orders", "refunds", "customers"]),
        );
        expect(twice.values.rules.filter(({ rowsTouched }) => rowsTouched > 0)).toEqual([]);
        expect(await twice.setAside()).toEqual([]);

        for (const money of once.values.reconciliation) {
          const sum = (parts: { minor: number }[]) => parts.reduce((total, { minor }) => total + minor, 0);
          const gross = shop.orders!.filter(({ currency }) => (currency ?? "USD") === money.currency);
          expect(money.ordersMinor).toBe(gross.reduce((total, row) => total + Number(row.items_gross_minor), 0));
          expect(money.keptMinor + money.notGoodsMinor + money.cancelledMinor + sum(money.setAside)).toBe(
            money.ordersMinor,
          );
          expect(money.refundsKeptMinor + sum(money.refundsSetAside)).toBe(money.refundsMinor);
        }
        const rowsIn = Object.values(shop).reduce((total, rows) => total + rows.length, 0) - 1; // without the rate
        const kept = ["customers", "orders", "refunds"].map((name) => once.artifact.manifest.tables[name].rows);
        expect(kept.reduce((total, rows) => total + rows, 0) + (await once.setAside()).length).toBe(rowsIn);
      }),
      { numRuns: 6, seed: 20240101 },
    );
  });

  it("leaves nothing behind in the engine", async () => {
    await room.clean({ orders: [{ order_id: "o1", items_gross_minor: 1 }] });
    const left = await room.engine.rows("SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 'cleaning%'");
    expect(left).toEqual([]);
  });

  it("refuses a shop without customers or without orders, and says why the rows went", async () => {
    const guest: Row = { order_id: "o1", customer_id: null, items_gross_minor: 1 };
    await expect(room.clean({})).rejects.toMatchObject({ code: "no_customers", details: { orders: 0 } });
    await expect(room.clean({ orders: [guest, { ...guest, order_id: "o2" }] })).rejects.toMatchObject({
      code: "no_customers",
      exitCode: 3,
      details: { customers: 0, orders: 2, reasons: ["guest: 2"] },
    });
    const cancelled = { order_id: "o3", items_gross_minor: 1, status: "cancelled" };
    await expect(room.clean({ orders: [guest, cancelled, { ...cancelled, order_id: "o4" }] })).rejects.toMatchObject({
      code: "no_orders",
      details: { orders: 3, reasons: ["cancelled: 2", "guest: 1"] },
    });
    await expect(room.clean({ customers: [{ customer_id: "anna" }] })).rejects.toMatchObject({
      code: "no_orders",
      details: { customers: 1, orders: 0 },
    });
  });
});
