import { choleskyFactor, choleskyInverse, choleskyLogDeterminant } from "../stats/linear-algebra.ts";

/** Points as rows of one array; distances of category columns are 0 (the same) or 1. */
export interface Points {
  readonly rows: number;
  readonly width: number;
  readonly values: Float64Array; // (rows, width)
  readonly isCategory: readonly boolean[]; // (width)
}

/** Logarithms: [signal variance, a length scale per column, noise variance]. */
export type LogHyperparameters = Float64Array; // (width + 2)

const sqrt5 = Math.sqrt(5);

/** Squared distance along one column, in units of its length scale. */
function squaredStep(difference: number, isCategory: boolean, inverseLength: number): number {
  const step = isCategory ? Number(difference !== 0) : difference;
  return step * step * inverseLength * inverseLength;
}

/** Matérn 5/2 at a squared distance, and −2 × its derivative by that (Rasmussen & Williams 2006, eq. 4.17). */
function matern(squared: number): { value: number; slope: number } {
  const distance = Math.sqrt(squared);
  const decay = Math.exp(-sqrt5 * distance);
  return {
    value: (1 + sqrt5 * distance + (5 / 3) * squared) * decay,
    slope: (5 / 3) * (1 + sqrt5 * distance) * decay,
  };
}

/** Logarithm of the probability of the values under the process, and its gradient by the hyperparameters. */
export interface Likelihood {
  readonly value: number;
  readonly gradient: Float64Array; // (width + 2)
}

interface Factored {
  readonly inverse: Float64Array; // (rows, rows): (K + σ²I)⁻¹
  readonly weights: Float64Array; // (rows): (K + σ²I)⁻¹ y
  readonly logDeterminant: number;
}

/** Jitter on the diagonal, as a share of the signal variance: grown tenfold until Cholesky holds. */
function factored(covariance: Float64Array, values: Float64Array, signal: number): Factored | undefined {
  const rows = values.length;
  for (let jitter = 0; jitter < 1e-2; jitter = jitter === 0 ? 1e-10 : 10 * jitter) {
    const matrix = covariance.slice();
    for (let i = 0; i < rows; i++) matrix[i * rows + i] += jitter * signal;
    const factor = choleskyFactor(matrix, rows);
    if (!factor) continue;
    const inverse = choleskyInverse(factor, rows);
    const weights = new Float64Array(rows);
    for (let i = 0; i < rows; i++) for (let j = 0; j < rows; j++) weights[i] += inverse[i * rows + j] * values[j];
    return { inverse, weights, logDeterminant: choleskyLogDeterminant(factor, rows) };
  }
  return undefined;
}

function inverseLengths(width: number, hyperparameters: LogHyperparameters): Float64Array {
  return Float64Array.from({ length: width }, (_, column) => Math.exp(-hyperparameters[1 + column]));
}

function squaredDistance(points: Points, row: number, other: ArrayLike<number>, offset: number, scale: Float64Array) {
  let squared = 0;
  for (let column = 0; column < points.width; column++) {
    const difference = points.values[row * points.width + column] - other[offset + column];
    squared += squaredStep(difference, points.isCategory[column], scale[column]);
  }
  return squared;
}

function covarianceOf(points: Points, hyperparameters: LogHyperparameters) {
  const { rows, width } = points;
  const signal = Math.exp(hyperparameters[0]);
  const noise = Math.exp(hyperparameters[width + 1]);
  const scale = inverseLengths(width, hyperparameters);
  const covariance = new Float64Array(rows * rows); // (rows, rows), lower triangle
  const slopes = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < i; j++) {
      const { value, slope } = matern(squaredDistance(points, i, points.values, j * width, scale));
      covariance[i * rows + j] = signal * value;
      slopes[i * rows + j] = signal * slope;
    }
    covariance[i * rows + i] = signal + noise;
  }
  return { covariance, slopes, scale, signal, noise };
}

/**
 * The log marginal likelihood and its gradient (Rasmussen & Williams 2006, eq. 2.30 and 5.9); undefined where the
 * covariance cannot be factored.
 */
export function logMarginalLikelihood(
  points: Points,
  values: Float64Array,
  hyperparameters: LogHyperparameters,
): Likelihood | undefined {
  const { rows, width, isCategory } = points;
  const { covariance, slopes, scale, signal, noise } = covarianceOf(points, hyperparameters);
  const factor = factored(covariance, values, signal);
  if (!factor) return undefined;
  const { inverse, weights, logDeterminant } = factor;
  const gradient = new Float64Array(width + 2);
  let fit = 0;
  for (let i = 0; i < rows; i++) {
    fit += values[i] * weights[i];
    // ½ tr((ααᵀ − K⁻¹) ∂K/∂θ): off the diagonal every pair counts twice.
    const own = 0.5 * (weights[i] * weights[i] - inverse[i * rows + i]);
    gradient[0] += own * signal;
    gradient[width + 1] += own * noise;
    for (let j = 0; j < i; j++) {
      const pull = weights[i] * weights[j] - inverse[i * rows + j];
      gradient[0] += pull * covariance[i * rows + j];
      const slope = pull * slopes[i * rows + j];
      for (let column = 0; column < width; column++) {
        const difference = points.values[i * width + column] - points.values[j * width + column];
        gradient[1 + column] += slope * squaredStep(difference, isCategory[column], scale[column]);
      }
    }
  }
  return { value: -0.5 * (fit + logDeterminant + rows * Math.log(2 * Math.PI)), gradient };
}

/** What the process expects of the noiseless function at one place. */
export interface Posterior {
  readonly mean: number;
  readonly sd: number;
  /** By the place; 0 along categories. */
  readonly meanGradient: Float64Array; // (width)
  readonly sdGradient: Float64Array; // (width)
}

/** Conditions a process of mean 0 on values with noise (Rasmussen & Williams 2006, eq. 2.25 and 2.26). */
export class GaussianProcess {
  readonly #points: Points;
  readonly #scale: Float64Array;
  readonly #signal: number;
  readonly #factor: Factored;

  /** Throws RangeError where the covariance cannot be factored even with jitter. */
  constructor(points: Points, values: Float64Array, hyperparameters: LogHyperparameters) {
    const { covariance, scale, signal } = covarianceOf(points, hyperparameters);
    const factor = factored(covariance, values, signal);
    if (!factor) throw new RangeError("the covariance is not positive definite");
    this.#points = points;
    this.#scale = scale;
    this.#signal = signal;
    this.#factor = factor;
  }

  at(place: ArrayLike<number>): Posterior {
    const { rows, width, values, isCategory } = this.#points;
    const { inverse, weights } = this.#factor;
    const covariance = new Float64Array(rows);
    const slopes = new Float64Array(rows);
    let mean = 0;
    for (let i = 0; i < rows; i++) {
      const { value, slope } = matern(squaredDistance(this.#points, i, place, 0, this.#scale));
      covariance[i] = this.#signal * value;
      slopes[i] = this.#signal * slope;
      mean += covariance[i] * weights[i];
    }
    let variance = this.#signal;
    const meanGradient = new Float64Array(width);
    const sdGradient = new Float64Array(width);
    for (let i = 0; i < rows; i++) {
      let explained = 0;
      for (let j = 0; j < rows; j++) explained += inverse[i * rows + j] * covariance[j];
      variance -= covariance[i] * explained;
      for (let column = 0; column < width; column++) {
        if (isCategory[column]) continue;
        const scale = this.#scale[column];
        const change = -slopes[i] * (place[column] - values[i * width + column]) * scale * scale;
        meanGradient[column] += change * weights[i];
        sdGradient[column] -= change * explained; // half the variance's derivative; divided by sd below
      }
    }
    const sd = Math.sqrt(Math.max(variance, 1e-12 * this.#signal));
    return { mean, sd, meanGradient, sdGradient: sdGradient.map((change) => change / sd) };
  }
}
