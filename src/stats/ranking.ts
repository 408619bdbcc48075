/**
 * How well a score orders and levels a truth. Definitions after Wang, Liu & Miao (2019, arXiv 1912.07753) with the
 * two cases they leave open settled: equal scores and bins without truth. No result depends on the order of the rows.
 */

/** Positions of the values in rising order; equal values keep their input order. */
function risingOrder(values: ArrayLike<number>): Int32Array {
  const order = new Int32Array(values.length);
  for (let i = 0; i < order.length; i++) order[i] = i;
  return order.sort((a, b) => values[a] - values[b] || a - b);
}

/** Ranks 1…n, equal values sharing the mean of their ranks. */
export function averageRanks(values: ArrayLike<number>): Float64Array {
  const order = risingOrder(values);
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end]] === values[order[start]]) end++;
    for (let i = start; i < end; i++) ranks[order[i]] = (start + end + 1) / 2;
    start = end;
  }
  return ranks;
}

/** Pearson's correlation; NaN when a side is constant. */
export function pearson(left: ArrayLike<number>, right: ArrayLike<number>): number {
  let meanLeft = 0;
  let meanRight = 0;
  for (let i = 0; i < left.length; i++) {
    meanLeft += left[i] / left.length;
    meanRight += right[i] / left.length;
  }
  let product = 0;
  let squareLeft = 0;
  let squareRight = 0;
  for (let i = 0; i < left.length; i++) {
    const a = left[i] - meanLeft;
    const b = right[i] - meanRight;
    product += a * b;
    squareLeft += a * a;
    squareRight += b * b;
  }
  return squareLeft > 0 && squareRight > 0 ? product / Math.sqrt(squareLeft * squareRight) : Number.NaN;
}

/** Spearman's rank correlation, ties by average ranks (the rule of R and SciPy); NaN when a side is constant. */
export function spearman(left: ArrayLike<number>, right: ArrayLike<number>): number {
  return pearson(averageRanks(left), averageRanks(right));
}

/**
 * The truth in order of falling score, the members of a tie each carrying the tie's mean: the expected
 * sequence when ties are broken at random.
 */
function truthByFallingScore(truth: ArrayLike<number>, score: ArrayLike<number>): Float64Array {
  const order = risingOrder(score).reverse();
  const sequence = new Float64Array(order.length);
  for (let start = 0; start < order.length; ) {
    let sum = 0;
    let end = start;
    for (; end < order.length && score[order[end]] === score[order[start]]; end++) sum += truth[order[end]];
    sequence.fill(sum / (end - start), start, end);
    start = end;
  }
  return sequence;
}

/** Share of the total truth held by the first 1, 2, … n rows in order of falling score. */
export function gainCurve(truth: ArrayLike<number>, score: ArrayLike<number>): Float64Array {
  const curve = truthByFallingScore(truth, score);
  for (let i = 1; i < curve.length; i++) curve[i] += curve[i - 1];
  const total = curve.length > 0 ? curve[curve.length - 1] : 0;
  for (let i = 0; i < curve.length; i++) curve[i] /= total;
  return curve;
}

/** Raw Gini: 2·Σ(gain curve)/n − 1. */
export function gini(truth: ArrayLike<number>, score: ArrayLike<number>): number {
  const curve = gainCurve(truth, score);
  let sum = 0;
  for (let i = 0; i < curve.length; i++) sum += curve[i];
  return (2 * sum) / curve.length - 1;
}

/** Raw Gini of the score divided by that of the truth itself; 1 is a perfect order, near 0 a random one. */
export function normalizedGini(truth: ArrayLike<number>, score: ArrayLike<number>): number {
  return gini(truth, score) / gini(truth, truth);
}

export interface DecileError {
  /** Unweighted mean over the bins of |mean predicted − mean true| / |mean true|. */
  mape: number;
  /** Bins whose mean truth is 0; there the truth's overall mean is the denominator, so that the measure stays finite. */
  zeroTruthBins: number;
  predicted: number[];
  actual: number[];
}

/**
 * Level error over equal bins by rising prediction. Bin k covers rows ⌊kn/bins⌋ … ⌊(k+1)n/bins⌋ − 1; a tie that
 * straddles a border is split with the tie's mean truth on both sides.
 */
export function decileError(truth: ArrayLike<number>, prediction: ArrayLike<number>, bins = 10): DecileError {
  const rows = truth.length;
  const sortedTruth = truthByFallingScore(truth, prediction).reverse();
  const sortedPrediction = Float64Array.from(prediction).sort();
  const overall = sortedTruth.reduce((sum, value) => sum + value, 0) / rows;
  const usedBins = Math.min(bins, rows);
  const result: DecileError = { mape: 0, zeroTruthBins: 0, predicted: [], actual: [] };
  for (let bin = 0; bin < usedBins; bin++) {
    const start = Math.floor((bin * rows) / usedBins);
    const end = Math.floor(((bin + 1) * rows) / usedBins);
    let actual = 0;
    let predicted = 0;
    for (let i = start; i < end; i++) {
      actual += sortedTruth[i] / (end - start);
      predicted += sortedPrediction[i] / (end - start);
    }
    if (actual === 0) result.zeroTruthBins++;
    const gap = Math.abs(predicted - actual);
    result.mape += gap === 0 ? 0 : gap / Math.abs(actual === 0 ? overall : actual) / usedBins;
    result.predicted.push(predicted);
    result.actual.push(actual);
  }
  return result;
}

/** Area under the ROC curve: P(score of a positive > score of a negative) + ½ P(equal) (Mann–Whitney). */
export function areaUnderRoc(positive: ArrayLike<number | boolean>, score: ArrayLike<number>): number {
  return areaUnderRocOfRanks(positive, averageRanks(score));
}

/** The same where the scores' average ranks are known. */
export function areaUnderRocOfRanks(positive: ArrayLike<number | boolean>, ranks: ArrayLike<number>): number {
  let positives = 0;
  let rankSum = 0;
  for (let i = 0; i < ranks.length; i++) {
    if (!positive[i]) continue;
    positives++;
    rankSum += ranks[i];
  }
  const negatives = ranks.length - positives;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}
