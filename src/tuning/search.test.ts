import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../base/random.ts";
import { designSize, latinHypercube } from "./bayesian.ts";
import { gridPoints } from "./grid.ts";
import type { Observation } from "./sampler.ts";
import { samplerOf, tuningMethods } from "./search.ts";
import {
  checkSpace,
  coordinateOf,
  keyOf,
  type Parameter,
  type Point,
  pointOf,
  type Space,
  valueAt,
  valuesAt,
} from "./space.ts";

const real = (name: string, low: number, high: number, scale: "linear" | "log" = "linear"): Parameter => ({
  name,
  kind: "real",
  low,
  high,
  scale,
});
const whole = (name: string, low: number, high: number, scale: "linear" | "log" = "linear"): Parameter =>
  ({
    ...real(name, low, high, scale),
    kind: "integer",
  }) as Parameter;
const choice = (name: string, ...choices: (string | number[])[]): Parameter => ({ name, kind: "choice", choices });

const space: Space = [
  real("rate", 1e-4, 1, "log"),
  whole("epochs", 1, 64, "log"),
  choice("shape", [8], [8, 8], "none"),
];

/** Runs a search for some trials; `objective` is to be made small. */
function search(
  {
    method,
    trials,
    seed = "s",
    over = space,
  }: { method: (typeof tuningMethods)[number]; trials: number; seed?: string; over?: Space },
  objective: (values: Record<string, unknown>) => number,
  observed: Observation[] = [],
): Observation[] {
  const sampler = samplerOf(method, over, { seed, trials });
  for (let number = observed.length + 1; number <= trials; number++) {
    const point = sampler(number, observed);
    if (!point) break;
    observed.push({ point, value: objective(valuesAt(over, point)) });
  }
  return observed;
}

const bowl = ({ rate, epochs, shape }: Record<string, unknown>) =>
  (Math.log10(rate as number) + 2) ** 2 + (Math.log2(epochs as number) - 3) ** 2 / 4 + (shape === "none" ? 1 : 0);

describe("a space", () => {
  it("gives every value its coordinate and every coordinate its value, whole numbers as likely at the ends as within", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1, 2), (coordinate, index) => {
        for (const parameter of space.slice(0, 2)) {
          const value = valueAt(parameter, coordinate);
          expect(valueAt(parameter, coordinateOf(parameter, value)!)).toBeCloseTo(value as number, 10);
        }
        expect(coordinateOf(space[2], valueAt(space[2], index))).toBe(index);
      }),
    );
    const random = createRandom(1);
    const counts = [0, 0, 0];
    for (let draw = 0; draw < 3000; draw++) counts[(valueAt(whole("k", 1, 3), random.uniform()) as number) - 1]++;
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(130);
    expect(pointOf(space, { rate: 0.01, epochs: 8, shape: [8, 8] })).toBeDefined();
    expect(pointOf(space, { rate: 2, epochs: 8, shape: [8, 8] })).toBeUndefined();
    expect(pointOf(space, { rate: 0.01, epochs: 8.5, shape: [8, 8] })).toBeUndefined();
    expect(pointOf(space, { rate: 0.01, epochs: 8, shape: [9] })).toBeUndefined();
  });

  it.each<[string, Space]>([
    ["no_parameters", []],
    ["parameter_twice", [real("a", 0, 1), whole("a", 0, 1)]],
    ["empty_range", [real("a", 1, 1)]],
    ["empty_range", [real("a", 2, 1)]],
    ["empty_range", [real("a", Number.NaN, 1)]],
    ["log_of_nonpositive", [real("a", 0, 1, "log")]],
    ["single_choice", [choice("a", "x")]],
  ])("is refused with %s", (code, wrong) => {
    expect(() => checkSpace(wrong)).toThrow(code);
  });
});

describe("grid search", () => {
  it("tries every combination, as fine as the trials allow, ends included", () => {
    const over: Space = [real("a", 0, 10), choice("b", "x", "y"), whole("c", 1, 2)];
    const points = gridPoints(over, 13); // 3 × 2 × 2; a fourth value of a would make 16
    const values = points.map((point) => valuesAt(over, point));
    expect(values).toHaveLength(12);
    expect(new Set(values.map(({ a }) => a))).toEqual(new Set([0, 5, 10]));
    expect(new Set(points.map(keyOf)).size).toBe(12);
    expect(() => gridPoints(over, 7)).toThrow(/grid_too_large.*8/);
    expect(search({ method: "grid", trials: 13, over }, () => 0)).toHaveLength(12);
  });
});

describe.each(tuningMethods)("%s search", (method) => {
  it("makes the same proposals with the same seed, and goes on from any trial as it would have", () => {
    const trials = 14;
    const whole = search({ method, trials }, bowl);
    for (const kept of [0, 1, 5, 9, 13]) {
      const resumed = search({ method, trials }, bowl, whole.slice(0, kept));
      expect(resumed).toEqual(whole);
    }
    const other = search({ method, trials, seed: "t" }, bowl);
    if (method !== "grid")
      expect(other.map(({ point }) => keyOf(point))).not.toEqual(whole.map(({ point }) => keyOf(point)));
  });

  it("never tries the same twice and ends where nothing is left", () => {
    const over: Space = [whole("a", 1, 3), choice("b", "x", "y")];
    const observed = search({ method, trials: 40, over }, ({ a }) => a as number);
    expect(observed).toHaveLength(6);
    expect(new Set(observed.map(({ point }) => keyOf(point))).size).toBe(6);
  });
});

describe("Bayesian search", () => {
  it("begins with a Latin hypercube: every stratum of every axis once", () => {
    const over: Space = [real("a", 0, 1), real("b", 0, 1)];
    const points = latinHypercube(over, 8, createRandom(3));
    for (const column of [0, 1])
      expect(points.map((point) => Math.floor(8 * point[column])).sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    const proposed = samplerOf("bayesian", over, { seed: "s", trials: 5 });
    const first = Array.from({ length: designSize(over) }, (_, index) => proposed(index + 1, []) as Point);
    expect(new Set(first.map((point) => Math.floor(first.length * point[0]))).size).toBe(first.length);
  });

  it("finds the bottom of a bowl over a log scale, a whole number and a choice, far nearer than chance", () => {
    const least = (observed: readonly Observation[]) => Math.min(...observed.map(({ value }) => value));
    const seeds = ["1", "2", "3"];
    for (const seed of seeds) {
      const found = least(search({ method: "bayesian", trials: 25, seed }, bowl));
      expect(found).toBeLessThan(0.01);
      expect(found).toBeLessThan(least(search({ method: "random", trials: 25, seed }, bowl)));
    }
  });

  it("goes on where trials failed, and keeps away from there", () => {
    const over: Space = [real("a", 0, 1), real("b", 0, 1)];
    const observed = search({ method: "bayesian", trials: 24, over }, ({ a, b }) =>
      (a as number) > 0.5 ? Number.NaN : ((a as number) - 0.2) ** 2 + ((b as number) - 0.7) ** 2,
    );
    const later = observed.slice(designSize(over));
    expect(later.filter(({ value }) => Number.isNaN(value)).length).toBeLessThan(later.length / 4);
    expect(Math.min(...observed.map(({ value }) => value || 1))).toBeLessThan(1e-3);
    const allFailed = search({ method: "bayesian", trials: 8, over }, () => Number.NaN);
    expect(new Set(allFailed.map(({ point }) => keyOf(point))).size).toBe(8);
  });

  it("goes on where every value is the same", () => {
    expect(search({ method: "bayesian", trials: 12 }, () => 1)).toHaveLength(12);
  });
});
