/**
 * Quantiles of what will come, from a forecast of its mean and how such forecasts did before: split conformal prediction (Romano,
 * Patterson & Candès 2019; Vovk, Gammerman & Shafer 2005, §4.5 on taxonomies) with the ratio outcome ÷ forecast as score, apart in
 * bins of the forecast, each quantile on its own.
 */
export interface ConformalQuantiles {
  /** Levels τ, rising. */
  readonly probabilities: readonly number[];
  /** Lowest forecast of each bin but the first, rising; (bins − 1). */
  readonly edges: readonly number[];
  /** What a forecast is multiplied by; (bins, probabilities). 0 where the mass at 0 is larger than τ. */
  readonly multipliers: readonly (readonly number[])[];
  /** Forecasts below this count as this: a ratio to nothing says nothing. */
  readonly smallestForecast: number;
}

/** Fewer outcomes in a bin do not tell its tenth and ninetieth percentile. */
const fewestPerBin = 50;
const mostBins = 10;
/** Less money than this is none, in any currency. */
const leastMoney = 1e-6;

/**
 * Fits on outcomes that came after the forecasts. The multiplier of τ in a bin is the ⌈(n + 1)τ⌉-th smallest ratio there, so that for
 * exchangeable customers P(Y ≤ q) ≥ τ and P(Y < q) ≤ τ + 1/(n + 1), a mass at 0 included.
 */
export function fitConformalQuantiles(
  actual: ArrayLike<number>,
  forecast: ArrayLike<number>,
  probabilities: readonly number[],
): ConformalQuantiles {
  const rows = actual.length;
  const mean = Array.from(forecast).reduce((sum, value) => sum + value, 0) / Math.max(1, rows);
  const smallestForecast = Math.max(leastMoney, 1e-3 * mean);
  const sorted = Float64Array.from(forecast).sort();
  const bins = Math.max(1, Math.min(mostBins, Math.floor(rows / fewestPerBin)));
  const borders = Array.from({ length: bins - 1 }, (_, at) => sorted[Math.floor(((at + 1) * rows) / bins)]);
  // Equal forecasts stay together: a border that repeats, or that nobody lies below, makes no bin.
  const edges = [...new Set(borders)].filter((edge) => edge > sorted[0]);
  const ratios: number[][] = Array.from({ length: edges.length + 1 }, () => []);
  for (let row = 0; row < rows; row++) {
    ratios[binOf(forecast[row], edges)].push(actual[row] / Math.max(smallestForecast, forecast[row]));
  }
  const multipliers = ratios.map((inBin) => {
    const rising = Float64Array.from(inBin).sort();
    return probabilities.map((level) => conformalQuantile(rising, level));
  });
  return { probabilities: [...probabilities], edges, multipliers, smallestForecast };
}

/** The ⌈(n + 1)τ⌉-th smallest; the largest where that lies beyond it, 0 where there are none. */
export function conformalQuantile(rising: Float64Array, level: number): number {
  if (rising.length === 0) return 0;
  return rising[Math.min(rising.length, Math.ceil((rising.length + 1) * level)) - 1];
}

/** The quantile of each forecast at `probabilities[at]`; (rows). */
export function conformalQuantilesOf(
  { edges, multipliers, smallestForecast }: ConformalQuantiles,
  forecast: ArrayLike<number>,
  at: number,
): Float64Array {
  return Float64Array.from(
    { length: forecast.length },
    (_, row) => multipliers[binOf(forecast[row], edges)][at] * Math.max(smallestForecast, forecast[row]),
  );
}

/** How many edges lie at or below the forecast. */
function binOf(forecast: number, edges: readonly number[]): number {
  let bin = 0;
  while (bin < edges.length && forecast >= edges[bin]) bin++;
  return bin;
}
