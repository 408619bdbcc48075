import { choleskyFactor, choleskySolve } from "../stats/linear-algebra.ts";

/**
 * Solves [[−A, C], [Cᵀ, G]]·p = v, where A and the Schur complement G + Cᵀ·A⁻¹·C are positive definite: two Cholesky
 * factors instead of a pivoted factorisation of an indefinite matrix. Blocks are (size, size), row-major.
 */
export class QuasiDefinite {
  readonly #size: number;
  readonly #upperLeft: Float64Array;
  readonly #coupling: Float64Array;
  readonly #schur: Float64Array;

  private constructor(size: number, upperLeft: Float64Array, coupling: Float64Array, schur: Float64Array) {
    this.#size = size;
    this.#upperLeft = upperLeft;
    this.#coupling = coupling;
    this.#schur = schur;
  }

  /** Undefined where one of the two factors does not exist in floating point. */
  static factor(a: Float64Array, c: Float64Array, g: Float64Array, size: number): QuasiDefinite | undefined {
    const upperLeft = choleskyFactor(a, size);
    if (!upperLeft) return undefined;
    const complement = g.slice(); // (size, size)
    for (let j = 0; j < size; j++) {
      const column = choleskySolve(upperLeft, columnOf(c, j, size), size);
      for (let i = 0; i < size; i++) {
        for (let k = 0; k < size; k++) complement[i * size + j] += c[k * size + i] * column[k];
      }
    }
    const schur = choleskyFactor(complement, size);
    return schur ? new QuasiDefinite(size, upperLeft, c, schur) : undefined;
  }

  solve(right: Float64Array): Float64Array {
    const size = this.#size;
    const c = this.#coupling;
    const lowerRight = right.slice(size);
    const first = choleskySolve(this.#upperLeft, right.subarray(0, size), size);
    for (let i = 0; i < size; i++) for (let k = 0; k < size; k++) lowerRight[i] += c[k * size + i] * first[k];
    const second = choleskySolve(this.#schur, lowerRight, size);
    const upperRight = new Float64Array(size);
    for (let i = 0; i < size; i++) {
      upperRight[i] = -right[i];
      for (let k = 0; k < size; k++) upperRight[i] += c[i * size + k] * second[k];
    }
    const solution = new Float64Array(2 * size);
    solution.set(choleskySolve(this.#upperLeft, upperRight, size));
    solution.set(second, size);
    return solution;
  }
}

function columnOf(matrix: Float64Array, column: number, size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, row) => matrix[row * size + column]);
}
