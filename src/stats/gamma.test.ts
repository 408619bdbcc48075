import { describe, expect, it } from "vitest";
import { digamma, logBeta, logGamma } from "./gamma.ts";
import { hypergeometric2F1 } from "./hypergeometric.ts";
import { gaussLegendre } from "./quadrature.ts";

describe("the gamma function", () => {
  it("is the factorial at the integers, exactly to 1e-14", () => {
    let logFactorial = 0;
    for (let n = 1; n <= 170; n++) {
      expect(logGamma(n)).toBeCloseTo(logFactorial, 11);
      expect(Math.abs(logGamma(n) - logFactorial)).toBeLessThanOrEqual(1e-14 * Math.max(1, logFactorial));
      logFactorial += Math.log(n);
    }
  });

  it("gives Γ(1/2) = √π, Γ(1/4) = 3.625609908221908 (Abramowitz & Stegun 6.1.8, 6.1.10)", () => {
    expect(logGamma(0.5)).toBeCloseTo(0.5 * Math.log(Math.PI), 14);
    expect(Math.exp(logGamma(0.25))).toBeCloseTo(3.625609908221908, 13);
    expect(Math.exp(logGamma(1e-8)) * 1e-8).toBeCloseTo(1, 7);
  });

  it("satisfies ψ(1) = −γ, ψ(1/2) = −γ − 2 ln 2 (Abramowitz & Stegun 6.3.2, 6.3.3) and ψ = (ln Γ)′", () => {
    const euler = 0.5772156649015329;
    expect(digamma(1)).toBeCloseTo(-euler, 14);
    expect(digamma(0.5)).toBeCloseTo(-euler - 2 * Math.LN2, 14);
    for (const x of [0.03, 0.7, 2.2, 9.9, 10.1, 431]) {
      const h = 1e-4 * x;
      const slope = (8 * (logGamma(x + h) - logGamma(x - h)) - (logGamma(x + 2 * h) - logGamma(x - 2 * h))) / (12 * h);
      expect(Math.abs(digamma(x) / slope - 1)).toBeLessThan(1e-8);
    }
  });

  it("gives B(a, b) = Γ(a)Γ(b)/Γ(a + b): B(2, 3) = 1/12", () => {
    expect(Math.exp(logBeta(2, 3))).toBeCloseTo(1 / 12, 15);
  });
});

describe("₂F₁", () => {
  it("is −ln(1 − z)/z, (1 − z)^−a and a polynomial where Abramowitz & Stegun 15.1.3, 15.1.8 and 15.4.1 say so", () => {
    for (const z of [0.1, 0.5, 0.9, 0.999]) {
      expect(hypergeometric2F1(1, 1, 2, z)).toBeCloseTo(-Math.log1p(-z) / z, 11);
      expect(hypergeometric2F1(1.7, 0.4, 0.4, z) * (1 - z) ** 1.7).toBeCloseTo(1, 10);
      expect(hypergeometric2F1(-2, 3, 5, z)).toBeCloseTo(1 - (6 / 5) * z + (12 / 30) * z * z, 13);
    }
    expect(hypergeometric2F1(2, 3, 4, 0)).toBe(1);
  });
});

describe("Gauss–Legendre quadrature", () => {
  it("integrates polynomials of degree 2n − 1 exactly and e^(−45x) to 1e-13 with 32 points", () => {
    for (const points of [1, 2, 5, 16, 32]) {
      const { nodes, weights } = gaussLegendre(points);
      let sum = 0;
      for (let i = 0; i < points; i++) sum += weights[i] * nodes[i] ** (2 * points - 1);
      expect(sum * 2 * points).toBeCloseTo(1, 13);
    }
    const { nodes, weights } = gaussLegendre(32);
    let sum = 0;
    for (let i = 0; i < 32; i++) sum += weights[i] * Math.exp(-45 * nodes[i]);
    expect(sum * 45).toBeCloseTo(1, 12);
  });
});
