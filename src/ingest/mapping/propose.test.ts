import { describe, expect, it } from "vitest";
import { openPlaces, parseMapping } from "./mapping.ts";
import { mappingText } from "./mapping-text.ts";
import { propose } from "./propose.ts";
import { ColumnSample, currencyIn, dateOrderOf, decimalSeparatorOf } from "./sample.ts";

const table = (header: string, ...rows: string[]) =>
  header.split("|").map(
    (name, at) =>
      new ColumnSample(
        name,
        rows.map((row) => row.split("|")[at] ?? null),
      ),
  );
const proposed = (header: string, ...rows: string[]) =>
  propose(table(header, ...rows), { timezone: "UTC", currency: "USD" });

describe("a proposal from header words and values", () => {
  it.each([
    [
      "an English order export",
      ["Order ID|Customer|Date|Amount", "1001|ann|2024-01-03|19.99", "1002|bob|2024-01-04|5"],
      {
        table: "orders",
        columns: { order_id: "Order ID", customer_id: "Customer", ordered_at: "Date", total_minor: "Amount" },
      },
    ],
    [
      "a Chinese order export",
      [
        "订单号|会员编号|下单时间|实付金额|运费|订单状态",
        "A1|v1|2024-01-03 10:00|19.99元|5|已完成",
        "A2|v2|2024-01-03 11:00|8|0|已取消",
      ],
      {
        table: "orders",
        columns: {
          order_id: "订单号",
          customer_id: "会员编号",
          ordered_at: "下单时间",
          total_minor: "实付金额",
          shipping_minor: "运费",
          status: "订单状态",
        },
        values: { status: { 已完成: "completed", 已取消: "cancelled" } },
        currency: "CNY",
      },
    ],
    [
      "lines of orders, camel case",
      [
        "orderId|customerEmail|createdAt|sku|qty|unitPrice",
        "1|a@x.test|1/31/2024|s1|2|4.00",
        "1|a@x.test|1/31/2024|s2|1|3.50",
      ],
      {
        table: "orders_and_lines",
        date_order: "MDY",
        columns: {
          order_id: "orderId",
          customer_id: "customerEmail",
          email: "customerEmail",
          ordered_at: "createdAt",
          product_id: "sku",
          quantity: "qty",
          unit_price_minor: "unitPrice",
        },
      },
    ],
    [
      "an order that comes back is a line",
      [
        "Invoice|Client|Date|Item|Sales",
        "1|c|2024-01-03|cup|4.50",
        "1|c|2024-01-03|pot|9.00",
        "2|d|2024-01-03|pot|9.00",
      ],
      {
        table: "orders_and_lines",
        columns: {
          order_id: "Invoice",
          customer_id: "Client",
          ordered_at: "Date",
          title: "Item",
          product_id: "Item",
          line_total_minor: "Sales",
        },
      },
    ],
    [
      "customers",
      ["Customer ID|E-mail|Signup date|Country", "1|a@x.test|2024-01-03|GB"],
      {
        table: "customers",
        columns: { customer_id: "Customer ID", email: "E-mail", created_at: "Signup date", country: "Country" },
      },
    ],
    [
      "products",
      ["商品编码|商品名称|类目|售价|成本价", "p1|茶|饮品|15.50|9.00"],
      {
        table: "products",
        columns: {
          product_id: "商品编码",
          title: "商品名称",
          category_path: "类目",
          list_price_minor: "售价",
          unit_cost_minor: "成本价",
        },
      },
    ],
    [
      "refunds are no orders",
      ["Refund ID|Order ID|Customer ID|Refund date|Refund amount|Reason", "r1|o1|c1|2024-01-03|4.50|broken"],
      {
        table: "refunds",
        columns: {
          refund_id: "Refund ID",
          order_id: "Order ID",
          customer_id: "Customer ID",
          refunded_at: "Refund date",
          goods_minor: "Refund amount",
          reason: "Reason",
        },
      },
    ],
    [
      "events, seconds since 1970",
      ["event_id|user_id|timestamp|event_name|product_id", "e1|u1|1704164645|add_to_cart|p1"],
      {
        table: "events",
        date_order: "seconds",
        columns: {
          event_id: "event_id",
          customer_id: "user_id",
          occurred_at: "timestamp",
          name: "event_name",
          product_id: "product_id",
        },
      },
    ],
    [
      "decimal commas and euros",
      ["Order no.|Customer no.|Order date|Total (EUR)", "1|c|31.12.2023|1.204,50", "2|d|01.02.2024|19,99"],
      {
        table: "orders",
        date_order: "DMY",
        decimal_separator: ",",
        currency: "EUR",
        columns: {
          order_id: "Order no.",
          customer_id: "Customer no.",
          ordered_at: "Order date",
          total_minor: "Total (EUR)",
        },
      },
    ],
    [
      "amounts in cents",
      ["order_id|customer_id|ordered_at|total_cents", "1|c|2024-01-03|1999"],
      {
        table: "orders",
        amounts: "minor",
        columns: {
          order_id: "order_id",
          customer_id: "customer_id",
          ordered_at: "ordered_at",
          total_minor: "total_cents",
        },
      },
    ],
    [
      "a date and an amount under names nobody knows",
      ["Order ID|Customer|Wann|Wieviel", "1|c|2024-01-03|19.99"],
      {
        table: "orders",
        columns: { order_id: "Order ID", customer_id: "Customer", ordered_at: "Wann", total_minor: "Wieviel" },
      },
    ],
  ])("%s", (_, [header, ...rows], expected) => {
    const proposal = proposed(header as string, ...(rows as string[]))!;
    expect(proposal.mapping).toMatchObject(expected as object);
    expect(proposal.mapping.columns).toEqual((expected as { columns: object }).columns);
    expect(openPlaces(proposal.mapping)).toEqual([]);
  });

  it.each([
    ["who bought", ["Order ID|Date|Amount", "1|2024-01-03|5.00"], ["customer_id"]],
    ["the order", ["Customer|Date|Amount", "c|2024-01-03|5.00"], ["order_id"]],
    ["the order of day and month", ["Order ID|Customer|Date|Amount", "1|c|03/04/2024|5.00"], ["date_order"]],
    ["the decimals", ["Order ID|Customer|Date|Amount", "1|c|2024-01-03|1.234"], ["decimal_separator"]],
    ["which of two dates", ["Order ID|Customer|A|B|Amount", "1|c|2024-01-03|2024-01-04|5.00"], ["ordered_at"]],
    ["the status of an order's state", ["Order ID|Customer|State|Amount", "1|c|CA|5.00"], ["ordered_at"]],
  ])("leaves open what the file does not say: %s", (_, [header, ...rows], open) => {
    expect(openPlaces(proposed(header as string, ...(rows as string[]))!.mapping)).toEqual(open);
  });

  it("keeps an address as a hash even where its column is called customer", () => {
    const { mapping } = proposed("Order|Customer|Date|Total", "1|a@x.test|2024-01-03|5.00")!;
    expect(mapping.columns).toMatchObject({ customer_id: "Customer", email: "Customer" });
  });

  it("does not take a log of purchases for a list of products", () => {
    const log = proposed(
      "Id|Date|Price",
      ...Array.from({ length: 20 }, (_, at) => `${at % 4}|2024-01-${10 + at}|5.00`),
    )!;
    expect([log.mapping.table, openPlaces(log.mapping)]).toEqual(["orders", ["order_id", "customer_id"]]);
    const list = proposed("Id|Date|Price", ...Array.from({ length: 20 }, (_, at) => `${at}|2024-01-${10 + at}|5.00`))!;
    expect(list.mapping.table).toBe("products");
  });

  it("says nothing of tables it knows nothing about", () => {
    expect(proposed("a|b|c", "1|2|3")).toBeUndefined();
    expect(proposed("height|width|colour", "1.50|2.50|red")).toBeUndefined();
    expect(proposed("order_id^customer^date", "1^c^2024-01-03")).toBeUndefined();
  });

  it("is saved as a file that says the same, in both languages, with what is open", () => {
    const proposal = proposed("Order: ID|# Customer|Date|Amount|yes", "1|c|03/04/2024|£5.00|x")!;
    for (const language of ["en", "zh-CN"] as const) {
      const text = mappingText(proposal, { file: "a.csv", language });
      expect(parseMapping(text, "a.mapping.yaml")).toEqual(proposal.mapping);
      expect(text).not.toMatch(/\{(?!\s*join)\w+\}/);
      expect(text).toContain(language === "en" ? "OPEN: DMY or MDY?" : "待定：DMY 还是 MDY？");
    }
  });
});

describe("what values show", () => {
  const column = (...values: string[]) => [new ColumnSample("x", values)];

  it("the order of dates", () => {
    expect(dateOrderOf(column("01/02/2024", "13/02/2024"))).toBe("DMY");
    expect(dateOrderOf(column("01/02/2024", "02/13/2024"))).toBe("MDY");
    expect(dateOrderOf(column("01/02/2024"))).toBeUndefined();
    expect(dateOrderOf(column("2024年1月2日"))).toBe("YMD");
    expect(dateOrderOf(column("1704164645123"))).toBe("milliseconds");
  });

  it("the sign before the decimals", () => {
    expect(decimalSeparatorOf(column("1,234.5"))).toBe(".");
    expect(decimalSeparatorOf(column("1,5", "12"))).toBe(",");
    expect(decimalSeparatorOf(column("1,234,567"))).toBe(".");
    expect(decimalSeparatorOf(column("12", "13"))).toBe(".");
    expect(decimalSeparatorOf(column("1,234"))).toBeUndefined();
    expect(decimalSeparatorOf(column("1,234", "0.5"))).toBe(".");
  });

  it("the currency: a code before a sign, a shared sign as the project's own", () => {
    expect(currencyIn([new ColumnSample("Cost (AUD)", ["$5"])], "USD")).toBe("AUD");
    expect(currencyIn(column("$5"), "CAD")).toBe("CAD");
    expect(currencyIn(column("¥5"), "JPY")).toBe("JPY");
    expect(currencyIn(column("￥5"), "USD")).toBe("CNY");
    expect(currencyIn(column("5.00"), "USD")).toBeUndefined();
  });
});
