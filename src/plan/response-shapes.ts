import type { Curve } from "./input.ts";

export const responseShapes = ["exponential", "hill", "power"] as const;
export type ResponseShape = (typeof responseShapes)[number];

/** What fitting needs to know of a shape beside its formula: its numbers, free to be any real one, and where to look. */
interface Shape {
  readonly names: readonly string[];
  /** The curve of height 1: ceiling or coefficient 1. */
  unitCurve(free: ArrayLike<number>): Curve;
  /** Where the search ends, given the largest spend. */
  bounds(most: number): { readonly lower: readonly number[]; readonly upper: readonly number[] };
  /** Where it begins, given typical spends. */
  grid(spends: readonly number[]): readonly (readonly number[])[];
}

/** A bend this many times beyond the largest spend, or this far below it, cannot be seen in a table. */
const reach = 30;
const logit = (share: number) => Math.log(share / (1 - share));

export const shapes: Readonly<Record<ResponseShape, Shape>> = {
  exponential: {
    names: ["scale"],
    unitCurve: (free) => ({ shape: "exponential", ceiling: 1, scale: Math.exp(free[0]) }),
    bounds: (most) => ({ lower: [Math.log(most / 1e4)], upper: [Math.log(most * reach)] }),
    grid: (spends) => spends.map((spend) => [Math.log(spend)]),
  },
  hill: {
    names: ["half", "slope"],
    unitCurve: (free) => ({ shape: "hill", ceiling: 1, half: Math.exp(free[0]), slope: Math.exp(free[1]) }),
    bounds: (most) => ({
      lower: [Math.log(most / 1e4), Math.log(0.2)],
      upper: [Math.log(most * reach), Math.log(12)],
    }),
    grid: (spends) => spends.flatMap((spend) => [0.7, 1.2, 2, 4].map((slope) => [Math.log(spend), Math.log(slope)])),
  },
  power: {
    names: ["exponent"],
    unitCurve: (free) => ({ shape: "power", coefficient: 1, exponent: 1 / (1 + Math.exp(-free[0])) }),
    bounds: () => ({ lower: [logit(0.01)], upper: [logit(0.999)] }),
    grid: () => [0.15, 0.4, 0.6, 0.85].map((exponent) => [logit(exponent)]),
  },
};
