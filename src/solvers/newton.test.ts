import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../base/random.ts";
import golden from "./golden/scipy-lbfgsb.json" with { type: "json" };
import { moreGarbowHillstrom, sumOfSquares } from "./more-garbow-hillstrom.test-data.ts";
import { moreGarbowHillstromAnySize } from "./more-garbow-hillstrom-any-size.test-data.ts";
import { newton } from "./newton.ts";
import { dot } from "./objective.ts";
import { trustRegionStep } from "./trust-region-step.ts";

describe("the trust-region step", () => {
  it("is as long as the region or ends at the model's minimum, and no point well inside the region is lower", () => {
    const shapes = fc.record({
      seed: fc.string(),
      size: fc.integer({ min: 1, max: 6 }),
      radius: fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
      tilt: fc.double({ min: -3, max: 3, noNaN: true }),
    });
    fc.assert(
      fc.property(shapes, ({ seed, size, radius, tilt }) => {
        const random = createRandom(seed);
        const hessian = new Float64Array(size * size);
        for (let i = 0; i < size; i++) {
          for (let j = 0; j <= i; j++) {
            hessian[i * size + j] = hessian[j * size + i] = random.normal() + (i === j ? tilt : 0);
          }
        }
        const gradient = Float64Array.from({ length: size }, () => random.normal());
        const times = (d: Float64Array) => d.map((_, i) => dot(hessian.subarray(i * size, (i + 1) * size), d));
        const model = (d: Float64Array) => dot(gradient, d) + dot(d, times(d)) / 2;
        const step = trustRegionStep(hessian, gradient, radius);
        const length = Math.sqrt(dot(step, step));
        expect(length).toBeLessThanOrEqual(1.1 * radius * (1 + 1e-12));
        if (length < 0.9 * radius) {
          const residual = times(step).map((value, i) => value + gradient[i]);
          for (const value of residual) expect(Math.abs(value)).toBeLessThan(1e-6);
        }
        for (let trial = 0; trial < 30; trial++) {
          const other = gradient.map(() => random.normal());
          const scale = (0.9 * radius * random.uniform()) / Math.sqrt(dot(other, other));
          const value = model(other.map((coordinate) => scale * coordinate));
          expect(model(step)).toBeLessThanOrEqual(value + 1e-9 * (1 + Math.abs(value)));
        }
      }),
    );
  });
});

describe("Newton's method in the boxes that SciPy solved", () => {
  it.each(["trust_region", "line_search"] as const)(
    "by %s: KKT everywhere, in fewer than 2,700 evaluations in all",
    (globalisation) => {
      const problems = [...moreGarbowHillstrom, ...moreGarbowHillstromAnySize];
      let evaluations = 0;
      for (const { problem, start, lower, upper } of golden.cases) {
        if (!lower || !upper) continue;
        const box = {
          start: Float64Array.from(start),
          lower: Float64Array.from(lower),
          upper: Float64Array.from(upper),
        };
        const least = problems.find(({ name }) => name === problem)!;
        const solution = newton(sumOfSquares(least, box), { globalisation });
        expect(solution.status, `${problem} ${solution.message}`).toBe("converged");
        evaluations += solution.evaluations;
      }
      expect(evaluations).toBeLessThan(2700);
    },
  );
});
