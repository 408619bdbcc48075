/** Quantiles by linear interpolation, h = (n − 1)p: type 7 of Hyndman & Fan (1996), the default of R and NumPy. */

/** The p-quantile of values already in rising order; NaN when there are none. */
export function quantileOfSorted(sorted: ArrayLike<number>, p: number): number {
  const last = sorted.length - 1;
  if (last < 0) return Number.NaN;
  const position = Math.min(last, Math.max(0, p * last));
  const below = Math.floor(position);
  const value = sorted[below];
  return below === last ? value : value + (position - below) * (sorted[below + 1] - value);
}

/** The p-quantiles of unordered values; NaN values are left out. */
export function quantiles(values: ArrayLike<number>, probabilities: readonly number[]): number[] {
  const sorted = sortedFinite(values);
  return probabilities.map((p) => quantileOfSorted(sorted, p));
}

function sortedFinite(values: ArrayLike<number>): Float64Array {
  const kept = new Float64Array(values.length);
  let count = 0;
  for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i])) kept[count++] = values[i];
  return kept.subarray(0, count).sort();
}
