import { Fields, minorUnitsIn } from "../fields.ts";
import { eachItem, inside, list, ofItem } from "../nested.ts";
import type { Mapping, Preset, PresetReading } from "../preset.ts";
import { trackedOrders, visitorIdentities } from "./visitors.ts";

const names: Readonly<Record<string, string>> = {
  "Products Searched": "search",
  "Product List Viewed": "list_view",
  "Product Viewed": "product_view",
  "Product Added": "add_to_cart",
  "Product Removed": "remove_from_cart",
  "Cart Viewed": "cart_view",
  "Checkout Started": "begin_checkout",
  "Order Completed": "purchase",
  "Order Refunded": "refund",
  "Product Added to Wishlist": "wishlist_add",
  "Promotion Viewed": "promo_view",
  "Promotion Clicked": "promo_click",
};

const properties = [
  "order_id",
  "currency",
  "revenue",
  "subtotal",
  "total",
  "shipping",
  "tax",
  "discount",
  "product_id",
  "quantity",
];

/**
 * Calls in Segment's v2 ecommerce spec, which RudderStack shares, one JSON object a line. Delivery is at least once: a
 * messageId counts once. Revenue is after discount, before shipping and tax. A refund without a total is of everything.
 */
export const segment: Preset = {
  name: "segment",
  recognisedBy: [["messageId", "type", "timestamp", "anonymousId"]],
  questions: { purchasesAre: ["events", "orders"] },
  read(context): PresetReading {
    const ifPresent = (column: string, sql: string) => (context.header.includes(column) ? sql : "NULL::VARCHAR");
    const unfolded = {
      ...Object.fromEntries(
        properties.map((key) => [`properties.${key}`, ifPresent("properties", inside("properties", `$.${key}`))]),
      ),
      "products list": ifPresent("properties", inside("properties", "$.products")),
      "traits.email": ifPresent("traits", inside("traits", "$.email")),
      "traits.phone": ifPresent("traits", inside("traits", "$.phone")),
    };
    const fields = new Fields({ ...context, header: [...context.header, ...Object.keys(unfolded)] });
    const messageId = fields.text("messageId", { required: true });
    const type = fields.text("type", { required: true });
    const at = fields.instant("timestamp", "UTC", { required: true });
    const call = fields.text("event");
    const visitor = fields.text("anonymousId");
    const customer = fields.text("userId");
    const currency = fields.keep(
      "currency of event",
      `upper(coalesce(raw."properties.currency", '${context.defaultCurrency}'))`,
    );
    fields.problem("unknown_currency", "properties.currency", `NOT regexp_full_match(${currency}, '[A-Z]{3}')`);
    const stated = (key: string) => fields.money(`properties.${key}`, currency);
    const [discount, shipping, tax, total] = ["discount", "shipping", "tax", "total"].map(stated);
    const orderId = fields.text("properties.order_id");
    const net = fields.keep(
      "net",
      `coalesce(${stated("revenue")}, ${stated("subtotal")}, ${total} - coalesce(${shipping}, 0) - coalesce(${tax}, 0))`,
    );
    const isPurchase = `coalesce(${call} = 'Order Completed', false)`;
    const isRefund = `coalesce(${call} = 'Order Refunded', false)`;
    const whole = `max(CASE WHEN ${isPurchase} THEN ${net} END) OVER (PARTITION BY ${orderId})`;
    const refunded = fields.keep("refunded", `CASE WHEN ${isRefund} THEN coalesce(${total}, ${whole}) END`);
    fields.problem("exact_repeat", "messageId", `row_number() OVER (PARTITION BY ${messageId} ORDER BY raw.line) > 1`);
    const sold = `CASE WHEN ${isPurchase} THEN ${net} END`;
    const cases = Object.entries(names).map(([theirs, ours]) => `WHEN '${theirs}' THEN '${ours}'`);
    const value = `coalesce(${sold}, ${refunded})`;
    const known = (column: string) => `arg_min(${fields.text(column)}, raw.line)`;
    const lines: Mapping = {
      table: "order_lines",
      yields: true,
      from: eachItem("products list"),
      where: `${isPurchase} AND ${orderId} IS NOT NULL AND ${list("products list")} IS NOT NULL AND ${minorUnitsIn(currency, ofItem("price"))} IS NOT NULL`,
      columns: {
        order_id: orderId,
        line_no: "raw.place",
        product_id: `coalesce(${ofItem("product_id")}, ${ofItem("sku")})`,
        title: ofItem("name"),
        quantity: `coalesce(TRY_CAST(${ofItem("quantity")} AS BIGINT), 1)`,
        unit_price_minor: minorUnitsIn(currency, ofItem("price")),
      },
    };
    const gross = `${net} + coalesce(${discount}, 0)`;
    const tracked = trackedOrders({
      orderId,
      customerId: customer,
      at,
      currency,
      isPurchase,
      gross,
      discount,
      shipping,
      tax,
      isRefund,
      refundId: messageId,
      refunded,
    });
    return {
      table: "events",
      unfolded,
      derived: fields.derived,
      problems: fields.problems,
      expectedReasons: ["exact_repeat"],
      contacts: { "traits.email": "email", "traits.phone": "phone" },
      money: { minor: `coalesce(${sold}, -${refunded})`, currency },
      mappings: [
        {
          table: "events",
          where: `${type} IN ('track', 'page', 'screen')`,
          columns: {
            event_id: messageId,
            customer_id: customer,
            anonymous_id: visitor,
            occurred_at: at,
            name: `CASE WHEN ${type} <> 'track' THEN 'page_view' ELSE CASE ${call} ${cases.join(" ")} ELSE 'other' END END`,
            product_id: fields.text("properties.product_id"),
            quantity: fields.integer("properties.quantity"),
            value_minor: value,
            currency: `CASE WHEN ${value} IS NOT NULL THEN ${currency} END`,
            order_id: orderId,
          },
        },
        visitorIdentities("anonymous_id", visitor, customer, at),
        {
          table: "customers",
          yields: true,
          where: `${type} = 'identify' AND ${customer} IS NOT NULL`,
          groupBy: [customer],
          columns: { customer_id: customer, email_hmac: known("traits.email"), phone_hmac: known("traits.phone") },
        },
        ...(context.answers["purchasesAre"] === "orders" ? [...tracked, lines] : []),
      ],
    };
  },
};
