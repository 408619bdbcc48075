import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concaveEnvelope, curveSlope, curveValue, inverse, isConcave, risingOf } from "./curves.ts";
import type { Curve } from "./input.ts";

const positive = (most: number) => fc.double({ min: 0.1, max: most, noNaN: true });
const curves: fc.Arbitrary<Curve> = fc.oneof(
  fc.record({ shape: fc.constant("hill" as const), ceiling: positive(100), half: positive(20), slope: positive(5) }),
  fc.record({ shape: fc.constant("exponential" as const), ceiling: positive(100), scale: positive(20) }),
  fc.record({ shape: fc.constant("power" as const), coefficient: positive(10), exponent: positive(1) }),
);

describe("response curves", () => {
  it("are what their names say: half of the ceiling, 63 % of it, the coefficient", () => {
    expect(curveValue({ shape: "hill", ceiling: 8, half: 3, slope: 2.5 }, 3)).toBeCloseTo(4, 12);
    expect(curveValue({ shape: "exponential", ceiling: 8, scale: 3 }, 3)).toBeCloseTo(8 * (1 - Math.exp(-1)), 12);
    expect(curveValue({ shape: "power", coefficient: 8, exponent: 0.3 }, 1)).toBe(8);
  });

  it("have the slope that finite differences see", () => {
    fc.assert(
      fc.property(curves, positive(60), (curve, at) => {
        const step = 1e-5 * at;
        const numerical = (curveValue(curve, at + step) - curveValue(curve, at - step)) / (2 * step);
        expect(Math.abs(curveSlope(curve, at) - numerical)).toBeLessThan(1e-6 * Math.max(1, numerical));
      }),
    );
  });

  it("are undone by their inverse, alone and added up", () => {
    fc.assert(
      fc.property(curves, curves, positive(60), (one, other, at) => {
        for (const rising of [
          risingOf(one),
          {
            value: (x: number) => curveValue(one, x) + curveValue(other, x),
            slope: (x: number) => curveSlope(one, x) + curveSlope(other, x),
          },
        ]) {
          const target = rising.value(at);
          const found = inverse(rising, target, 100);
          expect(Math.abs(rising.value(found) - target)).toBeLessThan(1e-9 * Math.max(1, target));
        }
      }),
    );
  });

  it("lie below their envelope, which is concave and touches them", () => {
    fc.assert(
      fc.property(curves, (curve) => {
        const most = 50;
        const envelope = concaveEnvelope(curve, most);
        let slope = Number.POSITIVE_INFINITY;
        for (let step = 0; step <= 100; step++) {
          const at = (most * step) / 100;
          expect(envelope.value(at)).toBeGreaterThanOrEqual(curveValue(curve, at) - 1e-9);
          expect(envelope.slope(at)).toBeLessThanOrEqual(slope * (1 + 1e-9));
          slope = envelope.slope(at);
        }
        if (isConcave(curve)) expect(envelope.value(most) - curveValue(curve, most)).toBeLessThan(1e-3);
        else expect(envelope.value(most)).toBeCloseTo(curveValue(curve, most), 9);
      }),
    );
  });
});
