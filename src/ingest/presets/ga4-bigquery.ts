import { Fields } from "../fields.ts";
import { inside, list } from "../nested.ts";
import type { Preset, PresetReading } from "../preset.ts";
import { trackedOrders, visitorIdentities } from "./visitors.ts";

const names: Readonly<Record<string, string>> = {
  page_view: "page_view",
  search: "search",
  view_search_results: "search",
  view_item_list: "list_view",
  view_item: "product_view",
  add_to_cart: "add_to_cart",
  remove_from_cart: "remove_from_cart",
  view_cart: "cart_view",
  begin_checkout: "begin_checkout",
  purchase: "purchase",
  refund: "refund",
  add_to_wishlist: "wishlist_add",
  view_promotion: "promo_view",
  select_promotion: "promo_click",
};

const unfolded = {
  transaction_id: inside("ecommerce", "$.transaction_id"),
  purchase_revenue: inside("ecommerce", "$.purchase_revenue"),
  refund_value: inside("ecommerce", "$.refund_value"),
  shipping_value: inside("ecommerce", "$.shipping_value"),
  tax_value: inside("ecommerce", "$.tax_value"),
  currency: parameter("currency", "string_value"),
  ga_session_id: parameter("ga_session_id", "int_value"),
  item_id: `CASE WHEN len(${list("items")}) = 1 THEN ${inside("items", "$[0].item_id")} END`,
  item_quantity: `CASE WHEN len(${list("items")}) = 1 THEN ${inside("items", "$[0].quantity")} END`,
};

/**
 * Google Analytics 4 as exported to BigQuery (`events_YYYYMMDD`), saved as Parquet or JSON lines. Days overlap, because a
 * day's table changes for three more: an event has the same id in each file, and the last file counts. A purchase
 * that was sent twice counts once. Purchases are events, and the store's own orders the orders, unless asked otherwise.
 */
export const ga4Bigquery: Preset = {
  name: "ga4-bigquery",
  recognisedBy: [["event_date", "event_timestamp", "event_name", "event_params", "user_pseudo_id"]],
  questions: { purchasesAre: ["events", "orders"] },
  read(context): PresetReading {
    // An export of a day without purchases may lack what only purchases have.
    const nested = ["ecommerce", "items"].filter((column) => !context.header.includes(column));
    const columns = Object.fromEntries(
      Object.entries(unfolded).map(([name, sql]) => [
        name,
        nested.some((column) => sql.includes(`"${column}"`)) ? "NULL::VARCHAR" : sql,
      ]),
    );
    const fields = new Fields({ ...context, header: [...context.header, ...Object.keys(unfolded)] });
    const name = fields.text("event_name", { required: true });
    const micros = fields.integer("event_timestamp", { required: true });
    const at = fields.keep("occurred at", `make_timestamp(${micros})`);
    fields.problem("future_date", "event_timestamp", `${at} > ${context.now}`);
    const visitor = fields.text("user_pseudo_id");
    const customer = fields.text("user_id");
    const currency = fields.keep("currency of event", `upper(coalesce(raw."currency", '${context.defaultCurrency}'))`);
    fields.problem("unknown_currency", "currency", `NOT regexp_full_match(${currency}, '[A-Z]{3}')`);
    const revenue = fields.money("purchase_revenue", currency);
    const refunded = fields.money("refund_value", currency);
    const shipping = fields.money("shipping_value", currency);
    const tax = fields.money("tax_value", currency);
    const orderId = fields.keep("order", `CASE WHEN raw."transaction_id" <> '(not set)' THEN raw."transaction_id" END`);
    const content = ["user_pseudo_id", "event_timestamp", "event_name", "event_params", "items"]
      .filter((column) => context.header.includes(column))
      .map((column) => `raw."${column}"`);
    const eventId = fields.keep("event", `md5(concat_ws('|', ${content.join(", ")}))`);
    const nth = (key: string) => `row_number() OVER (PARTITION BY ${key} ORDER BY ${at}, raw.line) > 1`;
    fields.problem("exact_repeat", undefined, nth(eventId));
    const isPurchase = `${name} = 'purchase'`;
    fields.problem(
      "repeated_transaction",
      "transaction_id",
      `${isPurchase} AND ${orderId} IS NOT NULL AND ${nth(`${name}, ${orderId}`)}`,
    );
    const cases = Object.entries(names).map(([theirs, ours]) => `WHEN '${theirs}' THEN '${ours}'`);
    const value = `CASE ${name} WHEN 'purchase' THEN ${revenue} WHEN 'refund' THEN ${refunded} END`;
    const isOrder = context.answers["purchasesAre"] === "orders";
    return {
      table: "events",
      unfolded: columns,
      derived: fields.derived,
      problems: fields.problems,
      expectedReasons: ["exact_repeat", "repeated_transaction"],
      money: { minor: `CASE ${name} WHEN 'purchase' THEN ${revenue} WHEN 'refund' THEN -${refunded} END`, currency },
      mappings: [
        {
          table: "events",
          columns: {
            event_id: eventId,
            customer_id: customer,
            anonymous_id: visitor,
            session_id: `${visitor} || '.' || ${fields.text("ga_session_id")}`,
            occurred_at: at,
            name: `CASE ${name} ${cases.join(" ")} ELSE 'other' END`,
            product_id: fields.text("item_id"),
            quantity: fields.integer("item_quantity"),
            value_minor: value,
            currency: `CASE WHEN ${value} IS NOT NULL THEN ${currency} END`,
            order_id: orderId,
          },
        },
        visitorIdentities("user_pseudo_id", visitor, customer, at),
        ...(isOrder
          ? trackedOrders({
              orderId,
              customerId: customer,
              at,
              currency,
              isPurchase,
              gross: revenue,
              discount: "CAST(NULL AS BIGINT)",
              shipping,
              tax,
              isRefund: `${name} = 'refund'`,
              refundId: eventId,
              refunded,
            })
          : []),
      ],
    };
  },
};

/** An event parameter: a list of keys with values of several types. */
function parameter(key: string, type: string): string {
  const found = `list_filter(${list("event_params")}, lambda entry: json_extract_string(entry, '$.key') = '${key}')[1]`;
  return `json_extract_string(${found}, '$.value.${type}')`;
}
