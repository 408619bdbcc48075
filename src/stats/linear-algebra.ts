/** Small dense linear algebra on row-major Float64Arrays: enough for regressions with up to a few hundred columns. */

/**
 * Cholesky factor of a symmetric positive definite matrix, A = L·Lᵀ (Golub & Van Loan, algorithm 4.2.1).
 * Only the lower triangle is read. Returns null when a pivot falls below 1e-14 of its diagonal: not positive definite.
 */
export function choleskyFactor(matrix: Float64Array, size: number): Float64Array | null {
  const lower = new Float64Array(size * size); // (size, size)
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * size + j];
      for (let k = 0; k < j; k++) sum -= lower[i * size + k] * lower[j * size + k];
      if (i !== j) {
        lower[i * size + j] = sum / lower[j * size + j];
        continue;
      }
      if (!(sum > 1e-14 * matrix[i * size + i])) return null;
      lower[i * size + i] = Math.sqrt(sum);
    }
  }
  return lower;
}

/** Solves L·Lᵀ·x = right. */
export function choleskySolve(lower: Float64Array, right: ArrayLike<number>, size: number): Float64Array {
  const solution = Float64Array.from(right);
  for (let i = 0; i < size; i++) {
    let sum = solution[i];
    for (let k = 0; k < i; k++) sum -= lower[i * size + k] * solution[k];
    solution[i] = sum / lower[i * size + i];
  }
  for (let i = size - 1; i >= 0; i--) {
    let sum = solution[i];
    for (let k = i + 1; k < size; k++) sum -= lower[k * size + i] * solution[k];
    solution[i] = sum / lower[i * size + i];
  }
  return solution;
}

/** A⁻¹ from the factor of A. */
export function choleskyInverse(lower: Float64Array, size: number): Float64Array {
  const inverse = new Float64Array(size * size); // (size, size)
  const unit = new Float64Array(size);
  for (let j = 0; j < size; j++) {
    unit.fill(0)[j] = 1;
    const column = choleskySolve(lower, unit, size);
    for (let i = 0; i < size; i++) inverse[i * size + j] = column[i];
  }
  return inverse;
}

/** log det A from the factor of A. */
export function choleskyLogDeterminant(lower: Float64Array, size: number): number {
  let sum = 0;
  for (let i = 0; i < size; i++) sum += Math.log(lower[i * size + i]);
  return 2 * sum;
}

/** left·right for square matrices of one size. */
export function multiplySquare(left: Float64Array, right: Float64Array, size: number): Float64Array {
  const product = new Float64Array(size * size); // (size, size)
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < size; k++) {
      const factor = left[i * size + k];
      if (factor === 0) continue;
      for (let j = 0; j < size; j++) product[i * size + j] += factor * right[k * size + j];
    }
  }
  return product;
}

export interface NormalEquations {
  gram: Float64Array; // (columns, columns): Σ w x xᵀ, lower triangle filled
  moment: Float64Array; // (columns): Σ w x y
}

/**
 * Σ w·x·xᵀ and Σ w·x·y over the given rows. `design` is (rows, columns); `weights` and `target` are indexed by row.
 * Four rows at a time: one pass over the triangle in memory instead of four.
 */
export function weightedNormalEquations(
  design: Float32Array | Float64Array,
  columns: number,
  target: Float64Array,
  weights: Float64Array,
  rows: Int32Array,
): NormalEquations {
  const gram = new Float64Array(columns * columns);
  const moment = new Float64Array(columns);
  const blocked = new Float64Array(4 * columns);
  const weighted = new Float64Array(4 * columns);
  for (let start = 0; start < rows.length; start += 4) {
    for (let b = 0; b < 4; b++) {
      // A padded row has weight 0 and adds nothing.
      const row = start + b < rows.length ? rows[start + b] : -1;
      const weight = row < 0 ? 0 : weights[row];
      const y = row < 0 ? 0 : target[row];
      for (let j = 0; j < columns; j++) {
        const x = row < 0 ? 0 : design[row * columns + j];
        blocked[b * columns + j] = x;
        weighted[b * columns + j] = weight * x;
        moment[j] += weight * x * y;
      }
    }
    for (let i = 0; i < columns; i++) {
      const w0 = weighted[i];
      const w1 = weighted[columns + i];
      const w2 = weighted[2 * columns + i];
      const w3 = weighted[3 * columns + i];
      const offset = i * columns;
      for (let j = 0; j <= i; j++) {
        gram[offset + j] +=
          w0 * blocked[j] + w1 * blocked[columns + j] + w2 * blocked[2 * columns + j] + w3 * blocked[3 * columns + j];
      }
    }
  }
  return { gram, moment };
}

/**
 * Coefficients minimising Σ w (y − xᵀβ)² + Σ penaltyⱼ βⱼ² (Hoerl & Kennard 1970). Where the columns are dependent,
 * a jitter of 1e-9 of the diagonal, grown tenfold until it holds, picks a near-minimal-norm answer.
 */
export function solveRidge({ gram, moment }: NormalEquations, penalties: ArrayLike<number>): Float64Array {
  const size = moment.length;
  for (let jitter = 0; ; jitter = jitter === 0 ? 1e-9 : jitter * 10) {
    const penalised = gram.slice();
    for (let j = 0; j < size; j++) {
      const diagonal = gram[j * size + j];
      penalised[j * size + j] = diagonal + penalties[j] + jitter * (diagonal > 0 ? diagonal : 1);
    }
    const factor = choleskyFactor(penalised, size);
    if (factor) return choleskySolve(factor, moment, size);
    if (!(jitter < 1)) return new Float64Array(size).fill(Number.NaN);
  }
}
