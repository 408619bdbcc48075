import type { z } from "zod";
import { InputError } from "../base/errors.ts";
import type { ArticleProblem } from "./article.ts";
import { type ArticleInput, articleSchema, type LeverPlanInput, leverPlanSchema, planInputSchema } from "./input.ts";

/**
 * A plan's input, checked: the first fault is one error that says where it is, what stands there and what may.
 *
 * Throws InputError `plan_unknown_kind`, `plan_unknown_key`, `plan_missing`, `plan_wrong_type`, `plan_not_one_of`,
 * `plan_out_of_range`.
 */
export function readPlanInput(value: unknown): ArticleInput | LeverPlanInput {
  const parsed = planInputSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw refusal(issue, value);
}

type Issue = z.core.$ZodIssue;

function refusal(issue: Issue, input: unknown): InputError {
  const at = valueAt(input, issue.path);
  const option = issue.path
    .map((part, i) => (typeof part === "number" ? `[${part + 1}]` : `${i > 0 ? "." : ""}${String(part)}`))
    .join("");
  const found = shown(at);
  switch (issue.code) {
    case "unrecognized_keys":
      return new InputError("plan_unknown_key", {
        key: issue.keys[0],
        place: option || String((input as { kind?: unknown }).kind),
        known: knownKeys(input, issue.path),
      });
    case "invalid_union":
      // No discriminator fits, or none of the types.
      if (option === "kind") return new InputError("plan_unknown_kind", { kind: found, known: ["article", "plan"] });
      if (issue.discriminator !== undefined) {
        const known = ["hill", "exponential", "power"];
        return new InputError("plan_not_one_of", { option, value: found, known });
      }
      return at === undefined
        ? new InputError("plan_missing", { option })
        : new InputError("plan_wrong_type", { option, value: found, expected: "number, number[]" });
    case "invalid_value":
      if (at === undefined) return new InputError("plan_missing", { option });
      return new InputError("plan_not_one_of", { option, value: found, known: issue.values.map(String) });
    case "too_small":
      return new InputError("plan_out_of_range", {
        option,
        value: found,
        range: `${issue.inclusive ? "≥" : ">"} ${issue.minimum}`,
      });
    case "too_big":
      return new InputError("plan_out_of_range", {
        option,
        value: found,
        range: `${issue.inclusive ? "≤" : "<"} ${issue.maximum}`,
      });
    default: {
      if (at === undefined && option !== "") return new InputError("plan_missing", { option });
      const expected = issue.code === "invalid_type" ? String(issue.expected) : issue.message;
      return new InputError("plan_wrong_type", { option: option || "{}", value: found, expected });
    }
  }
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, part) => (value as Record<PropertyKey, unknown> | undefined)?.[part], input);
}

/** Short enough for a sentence. */
function shown(value: unknown): string {
  const text = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? "");
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** The keys that the schema knows where an unknown one stood. */
function knownKeys(input: unknown, path: readonly PropertyKey[]): string[] {
  let schema: z.core.$ZodType | undefined =
    (input as { kind?: unknown }).kind === "article" ? articleSchema : leverPlanSchema;
  let value = input;
  for (const part of path) {
    value = (value as Record<PropertyKey, unknown>)[part];
    schema = memberOf(bare(schema), part, value);
  }
  const { shape } = (bare(schema) ?? {}) as { shape?: Record<string, unknown> };
  return Object.keys(shape ?? {});
}

type Inner = z.core.$ZodType | undefined;

/** The schema below optional and default wrappers. */
function bare(schema: Inner): Inner {
  const inner = (schema?._zod.def as { innerType?: Inner } | undefined)?.innerType;
  return inner ? bare(inner) : schema;
}

function memberOf(schema: Inner, part: PropertyKey, value: unknown): Inner {
  const def = schema?._zod.def as unknown as {
    shape?: Record<PropertyKey, Inner>;
    element?: Inner;
    valueType?: Inner;
  };
  const member = def.shape?.[part] ?? def.element ?? def.valueType;
  const options = (bare(member)?._zod.def as { options?: readonly z.core.$ZodType[] } | undefined)?.options;
  return (
    options?.find((option) => option._zod.propValues?.["shape"]?.has((value as { shape?: string }).shape ?? "")) ??
    member
  );
}

/**
 * The article's problem from its input. Throws InputError `plan_two_penalties`, `plan_missing`, `plan_wrong_length`,
 * `plan_bounds_crossed`, `plan_growth_not_below_rate`, `plan_out_of_range`.
 */
export function articleProblemOf(input: ArticleInput): ArticleProblem {
  const periods = input.revenue.length;
  if (input.lambda !== undefined && input.imbalancePenalty !== undefined) throw new InputError("plan_two_penalties");
  const imbalancePenalty = input.imbalancePenalty ?? input.lambda;
  if (imbalancePenalty === undefined) throw new InputError("plan_missing", { option: "lambda" });
  const lower = series("min", input.min ?? Number.NEGATIVE_INFINITY, periods);
  const upper = series("max", input.max ?? Number.POSITIVE_INFINITY, periods);
  refuseCrossed("min", "max", lower, upper);
  const { rate, terminalGrowth, shortPeriods } = input;
  if (terminalGrowth !== null && !(terminalGrowth < rate)) {
    throw new InputError("plan_growth_not_below_rate", { growth: terminalGrowth, rate });
  }
  refuseShort(shortPeriods, periods);
  const { floor, solver } = input;
  const response = Float64Array.from(input.revenue);
  return { response, rate, imbalancePenalty, lower, upper, floor, terminalGrowth, shortPeriods, solver };
}

/** One number a period. Throws InputError `plan_wrong_length`. */
export function series(option: string, given: number | readonly number[], periods: number): Float64Array {
  if (typeof given === "number") return new Float64Array(periods).fill(given);
  if (given.length === periods) return Float64Array.from(given);
  throw new InputError("plan_wrong_length", { option, length: given.length, expected: periods });
}

/** Throws InputError `plan_bounds_crossed`. */
export function refuseCrossed(least: string, most: string, lower: Float64Array, upper: Float64Array): void {
  const period = lower.findIndex((bound, t) => !(bound <= upper[t]));
  if (period < 0) return;
  throw new InputError("plan_bounds_crossed", {
    least,
    most,
    period: period + 1,
    lower: lower[period],
    upper: upper[period],
  });
}

/** Throws InputError `plan_out_of_range`. */
export function refuseShort(shortPeriods: number, periods: number): void {
  if (shortPeriods <= periods) return;
  throw new InputError("plan_out_of_range", { option: "shortPeriods", value: shortPeriods, range: `≤ ${periods}` });
}
