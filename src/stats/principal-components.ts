import { createRandom } from "../base/random.ts";
import { symmetricEigen } from "./eigen.ts";

/** Principal components of a table; plain arrays, so that they can be stored as JSON and used on other rows. */
export interface PrincipalComponents {
  mean: number[]; // (columns)
  /** What each centred column is divided by: 1, or its standard deviation. */
  scale: number[]; // (columns)
  /** Unit directions, the one of most variance first; the largest entry of each is positive. */
  components: number[][]; // (components, columns)
  /** Variance along each component, with n − 1. */
  explainedVariance: number[];
  /** The same as a share of the variance of all columns. */
  explainedShare: number[];
}

export interface ComponentOptions {
  components: number;
  seed: string;
  /** Divide columns by their standard deviation, where they are in different units. */
  standardise?: boolean;
  /** Directions beyond those wanted that the sketch follows. */
  oversampling?: number;
  /** Rounds of sharpening; each multiplies the error by the squared ratio of the first unwanted to the last wanted variance. */
  powerIterations?: number;
}

/**
 * PCA by randomised SVD (Halko, Martinsson & Tropp 2011, algorithms 4.4 and 5.1): the table is multiplied by a narrow
 * random one, sharpened by power iterations with orthonormalisation, and the rest is a small exact eigenproblem. It costs
 * a few passes over the rows instead of a decomposition of all columns. Missing values stand at their column's mean.
 * Fit it on rows known before the training cut-off and keep the result: `project` uses it on any other rows.
 */
export function principalComponents(
  table: Float32Array | Float64Array,
  rows: number,
  columns: number,
  options: ComponentOptions,
): PrincipalComponents {
  const most = Math.min(rows, columns);
  const wanted = Math.min(options.components, most);
  const width = Math.min(wanted + (options.oversampling ?? 10), most);
  const { mean, scale, total } = moments(table, rows, columns, options.standardise ?? false);
  const centred = (row: number, column: number) => {
    const value = table[row * columns + column];
    return Number.isNaN(value) ? 0 : (value - mean[column]) / scale[column];
  };

  const random = createRandom(options.seed).fork("sketch");
  // The basis lives on the side of the columns: (width, columns), one direction a row.
  let basis: Float64Array = Float64Array.from({ length: width * columns }, () => random.normal());
  orthonormalise(basis, width, columns);
  const iterations = options.powerIterations ?? 12;
  for (let iteration = 0; iteration <= iterations; iteration++) {
    basis = covarianceTimes(centred, basis, rows, columns, width);
    orthonormalise(basis, width, columns);
  }
  // B = Q·C·Qᵀ is small; its eigenvectors turn the basis into the components.
  const image = covarianceTimes(centred, basis, rows, columns, width);
  const small = new Float64Array(width * width);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++) {
      const value = (dotRows(basis, i, image, j, columns) + dotRows(basis, j, image, i, columns)) / 2;
      small[i * width + j] = value;
      small[j * width + i] = value;
    }
  }
  const { values, vectors } = symmetricEigen(small, width);
  const components = Array.from({ length: wanted }, (_, k) => {
    const direction = new Float64Array(columns);
    for (let i = 0; i < width; i++) {
      const weight = vectors[k * width + i];
      for (let j = 0; j < columns; j++) direction[j] += weight * basis[i * columns + j];
    }
    return pointingUp(direction);
  });
  const explainedVariance = Array.from(values.subarray(0, wanted), (value) => Math.max(0, value));
  return {
    mean: [...mean],
    scale: [...scale],
    components,
    explainedVariance,
    explainedShare: explainedVariance.map((value) => (total > 0 ? value / total : 0)),
  };
}

/** Coordinates of rows along the components: (rows, components). */
export function project(fit: PrincipalComponents, table: Float32Array | Float64Array, rows: number): Float64Array {
  const columns = fit.mean.length;
  const count = fit.components.length;
  const scores = new Float64Array(rows * count);
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < columns; j++) {
      const value = table[row * columns + j];
      if (Number.isNaN(value)) continue;
      const z = (value - fit.mean[j]) / fit.scale[j];
      for (let k = 0; k < count; k++) scores[row * count + k] += z * fit.components[k][j];
    }
  }
  return scores;
}

/** Means over the values that are there; variances with missing values at the mean, as the decomposition sees them. */
function moments(table: Float32Array | Float64Array, rows: number, columns: number, standardise: boolean) {
  const mean = new Float64Array(columns);
  const scale = new Float64Array(columns).fill(1);
  let total = 0;
  for (let j = 0; j < columns; j++) {
    let present = 0;
    for (let row = 0; row < rows; row++) {
      const value = table[row * columns + j];
      if (Number.isNaN(value)) continue;
      present++;
      mean[j] += (value - mean[j]) / present;
    }
    let squares = 0;
    for (let row = 0; row < rows; row++) {
      const value = table[row * columns + j];
      if (!Number.isNaN(value)) squares += (value - mean[j]) ** 2;
    }
    const variance = rows > 1 ? squares / (rows - 1) : 0;
    if (standardise && variance > 0) scale[j] = Math.sqrt(variance);
    total += variance / scale[j] ** 2;
  }
  return { mean, scale, total };
}

/** Every direction times the covariance matrix, which is never formed: two products with the rows instead. */
function covarianceTimes(
  centred: (row: number, column: number) => number,
  directions: Float64Array,
  rows: number,
  columns: number,
  width: number,
): Float64Array {
  const result = new Float64Array(width * columns);
  const row = new Float64Array(columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) row[j] = centred(i, j);
    for (let k = 0; k < width; k++) {
      let score = 0;
      for (let j = 0; j < columns; j++) score += row[j] * directions[k * columns + j];
      for (let j = 0; j < columns; j++) result[k * columns + j] += score * row[j];
    }
  }
  for (let at = 0; at < result.length; at++) result[at] /= Math.max(1, rows - 1);
  return result;
}

/** Gram–Schmidt, each row twice (Kahan & Parlett: twice is enough); a row that vanishes becomes zero. */
function orthonormalise(basis: Float64Array, width: number, columns: number): void {
  for (let k = 0; k < width; k++) {
    const before = Math.sqrt(dotRows(basis, k, basis, k, columns));
    for (let pass = 0; pass < 2; pass++) {
      for (let i = 0; i < k; i++) {
        const share = dotRows(basis, k, basis, i, columns);
        for (let j = 0; j < columns; j++) basis[k * columns + j] -= share * basis[i * columns + j];
      }
    }
    const length = Math.sqrt(dotRows(basis, k, basis, k, columns));
    const factor = length > 1e-13 * before ? 1 / length : 0;
    for (let j = 0; j < columns; j++) basis[k * columns + j] *= factor;
  }
}

function dotRows(a: Float64Array, i: number, b: Float64Array, j: number, columns: number): number {
  let sum = 0;
  for (let at = 0; at < columns; at++) sum += a[i * columns + at] * b[j * columns + at];
  return sum;
}

/** A direction and its opposite are the same component: the one whose largest entry is positive is given. */
function pointingUp(direction: Float64Array): number[] {
  let largest = 0;
  direction.forEach((value, j) => {
    if (Math.abs(value) > Math.abs(direction[largest])) largest = j;
  });
  const sign = direction[largest] < 0 ? -1 : 1;
  return Array.from(direction, (value) => sign * value);
}
