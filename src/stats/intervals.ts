import { normalCriticalValue } from "./normal.ts";
import { logGamma, studentCdf, studentQuantile } from "./student-t.ts";

export interface ClusteredMean {
  mean: number;
  /** Cluster-robust; NaN with fewer than two clusters. */
  standardError: number;
  rows: number;
  clusters: number;
}

/**
 * Mean of the rows whose value is not NaN, and its standard error when rows of one cluster may depend on each other:
 * √(G/(G−1) Σ_g (Σ_{i∈g} (yᵢ − ȳ))²) / n (Liang & Zeger 1986; the G/(G−1) of CR1). `cluster` holds small indices ≥ 0.
 */
export function clusteredMean(values: ArrayLike<number>, cluster: ArrayLike<number>): ClusteredMean {
  let sum = 0;
  let rows = 0;
  let highest = -1;
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) continue;
    sum += values[i];
    rows++;
    if (cluster[i] > highest) highest = cluster[i];
  }
  const mean = sum / rows;
  const residuals = new Float64Array(highest + 1);
  const seen = new Uint8Array(highest + 1);
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) continue;
    residuals[cluster[i]] += values[i] - mean;
    seen[cluster[i]] = 1;
  }
  let clusters = 0;
  let squares = 0;
  for (let g = 0; g <= highest; g++) {
    clusters += seen[g];
    squares += residuals[g] * residuals[g];
  }
  const standardError = clusters > 1 ? Math.sqrt((clusters / (clusters - 1)) * squares) / rows : Number.NaN;
  return { mean, standardError, rows, clusters };
}

export interface Interval {
  lower: number;
  upper: number;
  level: number;
}

/** estimate ± z·standardError. */
export function normalInterval(estimate: number, standardError: number, level: number): Interval {
  const reach = normalCriticalValue(level) * standardError;
  return { lower: estimate - reach, upper: estimate + reach, level };
}

/**
 * Wilson's score interval of a share (Wilson 1927; Agresti & Coull 1998), which stays inside [0, 1] and holds its level for
 * small counts and shares near the ends. NaN where nothing was counted.
 */
export function wilsonInterval(successes: number, count: number, level: number): Interval {
  const share = successes / count;
  const z = normalCriticalValue(level);
  const center = (share + (z * z) / (2 * count)) / (1 + (z * z) / count);
  const reach = (z / (1 + (z * z) / count)) * Math.sqrt((share * (1 - share)) / count + (z * z) / (4 * count * count));
  return { lower: center - reach, upper: center + reach, level };
}

/** Sums are enough: they can be added over files and days. */
export interface SampleSums {
  count: number;
  sum: number;
  sumOfSquares: number;
}

export interface WelchResult extends Interval {
  estimate: number;
  standardError: number;
  degreesOfFreedom: number;
  pValue: number;
}

/**
 * Welch's t interval of mean(treatment) − mean(control), or of that over mean(control) by the delta method
 * (Welch 1947; degrees of freedom by Satterthwaite 1946, of the absolute difference in both cases, as gbstats does).
 */
export function welch(
  control: SampleSums,
  treatment: SampleSums,
  options: { level?: number; scale?: "absolute" | "relative" } = {},
): WelchResult {
  const { level = 0.95, scale = "absolute" } = options;
  const a = meanAndVariance(control);
  const b = meanAndVariance(treatment);
  const ofMeanA = a.variance / control.count;
  const ofMeanB = b.variance / treatment.count;
  const degreesOfFreedom =
    (ofMeanA + ofMeanB) ** 2 / (ofMeanA ** 2 / (control.count - 1) + ofMeanB ** 2 / (treatment.count - 1));
  const relative = scale === "relative";
  const estimate = relative ? (b.mean - a.mean) / a.mean : b.mean - a.mean;
  const variance = relative ? ofMeanB / a.mean ** 2 + (ofMeanA * b.mean ** 2) / a.mean ** 4 : ofMeanA + ofMeanB;
  const standardError = Math.sqrt(variance);
  const reach = studentQuantile(0.5 + level / 2, degreesOfFreedom) * standardError;
  const pValue = 2 * studentCdf(-Math.abs(estimate / standardError), degreesOfFreedom);
  return { estimate, standardError, degreesOfFreedom, pValue, lower: estimate - reach, upper: estimate + reach, level };
}

function meanAndVariance({ count, sum, sumOfSquares }: SampleSums): { mean: number; variance: number } {
  const mean = sum / count;
  return { mean, variance: (sumOfSquares - sum * mean) / (count - 1) };
}

/**
 * The counts of successes that an honest claim of `probability` may show in `runs` independent runs: the exact
 * binomial count is below `lower` with probability at most (1 − level)/2, and above `upper` likewise.
 */
export function binomialBand(runs: number, probability: number, level = 0.99): { lower: number; upper: number } {
  const tail = (1 - level) / 2;
  const mass = (count: number) =>
    Math.exp(
      logGamma(runs + 1) -
        logGamma(count + 1) -
        logGamma(runs - count + 1) +
        count * Math.log(probability) +
        (runs - count) * Math.log1p(-probability),
    );
  let lower = 0;
  for (let below = mass(0); below <= tail && lower < runs; below += mass(lower)) lower++;
  let upper = runs;
  for (let above = mass(runs); above <= tail && upper > 0; above += mass(upper)) upper--;
  return { lower, upper };
}
