import { z } from "zod";
import { solverNames } from "./maximise.ts";

/** What a plan's file may say. `docs/plan.schema.json` is made from this; a test holds them together. */

const perPeriod = (describe: string) =>
  z.union([z.number(), z.array(z.number()).min(1)]).describe(`${describe}; one number, or one a period`);
const bound = (describe: string) =>
  z.union([z.number(), z.array(z.number()).min(1), z.null()]).describe(`${describe}; null for none`);
const rate = z.number().min(0).max(10).describe("discount rate per period, r");
const solver = z.enum(solverNames).default("lbfgsb").describe("which optimiser solves it");
const shortPeriods = z.number().int().min(1).default(1).describe("how many first periods are the short term");
const schemaPath = z.string().optional().describe("path of docs/plan.schema.json, for editors");
const name = z.string().min(1).max(60);

export const articleSchema = z
  .strictObject({
    $schema: schemaPath,
    kind: z.literal("article").describe("the founding article's own problem, with its sign put right"),
    revenue: z.array(z.number().gt(0)).min(1).max(600).describe("fₜ: revenue per unit of the lever in each period"),
    rate,
    lambda: z.number().min(0).optional().describe("the article's name of imbalancePenalty; give one of the two"),
    imbalancePenalty: z.number().min(0).optional().describe("weight of the imbalance Σ (CLVₜ − Rₜ)², in 1/money"),
    min: bound("least lever intensity").default(0),
    max: bound("largest lever intensity").default(null),
    floor: z.number().nullable().default(null).describe("least discounted revenue, terminal value included"),
    terminalGrowth: z
      .number()
      .min(0)
      .nullable()
      .default(null)
      .describe("g of a terminal value g·R_T/(r − g) at the end of the last period; g < r"),
    shortPeriods,
    solver,
  })
  .describe("max Σ Rₜ/(1+r)ᵗ − λ·Σ (CLVₜ − Rₜ)² with Rₜ = Xₜ·fₜ");

const hill = z.strictObject({
  shape: z.literal("hill"),
  ceiling: z.number().gt(0).describe("revenue that no intensity exceeds"),
  half: z.number().gt(0).describe("intensity that brings half of the ceiling"),
  slope: z.number().gt(0).max(20).default(1).describe("above 1 the curve is S-shaped"),
});
const exponential = z.strictObject({
  shape: z.literal("exponential"),
  ceiling: z.number().gt(0).describe("revenue that no intensity exceeds"),
  scale: z.number().gt(0).describe("intensity that brings 63 % of the ceiling"),
});
const power = z.strictObject({
  shape: z.literal("power"),
  coefficient: z.number().gt(0).describe("revenue of one unit of intensity"),
  exponent: z.number().gt(0).max(1).describe("1 is a straight line"),
});
export const curveSchema = z.discriminatedUnion("shape", [hill, exponential, power]);

const memory = z
  .strictObject({
    decay: z.number().min(0).lt(1).describe("share of the stock left after a period"),
    initial: z.number().min(0).default(0).describe("stock at the start of period 1"),
    effects: z
      .record(name, z.number())
      .describe("by segment: share of its baseline revenue gained (+) or lost (−) per unit of the stock"),
  })
  .describe("what a lever does to later revenue: its stock is the decayed sum of its past intensities");

const lever = z.strictObject({
  name,
  unit: z.string().max(30).default("").describe("of the intensity, for tables and charts"),
  min: perPeriod("least intensity").default(0),
  max: perPeriod("largest intensity"),
  unitCost: z.number().min(0).default(0).describe("money per unit of intensity and period"),
  carryOver: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .describe("adstock: share of the effective intensity left a period later"),
  initialCarryOver: z.number().min(0).default(0).describe("effective intensity in the period before the first"),
  season: perPeriod("factor on what the lever brings").default(1),
  responses: z
    .record(name, curveSchema)
    .describe("by segment: revenue that the effective intensity brings in a period"),
  memory: memory.optional(),
});

const limit = z
  .strictObject({
    name,
    levers: z.array(name).min(1).optional().describe("which levers are added up; default: all"),
    of: z.enum(["spend", "units"]).default("spend").describe("what is added up: money or intensities"),
    over: z.enum(["period", "all"]).default("period").describe("in every period, or over all of them together"),
    atMost: perPeriod("largest sum").optional(),
    atLeast: perPeriod("smallest sum").optional(),
  })
  .describe("a budget, a mix that must add up, a commitment");

const floor = z
  .strictObject({
    segment: name.optional().describe("default: all segments together"),
    after: z
      .number()
      .int()
      .min(0)
      .default(0)
      .describe("value of what follows the end of this period; 0: of everything"),
    atLeast: z.number(),
  })
  .describe("a floor on customer lifetime value");

export const leverPlanSchema = z
  .strictObject({
    $schema: schemaPath,
    kind: z.literal("plan").describe("several levers, segments and periods"),
    currency: z.string().length(3).optional().describe("for tables and charts"),
    periods: z.number().int().min(1).max(120),
    rate,
    segments: z
      .array(z.strictObject({ name, baseline: perPeriod("revenue without any lever, best as contribution margin") }))
      .min(1)
      .max(20),
    levers: z.array(lever).min(1).max(20),
    limits: z.array(limit).max(40).default([]),
    floors: z.array(floor).max(40).default([]),
    terminal: z
      .strictObject({
        retention: z.number().min(0).describe("each period after the last is worth this times the one before"),
      })
      .optional()
      .describe("what the last period earns, carried on; without it nothing after the last period counts"),
    imbalancePenalty: z
      .number()
      .min(0)
      .default(0)
      .describe(
        "weight of the imbalance between each period's revenue and the value left, both against the baseline's",
      ),
    shortPeriods,
    solver,
    starts: z
      .number()
      .int()
      .min(1)
      .max(500)
      .default(20)
      .describe("starts of the search where the problem is not concave"),
  })
  .describe("max Σ (Rₜ − spendₜ)/(1+r)ᵗ + terminal value − imbalance");

export const planInputSchema = z.discriminatedUnion("kind", [articleSchema, leverPlanSchema]);

export type ArticleInput = z.output<typeof articleSchema>;
export type LeverPlanInput = z.output<typeof leverPlanSchema>;
export type Curve = z.output<typeof curveSchema>;
