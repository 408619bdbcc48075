import { defineTable, optional, required } from "./columns.ts";

/**
 * What `clean` hands on. Money is in minor units of the workspace currency, converted at the business date.
 * `value_minor` is the amount on the value basis (margin, net or revenue) that the artifact's values name;
 * refunds are kept apart with their own date, so that nothing is netted before it was known.
 */
export const cleanCustomers = defineTable("customers", ["customer_id"], {
  customer_id: required("text"),
  created_at: optional("timestamp"),
  country: optional("text"),
  language: optional("text"),
  acquisition_channel: optional("text"),
  consent_email: optional("text"),
  consent_ads: optional("text"),
});

export const cleanOrders = defineTable("orders", ["order_id"], {
  order_id: required("text"),
  customer_id: required("text"),
  known_at: required("timestamp"),
  gross_minor: required("integer"),
  discount_minor: required("integer"),
  net_minor: required("integer"),
  value_minor: required("integer"),
  shipping_minor: required("integer"),
  units: required("integer"),
  has_coupon: required("boolean"),
  /** Whether any cost in `value_minor` was filled in. */
  value_imputed: required("boolean"),
  /** What a cap took off `value_minor`: the two together are the value as it came. */
  value_capped_minor: required("integer"),
});

export const cleanOrderLines = defineTable("order_lines", ["order_id", "line_no"], {
  order_id: required("text"),
  line_no: required("integer"),
  customer_id: required("text"),
  known_at: required("timestamp"),
  product_id: optional("text"),
  category: optional("text"),
  units: required("integer"),
  net_minor: required("integer"),
  /** Quantity × unit cost, on the margin basis; NULL where unknown and not filled in. */
  cost_minor: optional("integer"),
  cost_imputed: required("boolean"),
});

export const cleanProducts = defineTable("products", ["product_id"], {
  product_id: required("text"),
  category: optional("text"),
  list_price_minor: optional("integer"),
  list_price_imputed: required("boolean"),
});

export const cleanRefunds = defineTable("refunds", ["refund_id"], {
  refund_id: required("text"),
  order_id: optional("text"),
  product_id: optional("text"),
  customer_id: required("text"),
  known_at: required("timestamp"),
  net_minor: required("integer"),
  value_minor: required("integer"),
});

export const cleanEvents = defineTable("events", ["event_id"], {
  event_id: required("text"),
  customer_id: required("text"),
  session_id: optional("text"),
  known_at: required("timestamp"),
  name: required("text"),
  category: optional("text"),
});

export const cleanTreatments = defineTable("treatments", ["treatment_id"], {
  treatment_id: required("text"),
  type: required("text"),
  percent_bps: optional("integer"),
  valid_days: optional("integer"),
  channel: optional("text"),
  contact_cost_minor: required("integer"),
});

export const cleanAssignments = defineTable("assignments", ["assignment_id"], {
  assignment_id: required("text"),
  customer_id: required("text"),
  treatment_id: required("text"),
  eligible_treatment_ids: optional("text"),
  propensity: optional("double"),
  known_at: required("timestamp"),
});

export const cleanExposures = defineTable("exposures", ["exposure_id"], {
  exposure_id: required("text"),
  assignment_id: optional("text"),
  customer_id: required("text"),
  treatment_id: required("text"),
  kind: required("text"),
  known_at: required("timestamp"),
  cost_minor: required("integer"),
});

/** Ids that a rule found to be one person. A merge with `undone_at` is one the user took apart: it joins nothing. */
export const identityMerges = defineTable("identity_merges", ["merge_id"], {
  merge_id: required("text"),
  from_customer_id: required("text"),
  into_customer_id: required("text"),
  rule: required("text"),
  /** When both ids existed; NULL where that is unknown. */
  merged_at: optional("timestamp"),
  undone_at: optional("timestamp"),
});

/** What is worth knowing about a customer, and since when it is known: use only `known_at < as_of`. */
export const customerFlags = defineTable("customer_flags", ["customer_id", "flag"], {
  customer_id: required("text"),
  flag: required("text"),
  known_at: required("timestamp"),
});

/** What cleaning fitted, on facts known before `known_before` only. @public */
export const cleaningFits = defineTable("cleaning_fits", ["position"], {
  position: required("integer"),
  subject: required("text"),
  method: required("text"),
  group_key: required("text"),
  statistic: required("text"),
  value: required("double"),
  reference_rows: required("integer"),
  known_before: required("timestamp"),
});

export const cleanTables = {
  customers: cleanCustomers,
  orders: cleanOrders,
  order_lines: cleanOrderLines,
  products: cleanProducts,
  refunds: cleanRefunds,
  events: cleanEvents,
  treatments: cleanTreatments,
  assignments: cleanAssignments,
  exposures: cleanExposures,
} as const;
