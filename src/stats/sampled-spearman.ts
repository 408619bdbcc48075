import { averageRanks, pearson } from "./ranking.ts";

/**
 * Spearman's correlation of rows drawn with repeats, for the bootstrap: the values are sorted once, and every sample's ranks
 * come from counting, so a repetition costs O(rows) instead of two sorts. The function returned equals `spearman` on the sample.
 */
export function sampledSpearman(
  left: ArrayLike<number>,
  right: ArrayLike<number>,
): (sample: ArrayLike<number>) => number {
  const rankLeft = sampledRanks(left);
  const rankRight = sampledRanks(right);
  return (sample) => pearson(rankLeft(sample), rankRight(sample));
}

/** Average ranks within a sample of rows. The same array is filled again by every call. */
export function sampledRanks(values: ArrayLike<number>): (sample: ArrayLike<number>) => Float64Array {
  const level = averageRanks(values).map((rank) => Math.floor(rank) - 1); // (rows), equal for equal values, rising with them
  const counts = new Int32Array(values.length);
  const rankOfLevel = new Float64Array(values.length);
  let ranks = new Float64Array(0);
  return (sample) => {
    counts.fill(0);
    for (let i = 0; i < sample.length; i++) counts[level[sample[i]]]++;
    for (let at = 0, before = 0; at < counts.length; at++) {
      rankOfLevel[at] = before + (counts[at] + 1) / 2;
      before += counts[at];
    }
    if (ranks.length !== sample.length) ranks = new Float64Array(sample.length);
    for (let i = 0; i < sample.length; i++) ranks[i] = rankOfLevel[level[sample[i]]];
    return ranks;
  };
}
