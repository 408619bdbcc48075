import { InputError } from "../base/errors.ts";
import { equalRows, gather } from "../stats/equal-rows.ts";
import type { Covariates, PurchaseHistories } from "./purchase-model.ts";

/** Purchases of single customers; a row is one purchase. `customer` are indices 0 … customers − 1. */
export interface Purchases {
  readonly customers: number;
  readonly customer: Int32Array; // (purchases)
  /** Days since 1970-01-01: purchases of one day are one purchase. */
  readonly day: Int32Array; // (purchases)
  /** Value of the purchase, net; absent for models of counts alone. May be negative: refunds net within their day. */
  readonly value?: Float64Array; // (purchases)
  /** What is known of each customer beside its purchases; columns are by customer. */
  readonly covariates?: Covariates;
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
  /** What else is known of each customer, for models with covariates. */
  readonly covariates?: Covariates;
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
  const hasValue = purchases.value !== undefined;
  const columns = emptyColumns(purchases.customers, hasValue);
  const row = emptyRow();
  let rows = 0;
  let daysNettedAway = 0;
  for (let customer = 0, at = 0; customer < purchases.customers; customer++) {
    clear(row);
    for (; at < days.rows && days.customer[at] === customer; at++) {
      const counts = days.value[at] > 0 || (days.value[at] === 0 && !days.isRefunded[at]);
      if (!counts) daysNettedAway++;
      take(row, days.day[at], days.value[at], counts, options);
    }
    if (row.first === undefined) continue;
    columns.customer[rows] = customer;
    columns.frequency[rows] = row.repeats;
    columns.recency[rows] = ((row.last as number) - row.first) / unitDays;
    columns.age[rows] = (calibrationEnd - row.first) / unitDays;
    columns.logGaps[rows] = row.logGaps - row.repeats * Math.log(unitDays);
    columns.later[rows] = row.later;
    if (hasValue) {
      columns.meanValue[rows] = row.repeats > 0 ? row.repeatValue / row.repeats : row.firstValue;
      columns.pastSpend[rows] = row.spend;
      columns.laterValue[rows] = row.laterValue;
    }
    rows++;
  }
  const { later, laterValue, ...known } = columns;
  const filled = Object.fromEntries(Object.entries(known).map(([name, column]) => [name, column.slice(0, rows)]));
  return {
    rows,
    ...(filled as typeof known),
    ...(holdoutEnd === undefined
      ? {}
      : {
          holdout: {
            frequency: later.slice(0, rows),
            value: laterValue.slice(0, rows),
            time: (holdoutEnd - calibrationEnd) / unitDays,
          },
        }),
    ...(purchases.covariates ? { covariates: ofRows(purchases.covariates, columns.customer.subarray(0, rows)) } : {}),
    daysNettedAway,
  };
}

function ofRows({ names, columns }: Covariates, customers: Int32Array): Covariates {
  return { names, columns: columns.map((column) => gather(column, customers)) };
}

function emptyColumns(customers: number, hasValue: boolean) {
  const column = () => new Float64Array(customers);
  const money = () => new Float64Array(customers).fill(hasValue ? 0 : Number.NaN);
  return {
    customer: new Int32Array(customers),
    frequency: column(),
    recency: column(),
    age: column(),
    logGaps: column(),
    meanValue: money(),
    pastSpend: money(),
    later: column(),
    laterValue: money(),
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

function emptyRow(): Row {
  return { repeats: 0, firstValue: 0, repeatValue: 0, spend: 0, logGaps: 0, later: 0, laterValue: 0 };
}

function clear(row: Row): void {
  Object.assign(row, emptyRow(), { first: undefined, last: undefined });
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
function mergedDays({ customers, customer, day, value }: Purchases) {
  const places = placesByCustomerAndDay(customers, customer, day);
  const merged = {
    rows: 0,
    customer: new Int32Array(places.length),
    day: new Int32Array(places.length),
    value: new Float64Array(places.length),
    isRefunded: new Uint8Array(places.length),
  };
  for (const at of places) {
    const last = merged.rows - 1;
    const amount = value?.[at] ?? 1;
    if (last >= 0 && merged.customer[last] === customer[at] && merged.day[last] === day[at]) {
      merged.value[last] += amount;
      if (amount < 0) merged.isRefunded[last] = 1;
    } else {
      const next = merged.rows++;
      merged.customer[next] = customer[at];
      merged.day[next] = day[at];
      merged.value[next] = amount;
      merged.isRefunded[next] = Number(amount < 0);
    }
  }
  return merged;
}

/** Rows by customer and, within a customer, by day: counting first, so that only a customer's own rows are sorted. */
function placesByCustomerAndDay(customers: number, customer: Int32Array, day: Int32Array): Int32Array {
  const ends = new Int32Array(customers + 1);
  for (const one of customer) ends[one + 1]++;
  for (let one = 0; one < customers; one++) ends[one + 1] += ends[one];
  const starts = ends.slice();
  const places = new Int32Array(customer.length);
  for (let at = 0; at < customer.length; at++) places[ends[customer[at]]++] = at;
  for (let one = 0; one < customers; one++) {
    const own = places.subarray(starts[one], starts[one + 1]);
    if (own.length > 1 && own.some((at, i) => i > 0 && day[own[i - 1]] > day[at])) {
      own.sort((left, right) => day[left] - day[right] || left - right);
    }
  }
  return places;
}

/** Counts customers with the same x, tₓ, T and covariates once: likelihoods then cost as much as there are distinct histories. */
export function groupHistories(
  summary: Pick<PurchaseSummary, "rows" | "frequency" | "recency" | "age" | "covariates"> & { logGaps?: Float64Array },
): PurchaseHistories & { /** Which group each row went to. */ readonly group: Int32Array } {
  const { rows, frequency, recency, age, logGaps, covariates } = summary;
  const columns = covariates?.columns ?? [];
  const { groups, group, first, counts } = equalRows(rows, [frequency, recency, age, ...columns]);
  const gaps = new Float64Array(groups);
  if (logGaps) for (let row = 0; row < rows; row++) gaps[group[row]] += logGaps[row] / counts[group[row]];
  return {
    rows: groups,
    frequency: gather(frequency, first),
    recency: gather(recency, first),
    age: gather(age, first),
    customers: counts,
    ...(logGaps ? { logGaps: gaps } : {}),
    ...(covariates ? { covariates: { ...covariates, columns: columns.map((column) => gather(column, first)) } } : {}),
    group,
  };
}
