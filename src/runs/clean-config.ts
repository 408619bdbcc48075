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

/** What a project can set about cleaning. */
export const cleanSchema = z.strictObject({
  rules: rulesSchema.prefault({}),
  /** Merges of customer ids to take apart again, by the `merge_id` that `longrun show identities` prints. */
  undoneMerges: words.default([]),
});

export type CleanConfig = z.output<typeof cleanSchema>;
export type CleanConfigInput = z.input<typeof cleanSchema>;
export type RuleName = keyof CleanConfig["rules"];
export const ruleNames = Object.keys(rulesSchema.shape) as RuleName[];

/** The settings of a rule that has any. */
export type RuleSettings<Name extends RuleName> = Exclude<CleanConfig["rules"][Name], boolean>;
