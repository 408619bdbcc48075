import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalCdf, normalCriticalValue, normalQuantile } from "./normal.ts";
import { incompleteBeta, logGamma, studentCdf, studentQuantile } from "./student-t.ts";

describe("normal", () => {
  it.each([
    [0, 0.5],
    [1, 0.841344746068543],
    [1.96, 0.97500210485178],
    [3, 0.99865010196837],
    [-3.5, 2.32629079035525e-4],
  ])("matches the table of Abramowitz & Stegun (26.1) at %f", (x, expected) => {
    expect(normalCdf(x)).toBeCloseTo(expected, 13);
  });

  it.each([
    [-6, 9.86587645037698e-10],
    [-10, 7.61985302416053e-24],
    [-38, 2.88542835100396e-316],
  ])("keeps relative precision in the tail: Φ(%f), values of R's pnorm", (x, expected) => {
    expect(normalCdf(x) / expected).toBeCloseTo(1, x < -37 ? 6 : 11);
  });

  it("has no seam where the series meets the continued fraction", () => {
    for (const x of [-3, 3]) expect(normalCdf(x + 1e-12) - normalCdf(x - 1e-12)).toBeLessThan(2e-14);
  });

  it.each([
    [0.975, 1.959963984540054],
    [0.95, 1.6448536269514722],
    [0.995, 2.5758293035489004],
    [0.8, 0.8416212335729143],
    [1e-10, -6.361340902404056],
  ])("matches the published z of p = %f", (p, expected) => {
    expect(normalQuantile(p)).toBeCloseTo(expected, 11);
  });

  it("inverts the distribution function", () => {
    fc.assert(
      fc.property(fc.double({ min: -8, max: 5, noNaN: true }), (x) => {
        expect(Math.abs(normalQuantile(normalCdf(x)) - x)).toBeLessThan(1e-9);
      }),
    );
    expect(normalQuantile(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(normalQuantile(1.1)).toBeNaN();
    expect(normalCriticalValue(0.9)).toBeCloseTo(1.6448536269514722, 11);
  });
});

describe("Student's t and the functions below it", () => {
  it.each([
    [0.5, 0.5723649429247001],
    [5, 3.1780538303479458],
    [100, 359.1342053695754],
  ])("logΓ(%f): ½·log π, log 4!, log 99!", (x, expected) => {
    expect(logGamma(x) / expected).toBeCloseTo(1, 13);
  });

  it("Iₓ(a, b) matches its closed forms: x^a for b = 1, and x²(3 − 2x) for (2, 2)", () => {
    expect(incompleteBeta(0.3, 4, 1)).toBeCloseTo(0.0081, 14);
    expect(incompleteBeta(0.7, 2, 2)).toBeCloseTo(0.784, 14);
  });

  it.each([
    [1, 12.706204736],
    [10, 2.228138852],
    [30, 2.042272456],
    [6866, 1.9603094],
  ])("97.5 %% quantile with %i degrees of freedom (t tables)", (degrees, expected) => {
    expect(studentQuantile(0.975, degrees)).toBeCloseTo(expected, 6);
  });

  it("is Cauchy's distribution at one degree of freedom", () => {
    for (const t of [-4, -0.3, 0, 2]) expect(studentCdf(t, 1)).toBeCloseTo(0.5 + Math.atan(t) / Math.PI, 13);
  });
});
