import { ownParameters } from "../models/covariates.ts";
import type { PurchaseFit } from "../models/fit-purchases.ts";
import type { Purchases, SummaryOptions } from "../models/purchase-summary.ts";
import { equalRows } from "../stats/equal-rows.ts";

/**
 * Repeat purchases of the cohort per unit of time, from the first purchase in the data to the end of the holdout, and what the
 * model expects of them knowing only when each customer first bought (Fader, Hardie & Lee 2005, figures 2 and 3).
 */
export function trackPurchases(
  fit: PurchaseFit,
  { customer, day, value, customers, covariates }: Purchases,
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
  const own = ownParameters(fit, covariates);
  const starters = equalRows(customers, [Float64Array.from(first), ...(covariates?.columns ?? [])]);
  const expected = new Float64Array(units);
  starters.first.forEach((one, group) => {
    const begun = first[one];
    if (begun > calibrationEnd) return;
    const parameters = own(one);
    let before = 0;
    for (let unit = 0; unit < units; unit++) {
      const since = (start + (unit + 1) * unitDays - begun) / unitDays;
      if (since <= 0) continue;
      const now = fit.model.expectedPurchasesOfNewCustomer(parameters, since);
      expected[unit] += starters.counts[group] * (now - before);
      before = now;
    }
  });
  return { actual, expected, calibration: (calibrationEnd - start) / unitDays };
}
