/** How forecast quantiles compare with what came. */
export interface QuantileCoverage {
  readonly probability: number;
  /** Share of outcomes strictly below the quantile: at most τ for a right one, whatever mass the outcomes have on a point. */
  readonly shareBelow: number;
  /** Share of outcomes at or below it: at least τ. */
  readonly shareAtOrBelow: number;
  /** Mean pinball loss (Koenker & Bassett 1978), in the outcomes' unit: (Y − q)(τ − [Y < q]). */
  readonly pinballLoss: number;
}

/** Shares and loss of one quantile. */
export function quantileCoverage(
  actual: ArrayLike<number>,
  quantile: ArrayLike<number>,
  probability: number,
): QuantileCoverage {
  const rows = actual.length;
  let below = 0;
  let atOrBelow = 0;
  let loss = 0;
  for (let row = 0; row < rows; row++) {
    const isBelow = actual[row] < quantile[row];
    below += Number(isBelow);
    atOrBelow += Number(actual[row] <= quantile[row]);
    loss += (actual[row] - quantile[row]) * (probability - Number(isBelow));
  }
  return {
    probability,
    shareBelow: below / rows,
    shareAtOrBelow: atOrBelow / rows,
    pinballLoss: loss / rows,
  };
}

/** By how much the shares miss τ: 0 where share(Y < q) ≤ τ ≤ share(Y ≤ q), above 0 by what is missing. */
export function coverageError({ probability, shareBelow, shareAtOrBelow }: QuantileCoverage): number {
  return Math.max(0, shareBelow - probability, probability - shareAtOrBelow);
}

/** The coverage in each of `bins` equal parts of the rows by rising score, ties in the order of the rows. */
export function coverageByScore(
  actual: ArrayLike<number>,
  quantile: ArrayLike<number>,
  score: ArrayLike<number>,
  { probability, bins = 10 }: { probability: number; bins?: number },
): QuantileCoverage[] {
  const rows = actual.length;
  const order = Array.from({ length: rows }, (_, row) => row).sort((a, b) => score[a] - score[b] || a - b);
  const parts = Math.min(bins, rows);
  return Array.from({ length: parts }, (_, bin) => {
    const part = order.slice(Math.floor((bin * rows) / parts), Math.floor(((bin + 1) * rows) / parts));
    const pick = (values: ArrayLike<number>) => part.map((row) => values[row]);
    return quantileCoverage(pick(actual), pick(quantile), probability);
  });
}
