import { z } from "zod";

/** A rule that is on, off, or on with other settings than its own: `true`, `false`, `{ withinMinutes: 30 }`. */
function tunable<Shape extends z.ZodRawShape>(shape: Shape) {
  const settings = z.strictObject(shape);
  return z
    .union([z.boolean(), settings])
    .default(true)
    .transform((chosen) => (chosen === true ? settings.parse({}) : chosen));
}

const onOff = z.boolean().default(true);
const words = z.array(z.string().min(1));

/** Product codes under which shops book postage, carriage, manual entries, discounts, samples, bad debt, fees, donations, packing. */
const codesOfNoGoods = ["post", "dot", "c2", "m", "d", "s", "b", "bank charges", "amazonfee", "cruk", "pads"];

/** Every cleaning rule that can be switched off, by the name under which it is reported; see docs/cleaning.md. */
const rulesSchema = z.strictObject({
  exact_repeats: onOff,
  repeated_order_ids: onOff,
  repeated_lines: tunable({ action: z.enum(["flag", "set_aside"]).default("flag") }),
  dates_outside_the_window: tunable({ earliest: z.iso.date().default("1990-01-01") }),
  impossible_prices_and_quantities: tunable({
    largestQuantity: z.number().positive().default(1e7),
    /** Minor units of the row's own currency. */
    largestAmountMinor: z.number().positive().max(1e12).default(1e12),
  }),
  /** Patterns may begin or end with `*`; upper and lower case are the same. */
  test_and_staff_orders: tunable({
    orderIds: words.default([]),
    customerIds: words.default([]),
    couponCodes: words.default([]),
  }),
  same_email_same_customer: tunable({ largestGroup: z.number().int().min(2).default(1000) }),
  same_phone_same_customer: tunable({ largestGroup: z.number().int().min(2).default(5) }),
  cancelled_orders: onOff,
  later_cancellations: tunable({ afterHours: z.number().min(0).default(24) }),
  lines_that_are_not_goods: tunable({
    codes: words.default(codesOfNoGoods),
    /** Gift vouchers are sold once more when they are used; `dcgs` is marketplace stock booked for adjustments. */
    prefixes: words.default(["gift_", "dcgs"]),
  }),
  giant_orders_reversed: tunable({
    withinMinutes: z.number().positive().default(60),
    /** How many times the median order an order must be. */
    multiple: z.number().min(1).default(20),
  }),
  wholesale_customers: tunable({
    action: z.enum(["flag", "set_aside"]).default("flag"),
    /** How many interquartile ranges of the logarithm above the upper quartile an order must lie. */
    fenceMultiple: z.number().positive().default(3),
    /** How many orders of that size make a wholesaler. */
    minimumOrders: z.number().int().min(1).default(2),
  }),
  refunds_linked: tunable({ withinDays: z.number().positive().optional() }),
});

/**
 * How the gaps of a column are filled: `as: "share"` fills the amount's share of the price or goods it belongs to, so that
 * dear things cost more. `by` names the groups that are filled apart; a group without a value takes that of all.
 */
function filling<Group extends string>(groups: readonly [Group, ...Group[]], as: "share" | "amount") {
  const common = { as: z.enum(["share", "amount"]).default(as) };
  const grouped = { ...common, by: z.enum(groups).optional() };
  return z.union([
    z.literal(false),
    z.discriminatedUnion("method", [
      z.strictObject({ method: z.literal("mean"), ...grouped }),
      z.strictObject({ method: z.literal("median"), ...grouped }),
      z.strictObject({ method: z.literal("interpolation"), ...grouped }),
      z.strictObject({
        method: z.literal("nearest_neighbours"),
        ...common,
        neighbours: z.number().int().min(1).max(100).default(5),
        largestReference: z.number().int().min(10).max(50_000).default(20_000),
      }),
    ]),
  ]);
}

/** Columns whose gaps can be filled; what is not filled stays unknown, and counts as no cost. */
const missingSchema = z.strictObject({
  "order_lines.unit_cost_minor": filling(["category", "product"], "share").default({
    method: "median",
    by: "category",
    as: "share",
  }),
  "orders.shipping_cost_minor": filling(["country", "sales_channel"], "amount").default(false),
  "orders.payment_fee_minor": filling(["country", "sales_channel"], "share").default(false),
  "products.list_price_minor": filling(["category"], "amount").default(false),
});

/** How far a value may lie out before it is capped: exact quantiles, Tukey's fences, or medians of deviations. */
const capping = z
  .union([
    z.literal(false),
    z.discriminatedUnion("method", [
      z.strictObject({
        method: z.literal("quantile"),
        lower: z.number().min(0).lt(0.5).optional(),
        upper: z.number().gt(0.5).max(1).default(0.999),
      }),
      z.strictObject({
        method: z.literal("iqr"),
        multiple: z.number().positive().default(3),
        sides: z.enum(["upper", "both"]).default("upper"),
      }),
      z.strictObject({
        method: z.literal("mad"),
        multiple: z.number().positive().default(5),
        sides: z.enum(["upper", "both"]).default("upper"),
      }),
    ]),
  ])
  .default(false);

/** Columns that can be capped; none is by default, so that every amount reconciles as it stands. */
const outliersSchema = z.strictObject({
  "orders.value_minor": capping,
  "orders.units": capping,
  "order_lines.units": capping,
  "exposures.cost_minor": capping,
});

/** What a project can set about cleaning. */
export const cleanSchema = z.strictObject({
  rules: rulesSchema.prefault({}),
  missing: missingSchema.prefault({}),
  outliers: outliersSchema.prefault({}),
  /** Merges of customer ids to take apart again, by the `merge_id` that `longrun show identities` prints. */
  undoneMerges: words.default([]),
});

export type CleanConfig = z.output<typeof cleanSchema>;
export type CleanConfigInput = z.input<typeof cleanSchema>;
export type RuleName = keyof CleanConfig["rules"];
export const ruleNames = Object.keys(rulesSchema.shape) as RuleName[];

export type FillableColumn = keyof CleanConfig["missing"];
export type Filling = Exclude<CleanConfig["missing"][FillableColumn], false>;
export type CappableColumn = keyof CleanConfig["outliers"];
export type Capping = Exclude<CleanConfig["outliers"][CappableColumn], false>;

/** The settings of a rule that has any. */
export type RuleSettings<Name extends RuleName> = Exclude<CleanConfig["rules"][Name], boolean>;
