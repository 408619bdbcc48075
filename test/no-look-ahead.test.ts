import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { millisecondsPerDay, systemClock } from "../src/base/clock.ts";
import { silentProgress } from "../src/base/progress.ts";
import { CleaningRoom, horizons, type Row, type Shop } from "../src/clean/small-shop.test-data.ts";
import { type FeatureValues, features } from "../src/features/index.ts";
import { fitLifetimeModel } from "../src/lifetime/lifetime-model.ts";
import { readPurchasesBefore } from "../src/panel/purchases-before.ts";
import type { CleanConfigInput } from "../src/runs/clean-config.ts";
import { ArtifactStore } from "../src/runs/store.ts";

const start = Date.UTC(2021, 0, 1);
const span = 364;
/** The latest test origin of a shop of 364 days; see `planOrigins`. */
const originDays = 244;
const iso = (days: number) => new Date(start + Math.round(days * millisecondsPerDay)).toISOString();

const order = (id: string, customer: string, days: number, gross: number, more: Row = {}): Row => ({
  order_id: id,
  customer_id: customer,
  ordered_at: iso(days),
  items_gross_minor: gross,
  discount_minor: 0,
  total_minor: gross,
  ...more,
});
const line = (orderId: string, product: string, price: number, more: Row = {}): Row => ({
  order_id: orderId,
  product_id: product,
  unit_price_minor: price,
  ...more,
});

/** Thirty customers with orders, lines, refunds, events and offers spread over the whole time. */
function shop(): Required<Pick<Shop, ShopTable>> & Shop {
  const tables = {
    customers: [] as Row[],
    products: ["tea", "cups", "trays"].map((name, index) => ({
      product_id: name,
      category_path: name,
      // What trays cost is only known from some of their lines: the others' is filled in.
      unit_cost_minor: name === "trays" ? null : 200 + 100 * index,
      currency: "USD",
    })) as Row[],
    orders: [] as Row[],
    order_lines: [] as Row[],
    refunds: [] as Row[],
    events: [] as Row[],
    treatments: [
      { treatment_id: "coupon", type: "percent_off", channel: "email" },
      { treatment_id: "ad", type: "ad_audience", channel: "ads" },
    ] as Row[],
    exposures: [] as Row[],
    assignments: [] as Row[],
  };
  for (let c = 0; c < 30; c++) {
    const customer_id = `x${c}`;
    tables.customers.push({
      customer_id,
      created_at: iso(c / 10),
      country: ["DE", "FR"][c % 2],
      acquisition_channel: ["search", "ads", "mail"][c % 3],
      email_hmac: `hash${c}`,
    });
    for (let k = 0; k < 10; k++) {
      const [id, days] = [`x${c}-${k}`, c / 10 + 40 * k];
      const product = ["tea", "cups", "trays"][(c + k) % 3];
      const cost = product === "trays" && k % 2 === 0 ? { unit_cost_minor: 400 + 10 * k } : undefined;
      tables.orders.push(order(id, customer_id, days, 1000 + 10 * c));
      tables.order_lines.push(line(id, product, 1000 + 10 * c, cost));
      tables.events.push({
        event_id: `e${id}`,
        customer_id,
        session_id: `s${id}`,
        occurred_at: iso(days + 0.5),
        name: "product_view",
        product_id: "tea",
      });
      if (k % 4 === 1)
        tables.exposures.push({ exposure_id: `x${id}`, customer_id, treatment_id: "ad", exposed_at: iso(days + 2) });
      if (k % 3 === 2)
        tables.refunds.push({ refund_id: `r${id}`, order_id: id, goods_minor: 300, refunded_at: iso(days + 3) });
    }
  }
  return tables;
}

type Filling = NonNullable<CleanConfigInput["missing"]>["order_lines.unit_cost_minor"];
type ShopTable = "customers" | "orders" | "order_lines" | "refunds" | "events" | "exposures" | "assignments";

const kinds = [
  "order",
  "cancelled order",
  "earlier order, cancelled",
  "dear tray",
  "bulk order",
  "giant order, reversed",
  "test order",
  "refund of an earlier order",
  "refund without an order",
  "event",
  "exposure",
  "assignment",
  "newcomer",
] as const;

/** The rows that a shop's exports would hold in addition, had something more happened on a later day. */
function happening(kind: (typeof kinds)[number], index: number, days: number, value: number): Partial<Shop> {
  const customer_id = `x${index % 5}`;
  const id = `late${index}`;
  switch (kind) {
    case "order":
      return { orders: [order(id, customer_id, days, value)], order_lines: [line(id, "cups", value)] };
    case "cancelled order":
      return { orders: [order(id, customer_id, days, value, { status: "cancelled", cancelled_at: iso(days) })] };
    case "earlier order, cancelled":
      // The row of an order that was there before, as its next export shows it.
      return {
        orders: [
          order(`${customer_id}-1`, customer_id, (index % 5) / 10 + 40, 1000 + 10 * (index % 5), {
            status: "cancelled",
            cancelled_at: iso(days),
          }),
        ],
      };
    case "dear tray":
      return {
        orders: [order(id, customer_id, days, value)],
        order_lines: [line(id, "trays", value, { unit_cost_minor: value })],
      };
    case "bulk order":
      return {
        orders: [order(id, customer_id, days, 1e6 + value)],
        order_lines: [line(id, "trays", 1000, { quantity: 1000 })],
      };
    case "giant order, reversed":
      return {
        orders: [order(id, customer_id, days, value * 1000)],
        order_lines: [line(id, "cups", value * 1000)],
        refunds: [{ refund_id: `r${id}`, order_id: id, goods_minor: value * 1000, refunded_at: iso(days + 0.002) }],
      };
    case "test order":
      return { orders: [order(id, customer_id, days, value, { is_test: true })] };
    case "refund of an earlier order":
      return {
        refunds: [
          { refund_id: id, order_id: `${customer_id}-${index % 6}`, goods_minor: value, refunded_at: iso(days) },
        ],
      };
    case "refund without an order":
      return { refunds: [{ refund_id: id, customer_id, goods_minor: value, refunded_at: iso(days) }] };
    case "event":
      return {
        events: [{ event_id: id, customer_id, session_id: id, occurred_at: iso(days), product_id: "trays" }],
      };
    case "exposure":
      return { exposures: [{ exposure_id: id, customer_id, treatment_id: "ad", exposed_at: iso(days) }] };
    case "assignment":
      return { assignments: [{ assignment_id: id, customer_id, assigned_at: iso(days), propensity: 0.5 }] };
    case "newcomer":
      return {
        customers: [{ customer_id: id, created_at: iso(days), country: "XX", acquisition_channel: "new" }],
        orders: [order(id, id, days, value)],
        order_lines: [line(id, "tea", value)],
      };
  }
}

describe("what happens at or after the cut-off, injected before cleaning", () => {
  const room = new CleaningRoom();
  let runs = 0;
  beforeAll(() => room.open());
  afterAll(() => room.close());

  async function describeShop(facts: Shop, filling?: Filling) {
    const asOf = start + span * millisecondsPerDay;
    const cleaned = await room.clean(facts, {
      valueBasis: "margin",
      horizons: { ...horizons, asOf },
      outliers: { "orders.value_minor": { method: "quantile", upper: 0.95 } },
      ...(filling ? { missing: { "order_lines.unit_cost_minor": filling } } : {}),
    });
    const store = new ArtifactStore(join(cleaned.artifact.directory, "..", "..", `features${runs++}`));
    const { artifact } = await store.build("features", {}, room.engine, (output) =>
      features(
        cleaned.artifact as never,
        {
          asOf,
          shortHorizonDays: 90,
          clvHorizonDays: 365,
          annualDiscountRate: 0.1,
          minimumHistoryDays: 90,
          originSpacingDays: 90,
          maximumOrigins: 6,
        },
        {
          engine: room.engine,
          clock: systemClock,
          seed: "s",
          threads: 1,
          progress: silentProgress,
          signal: new AbortController().signal,
          output,
        },
      ),
    );
    const values: FeatureValues = artifact.values;
    const names = values.catalogue.map(({ name }) => `"${name}"`).join(", ");
    const rows = await room.engine.rows(
      `SELECT customer_id, epoch_ms(as_of)::DOUBLE AS at, ${names} FROM read_parquet('${artifact.path("panel.parquet")}')
       WHERE as_of <= make_timestamp(${(start + originDays * millisecondsPerDay) * 1000}::BIGINT) ORDER BY as_of, customer_id`,
    );
    const origin = start + originDays * millisecondsPerDay;
    const purchases = await readPurchasesBefore(origin, cleaned.artifact, room.engine);
    return { values, rows, lifetimeModel: fitLifetimeModel(purchases), purchases };
  }

  it("changes no feature of any customer at any cut-off before it, nor what models learn from", async () => {
    const before = await describeShop(shop());
    expect(before.values.testOrigins).toEqual([start + originDays * millisecondsPerDay]);
    expect(before.rows.length).toBeGreaterThan(60);
    expect(before.lifetimeModel.purchases).toBeDefined();
    const fact = fc.record({
      kind: fc.constantFrom(...kinds),
      // To the very instant of the cut-off: what is known then is not known before.
      days: fc.oneof(fc.constant(originDays), fc.double({ min: originDays, max: span - 1, noNaN: true })),
      value: fc.integer({ min: 1, max: 50_000 }),
    });
    const everyKind = kinds.map((kind) => ({ kind, days: originDays, value: 700 }));
    await fc.assert(
      fc.asyncProperty(fc.array(fact, { minLength: 1, maxLength: 12 }), async (facts) => {
        const tables: Record<string, readonly Row[]> = shop() as never;
        facts.forEach(({ kind, days, value }, index) => {
          for (const [name, rows] of Object.entries(happening(kind, index, days, value)))
            tables[name] = [...tables[name], ...(rows as Row[])];
        });
        const after = await describeShop(tables);
        expect(after.rows).toEqual(before.rows);
        expect(after.values.featureNames).toEqual(before.values.featureNames);
        expect(after.values.vocabulary).toEqual(before.values.vocabulary);
        expect(after.purchases).toEqual(before.purchases);
        expect(after.lifetimeModel).toEqual(before.lifetimeModel);
      }),
      { numRuns: 5, seed: 5, examples: [[everyKind]] },
    );
  });

  it.each([
    { method: "mean", by: "product" },
    { method: "interpolation", by: "product" },
    { method: "nearest_neighbours" },
  ] as const)("changes none either where gaps are filled by $method", async (filling) => {
    const before = await describeShop(shop(), filling);
    const tables = shop();
    for (let index = 0; index < 12; index++) {
      const { orders = [], order_lines = [] } = happening("dear tray", index, originDays + index, 5000 + 100 * index);
      tables.orders = [...tables.orders, ...orders];
      tables.order_lines = [...tables.order_lines, ...order_lines];
    }
    expect((await describeShop(tables, filling)).rows).toEqual(before.rows);
  });
});
