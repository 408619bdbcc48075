import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { planInputSchema } from "./input.ts";
import { separable } from "./lever-plans.test-data.ts";
import { solvePlan } from "./plan.ts";

const article = {
  kind: "article",
  revenue: [100, 150, 200, 250, 300],
  rate: 0.1,
  lambda: 0.1,
  min: 0,
  max: null,
  floor: null,
  solver: "lbfgsb",
};
const lever = (changes: object) => ({ ...separable, levers: [{ ...separable.levers[0], ...changes }] });

describe("the input of a plan", () => {
  it.each<[what: string, input: unknown, code: string, details: object]>([
    ["nothing of the kind", [], "plan_wrong_type", {}],
    ["an unknown kind", { ...article, kind: "wish" }, "plan_unknown_kind", { kind: '"wish"' }],
    ["an unknown key", { ...article, lamda: 1 }, "plan_unknown_key", { key: "lamda", place: "article" }],
    ["an unknown key deep down", lever({ unit_cost: 1 }), "plan_unknown_key", { key: "unit_cost", place: "levers[1]" }],
    ["a missing rate", { ...article, rate: undefined }, "plan_missing", { option: "rate" }],
    ["no penalty", { ...article, lambda: undefined }, "plan_missing", { option: "lambda" }],
    ["two penalties", { ...article, imbalancePenalty: 1 }, "plan_two_penalties", {}],
    ["a number that is none", { ...article, rate: Number.NaN }, "plan_wrong_type", { option: "rate", value: "NaN" }],
    [
      "an endless number",
      { ...article, revenue: [1, Number.POSITIVE_INFINITY] },
      "plan_wrong_type",
      { option: "revenue[2]" },
    ],
    ["text for a number", { ...article, rate: "0.1" }, "plan_wrong_type", { option: "rate", value: '"0.1"' }],
    ["a negative rate", { ...article, rate: -0.1 }, "plan_out_of_range", { option: "rate", range: "≥ 0" }],
    ["a negative penalty", { ...article, lambda: -1 }, "plan_out_of_range", { option: "lambda" }],
    [
      "revenue of nothing",
      { ...article, revenue: [100, 0] },
      "plan_out_of_range",
      { option: "revenue[2]", range: "> 0" },
    ],
    ["no period", { ...article, revenue: [] }, "plan_out_of_range", { option: "revenue" }],
    ["min above max", { ...article, min: 2, max: 1 }, "plan_bounds_crossed", { lower: 2, upper: 1, period: 1 }],
    ["too few minima", { ...article, min: [0, 0] }, "plan_wrong_length", { option: "min", length: 2, expected: 5 }],
    [
      "an unknown solver",
      { ...article, solver: "adam" },
      "plan_not_one_of",
      { value: '"adam"', known: ["gradient", "newton", "lbfgsb"] },
    ],
    ["growth as high as the rate", { ...article, terminalGrowth: 0.1 }, "plan_growth_not_below_rate", { growth: 0.1 }],
    ["a short term beyond the end", { ...article, shortPeriods: 6 }, "plan_out_of_range", { option: "shortPeriods" }],
    ["a floor out of reach", { ...article, max: 1, floor: 1e4 }, "plan_floor_unattainable", { floor: 1e4 }],
    [
      "an unknown shape",
      lever({ responses: { new: { shape: "log" } } }),
      "plan_not_one_of",
      { option: "levers[1].responses.new.shape" },
    ],
    [
      "a curve without its half",
      lever({ responses: { new: { shape: "hill", ceiling: 1 } } }),
      "plan_missing",
      { option: "levers[1].responses.new.half" },
    ],
    [
      "a segment there is not",
      lever({ responses: { old: separable.levers[0].responses.new } }),
      "plan_unknown_name",
      { name: "old" },
    ],
    [
      "an unknown lever in a limit",
      { ...separable, limits: [{ name: "b", levers: ["tv"], atMost: 1 }] },
      "plan_unknown_name",
      { name: "tv" },
    ],
    ["a limit without a side", { ...separable, limits: [{ name: "b" }] }, "plan_limit_without_side", { limit: "b" }],
    [
      "two levers of one name",
      { ...separable, levers: [separable.levers[0], separable.levers[0]] },
      "plan_name_twice",
      {},
    ],
    [
      "too short a baseline",
      { ...separable, segments: [{ name: "new", baseline: [1, 2] }] },
      "plan_wrong_length",
      { expected: 4 },
    ],
    ["a negative intensity", lever({ min: -1 }), "plan_out_of_range", { option: "levers.promotion.min[1]" }],
    ["value without end", { ...separable, terminal: { retention: 1.03 } }, "plan_retention_too_high", { most: 1.03 }],
    [
      "memory that eats the baseline",
      lever({ memory: { decay: 0.5, effects: { new: -0.02 } } }),
      "plan_memory_too_strong",
      { share: 1.2 },
    ],
    [
      "an imbalance without a baseline",
      { ...separable, limits: [], floors: [], segments: separable.segments.map((one) => ({ ...one, baseline: 0 })) },
      "plan_needs_baseline",
      { period: 1 },
    ],
  ])("is refused with one fault named: %s", (_, input, code, details) => {
    expect(() => solvePlan(input)).toThrow(
      expect.objectContaining({ code, details: expect.objectContaining(details) }),
    );
  });

  it("is what docs/plan.schema.json says", () => {
    const shipped = JSON.parse(readFileSync(join(import.meta.dirname, "../../docs/plan.schema.json"), "utf8"));
    const { $schema, title, ...rest } = shipped;
    expect([$schema, title]).toEqual(["https://json-schema.org/draft/2020-12/schema", "longrun plan"]);
    const { $schema: _, ...made } = z.toJSONSchema(planInputSchema, { io: "input" });
    expect(rest).toEqual(JSON.parse(JSON.stringify(made)));
  });
});
