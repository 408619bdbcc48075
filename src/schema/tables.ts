import { defineTable, optional, required } from "./columns.ts";

/**
 * The canonical tables every source is mapped to. Rules that hold for all of them:
 * ids are opaque text; `_at` columns are UTC; `_minor` columns are integer minor units of the row's `currency`,
 * never negative (direction is by table); NULL means unknown, never zero; lists are text joined by `;`.
 */
export const customers = defineTable("customers", ["customer_id"], {
  customer_id: required("text"),
  created_at: optional("timestamp"),
  country: optional("text"),
  language: optional("text"),
  acquisition_channel: optional("text"),
  email_hmac: optional("text"),
  phone_hmac: optional("text"),
  consent_email: optional("text"),
  consent_sms: optional("text"),
  consent_ads: optional("text"),
  is_test: optional("boolean"),
});

/** An id by which a source knows a customer: a store's own, or a visitor's once somebody has logged in. */
export const identities = defineTable("identities", ["id_type", "id_value", "customer_id"], {
  id_type: required("text"),
  id_value: required("text"),
  customer_id: required("text"),
  /** Before this moment nobody knew whose id it was. */
  first_seen_at: optional("timestamp"),
  last_seen_at: optional("timestamp"),
});

export const products = defineTable("products", ["product_id"], {
  product_id: required("text"),
  sku: optional("text"),
  title: optional("text"),
  category_path: optional("text"),
  list_price_minor: optional("integer"),
  unit_cost_minor: optional("integer"),
  currency: optional("text"),
});

export const orders = defineTable("orders", ["order_id"], {
  order_id: required("text"),
  order_number: optional("text"),
  customer_id: optional("text"),
  ordered_at: required("timestamp"),
  paid_at: optional("timestamp"),
  cancelled_at: optional("timestamp"),
  status: required("text"),
  sales_channel: optional("text"),
  currency: required("text"),
  items_gross_minor: required("integer"),
  discount_minor: optional("integer"),
  shipping_minor: optional("integer"),
  tax_minor: optional("integer"),
  total_minor: optional("integer"),
  /** The part of the total that the platform paid for the customer. */
  platform_subsidy_minor: optional("integer"),
  shipping_cost_minor: optional("integer"),
  payment_fee_minor: optional("integer"),
  coupon_codes: optional("text"),
  ship_country: optional("text"),
  is_test: optional("boolean"),
});

export const orderLines = defineTable("order_lines", ["order_id", "line_no"], {
  order_id: required("text"),
  line_no: required("integer"),
  product_id: optional("text"),
  title: optional("text"),
  quantity: required("integer"),
  unit_price_minor: required("integer"),
  line_discount_minor: optional("integer"),
  unit_cost_minor: optional("integer"),
});

export const refunds = defineTable("refunds", ["refund_id"], {
  refund_id: required("text"),
  order_id: optional("text"),
  customer_id: optional("text"),
  /** NULL where the source has only the amount: it counts in totals and is no feature. */
  refunded_at: optional("timestamp"),
  /** "exact", "order_updated" or "unknown". */
  refunded_at_quality: optional("text"),
  kind: optional("text"),
  goods_minor: required("integer"),
  shipping_minor: optional("integer"),
  currency: required("text"),
  reason: optional("text"),
});

export const events = defineTable("events", ["event_id"], {
  event_id: required("text"),
  /** NULL as long as nobody knows who the visitor is. */
  customer_id: optional("text"),
  anonymous_id: optional("text"),
  session_id: optional("text"),
  occurred_at: required("timestamp"),
  name: required("text"),
  product_id: optional("text"),
  quantity: optional("integer"),
  value_minor: optional("integer"),
  currency: optional("text"),
  order_id: optional("text"),
});

export const treatments = defineTable("treatments", ["treatment_id"], {
  treatment_id: required("text"),
  type: required("text"),
  percent_bps: optional("integer"),
  valid_days: optional("integer"),
  channel: optional("text"),
  variable_cost_minor: optional("integer"),
  currency: optional("text"),
  is_personal_price: optional("boolean"),
});

export const assignments = defineTable("assignments", ["assignment_id"], {
  assignment_id: required("text"),
  experiment_id: optional("text"),
  customer_id: required("text"),
  treatment_id: required("text"),
  eligible_treatment_ids: optional("text"),
  propensity: optional("double"),
  policy_id: optional("text"),
  holdout: optional("text"),
  assigned_at: required("timestamp"),
});

export const exposures = defineTable("exposures", ["exposure_id"], {
  exposure_id: required("text"),
  assignment_id: optional("text"),
  customer_id: optional("text"),
  treatment_id: required("text"),
  channel: optional("text"),
  kind: required("text"),
  exposed_at: required("timestamp"),
  order_id: optional("text"),
  cost_minor: optional("integer"),
  currency: optional("text"),
});

export const adSpend = defineTable("ad_spend", ["date", "account_id", "campaign_id", "adset_id", "ad_id", "country"], {
  date: required("date"),
  account_id: required("text"),
  campaign_id: required("text"),
  adset_id: required("text"),
  ad_id: required("text"),
  /** Blank: all countries. */
  country: required("text"),
  channel: required("text"),
  spend_minor: required("integer"),
  currency: required("text"),
  impressions: optional("integer"),
  clicks: optional("integer"),
  platform_conversions: optional("double"),
  platform_value_minor: optional("integer"),
  /** The dates are this zone's days. */
  account_timezone: required("text"),
});

export const fxRates = defineTable("fx_rates", ["date", "base", "quote"], {
  date: required("date"),
  base: required("text"),
  quote: required("text"),
  rate: required("double"),
  provider: optional("text"),
});

export const canonicalTables = {
  customers,
  identities,
  products,
  orders,
  order_lines: orderLines,
  refunds,
  events,
  treatments,
  assignments,
  exposures,
  ad_spend: adSpend,
  fx_rates: fxRates,
} as const;

export type CanonicalTableName = keyof typeof canonicalTables;

export const canonicalTableNames = Object.keys(canonicalTables) as CanonicalTableName[];

/** Where a canonical row came from; ingest writes it beside the columns of every table. */
export const rowOrigin = {
  source_id: required("text"),
  file: required("text"),
  line: required("integer"),
} as const;

/** Why a row was set aside, and where it came from; nothing is ever dropped without one of these. */
export const setAside = defineTable("set_aside", ["source_id", "file", "line", "table_name"], {
  ...rowOrigin,
  table_name: required("text"),
  reason: required("text"),
  column_name: optional("text"),
  value: optional("text"),
});
