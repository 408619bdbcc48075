import { InputError } from "../base/errors.ts";
import type { PurchaseHistories } from "./purchase-model.ts";

/** Purchases of single customers; a row is one purchase. `customer` are indices 0 … customers − 1. */
export interface Purchases {
  readonly customers: number;
  readonly customer: Int32Array; // (purchases)
  /** Days since 1970-01-01: purchases of one day are one purchase. */
  readonly day: Int32Array; // (purchases)
  /** Value of the purchase, net; absent for models of counts alone. May be negative: refunds net within their day. */
  readonly value?: Float64Array; // (purchases)
}

export interface SummaryOptions {
  /** The last day of the calibration period. */
  readonly calibrationEnd: number;
  /** The last day of the holdout period; absent without one. */
  readonly holdoutEnd?: number;
  /** Days of a unit of time: 7 for weeks. */
  readonly unitDays: number;
}

/** One row per customer whose first purchase lies in the calibration period, in the order of their indices. */
export interface PurchaseSummary {
  readonly rows: number;
  readonly customer: Int32Array; // (rows)
  readonly frequency: Float64Array;
  readonly recency: Float64Array;
  readonly age: Float64Array;
  /** Mean value of the repeat purchases; of the first one where there is no other; NaN without values. */
  readonly meanValue: Float64Array;
  /** All value of the calibration period: past spend. */
  readonly pastSpend: Float64Array;
  /** Σ ln(gap) of each customer; absent where only a summary is known. */
  readonly logGaps?: Float64Array;
  readonly holdout?: { readonly frequency: Float64Array; readonly value: Float64Array; readonly time: number };
  /** Days that refunds took back, in whole or more: kept in past spend, not counted as purchases. */
  readonly daysNettedAway: number;
}

/**
 * x, tₓ and T of every customer (Fader, Hardie & Lee 2005, §3): purchases of one day are merged, the first one starts the
 * clock. A day is a purchase unless refunds (negative values) take it back whole; a purchase for nothing is one. Throws
 * InputError period_without_time, invalid_time_unit, invalid_purchase.
 */
export function summarisePurchases(purchases: Purchases, options: SummaryOptions): PurchaseSummary {
  const { calibrationEnd, holdoutEnd, unitDays } = options;
  if (!Number.isFinite(calibrationEnd) || (holdoutEnd !== undefined && !(holdoutEnd > calibrationEnd))) {
    throw new InputError("period_without_time", { calibrationEnd, holdoutEnd });
  }
  if (!(unitDays > 0) || !Number.isFinite(unitDays)) throw new InputError("invalid_time_unit", { value: unitDays });
  checkPurchases(purchases);
  const days = mergedDays(purchases);
  const rows: Row[] = [];
  let daysNettedAway = 0;
  for (let customer = 0, at = 0; customer < purchases.customers; customer++) {
    const row = emptyRow(customer);
    for (; at < days.customer.length && days.customer[at] === customer; at++) {
      const counts = days.value[at] > 0 || (days.value[at] === 0 && !days.isRefunded[at]);
      if (!counts) daysNettedAway++;
      take(row, days.day[at], days.value[at], counts, options);
    }
    if (row.first !== undefined) rows.push(row);
  }
  const column = (pick: (row: Row) => number) => Float64Array.from(rows, pick);
  const hasValue = purchases.value !== undefined;
  return {
    rows: rows.length,
    customer: Int32Array.from(rows, ({ customer }) => customer),
    frequency: column(({ repeats }) => repeats),
    recency: column(({ first, last }) => ((last as number) - (first as number)) / unitDays),
    age: column(({ first }) => (calibrationEnd - (first as number)) / unitDays),
    meanValue: column(({ repeats, repeatValue, firstValue }) =>
      hasValue ? (repeats > 0 ? repeatValue / repeats : firstValue) : Number.NaN,
    ),
    pastSpend: column(({ spend }) => (hasValue ? spend : Number.NaN)),
    logGaps: column(({ logGaps, repeats }) => logGaps - repeats * Math.log(unitDays)),
    ...(holdoutEnd === undefined
      ? {}
      : {
          holdout: {
            frequency: column(({ later }) => later),
            value: column(({ laterValue }) => (hasValue ? laterValue : Number.NaN)),
            time: (holdoutEnd - calibrationEnd) / unitDays,
          },
        }),
    daysNettedAway,
  };
}

function checkPurchases({ customers, customer, day, value }: Purchases): void {
  for (let at = 0; at < day.length; at++) {
    const isKnown = customer[at] >= 0 && customer[at] < customers;
    if (isKnown && Number.isFinite(value?.[at] ?? 0)) continue;
    throw new InputError("invalid_purchase", { row: at + 1, customer: customer[at], value: value?.[at] });
  }
}

interface Row {
  customer: number;
  first?: number;
  last?: number;
  repeats: number;
  firstValue: number;
  repeatValue: number;
  spend: number;
  logGaps: number;
  later: number;
  laterValue: number;
}

function emptyRow(customer: number): Row {
  return { customer, repeats: 0, firstValue: 0, repeatValue: 0, spend: 0, logGaps: 0, later: 0, laterValue: 0 };
}

function take(row: Row, day: number, value: number, counts: boolean, { calibrationEnd, holdoutEnd }: SummaryOptions) {
  if (day > calibrationEnd) {
    if (row.first === undefined || holdoutEnd === undefined || day > holdoutEnd) return;
    row.laterValue += value;
    if (counts) row.later++;
    return;
  }
  row.spend += value;
  if (!counts) return;
  if (row.first === undefined) {
    row.first = day;
    row.firstValue = value;
  } else {
    row.repeats++;
    row.repeatValue += value;
    row.logGaps += Math.log(day - (row.last as number));
  }
  row.last = day;
}

/** One row per customer and day, sorted by both. */
function mergedDays({ customer, day, value }: Purchases) {
  const order = Float64Array.from(customer, (index, at) => index * 1e6 + (day[at] + 5e5)).map((key) => key);
  const places = Int32Array.from(order, (_, at) => at).sort((a, b) => order[a] - order[b] || a - b);
  const merged = { customer: [] as number[], day: [] as number[], value: [] as number[], isRefunded: [] as boolean[] };
  for (const at of places) {
    const last = merged.customer.length - 1;
    const amount = value?.[at] ?? 1;
    if (last >= 0 && merged.customer[last] === customer[at] && merged.day[last] === day[at]) {
      merged.value[last] += amount;
      merged.isRefunded[last] ||= amount < 0;
    } else {
      merged.customer.push(customer[at]);
      merged.day.push(day[at]);
      merged.value.push(amount);
      merged.isRefunded.push(amount < 0);
    }
  }
  return merged;
}

/** Counts customers with the same x, tₓ and T once: likelihoods then cost as much as there are distinct histories. */
export function groupHistories(
  summary: Pick<PurchaseSummary, "rows" | "frequency" | "recency" | "age"> & { logGaps?: Float64Array },
): PurchaseHistories & { /** Which group each row went to. */ readonly group: Int32Array } {
  const { rows, frequency, recency, age, logGaps } = summary;
  const places = Int32Array.from({ length: rows }, (_, at) => at).sort(
    (a, b) => frequency[a] - frequency[b] || recency[a] - recency[b] || age[a] - age[b] || a - b,
  );
  const group = new Int32Array(rows);
  const first: number[] = [];
  const counts: number[] = [];
  const gaps: number[] = [];
  for (const at of places) {
    const before = first.at(-1);
    const isSame =
      before !== undefined &&
      frequency[before] === frequency[at] &&
      recency[before] === recency[at] &&
      age[before] === age[at];
    if (!isSame) {
      first.push(at);
      counts.push(0);
      gaps.push(0);
    }
    group[at] = first.length - 1;
    counts[first.length - 1]++;
    gaps[first.length - 1] += logGaps?.[at] ?? 0;
  }
  const pick = (column: Float64Array) => Float64Array.from(first, (at) => column[at]);
  return {
    rows: first.length,
    frequency: pick(frequency),
    recency: pick(recency),
    age: pick(age),
    customers: Float64Array.from(counts),
    ...(logGaps ? { logGaps: Float64Array.from(gaps, (sum, at) => sum / counts[at]) } : {}),
    group,
  };
}
