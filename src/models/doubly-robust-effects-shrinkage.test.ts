import { describe, expect, it } from "vitest";
import { createRandom } from "../base/random.ts";
import { basisSize, type EffectRegression, shrinkEffects, writeBasis } from "./doubly-robust-effects-shrinkage.ts";

const rows = 6000;
const random = createRandom("shrinkage");
const normal = () => Float64Array.from({ length: rows }, () => random.normal());
const level = normal().map((z) => 10 * Math.exp(z));
const modifiers = normal().map((z) => Math.max(-2.5, Math.min(2.5, z)));
const [noise, otherNoise] = [normal(), normal()].map((values) => values.map((z) => 15 * z));

function regression(effects: Float64Array[], priorScale: "own" | "shared"): EffectRegression {
  return {
    contrasts: effects.map((values, index) => ({ action: index + 1, values })),
    level,
    variance: new Float64Array(rows).fill(225),
    modifiers,
    modifierCount: 1,
    cluster: Int32Array.from({ length: rows }, (_, i) => i),
    rows: Int32Array.from({ length: rows }, (_, i) => i),
    actions: effects.length + 1,
    priorRelativeSd: 0.3,
    priorScale,
  };
}

function effectAt(fitted: ReturnType<typeof shrinkEffects>, action: number, at: number): number {
  const x = new Float64Array(basisSize(1));
  writeBasis(x, fitted.meanLevel, level[at], modifiers, at);
  return x.reduce((sum, value, j) => sum + value * fitted.coefficients[action][j], 0);
}

describe("the prior's scale", () => {
  const weak = otherNoise.map((value) => value + 0.4);
  const strong = otherNoise.map((value) => value + 5);
  const quiet = (other: Float64Array, scale: "own" | "shared") =>
    shrinkEffects(regression([other, noise], scale)).coefficients[2];

  it("is each action's own, so that a strong effect of one does not let the noise of another through", () => {
    expect(quiet(strong, "own")).toEqual(quiet(weak, "own"));
    const size = (values: number[]) => Math.hypot(...values);
    expect(size(quiet(strong, "shared"))).toBeGreaterThan(1.2 * size(quiet(strong, "own")));
  });
});

describe("the basis", () => {
  it("finds an effect that does not grow with predicted value: people won back who promise little", () => {
    const wonBack = noise.map((value, i) => value + 2 * modifiers[i]);
    const fitted = shrinkEffects(regression([wonBack], "shared"));
    const poor = Array.from(level.keys()).filter((i) => level[i] < 5 && modifiers[i] > 1);
    const found = poor.reduce((sum, i) => sum + effectAt(fitted, 1, i) / (2 * modifiers[i]), 0) / poor.length;
    expect(poor.length).toBeGreaterThan(100);
    expect(found).toBeGreaterThan(0.7);
    expect(found).toBeLessThan(1.1);
  });
});
