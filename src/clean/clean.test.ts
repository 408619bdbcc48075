import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cleanTables } from "../schema/clean-tables.ts";
import { type Cleaned, CleaningRoom, type Row, type Shop } from "./small-shop.test-data.ts";

const room = new CleaningRoom();
beforeAll(() => room.open());
afterAll(() => room.close());

const day = (number: number) => new Date(Date.UTC(2024, 0, 1 + number, 12)).toISOString();
const customers = ["anna", "bob", "carl", "dora"];
const anyCustomer = fc.constantFrom(...customers, null);
const anyDay = fc.integer({ min: -20, max: 20 });
const anyOrder = fc.record({
  order_id: fc.constantFrom("o1", "o2", "o3", "o4", "o5", "o6"),
  status: fc.constantFrom("pending", "paid", "completed", "cancelled", "failed"),
  cancelledAfterDays: fc.option(fc.integer({ min: 0, max: 30 })),
  gross: fc.integer({ min: 100, max: 900 }),
  discount: fc.integer({ min: 0, max: 100 }),
  customer_id: anyCustomer,
  at: anyDay,
  currency: fc.constantFrom("USD", "EUR", "BRL"),
  is_test: fc.constantFrom(true, false, false, false, null),
});
const anyLine = fc.record({
  order_id: fc.constantFrom("o1", "o2", "o3", "o9"),
  line_no: fc.integer({ min: 1, max: 5 }),
  product_id: fc.constantFrom("tea", "cup", "POST", null),
  quantity: fc.constantFrom(1, 1, 1, 0),
  unit_price_minor: fc.constantFrom(100, 200, 350, 0, -5),
});
const anyRefund = fc.record({
  goods_minor: fc.integer({ min: 0, max: 500 }),
  order_id: fc.constantFrom("o1", "o2", "o9", null),
  customer_id: anyCustomer,
  reason: fc.constantFrom("tea", "POST", "damaged", null),
  at: fc.integer({ min: -20, max: 40 }),
});
const anyContact = (prefix: string) => fc.option(fc.constantFrom(`${prefix}1`, `${prefix}2`, `${prefix}3`));
const byKey = <T>(rows: readonly T[], key: (row: T) => string) => [
  ...new Map(rows.map((row) => [key(row), row])).values(),
];

/**
 * A dirty little shop: repeated ids with another status, guests, tests, early and late cancellations, postage, lines
 * twice, giants that were a slip, one person under several ids, a currency without a rate.
 */
const anyShop: fc.Arbitrary<Shop> = fc
  .record({
    contacts: fc.tuple(...customers.map(() => fc.record({ email: anyContact("e"), phone: anyContact("p") }))),
    orders: fc.array(anyOrder, { minLength: 1, maxLength: 9 }),
    lines: fc.array(anyLine, { maxLength: 9 }),
    refunds: fc.array(anyRefund, { maxLength: 5 }),
    giantReversed: fc.constantFrom("never", "by order", "by customer"),
    events: fc.array(fc.record({ customer_id: fc.constantFrom(...customers, "nobody"), at: anyDay }), { maxLength: 4 }),
  })
  .map(({ contacts, orders, lines, refunds, giantReversed, events }) => ({
    fx_rates: [{ date: day(-10), base: "EUR", quote: "USD", rate: 1.0837 }],
    customers: customers.map((customer_id, index) => ({
      customer_id,
      created_at: day(index % 2),
      email_hmac: contacts[index].email,
      phone_hmac: contacts[index].phone,
    })),
    // Sure orders, so that something is always left and a giant is one; and no two rows of one id with the same status.
    orders: [
      { order_id: "sure", items_gross_minor: 500 } as Row,
      { order_id: "sure too", items_gross_minor: 500, ordered_at: day(-15) },
      { order_id: "giant", customer_id: "bob", items_gross_minor: 77_777, ordered_at: day(3) },
      ...byKey(orders, ({ order_id, status }) => `${order_id} ${status}`).map(
        ({ cancelledAfterDays, gross, discount, at, ...order }) => ({
          ...order,
          items_gross_minor: gross,
          // Only orders without lines, so that a line's net is its price again when it is fed back in.
          discount_minor: order.order_id > "o3" ? discount : 0,
          ordered_at: day(at),
          cancelled_at:
            order.status === "cancelled" && cancelledAfterDays !== null ? day(at + cancelledAfterDays) : null,
        }),
      ),
    ],
    products: ["tea", "cup"].map((product_id) => ({ product_id })),
    order_lines: byKey(lines, ({ order_id, line_no }) => `${order_id} ${line_no}`),
    refunds: [
      ...refunds.map(({ at, ...refund }, index) => ({ ...refund, refund_id: `r${index}`, refunded_at: day(at) })),
      ...(giantReversed === "never"
        ? []
        : [
            {
              refund_id: "slip",
              goods_minor: 77_777,
              refunded_at: day(3 + 0.5 / 24),
              ...(giantReversed === "by order" ? { order_id: "giant" } : { customer_id: "bob" }),
            },
          ]),
    ],
    events: events.map(({ customer_id, at }, index) => ({ event_id: `e${index}`, customer_id, occurred_at: day(at) })),
  }));

const refed = ["customers", "products", "orders", "order_lines", "refunds", "events"];

function hashes({ artifact }: Cleaned, names: readonly string[] = Object.keys(cleanTables)) {
  return Object.fromEntries(names.map((name) => [name, artifact.manifest.tables[name].sha256]));
}

/** What was cleaned, as a source would hand it in. */
async function asSource(cleaned: Cleaned): Promise<Shop> {
  const of = async (name: string, change: (row: Row) => Row) =>
    (await cleaned.rows(name)).map((row) => ({ ...row, ...change(row) }));
  return {
    customers: await cleaned.rows("customers"),
    products: await cleaned.rows("products"),
    orders: await of("orders", (row) => ({ ordered_at: row.known_at, items_gross_minor: row.gross_minor })),
    order_lines: await of("order_lines", (row) => ({ quantity: row.units, unit_price_minor: row.net_minor })),
    refunds: await of("refunds", (row) => ({
      refunded_at: row.known_at,
      goods_minor: row.net_minor,
      reason: row.product_id,
    })),
    events: await of("events", (row) => ({ occurred_at: row.known_at })),
  };
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
        const clean = (of: Shop) => room.clean(of, { rules: { repeated_lines: { action: "set_aside" } } });
        const once = await clean(shop);
        const doubled = Object.fromEntries(Object.entries(shop).map(([name, rows]) => [name, [...rows, ...rows]]));
        const reversed = Object.fromEntries(Object.entries(shop).map(([name, rows]) => [name, rows.toReversed()]));
        expect(hashes(await clean(doubled))).toEqual(hashes(once));
        expect(hashes(await clean(reversed))).toEqual(hashes(once));

        const twice = await clean(await asSource(once));
        expect(hashes(twice, refed)).toEqual(hashes(once, refed));
        expect(twice.values.clv.asItCame).toBe(once.values.clv.cleaned);
        expect(twice.values.clv.cleaned).toBe(once.values.clv.cleaned);
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
        const kept = refed.map((name) => once.artifact.manifest.tables[name].rows);
        const takenBack = (await once.rows("refunds")).filter(({ refund_id }) => /^cancelled:/.test(String(refund_id)));
        const keptIn = kept.reduce((total, rows) => total + rows, 0) - takenBack.length;
        expect(keptIn + (await once.setAside()).length).toBe(rowsIn);
      }),
      {
        numRuns: Number(process.env.LONGRUN_RUNS ?? 5),
        endOnFailure: true,
        seed: Number(process.env.LONGRUN_SEED ?? 20240101),
      },
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
