/** Ways to find out which columns are worth learning from. Columns are arrays of numbers; NaN is a missing value. */

export type Column = Float32Array | Float64Array;

/** Variance of the values that are there; 0 with fewer than two. */
export function variance(column: Column): number {
  let count = 0;
  let mean = 0;
  let squares = 0;
  // Welford's update: one pass, no cancellation.
  for (const value of column) {
    if (Number.isNaN(value)) continue;
    count++;
    const delta = value - mean;
    mean += delta / count;
    squares += delta * (value - mean);
  }
  return count < 2 ? 0 : squares / (count - 1);
}

/** The columns that are not constant. */
export function varyingColumns(columns: readonly Column[]): number[] {
  return columns.map((_, index) => index).filter((index) => variance(columns[index]) > 0);
}

/** Each column's ranks, centred and scaled to unit length, ties at their mean, missing values at the middle. */
export function rankColumns(columns: readonly Column[]): Float64Array[] {
  return columns.map((column) => {
    const rows = Int32Array.from(column.keys()).filter((row) => !Number.isNaN(column[row]));
    rows.sort((a, b) => column[a] - column[b] || a - b);
    const ranks = new Float64Array(column.length);
    const middle = (rows.length - 1) / 2;
    let squares = 0;
    for (let start = 0; start < rows.length; ) {
      let end = start + 1;
      while (end < rows.length && column[rows[end]] === column[rows[start]]) end++;
      const rank = (start + end - 1) / 2 - middle;
      for (let at = start; at < end; at++) ranks[rows[at]] = rank;
      squares += (end - start) * rank * rank;
      start = end;
    }
    if (squares > 0) for (let row = 0; row < ranks.length; row++) ranks[row] /= Math.sqrt(squares);
    return ranks;
  });
}

/**
 * Groups columns whose correlation with the group's first column is at least `threshold` in size. The columns are
 * centred and of unit length (as `rankColumns` makes them), so a correlation is a dot product; earlier columns lead.
 * Comparing with the leader only keeps chains of weak resemblance from joining what is not alike.
 */
export function correlationClusters(columns: readonly Float64Array[], threshold: number): number[][] {
  const clusters: number[][] = [];
  columns.forEach((column, index) => {
    const cluster = clusters.find(([leader]) => Math.abs(dot(columns[leader], column)) >= threshold);
    if (cluster) cluster.push(index);
    else clusters.push([index]);
  });
  return clusters;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < a.length; row++) sum += a[row] * b[row];
  return sum;
}

/**
 * Mutual information of a column and a target in nats, both cut into at most `bins` groups of equal size (equal values
 * stay together, missing values are a group of their own), less the bias of (r − 1)(c − 1)/2n that chance alone gives
 * (Miller 1955). 0 where nothing is shared.
 */
export function mutualInformation(column: Column, target: Column, bins = 16): number {
  const rows = column.length;
  const [x, y] = [equalGroups(column, bins), equalGroups(target, bins)];
  const joint = new Map<number, number>();
  const left = new Float64Array(bins + 1);
  const right = new Float64Array(bins + 1);
  for (let row = 0; row < rows; row++) {
    const cell = x[row] * (bins + 1) + y[row];
    joint.set(cell, (joint.get(cell) ?? 0) + 1);
    left[x[row]]++;
    right[y[row]]++;
  }
  let information = 0;
  for (const [cell, n] of joint) {
    const [i, j] = [Math.floor(cell / (bins + 1)), cell % (bins + 1)];
    information += (n / rows) * Math.log((n * rows) / (left[i] * right[j]));
  }
  const used = (counts: Float64Array) => counts.reduce((sum, n) => sum + Number(n > 0), 0);
  return Math.max(0, information - ((used(left) - 1) * (used(right) - 1)) / (2 * rows));
}

/** The group of each value: 0 … bins − 1 by size, `bins` where it is missing. */
function equalGroups(column: Column, bins: number): Uint16Array {
  const groups = new Uint16Array(column.length).fill(bins);
  const rows = Int32Array.from(column.keys()).filter((row) => !Number.isNaN(column[row]));
  rows.sort((a, b) => column[a] - column[b] || a - b);
  for (let start = 0; start < rows.length; ) {
    let end = start + 1;
    while (end < rows.length && column[rows[end]] === column[rows[start]]) end++;
    // A run of equal values goes where its middle falls.
    const group = Math.floor((bins * (start + end - 1)) / (2 * rows.length));
    for (let at = start; at < end; at++) groups[rows[at]] = group;
    start = end;
  }
  return groups;
}

export interface Importance {
  /** How much worse the loss became, mean over the repeats. */
  mean: number;
  /** Its standard error over the repeats. */
  standardError: number;
}

/**
 * How much worse a model predicts when one column of the validation rows is shuffled (Breiman 2001; Fisher, Rudin &
 * Dominici 2019). Give it the last period of a time-ordered split: on rows it was trained on, a model praises what it
 * memorised. `loss` gets the columns, one of them replaced, and returns the loss to be small.
 */
export function permutationImportance(
  columns: readonly Column[],
  loss: (columns: readonly Column[]) => number,
  random: { shuffle(items: Int32Array): Int32Array },
  repeats = 5,
): Importance[] {
  const base = loss(columns);
  return columns.map((column, index) => {
    const worse = Array.from({ length: repeats }, () => {
      const order = random.shuffle(Int32Array.from(column.keys()));
      const shuffled = column.map((_, row) => column[order[row]]);
      return loss(columns.map((other, at) => (at === index ? shuffled : other))) - base;
    });
    const mean = worse.reduce((sum, value) => sum + value, 0) / repeats;
    const squares = worse.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return { mean, standardError: repeats > 1 ? Math.sqrt(squares / (repeats - 1) / repeats) : Number.NaN };
  });
}
