import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ChosenOptions, CleaningRoom, type Row, type Shop } from "./small-shop.test-data.ts";

const room = new CleaningRoom();
beforeAll(() => room.open());
afterAll(() => room.close());

const order = (order_id: string, gross = 1000, more: Row = {}): Row => ({
  order_id,
  items_gross_minor: gross,
  ...more,
});
const keptOrders = async (shop: Shop, rules: ChosenOptions["rules"] = {}) =>
  (await (await room.clean(shop, { rules })).rows("orders")).map(({ order_id }) => order_id);

describe("what a project can set about a rule", () => {
  it("patterns of test and staff: order ids, coupons, customers with all that is theirs", async () => {
    const shop: Shop = {
      customers: [{ customer_id: "anna" }, { customer_id: "QA-1" }],
      orders: [
        order("a1"),
        order("TEST-7"),
        order("a2", 1000, { coupon_codes: "SPRING;staff10" }),
        order("a3", 1000, { coupon_codes: "NOTSTAFF" }),
        order("q1", 1000, { customer_id: "qa-2" }),
        order("a4", 1000, { coupon_codes: "WELCOME" }),
      ],
      events: [{ event_id: "e1", customer_id: "QA-1" }],
    };
    expect(await keptOrders(shop)).toHaveLength(6);
    const patterns = { orderIds: ["test-*"], couponCodes: ["Staff*", "welcom"], customerIds: ["qa-*"] };
    const cleaned = await room.clean(shop, { rules: { test_and_staff_orders: patterns } });
    expect((await cleaned.rows("orders")).map(({ order_id }) => order_id)).toEqual(["a1", "a3", "a4"]);
    expect((await cleaned.setAside()).filter((row) => !row.startsWith("orders"))).toEqual([
      "customers QA-1 test_or_staff",
      "events e1 test_or_staff",
    ]);
    const inside = { orderIds: [], couponCodes: ["*staff*"], customerIds: [] };
    expect(await keptOrders(shop, { test_and_staff_orders: inside })).not.toContain("a3");
  });

  it("codes that are not goods, the earliest date, the largest amount and quantity", async () => {
    const line = (order_id: string, product_id: string, quantity = 1): Row => ({
      order_id,
      product_id,
      quantity,
      unit_price_minor: 1000,
    });
    const shop: Shop = {
      orders: [order("fee"), order("post"), order("old", 1000, { ordered_at: "2001-05-05" }), order("large", 900_000)],
      order_lines: [line("fee", "Service-Fee"), line("post", "POST"), line("large", "P1", 900)],
    };
    expect(await keptOrders(shop)).toEqual(["old", "fee", "large"]);
    const codes = { codes: ["service-fee"], prefixes: [] };
    expect(await keptOrders(shop, { lines_that_are_not_goods: codes })).toEqual(["old", "large", "post"]);
    expect(await keptOrders(shop, { dates_outside_the_window: { earliest: "2010-01-01" } })).toEqual(["fee", "large"]);
    const impossible = { largestAmountMinor: 500_000 };
    expect(await keptOrders(shop, { impossible_prices_and_quantities: impossible })).toEqual(["old", "fee"]);
    const quantity = await room.clean(shop, { rules: { impossible_prices_and_quantities: { largestQuantity: 800 } } });
    expect(await quantity.setAside()).toContain("order_lines large/1 impossible_amount");
  });

  it("repeated lines: counted and kept, or taken out of the order's sum", async () => {
    const line = (line_no: number, more: Row = {}): Row => ({
      order_id: "o1",
      line_no,
      product_id: "P1",
      unit_price_minor: 300,
      ...more,
    });
    const shop: Shop = {
      orders: [order("o1", 1300), order("o2", 300)],
      order_lines: [line(1), line(2), line(3, { unit_price_minor: 400 }), line(4), { ...line(1), order_id: "o2" }],
    };
    const counted = await room.clean(shop);
    expect(counted.values.rules.find(({ rule }) => rule === "repeated_lines")).toMatchObject({
      effect: "flagged",
      rowsTouched: 2,
      moneyTouchedMinor: 600,
    });
    expect(await counted.rows("orders")).toMatchObject([{ gross_minor: 1300, units: 4 }, { gross_minor: 300 }]);
    const out = await room.clean(shop, { rules: { repeated_lines: { action: "set_aside" } } });
    expect(await out.setAside()).toEqual(["order_lines o1/2 repeated_line", "order_lines o1/4 repeated_line"]);
    expect(await out.rows("orders")).toMatchObject([{ gross_minor: 700, units: 2 }, { gross_minor: 300 }]);
    expect(out.values.reconciliation[0]).toMatchObject({ ordersMinor: 1600, keptMinor: 1000, notGoodsMinor: 600 });
  });

  it("how long after an order a refund may belong to it", async () => {
    const shop: Shop = {
      orders: [order("o1")],
      refunds: [{ refund_id: "r1", customer_id: "anna", goods_minor: 1000, refunded_at: "2024-02-01" }],
    };
    const linkWithin = async (withinDays: number) => {
      const cleaned = await room.clean(shop, { rules: { refunds_linked: { withinDays } } });
      return (await cleaned.rows("refunds"))[0].order_id;
    };
    expect(await linkWithin(31)).toBe("o1");
    expect(await linkWithin(30)).toBeNull();
  });

  it.each([
    ["exact_repeats", "repeated_order_ids"],
    ["dates_outside_the_window"],
    ["impossible_prices_and_quantities"],
    ["test_and_staff_orders"],
    ["cancelled_orders"],
    ["lines_that_are_not_goods"],
    ["giant_orders_reversed"],
  ] as const)("%s: off is off", async (...rules) => {
    const shop: Shop = {
      orders: [
        order("o1"),
        order("o1"),
        order("o2", 1000, { ordered_at: "1970-01-01" }),
        order("o3", 1000, { discount_minor: 2000 }),
        order("o4", 1000, { is_test: true }),
        order("o5", 1000, { status: "cancelled" }),
        order("o6"),
        order("o7"),
        order("o8"),
        order("giant", 77_777),
      ],
      order_lines: [{ order_id: "o6", product_id: "POST", unit_price_minor: 1000 }],
      refunds: [{ refund_id: "r1", order_id: "giant", goods_minor: 77_777, refunded_at: "2024-01-01T10:10:00Z" }],
    };
    expect(await keptOrders(shop)).toEqual(["o1", "o7", "o8"]);
    const off = Object.fromEntries(rules.map((rule) => [rule, false]));
    expect(await keptOrders(shop, off)).toHaveLength(4);
  });
});
