import { InputError } from "../base/errors.ts";
import { type Rising, risingOf } from "./curves.ts";
import type { Curve, LeverPlanInput } from "./input.ts";
import type { SolverName } from "./maximise.ts";
import { refuseCrossed, refuseShort, series } from "./read-input.ts";

/** What a lever brings to a segment. */
export interface Response {
  readonly segment: number;
  readonly curve: Curve;
  /** The curve itself, or what stands for it while solving. */
  readonly rising: Rising;
}

export interface Lever {
  readonly name: string;
  readonly unit: string;
  readonly lower: Float64Array; // (periods)
  readonly upper: Float64Array; // (periods)
  readonly unitCost: number;
  readonly carryOver: number;
  readonly initialCarryOver: number;
  readonly season: Float64Array; // (periods)
  readonly responses: readonly Response[];
  readonly memory?: {
    readonly decay: number;
    readonly initial: number;
    readonly effects: readonly { readonly segment: number; readonly effect: number }[];
  };
  /** The largest effective intensity that the upper bounds allow. */
  readonly mostIntensity: number;
}

/** One linear limit: Σ weight·x between `atLeast` and `atMost`, over `periods` (indices). */
export interface Limit {
  readonly name: string;
  /** Index of the period, or null for all of them together. */
  readonly period: number | null;
  readonly kind: "atMost" | "atLeast";
  readonly limit: number;
  readonly weights: Float64Array; // (levers × periods)
  /** Whether the limit is in money. */
  readonly isSpend: boolean;
}

/** A floor on the value, at the end of period `after`, of what follows it. */
export interface Floor {
  readonly segment: number | null;
  readonly after: number;
  readonly atLeast: number;
}

/** A plan's problem with names resolved and every series at full length. */
export interface LeverPlan {
  readonly periods: number;
  readonly currency: string | null;
  /** 1/(1 + r). */
  readonly discountFactor: number;
  /** What follows the last period, in multiples of the settled one (see `courseOf`); 0 for nothing. */
  readonly terminalMultiple: number;
  readonly segments: readonly { readonly name: string; readonly baseline: Float64Array }[];
  readonly levers: readonly Lever[];
  readonly limits: readonly Limit[];
  readonly floors: readonly Floor[];
  readonly imbalancePenalty: number;
  readonly shortPeriods: number;
  readonly solver: SolverName;
  readonly starts: number;
}

/**
 * Throws InputError `plan_wrong_length`, `plan_bounds_crossed`, `plan_out_of_range`, `plan_unknown_name`, `plan_name_twice`,
 * `plan_limit_without_side`, `plan_memory_too_strong`, `plan_retention_too_high`, `plan_needs_baseline`.
 */
export function leverPlanOf(input: LeverPlanInput): LeverPlan {
  const { periods, rate, imbalancePenalty, shortPeriods, solver, starts } = input;
  refuseShort(shortPeriods, periods);
  const names = { segments: input.segments.map(({ name }) => name), levers: input.levers.map(({ name }) => name) };
  refuseTwice("segments", names.segments);
  refuseTwice("levers", names.levers);
  const segments = input.segments.map(({ name, baseline }) => ({
    name,
    baseline: within(`segments.${name}.baseline`, series(`segments.${name}.baseline`, baseline, periods), 0),
  }));
  const levers = input.levers.map((lever) => leverOf(lever, names.segments, periods));
  refuseStrongMemory(levers, names.segments);
  if (imbalancePenalty > 0) {
    for (let t = 0; t < periods; t++) {
      if (!segments.some(({ baseline }) => baseline[t] > 0))
        throw new InputError("plan_needs_baseline", { period: t + 1 });
    }
  }
  return {
    periods,
    currency: input.currency ?? null,
    discountFactor: 1 / (1 + rate),
    terminalMultiple: terminalMultiple(input.terminal?.retention, rate),
    segments,
    levers,
    limits: input.limits.flatMap((limit) => limitsOf(limit, levers, periods)),
    floors: input.floors.map(({ segment, after, atLeast }, i) => {
      if (after >= periods + 1)
        throw new InputError("plan_out_of_range", {
          option: `floors[${i + 1}].after`,
          value: after,
          range: `≤ ${periods}`,
        });
      return {
        segment: segment === undefined ? null : indexOf(`floors[${i + 1}].segment`, segment, names.segments),
        after,
        atLeast,
      };
    }),
    imbalancePenalty,
    shortPeriods,
    solver,
    starts,
  };
}

/** Σ_{k≥1} (κ/(1+r))ᵏ: what a stream that keeps the share κ every period is worth, in multiples of its last period. */
function terminalMultiple(retention: number | undefined, rate: number): number {
  if (retention === undefined) return 0;
  if (!(retention < 1 + rate)) throw new InputError("plan_retention_too_high", { retention, most: 1 + rate });
  return retention / (1 + rate - retention);
}

function leverOf(input: LeverPlanInput["levers"][number], segmentNames: readonly string[], periods: number): Lever {
  const place = `levers.${input.name}`;
  const lower = within(`${place}.min`, series(`${place}.min`, input.min, periods), 0);
  const upper = series(`${place}.max`, input.max, periods);
  refuseCrossed(`${place}.min`, `${place}.max`, lower, upper);
  const season = series(`${place}.season`, input.season, periods);
  const still = season.findIndex((factor) => !(factor > 0));
  if (still >= 0) {
    throw new InputError("plan_out_of_range", {
      option: `${place}.season[${still + 1}]`,
      value: season[still],
      range: "> 0",
    });
  }
  const { name, unit, unitCost, carryOver, initialCarryOver } = input;
  const responses = Object.entries(input.responses).map(([segment, curve]) => ({
    segment: indexOf(`${place}.responses`, segment, segmentNames),
    curve,
    rising: risingOf(curve),
  }));
  const memory = input.memory && {
    ...input.memory,
    effects: Object.entries(input.memory.effects).map(([segment, effect]) => ({
      segment: indexOf(`${place}.memory.effects`, segment, segmentNames),
      effect,
    })),
  };
  const settled = upper[periods - 1] / (1 - carryOver);
  const mostIntensity = Math.max(settled, ...carriedOver(upper, carryOver, initialCarryOver));
  return { name, unit, lower, upper, unitCost, carryOver, initialCarryOver, season, responses, memory, mostIntensity };
}

/** Aₜ = xₜ + θ·Aₜ₋₁ (Broadbent 1979). */
export function carriedOver(intensity: ArrayLike<number>, carryOver: number, initial: number): Float64Array {
  let previous = initial;
  return Float64Array.from(intensity, (x) => {
    previous = x + carryOver * previous;
    return previous;
  });
}

/** The stock that period t meets: Sₜ = δ·Sₜ₋₁ + xₜ₋₁. */
export function stock(intensity: ArrayLike<number>, decay: number, initial: number): Float64Array {
  let before = initial;
  return Float64Array.from(intensity, (x) => {
    const met = before;
    before = decay * met + x;
    return met;
  });
}

function limitsOf(
  { name, levers: chosen, of, over, atMost, atLeast }: LeverPlanInput["limits"][number],
  levers: readonly Lever[],
  periods: number,
): Limit[] {
  const place = `limits.${name}`;
  if (atMost === undefined && atLeast === undefined) throw new InputError("plan_limit_without_side", { limit: name });
  const names = levers.map((lever) => lever.name);
  const covered = (chosen ?? names).map((lever) => indexOf(`${place}.levers`, lever, names));
  const count = over === "all" ? 1 : periods;
  const sides = [
    { kind: "atMost", given: atMost },
    { kind: "atLeast", given: atLeast },
  ] as const;
  const found = sides.flatMap(({ kind, given }) => {
    if (given === undefined) return [];
    return Array.from(series(`${place}.${kind}`, given, count), (limit, at): Limit => {
      const weights = new Float64Array(levers.length * periods);
      for (const index of covered) {
        const weight = of === "spend" ? levers[index].unitCost : 1;
        if (over === "all") weights.fill(weight, index * periods, (index + 1) * periods);
        else weights[index * periods + at] = weight;
      }
      return { name, period: over === "all" ? null : at, kind, limit, weights, isSpend: of === "spend" };
    });
  });
  if (atMost !== undefined && atLeast !== undefined) {
    refuseCrossed(`${place}.atLeast`, `${place}.atMost`, series(place, atLeast, count), series(place, atMost, count));
  }
  return found;
}

function indexOf(option: string, name: string, known: readonly string[]): number {
  const index = known.indexOf(name);
  if (index < 0) throw new InputError("plan_unknown_name", { option, name, known });
  return index;
}

function refuseTwice(option: string, names: readonly string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw new InputError("plan_name_twice", { option, name: twice });
}

function within(option: string, values: Float64Array, least: number): Float64Array {
  const at = values.findIndex((value) => !(value >= least));
  if (at >= 0)
    throw new InputError("plan_out_of_range", {
      option: `${option}[${at + 1}]`,
      value: values[at],
      range: `≥ ${least}`,
    });
  return values;
}

/** Harm may not take more than a segment's whole baseline, however hard the levers are pulled. */
function refuseStrongMemory(levers: readonly Lever[], segmentNames: readonly string[]): void {
  const lost = segmentNames.map(() => 0);
  for (const { memory, upper } of levers) {
    if (!memory) continue;
    const settled = upper[upper.length - 1] / (1 - memory.decay);
    const most = Math.max(settled, ...stock(upper, memory.decay, memory.initial));
    for (const { segment, effect } of memory.effects) lost[segment] -= Math.min(0, effect) * most;
  }
  lost.forEach((share, segment) => {
    if (share <= 1) return;
    throw new InputError("plan_memory_too_strong", {
      segment: segmentNames[segment],
      share: Number(share.toPrecision(3)),
    });
  });
}
