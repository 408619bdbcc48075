import { createRandom } from "../base/random.ts";
import { quantileOfSorted } from "./quantile.ts";

export interface BootstrapInterval {
  estimate: number;
  lower: number;
  upper: number;
  level: number;
  repetitions: number;
  /** "better" or "worse" when the interval excludes 0, else "equal": the house rule for every comparison. */
  verdict: "better" | "worse" | "equal";
}

export interface BootstrapOptions {
  seed: string;
  repetitions?: number;
  level?: number;
  onRepetition?: (done: number, total: number) => void;
}

/**
 * Percentile interval of a difference between two scores of the same rows (Efron & Tibshirani 1993, §13.3). Rows are
 * resampled together, so what both scores share cancels. `difference` gets row numbers, with repeats, and returns e.g.
 * spearman(model) − spearman(baseline) on them. Repetitions in which it is NaN are left out and not counted.
 */
export function pairedBootstrap(
  rows: number,
  difference: (sample: Int32Array) => number,
  options: BootstrapOptions,
): BootstrapInterval {
  return pairedBootstraps(rows, (sample) => [difference(sample)], options)[0];
}

/** The same for several differences at once, all on the same samples: what they share need be computed once a sample. */
export function pairedBootstraps(
  rows: number,
  differences: (sample: Int32Array) => readonly number[],
  options: BootstrapOptions,
): BootstrapInterval[] {
  const { seed, repetitions = 400, level = 0.95 } = options;
  const random = createRandom(`${seed}/paired-bootstrap`);
  const sample = new Int32Array(rows);
  for (let i = 0; i < rows; i++) sample[i] = i;
  const estimates = [...differences(sample)];
  const draws: number[][] = estimates.map(() => []);
  for (let repetition = 0; repetition < repetitions; repetition++) {
    for (let i = 0; i < rows; i++) sample[i] = random.integer(rows);
    differences(sample).forEach((value, at) => {
      if (!Number.isNaN(value)) draws[at].push(value);
    });
    options.onRepetition?.(repetition + 1, repetitions);
  }
  return estimates.map((estimate, at) => {
    const sorted = Float64Array.from(draws[at]).sort();
    const lower = quantileOfSorted(sorted, (1 - level) / 2);
    const upper = quantileOfSorted(sorted, (1 + level) / 2);
    const verdict = lower > 0 ? "better" : upper < 0 ? "worse" : "equal";
    return { estimate, lower, upper, level, repetitions: sorted.length, verdict };
  });
}
