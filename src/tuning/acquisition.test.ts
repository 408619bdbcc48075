import { describe, expect, it } from "vitest";
import { createRandom } from "../base/random.ts";
import { maximiseImprovement } from "./acquisition.ts";
import { logExpectedImprovement } from "./expected-improvement.ts";
import { GaussianProcess } from "./gaussian-process.ts";
import { randomPoint, type Space, snapped } from "./space.ts";

const space: Space = [
  { name: "a", kind: "real", low: 0, high: 1, scale: "linear" },
  { name: "b", kind: "real", low: 0, high: 1, scale: "linear" },
  { name: "c", kind: "choice", choices: ["x", "y", "z"] },
];

describe("the largest expected improvement", () => {
  it.each(["1", "2", "3", "4"])("is found at least as well as on a grid of 3 × 121² points (seed %s)", (seed) => {
    const random = createRandom(seed);
    const points = Array.from({ length: 9 }, () => randomPoint(space, random));
    const values = Float64Array.from(points, () => random.normal());
    // Short scales: many peaks, of which a careless search takes the wrong one.
    const process = new GaussianProcess(
      {
        rows: 9,
        width: 3,
        values: Float64Array.from(points.flatMap((point) => [...point])),
        isCategory: [false, false, true],
      },
      values,
      Float64Array.of(1, 0.15, 0.15, 0.7, 1e-4).map(Math.log),
    );
    const best = Math.min(...values);
    const at = (point: Float64Array) => logExpectedImprovement(process.at(point), best).value;
    let highest = Number.NEGATIVE_INFINITY;
    for (let a = 0; a <= 120; a++)
      for (let b = 0; b <= 120; b++)
        for (let c = 0; c < 3; c++) highest = Math.max(highest, at(Float64Array.of(a / 120, b / 120, c)));
    const observed = points.map((point, index) => ({ point, value: values[index] }));
    const found = maximiseImprovement({ space, process, best, observed, tried: new Set() }, createRandom("search"))!;
    expect(snapped(space, found)).toEqual(found);
    expect(at(found)).toBeGreaterThan(highest - 1e-4);
  });
});
