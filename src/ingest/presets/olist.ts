import { Fields } from "../fields.ts";
import type { Preset, PresetContext, PresetReading } from "../preset.ts";

const files = {
  orders: ["order_id", "customer_id", "order_status", "order_purchase_timestamp"],
  items: ["order_id", "order_item_id", "product_id", "seller_id", "price", "freight_value"],
  payments: ["order_id", "payment_sequential", "payment_type", "payment_value"],
  customers: ["customer_id", "customer_unique_id", "customer_zip_code_prefix"],
} as const;

const zone = "America/Sao_Paulo";
const brl = "'BRL'";

/**
 * Brazilian E-Commerce by Olist, four of its files, imported together: orders, whose amounts stand among the items; items;
 * payments; customers. `customer_id` is another in every order: who it is, is `customer_unique_id`. Reais, São Paulo time.
 */
export const olist: Preset = {
  name: "olist",
  recognisedBy: Object.values(files),
  read(context): PresetReading {
    if (context.header.includes("order_status")) return orders(context);
    if (context.header.includes("order_item_id")) return items(context);
    return context.header.includes("payment_value") ? payments(context) : customers(context);
  },
};

function orders(context: PresetContext): PresetReading {
  const fields = new Fields(context);
  const orderId = fields.text("order_id", { required: true });
  const customerId = fields.text("customer_id", { required: true });
  const status = fields.text("order_status");
  const at = fields.instant("order_purchase_timestamp", zone, { required: true });
  return {
    table: "orders",
    derived: fields.derived,
    problems: fields.problems,
    expectedReasons: [],
    mappings: [
      {
        table: "orders",
        columns: {
          order_id: orderId,
          customer_id: customerId,
          ordered_at: at,
          paid_at: fields.instant("order_approved_at", zone),
          status: `CASE ${status} WHEN 'delivered' THEN 'completed' WHEN 'canceled' THEN 'cancelled' WHEN 'unavailable' THEN 'cancelled' WHEN 'created' THEN 'pending' ELSE 'paid' END`,
          currency: brl,
        },
      },
    ],
  };
}

function items(context: PresetContext): PresetReading {
  const fields = new Fields(context);
  const orderId = fields.text("order_id", { required: true });
  const lineNo = fields.integer("order_item_id", { required: true });
  const price = fields.money("price", brl, { required: true });
  const freight = fields.money("freight_value", brl, { required: true });
  return {
    table: "order_lines",
    derived: fields.derived,
    problems: fields.problems,
    together: orderId,
    expectedReasons: [],
    money: { minor: `${price} + ${freight}`, currency: brl },
    mappings: [
      {
        table: "order_lines",
        columns: {
          order_id: orderId,
          line_no: lineNo,
          product_id: fields.text("product_id"),
          quantity: "CAST(1 AS BIGINT)",
          unit_price_minor: price,
        },
      },
      {
        table: "orders",
        completes: true,
        groupBy: [orderId],
        columns: {
          order_id: orderId,
          items_gross_minor: `CAST(sum(${price}) AS BIGINT)`,
          shipping_minor: `CAST(sum(${freight}) AS BIGINT)`,
        },
      },
    ],
  };
}

function payments(context: PresetContext): PresetReading {
  const fields = new Fields(context);
  const orderId = fields.text("order_id", { required: true });
  const paid = fields.money("payment_value", brl, { required: true });
  return {
    table: "orders",
    derived: fields.derived,
    problems: fields.problems,
    together: orderId,
    expectedReasons: [],
    money: { minor: paid, currency: brl },
    mappings: [
      {
        table: "orders",
        completes: true,
        groupBy: [orderId],
        columns: { order_id: orderId, total_minor: `CAST(sum(${paid}) AS BIGINT)` },
      },
    ],
  };
}

function customers(context: PresetContext): PresetReading {
  const fields = new Fields(context);
  const person = fields.text("customer_unique_id", { required: true });
  const idOfOrder = fields.text("customer_id", { required: true });
  return {
    table: "customers",
    derived: fields.derived,
    problems: fields.problems,
    expectedReasons: [],
    mappings: [
      { table: "customers", groupBy: [person], columns: { customer_id: person, country: "'BR'" } },
      { table: "identities", columns: { id_type: "'store_id'", id_value: idOfOrder, customer_id: person } },
    ],
  };
}
