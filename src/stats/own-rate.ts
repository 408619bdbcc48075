/** Nobody's rate is taken over fewer days: one order yesterday is not one order a day. */
export const leastTenureDays = 90;

/** ∫₀ᴴ (1 + r)^(−t/365) dt: what a steady unit a day over the horizon is worth today. */
export function discountedDays(horizonDays: number, annualRate: number): number {
  if (annualRate === 0) return horizonDays;
  const perDay = Math.log1p(annualRate) / 365;
  return -Math.expm1(-perDay * horizonDays) / perDay;
}
