/** The standard normal distribution. */

const logSqrtTwoPi = 0.9189385332046727;

/** Density φ(x). */
export function normalDensity(x: number): number {
  return Math.exp(-0.5 * x * x - logSqrtTwoPi);
}

/**
 * P(Z ≤ x), to about 1e-15 absolutely and 1e-12 relatively in the tails.
 * Centre: the odd-factorial series of Marsaglia (2004, J. Stat. Software 11(4), p. 2); tails: Laplace's continued fraction
 * for Mills' ratio (Abramowitz & Stegun 26.2.14).
 */
export function normalCdf(x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  if (x > 3) return 1 - upperTail(x);
  if (x < -3) return upperTail(-x);
  let term = x;
  let sum = x;
  for (let odd = 3; Math.abs(term) > 1e-18 * Math.abs(sum); odd += 2) {
    term *= (x * x) / odd;
    sum += term;
  }
  return 0.5 + sum * normalDensity(x);
}

/** P(Z > x) for x ≥ 3: 60 levels reach double precision there, fewer would do further out. */
function upperTail(x: number): number {
  if (x > 39) return 0;
  let fraction = x;
  for (let level = 60; level >= 1; level--) fraction = x + level / fraction;
  return normalDensity(x) / fraction;
}

/**
 * The z with P(Z ≤ z) = p; ±Infinity at 0 and 1, NaN outside. Abramowitz & Stegun 26.2.23 starts within 4.5e-4, and
 * Halley steps on the lower tail (cubic) carry it to about 1e-14.
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN;
  if (p === 0) return Number.NEGATIVE_INFINITY;
  if (p === 1) return Number.POSITIVE_INFINITY;
  // 1 − p is exact for p ≥ ½ (Sterbenz), so mirroring loses nothing.
  if (p > 0.5) return -normalQuantile(1 - p);
  const t = Math.sqrt(-2 * Math.log(p));
  const numerator = 2.515517 + t * (0.802853 + t * 0.010328);
  const denominator = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308));
  let z = numerator / denominator - t;
  for (let step = 0; step < 3; step++) {
    const newton = (normalCdf(z) - p) / normalDensity(z);
    z -= newton / (1 + 0.5 * z * newton);
  }
  return z;
}

/** The two-sided critical value, e.g. 1.96 for level 0.95. */
export function normalCriticalValue(level: number): number {
  return normalQuantile(0.5 + level / 2);
}
