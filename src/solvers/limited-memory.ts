import { dot } from "./objective.ts";
import { QuasiDefinite } from "./quasi-definite.ts";

/**
 * The limited-memory BFGS matrix in compact form, B = θ·I − W·M·Wᵀ with W = [Y, θ·S] and
 * M⁻¹ = [[−D, Lᵀ], [L, θ·SᵀS]] (Byrd, Nocedal & Schnabel 1994; Byrd, Lu, Nocedal & Zhu 1995, equations 3.2–3.4).
 * S and Y hold the last steps and changes of gradient, D and L the diagonal and strict lower part of SᵀY.
 */
export class LimitedMemory {
  theta = 1;
  readonly #capacity: number;
  #steps: Float64Array[] = []; // S, oldest first
  #changes: Float64Array[] = []; // Y
  #stepGram: number[][] = []; // SᵀS
  #mixed: number[][] = []; // SᵀY
  #middle: QuasiDefinite | undefined;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get pairs(): number {
    return this.#steps.length;
  }

  clear(): void {
    this.theta = 1;
    this.#steps = [];
    this.#changes = [];
    this.#stepGram = [];
    this.#mixed = [];
  }

  /** Learns from one step; skips pairs without positive curvature (equation 3.9), forgets all where M breaks down. */
  add(step: Float64Array, change: Float64Array): void {
    const curvature = dot(step, change);
    const squared = dot(change, change);
    if (!(curvature > Number.EPSILON * squared)) return;
    if (this.pairs === this.#capacity) this.#forgetOldest();
    this.#steps.push(step);
    this.#changes.push(change);
    this.theta = squared / curvature;
    const newest = this.pairs - 1;
    this.#stepGram.push([]);
    this.#mixed.push([]);
    for (let i = 0; i <= newest; i++) {
      this.#stepGram[i][newest] = this.#stepGram[newest][i] = dot(this.#steps[i], step);
      this.#mixed[i][newest] = dot(this.#steps[i], change);
      this.#mixed[newest][i] = dot(step, this.#changes[i]);
    }
    this.#middle = this.#factorMiddle();
    if (!this.#middle) this.clear();
  }

  #forgetOldest(): void {
    this.#steps.shift();
    this.#changes.shift();
    for (const gram of [this.#stepGram, this.#mixed]) {
      gram.shift();
      for (const row of gram) row.shift();
    }
  }

  #factorMiddle(): QuasiDefinite | undefined {
    const size = this.pairs;
    const [a, c, g] = [new Float64Array(size * size), new Float64Array(size * size), new Float64Array(size * size)];
    for (let i = 0; i < size; i++) {
      a[i * size + i] = this.#mixed[i][i];
      for (let j = 0; j < size; j++) {
        g[i * size + j] = this.theta * this.#stepGram[i][j];
        if (i < j) c[i * size + j] = this.#mixed[j][i];
      }
    }
    return QuasiDefinite.factor(a, c, g, size);
  }

  /** M·v for v of length 2·pairs. */
  timesMiddle(v: Float64Array): Float64Array {
    return this.#middle ? this.#middle.solve(v) : new Float64Array(0);
  }

  /** Row i of W. */
  row(i: number): Float64Array {
    const size = this.pairs;
    const row = new Float64Array(2 * size);
    for (let k = 0; k < size; k++) {
      row[k] = this.#changes[k][i];
      row[size + k] = this.theta * this.#steps[k][i];
    }
    return row;
  }

  /** Wᵀ·v. */
  timesTransposed(v: Float64Array): Float64Array {
    const size = this.pairs;
    const product = new Float64Array(2 * size);
    for (let k = 0; k < size; k++) {
      product[k] = dot(this.#changes[k], v);
      product[size + k] = this.theta * dot(this.#steps[k], v);
    }
    return product;
  }

  /** Adds `factor`·W·p to `target`. */
  addTimes(target: Float64Array, p: Float64Array, factor: number): void {
    const size = this.pairs;
    for (let k = 0; k < size; k++) {
      const [byChange, byStep] = [factor * p[k], factor * this.theta * p[size + k]];
      const [change, step] = [this.#changes[k], this.#steps[k]];
      for (let i = 0; i < target.length; i++) target[i] += byChange * change[i] + byStep * step[i];
    }
  }

  /**
   * −B_F⁻¹·r over the free variables, 0 elsewhere: the Newton step of the model in the subspace (section 5.1, by the
   * Sherman–Morrison–Woodbury formula with M⁻¹ − W_FᵀW_F/θ written out). `residual` must be 0 outside `free`.
   * Undefined where that matrix breaks down in floating point.
   */
  subspaceStep(residual: Float64Array, free: Uint8Array): Float64Array | undefined {
    const { theta } = this;
    const step = residual.map((value) => -value / theta);
    if (this.pairs === 0) return step;
    const reduced = this.#factorReduced(free);
    if (!reduced) return undefined;
    this.addTimes(step, reduced.solve(this.timesTransposed(residual)), -1 / theta ** 2);
    for (let i = 0; i < step.length; i++) if (!free[i]) step[i] = 0;
    return step;
  }

  /** A = D + Y_FᵀY_F/θ, C = Lᵀ − Y_FᵀS_F, G = θ·S_AᵀS_A, where A marks the variables held at bounds. */
  #factorReduced(free: Uint8Array): QuasiDefinite | undefined {
    const size = this.pairs;
    const [a, c, g] = [new Float64Array(size * size), new Float64Array(size * size), new Float64Array(size * size)];
    for (let i = 0; i < size; i++) {
      const change = this.#changes[i];
      const step = this.#steps[i];
      for (let j = 0; j < size; j++) {
        const [otherChange, otherStep] = [this.#changes[j], this.#steps[j]];
        let [changes, mixed, held] = [0, 0, 0];
        for (let k = 0; k < free.length; k++) {
          if (free[k]) {
            changes += change[k] * otherChange[k];
            mixed += change[k] * otherStep[k];
          } else held += step[k] * otherStep[k];
        }
        a[i * size + j] = changes / this.theta + (i === j ? this.#mixed[i][i] : 0);
        c[i * size + j] = (i < j ? this.#mixed[j][i] : 0) - mixed;
        g[i * size + j] = this.theta * held;
      }
    }
    return QuasiDefinite.factor(a, c, g, size);
  }
}
