/** Terms after which a series that has not settled is given up: far beyond what any horizon in use needs. */
const mostTerms = 5_000_000;

/**
 * Gauss's ₂F₁(a, b; c; z) for 0 ≤ z < 1 by its power series (Abramowitz & Stegun 15.1.1); c must not be 0, −1, −2, ….
 * Terms shrink like n^(a+b−c−1)·zⁿ: choose, by Euler's transformation 15.3.3, the form in which they do not grow first.
 * NaN if it does not settle.
 */
export function hypergeometric2F1(a: number, b: number, c: number, z: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 0; n < mostTerms; n++) {
    const ratio = (((a + n) * (b + n)) / ((c + n) * (n + 1))) * z;
    term *= ratio;
    sum += term;
    // Later ratios lie between this one and z, so the rest is at most a geometric series.
    const fall = Math.max(Math.abs(ratio), z);
    if (c + n > 0 && fall < 1 && Math.abs(term) * fall <= 1e-17 * Math.abs(sum) * (1 - fall)) return sum;
  }
  return Number.NaN;
}
