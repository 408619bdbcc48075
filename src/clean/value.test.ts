import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CleaningRoom, type Row, type Shop } from "./small-shop.test-data.ts";

const room = new CleaningRoom();
beforeAll(() => room.open());
afterAll(() => room.close());

const order = (order_id: string, gross = 1000, more: Row = {}): Row => ({
  order_id,
  items_gross_minor: gross,
  ...more,
});

describe("currencies", () => {
  const rate = (date: string, base: string, quote: string, value: number): Row => ({ date, base, quote, rate: value });

  it("converts at the rate of the business date, else the latest earlier one", async () => {
    const fx_rates = [rate("2024-01-05", "EUR", "USD", 1.1), rate("2024-01-02", "EUR", "USD", 1.255)];
    const on = (id: string, day: string) =>
      order(id, 1001, { currency: "EUR", ordered_at: `2024-01-${day}T23:59:59Z` });
    const cleaned = await room.clean({
      fx_rates,
      orders: [on("o1", "01"), on("o2", "02"), on("o3", "04"), on("o5", "05")],
    });
    // 1001 × 1.255 = 1256.255 and 1001 × 1.1 = 1101.1 cents.
    expect(await cleaned.rows("orders")).toMatchObject([
      { order_id: "o2", gross_minor: 1256 },
      { order_id: "o3", gross_minor: 1256 },
      { order_id: "o5", gross_minor: 1101 },
    ]);
    expect(await cleaned.setAside()).toEqual(["orders o1 no_fx_rate"]);
  });

  it("lets the shop's own midnight decide the date, on either side of the change to summer time", async () => {
    const fx_rates = ["03-30", "03-31", "04-01"].map((day, index) => rate(`2024-${day}`, "EUR", "USD", 1.1 + index));
    const on = (ordered_at: string) => order(ordered_at, 1000, { currency: "EUR", ordered_at });
    // Berlin is an hour ahead of UTC until 2024-03-31 01:00 UTC, and two from then on.
    const instants = ["2024-03-30T22:59:59Z", "2024-03-30T23:00:00Z", "2024-03-31T21:59:59Z", "2024-03-31T22:00:00Z"];
    const grossIn = async (timezone: string) => {
      const cleaned = await room.clean(
        {
          fx_rates,
          orders: instants.map(on),
          refunds: instants.map((refunded_at, index) => ({
            refund_id: `r${index}`,
            order_id: instants[0],
            goods_minor: 1000,
            currency: "EUR",
            refunded_at,
          })),
        },
        { timezone },
      );
      const refunds = (await cleaned.rows("refunds")).map(({ net_minor }) => net_minor);
      const orders = (await cleaned.rows("orders")).map(({ gross_minor }) => gross_minor);
      expect(refunds).toEqual(orders);
      return orders;
    };
    expect(await grossIn("Europe/Berlin")).toEqual([1100, 2100, 2100, 3100]);
    expect(await grossIn("UTC")).toEqual([1100, 1100, 2100, 2100]);
    expect(await grossIn("Asia/Shanghai")).toEqual([2100, 2100, 3100, 3100]);
  });

  it("turns rates round, prefers direct ones, and minds the digits of each currency", async () => {
    const fx_rates = [
      rate("2024-01-01", "USD", "EUR", 0.8),
      rate("2024-01-01", "USD", "GBP", 0.5),
      rate("2024-01-01", "GBP", "USD", 2.5),
      rate("2024-01-01", "JPY", "USD", 0.007),
      rate("2024-01-01", "KWD", "USD", 3.25),
      rate("2024-01-01", "CHF", "USD", 0),
      rate("2024-01-01", "?", "USD", 1),
    ];
    const orders = ["EUR", "GBP", "JPY", "KWD", "USD", "CHF", "BRL"].map((currency) =>
      order(currency, 1000, { currency }),
    );
    const cleaned = await room.clean({ fx_rates, orders });
    expect((await cleaned.rows("orders")).map(({ order_id, gross_minor }) => [order_id, gross_minor])).toEqual([
      ["EUR", 1250],
      ["GBP", 2500],
      ["JPY", 700],
      ["KWD", 325],
      ["USD", 1000],
    ]);
    expect(await cleaned.setAside()).toEqual(["orders BRL no_fx_rate", "orders CHF no_fx_rate"]);
    expect(
      cleaned.values.reconciliation.map(({ currency, ordersMinor, keptMinor }) => [currency, ordersMinor, keptMinor]),
    ).toEqual([
      ["BRL", 1000, 0],
      ["CHF", 1000, 0],
      ["EUR", 1000, 1000],
      ["GBP", 1000, 1000],
      ["JPY", 1000, 1000],
      ["KWD", 1000, 1000],
      ["USD", 1000, 1000],
    ]);
  });

  it("converts refunds, exposures and treatments at their own dates, treatments at the latest rate", async () => {
    const shop: Shop = {
      fx_rates: [rate("2024-01-01", "EUR", "USD", 2), rate("2024-02-01", "EUR", "USD", 3)],
      customers: [{ customer_id: "anna" }],
      orders: [order("o1", 1000, { currency: "EUR" })],
      refunds: [{ refund_id: "r1", order_id: "o1", goods_minor: 100, currency: "EUR" }],
      treatments: [
        { treatment_id: "coupon", variable_cost_minor: 5, currency: "EUR" },
        { treatment_id: "nothing", type: "none" },
      ],
      exposures: [
        { exposure_id: "x1", customer_id: "anna", cost_minor: 7, currency: "EUR" },
        { exposure_id: "x2", customer_id: "anna", currency: "BRL" },
        { exposure_id: "x3", customer_id: "anna", cost_minor: 7, currency: "BRL" },
      ],
    };
    const cleaned = await room.clean(shop);
    expect(await cleaned.rows("orders")).toMatchObject([{ net_minor: 2000 }]);
    expect(await cleaned.rows("refunds")).toMatchObject([{ net_minor: 300 }]);
    expect(await cleaned.rows("treatments")).toMatchObject([{ contact_cost_minor: 15 }, { contact_cost_minor: 0 }]);
    expect(await cleaned.rows("exposures")).toMatchObject([{ cost_minor: 14 }, { exposure_id: "x2", cost_minor: 0 }]);
    expect(await cleaned.setAside()).toEqual(["exposures x3 no_fx_rate"]);
    const unpriced = { ...shop, treatments: [{ treatment_id: "coupon", variable_cost_minor: 5, currency: "BRL" }] };
    await expect(room.clean(unpriced)).rejects.toMatchObject({ code: "treatment_without_fx_rate" });
  });
});

describe("the value of an order", () => {
  const shop: Shop = {
    fx_rates: [{ date: "2024-01-01", base: "EUR", quote: "USD", rate: 2 }],
    products: [
      { product_id: "P1", category_path: "Home;Kitchen;Pots", unit_cost_minor: 100, currency: "EUR" },
      { product_id: "P2", category_path: "Home;Kitchen;Pans" },
      { product_id: "P3", category_path: "Toys" },
    ],
    orders: [
      order("o1", 2000, { discount_minor: 300, shipping_minor: 500, shipping_cost_minor: 380, payment_fee_minor: 25 }),
      order("o2", 1000),
      order("o3", 1000),
      order("o4", 600),
    ],
    order_lines: [
      // Its own cost: 2 × 300 of 2 × 1000 = 30 %.
      { order_id: "o1", product_id: "P1", quantity: 2, unit_price_minor: 1000, unit_cost_minor: 300 },
      // The product's: 1 euro = 2 dollars of 10 = 20 %.
      { order_id: "o2", product_id: "P1", unit_price_minor: 1000 },
      // None: Home;Kitchen has 30 % and 20 %, so 25 %.
      { order_id: "o3", line_no: 1, product_id: "P2", unit_price_minor: 600 },
      // None in its category either: the median over all lines, 25 %.
      { order_id: "o3", line_no: 2, product_id: "P3", unit_price_minor: 400 },
      // o4 has no lines: 25 % of its goods.
    ],
  };
  const valuesOf = async (options: object) => {
    const cleaned = await room.clean(shop, options);
    return { ...cleaned, list: (await cleaned.rows("orders")).map(({ value_minor }) => value_minor) };
  };

  it("is margin where unit costs are known: line, product, category median, overall median", async () => {
    const { list, values } = await valuesOf({ valueBasis: "margin" });
    expect(list).toEqual([2000 - 300 + 500 - 600 - 380 - 25, 800, 1000 - 150 - 100, 600 - 150]);
    expect(values).toMatchObject({ valueBasis: "margin", basisReason: "unit_costs", assumed: false });
    expect(values.rules.at(-1)).toEqual({
      rule: "missing_unit_costs",
      effect: "imputed",
      table: "order_lines",
      rowsBefore: 4,
      rowsTouched: 2,
      moneyTouchedMinor: 1000,
    });
  });

  it("is net or revenue as asked for", async () => {
    expect((await valuesOf({ valueBasis: "net" })).list).toEqual([1700, 1000, 1000, 600]);
    const { list, values } = await valuesOf({ valueBasis: "revenue" });
    expect(list).toEqual([2200, 1000, 1000, 600]);
    expect(values).toMatchObject({ valueBasis: "revenue", basisReason: "as_requested" });
  });

  it("rests on the stated margin share, marked as assumed, or falls back to net, where most costs are unknown", async () => {
    const orders = [order("o1", 1000, { discount_minor: 100 }), order("o2", 1001)];
    const order_lines = [{ order_id: "o1", unit_price_minor: 1000, unit_cost_minor: 300 }];
    const refunds = [{ refund_id: "r1", order_id: "o1", goods_minor: 101, shipping_minor: 50 }];
    const stated = await room.clean({ orders, order_lines, refunds }, { valueBasis: "margin", marginShare: 0.4 });
    expect(stated.values).toMatchObject({ valueBasis: "margin", basisReason: "stated_margin_share", assumed: true });
    expect(await stated.rows("orders")).toMatchObject([{ value_minor: 360 }, { value_minor: 400 }]);
    expect(await stated.rows("refunds")).toMatchObject([{ net_minor: 101, value_minor: 40 }]);
    const fallback = await room.clean({ orders, order_lines, refunds }, { valueBasis: "margin" });
    expect(fallback.values).toMatchObject({ valueBasis: "net", basisReason: "no_costs", assumed: false });
    expect(await fallback.rows("orders")).toMatchObject([{ value_minor: 900 }, { value_minor: 1001 }]);
    expect(await fallback.rows("refunds")).toMatchObject([{ net_minor: 101, value_minor: 101 }]);
    const half = await room.clean({ orders: [orders[0], order("o2")], order_lines }, { valueBasis: "margin" });
    expect(half.values.valueBasis).toBe("margin");
  });

  it("is never netted with a refund: that keeps the day it became known", async () => {
    const refunds = [
      { refund_id: "r1", order_id: "o1", goods_minor: 1700, shipping_minor: 500, refunded_at: "2024-06-01" },
    ];
    const cleaned = await room.clean({ ...shop, refunds }, { valueBasis: "margin" });
    const without = await room.clean(shop, { valueBasis: "margin" });
    expect(await cleaned.rows("orders")).toEqual(await without.rows("orders"));
    expect(await cleaned.rows("refunds")).toEqual([
      {
        refund_id: "r1",
        order_id: "o1",
        product_id: null,
        customer_id: "anna",
        known_at: "2024-06-01T00:00:00.000Z",
        net_minor: 1700,
        value_minor: 2200,
      },
    ]);
  });

  it("spreads an order's discount over its lines, beyond what the lines state themselves", async () => {
    const cleaned = await room.clean({
      products: [{ product_id: "P1", category_path: "Home;Kitchen;Pots" }],
      orders: [order("o1", 1000, { discount_minor: 150 })],
      order_lines: [
        { order_id: "o1", line_no: 1, product_id: "P1", quantity: 3, unit_price_minor: 200, line_discount_minor: 50 },
        { order_id: "o1", line_no: 2, unit_price_minor: 400 },
      ],
    });
    expect(await cleaned.rows("order_lines")).toMatchObject([
      { line_no: 1, category: "Home;Kitchen", units: 3, net_minor: 600 - 50 - 60 },
      { line_no: 2, category: null, units: 1, net_minor: 400 - 40 },
    ]);
    expect(await cleaned.rows("orders")).toMatchObject([{ units: 4, net_minor: 850 }]);
  });
});
