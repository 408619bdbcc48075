import type { PurchaseFit } from "../models/fit-purchases.ts";
import type { Purchases, SummaryOptions } from "../models/purchase-summary.ts";

/**
 * Repeat purchases of the cohort per unit of time, from the first purchase in the data to the end of the holdout, and what the
 * model expects of them knowing only when each customer first bought (Fader, Hardie & Lee 2005, figures 2 and 3).
 */
export function trackPurchases(
  { model, parameters }: PurchaseFit,
  { customer, day, value, customers }: Purchases,
  { calibrationEnd, holdoutEnd = calibrationEnd, unitDays }: SummaryOptions,
): { actual: Float64Array; expected: Float64Array; calibration: number } {
  const first = new Int32Array(customers).fill(holdoutEnd + 1);
  const counts = (at: number) => day[at] <= holdoutEnd && (value === undefined || value[at] >= 0);
  for (let at = 0; at < day.length; at++)
    if (counts(at) && day[at] < first[customer[at]]) first[customer[at]] = day[at];
  const start = first.reduce((least, one) => Math.min(least, one), holdoutEnd);
  const units = Math.max(1, Math.ceil((holdoutEnd - start) / unitDays));
  const actual = new Float64Array(units);
  for (let at = 0; at < day.length; at++) {
    const begun = first[customer[at]];
    if (!counts(at) || begun > calibrationEnd || day[at] === begun) continue;
    actual[Math.min(units - 1, Math.floor((day[at] - start - 1e-9) / unitDays))]++;
  }
  const starters = new Map<number, number>();
  for (const begun of first) if (begun <= calibrationEnd) starters.set(begun, (starters.get(begun) ?? 0) + 1);
  const expected = new Float64Array(units);
  for (const [begun, number] of starters) {
    let before = 0;
    for (let unit = 0; unit < units; unit++) {
      const since = (start + (unit + 1) * unitDays - begun) / unitDays;
      if (since <= 0) continue;
      const now = model.expectedPurchasesOfNewCustomer(parameters, since);
      expected[unit] += number * (now - before);
      before = now;
    }
  }
  return { actual, expected, calibration: (calibrationEnd - start) / unitDays };
}
