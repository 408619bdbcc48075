/**
 * Sums that every purchase model needs for x = 0 … most: ln Γ(r + x)/Γ(r) = Σ ln(r + i) and its derivative Σ 1/(r + i), i < x.
 * Exact and free of cancellation, where differences of ln Γ are neither.
 */
export interface RisingProduct {
  readonly log: Float64Array;
  readonly slope: Float64Array;
}

export function risingProduct(base: number, most: number): RisingProduct {
  const log = new Float64Array(most + 1);
  const slope = new Float64Array(most + 1);
  for (let x = 0; x < most; x++) {
    log[x + 1] = log[x] + Math.log(base + x);
    slope[x + 1] = slope[x] + 1 / (base + x);
  }
  return { log, slope };
}

/** ln(eᵃ + eᵇ) without overflow; either may be −∞. */
export function logSum(a: number, b: number): number {
  const larger = Math.max(a, b);
  if (larger === Number.NEGATIVE_INFINITY) return larger;
  return larger + Math.log1p(Math.exp(Math.min(a, b) - larger));
}
