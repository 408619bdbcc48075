import { quantileOfSorted } from "../stats/quantile.ts";

/**
 * How raw features become regression columns; fitted without looking at any outcome. Plain arrays: it is stored as JSON.
 * Per feature: signed log sign(x)·log(1 + |x|/scale), standardised, missing at the mean; and the capped value itself,
 * standardised, since margins rise in proportion to past margins and not to their logarithm.
 */
export interface FeatureTransform {
  /** Median of |x| over non-zero values: makes the logarithm free of units. */
  scale: number[]; // (features)
  logMean: number[]; // (features)
  logSd: number[]; // (features)
  cap: number[]; // (features): 99.5 % quantile of |x|
  rawMean: number[]; // (features)
  rawSd: number[]; // (features)
  /** Features with at least 1 % missing get an indicator column. */
  missingIndicators: number[];
}

/** Standardised columns are cut here: one odd customer must not own a coefficient. */
const widestSd = 5;

export function fitFeatureTransform(features: Float32Array, columns: number, rows: Int32Array): FeatureTransform {
  const transform: FeatureTransform = {
    scale: [],
    logMean: [],
    logSd: [],
    cap: [],
    rawMean: [],
    rawSd: [],
    missingIndicators: [],
  };
  const sizes = new Float64Array(rows.length);
  for (let j = 0; j < columns; j++) {
    let present = 0;
    for (const row of rows) {
      const x = features[row * columns + j];
      if (!Number.isNaN(x)) sizes[present++] = Math.abs(x);
    }
    const sorted = sizes.slice(0, present).sort();
    const nonZero = sorted.subarray(firstAboveZero(sorted));
    const scale = nonZero.length > 0 ? quantileOfSorted(nonZero, 0.5) : 1;
    const cap = nonZero.length > 0 ? Math.max(quantileOfSorted(sorted, 0.995), scale) : 1;
    const log = moments(features, columns, j, rows, (x) => signedLog(x, scale));
    const raw = moments(features, columns, j, rows, (x) => capped(x, cap));
    transform.scale.push(scale);
    transform.cap.push(cap);
    transform.logMean.push(log.mean);
    transform.logSd.push(log.sd);
    transform.rawMean.push(raw.mean);
    transform.rawSd.push(raw.sd);
    const missing = rows.length - present;
    if (missing >= 0.01 * rows.length && present >= 0.01 * rows.length) transform.missingIndicators.push(j);
  }
  return transform;
}

function firstAboveZero(sorted: Float64Array): number {
  let index = 0;
  while (index < sorted.length && sorted[index] === 0) index++;
  return index;
}

function signedLog(x: number, scale: number): number {
  return x >= 0 ? Math.log1p(x / scale) : -Math.log1p(-x / scale);
}

function capped(x: number, cap: number): number {
  return Math.max(-cap, Math.min(cap, x));
}

function moments(
  features: Float32Array,
  columns: number,
  column: number,
  rows: Int32Array,
  map: (x: number) => number,
): { mean: number; sd: number } {
  let count = 0;
  let sum = 0;
  let squares = 0;
  for (const row of rows) {
    const x = features[row * columns + column];
    if (Number.isNaN(x)) continue;
    const value = map(x);
    count++;
    sum += value;
    squares += value * value;
  }
  const mean = count > 0 ? sum / count : 0;
  const variance = count > 0 ? squares / count - mean * mean : 0;
  // 0 marks a constant feature: its columns are 0 everywhere.
  return { mean, sd: variance > 1e-12 * (1 + mean * mean) ? Math.sqrt(variance) : 0 };
}

export interface BaseColumns {
  /** Logs, then missing indicators, then an all-ones column. */
  logs: Float32Array; // (rows, logColumns)
  logColumns: number;
  raws: Float32Array; // (rows, features)
}

/** Base columns of all `rows` rows of a feature matrix. */
export function baseColumns(transform: FeatureTransform, features: Float32Array, rows: number): BaseColumns {
  const columns = transform.scale.length;
  const indicators = transform.missingIndicators;
  const logColumns = columns + indicators.length + 1;
  const logs = new Float32Array(rows * logColumns);
  const raws = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const x = features[i * columns + j];
      if (Number.isNaN(x)) continue;
      const { scale, logMean, logSd, cap, rawMean, rawSd } = transform;
      if (logSd[j] > 0) logs[i * logColumns + j] = cut((signedLog(x, scale[j]) - logMean[j]) / logSd[j]);
      if (rawSd[j] > 0) raws[i * columns + j] = cut((capped(x, cap[j]) - rawMean[j]) / rawSd[j]);
    }
    for (let m = 0; m < indicators.length; m++) {
      if (Number.isNaN(features[i * columns + indicators[m]])) logs[i * logColumns + columns + m] = 1;
    }
    logs[i * logColumns + logColumns - 1] = 1;
  }
  return { logs, logColumns, raws };
}

function cut(z: number): number {
  return Math.max(-widestSd, Math.min(widestSd, z));
}

/** Effect modifiers: the log columns of the named features, cut at 2.5 sd; (rows, modifiers). */
export function modifierColumns(base: BaseColumns, rows: number, modifiers: readonly number[]): Float64Array {
  const values = new Float64Array(rows * modifiers.length);
  for (let i = 0; i < rows; i++) {
    for (let m = 0; m < modifiers.length; m++) {
      values[i * modifiers.length + m] = Math.max(-2.5, Math.min(2.5, base.logs[i * base.logColumns + modifiers[m]]));
    }
  }
  return values;
}
