import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CleaningRoom, type Row } from "./small-shop.test-data.ts";

const room = new CleaningRoom();
beforeAll(() => room.open());
afterAll(() => room.close());

const order = (order_id: string, gross = 1000, more: Row = {}): Row => ({
  order_id,
  items_gross_minor: gross,
  ...more,
});
const ids = async (rows: Promise<Row[]>, column: string) => (await rows).map((row) => row[column]);

describe("exact repeats", () => {
  it("keeps one of rows that are equal in every column, in every table", async () => {
    const shop = {
      orders: [order("o1"), order("o1"), order("o2"), order("o1")],
      order_lines: [
        { order_id: "o1", unit_price_minor: 1000 },
        { order_id: "o1", unit_price_minor: 1000 },
      ],
      customers: [{ customer_id: "anna" }, { customer_id: "anna" }],
    };
    const cleaned = await room.clean(shop);
    expect(await ids(cleaned.rows("orders"), "order_id")).toEqual(["o1", "o2"]);
    expect(cleaned.touched("exact_repeats", "orders")).toBe(2);
    expect(cleaned.touched("exact_repeats", "order_lines")).toBe(1);
    expect(cleaned.touched("exact_repeats", "customers")).toBe(1);
    expect(cleaned.values.rules.find(({ rule, table }) => rule === "exact_repeats" && table === "orders")).toEqual({
      rule: "exact_repeats",
      effect: "set_aside",
      table: "orders",
      rowsBefore: 4,
      rowsTouched: 2,
      moneyTouchedMinor: 2000,
    });
  });

  it("says of a line why its order went, not that the order was repeated", async () => {
    const guest = order("guest", 300, { customer_id: null });
    const cleaned = await room.clean({
      orders: [order("o1"), guest, guest],
      order_lines: [{ order_id: "guest", unit_price_minor: 300 }],
    });
    expect(await cleaned.setAside()).toEqual([
      "order_lines guest/1 guest",
      "orders guest exact_repeat",
      "orders guest guest",
    ]);
  });
});

describe("repeated order ids", () => {
  it("keeps the latest status, whichever row comes first", async () => {
    const cleaned = await room.clean({
      orders: [
        order("o1", 900, { status: "completed" }),
        order("o1", 800, { status: "paid" }),
        order("o2", 100, { status: "pending" }),
        order("o2", 200, { status: "paid" }),
        order("o3", 300, { status: "cancelled" }),
        order("o3", 300, { status: "paid" }),
      ],
    });
    expect(await ids(cleaned.rows("orders"), "gross_minor")).toEqual([900, 200]);
    expect(await cleaned.setAside()).toEqual([
      "orders o1 repeated_id",
      "orders o2 repeated_id",
      "orders o3 cancelled",
      "orders o3 repeated_id",
    ]);
  });

  it("keeps the row read last where no status decides", async () => {
    const cleaned = await room.clean({
      orders: [order("o1")],
      customers: [
        { customer_id: "anna", country: "US" },
        { customer_id: "anna", country: "DE" },
      ],
    });
    expect(await ids(cleaned.rows("customers"), "country")).toEqual(["DE"]);
  });
});

describe("dates outside the window", () => {
  it("sets aside what happened before 1990 or has not happened yet", async () => {
    const cleaned = await room.clean({
      orders: [
        order("o1"),
        order("future", 1, { ordered_at: "2099-01-01" }),
        order("default", 1, { ordered_at: "1970-01-01" }),
      ],
      events: [{ event_id: "e1", customer_id: "anna", occurred_at: "2035-01-01" }],
    });
    expect(await cleaned.setAside()).toEqual([
      "events e1 date_outside_window",
      "orders default date_outside_window",
      "orders future date_outside_window",
    ]);
  });

  it("keeps a refund without a date out of every customer's history, and its money in the books", async () => {
    const refund = { order_id: "o1", customer_id: "anna", goods_minor: 300 };
    const cleaned = await room.clean({
      orders: [order("o1", 1000)],
      refunds: [
        { ...refund, refund_id: "dated" },
        { ...refund, refund_id: "undated", refunded_at: null, refunded_at_quality: "unknown" },
      ],
    });
    expect(await ids(cleaned.rows("refunds"), "refund_id")).toEqual(["dated"]);
    expect(await cleaned.setAside()).toEqual(["refunds undated date_unknown"]);
    expect(cleaned.values.reconciliation).toMatchObject([
      { refundsMinor: 600, refundsKeptMinor: 300, refundsSetAside: [{ reason: "date_unknown", rows: 1, minor: 300 }] },
    ]);
  });
});

describe("impossible prices and quantities", () => {
  it("sets aside amounts that cannot be, and leaves the order's own sum alone", async () => {
    const cleaned = await room.clean({
      orders: [order("o1", 1000), order("o2", 1000, { discount_minor: 1001 }), order("o3", -5), order("o4", 2e12)],
      order_lines: [
        { order_id: "o1", line_no: 1, unit_price_minor: 500, quantity: 2 },
        { order_id: "o1", line_no: 2, unit_price_minor: 0 },
        { order_id: "o1", line_no: 3, unit_price_minor: -500 },
        { order_id: "o1", line_no: 4, unit_price_minor: 5, quantity: 0 },
        { order_id: "o1", line_no: 5, unit_price_minor: 9e15, quantity: 9e15 },
      ],
      refunds: [{ refund_id: "r1", order_id: "o1", goods_minor: -5 }],
      assignments: [{ assignment_id: "a1", customer_id: "anna", propensity: 1.2 }],
    });
    expect(await cleaned.rows("orders")).toMatchObject([{ order_id: "o1", gross_minor: 1000, units: 2 }]);
    expect(await cleaned.setAside()).toEqual([
      "assignments a1 impossible_propensity",
      ...[2, 3, 4, 5].map((line) => `order_lines o1/${line} impossible_amount`),
      ...["o2", "o3", "o4"].map((id) => `orders ${id} impossible_amount`),
      "refunds r1 impossible_amount",
    ]);
  });
});

describe("test and staff orders", () => {
  it("sets aside orders marked as tests and all that belongs to test customers", async () => {
    const cleaned = await room.clean({
      customers: [
        { customer_id: "anna", is_test: false },
        { customer_id: "staff", is_test: true },
      ],
      orders: [order("o1"), order("o2", 5, { is_test: true }), order("o3", 7, { customer_id: "staff" })],
      order_lines: [{ order_id: "o3", unit_price_minor: 7 }],
      events: [{ event_id: "e1", customer_id: "staff" }],
      refunds: [{ refund_id: "r1", order_id: "o2", goods_minor: 5 }],
    });
    expect(await ids(cleaned.rows("orders"), "order_id")).toEqual(["o1"]);
    expect(await ids(cleaned.rows("customers"), "customer_id")).toEqual(["anna"]);
    expect(await cleaned.setAside()).toEqual([
      "customers staff test_or_staff",
      "events e1 test_or_staff",
      "order_lines o3/1 test_or_staff",
      "orders o2 test_or_staff",
      "orders o3 test_or_staff",
      "refunds r1 test_or_staff",
    ]);
    const report = cleaned.values.rules.find(
      ({ rule, table }) => rule === "test_and_staff_orders" && table === "orders",
    );
    expect(report).toMatchObject({ rowsBefore: 3, rowsTouched: 2, moneyTouchedMinor: 12 });
  });
});

describe("same e-mail, same customer", () => {
  const customers: Row[] = [
    { customer_id: "guest", email_hmac: "h1", created_at: "2024-03-01", country: "FR", consent_ads: "granted" },
    {
      customer_id: "anna",
      email_hmac: "h1",
      created_at: "2024-01-01",
      consent_email: "granted",
      consent_ads: "unknown",
    },
    { customer_id: "late", email_hmac: "h1", consent_email: "denied" },
    { customer_id: "bob", email_hmac: "h2", created_at: "2024-01-05" },
    { customer_id: "abel", email_hmac: "h2", created_at: "2024-01-06" },
    { customer_id: "carl", country: "US" },
    { customer_id: "dora", country: "US" },
  ];
  const shop = {
    customers,
    orders: [order("o1"), order("o2", 2000, { customer_id: "guest" }), order("o3", 1, { customer_id: "carl" })],
    refunds: [{ refund_id: "r1", customer_id: "late", goods_minor: 100 }],
    events: [{ event_id: "e1", customer_id: "late" }],
    assignments: [{ assignment_id: "a1", customer_id: "guest" }],
    exposures: [{ exposure_id: "x1", assignment_id: "a1" }],
  };

  it("maps everything to the id created first", async () => {
    const cleaned = await room.clean(shop);
    expect(await cleaned.rows("orders")).toMatchObject([
      { order_id: "o1", customer_id: "anna" },
      { order_id: "o2", customer_id: "anna" },
      { order_id: "o3", customer_id: "carl" },
    ]);
    for (const name of ["refunds", "events", "assignments", "exposures"]) {
      expect(await ids(cleaned.rows(name), "customer_id")).toEqual(["anna"]);
    }
    expect(cleaned.touched("same_email_same_customer", "customers")).toBe(3);
    expect(cleaned.touched("same_email_same_customer", "orders")).toBe(1);
  });

  it("leaves people without an e-mail apart, fills gaps, and takes a no for a no", async () => {
    const cleaned = await room.clean(shop);
    expect(await cleaned.rows("customers")).toMatchObject([
      { customer_id: "anna", country: "FR", consent_email: "denied", consent_ads: "unknown" },
      { customer_id: "bob", country: null },
      { customer_id: "carl" },
      { customer_id: "dora" },
    ]);
  });

  it("can be switched off", async () => {
    const cleaned = await room.clean(shop, { rules: { same_email_same_customer: false } });
    expect(await ids(cleaned.rows("orders"), "customer_id")).toEqual(["anna", "carl", "guest"]);
  });
});

describe("guest and cancelled orders", () => {
  it("sets them aside with their lines and refunds, counted and in money", async () => {
    const cleaned = await room.clean({
      orders: [
        order("o1"),
        order("guest", 300, { customer_id: null }),
        order("cancelled", 200, { status: "cancelled" }),
        order("late", 100, { cancelled_at: "2024-01-02" }),
        order("failed", 50, { status: "failed" }),
      ],
      order_lines: [
        { order_id: "guest", unit_price_minor: 300 },
        { order_id: "cancelled", unit_price_minor: 200 },
        { order_id: "nowhere", unit_price_minor: 1 },
      ],
      refunds: [
        { refund_id: "r1", order_id: "cancelled", goods_minor: 200 },
        { refund_id: "r2", goods_minor: 1 },
        { refund_id: "r3", customer_id: "stranger", goods_minor: 1 },
      ],
      events: [{ event_id: "e1", customer_id: "stranger" }],
    });
    expect(await cleaned.setAside()).toEqual([
      "events e1 unknown_customer",
      "order_lines cancelled/1 cancelled",
      "order_lines guest/1 guest",
      "order_lines nowhere/1 unknown_order",
      "orders cancelled cancelled",
      "orders failed cancelled",
      "orders guest guest",
      "orders late cancelled",
      "refunds r1 cancelled",
      "refunds r2 guest",
      "refunds r3 no_order",
    ]);
    expect(cleaned.values.reconciliation).toEqual([
      {
        currency: "USD",
        ordersMinor: 1650,
        keptMinor: 1000,
        notGoodsMinor: 0,
        cancelledMinor: 350,
        setAside: [{ reason: "guest", rows: 1, minor: 300 }],
        refundsMinor: 202,
        refundsKeptMinor: 0,
        refundsSetAside: [
          { reason: "cancelled", rows: 1, minor: 200 },
          { reason: "guest", rows: 1, minor: 1 },
          { reason: "no_order", rows: 1, minor: 1 },
        ],
      },
    ]);
  });
});

describe("lines that are not goods", () => {
  it("takes postage and fees out of the goods, and orders of nothing else out of the orders", async () => {
    const cleaned = await room.clean({
      orders: [order("o1", 1800), order("post", 1800), order("without", 1000)],
      order_lines: [
        { order_id: "o1", line_no: 1, product_id: "22423", quantity: 2, unit_price_minor: 500 },
        { order_id: "o1", line_no: 2, product_id: "uci:POST", unit_price_minor: 800 },
        { order_id: "post", line_no: 1, product_id: "POST", quantity: 2, unit_price_minor: 900 },
        // A shop that never counted postage among the goods: nothing is subtracted.
        { order_id: "without", line_no: 1, product_id: "22423", quantity: 2, unit_price_minor: 500 },
        { order_id: "without", line_no: 2, product_id: "DOT", unit_price_minor: 300 },
        { order_id: "without", line_no: 3, product_id: "gift_0001_20", unit_price_minor: 300 },
      ],
      refunds: [
        { refund_id: "r1", customer_id: "anna", goods_minor: 800, reason: "POST" },
        { refund_id: "r2", customer_id: "anna", goods_minor: 100, reason: "D" },
      ],
    });
    expect(await cleaned.rows("orders")).toMatchObject([
      { order_id: "o1", gross_minor: 1000, net_minor: 1000, units: 2 },
      { order_id: "without", gross_minor: 1000, units: 2 },
    ]);
    expect(await ids(cleaned.rows("refunds"), "refund_id")).toEqual(["r2"]);
    expect(cleaned.values.reconciliation[0]).toMatchObject({
      ordersMinor: 4600,
      keptMinor: 2000,
      notGoodsMinor: 800,
      setAside: [{ reason: "no_goods", rows: 1, minor: 1800 }],
    });
    const report = cleaned.values.rules.find(({ rule }) => rule === "lines_that_are_not_goods");
    expect(report).toMatchObject({ effect: "not_goods", rowsTouched: 4, moneyTouchedMinor: 800 + 1800 + 300 + 300 });
  });
});
