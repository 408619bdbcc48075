import { createHash, createHmac } from "node:crypto";

/** A seeded stream of random numbers. The same seed gives the same stream on every machine. */
export interface Random {
  /** Uniform on [0, 1) with 32 random bits. */
  uniform(): number;
  /** Uniform integer in 0 … bound − 1. */
  integer(bound: number): number;
  /** Standard normal (polar method, Marsaglia & Bray 1964). */
  normal(): number;
  /** Gamma with the given shape and scale 1 (Marsaglia & Tsang 2000). */
  gamma(shape: number): number;
  /** Poisson with the given mean (inversion; meant for means below about 30). */
  poisson(mean: number): number;
  /** Shuffles in place (Fisher–Yates) and returns the same array. */
  shuffle<T extends { length: number; [index: number]: unknown }>(items: T): T;
  /** An independent stream named by `label`: adding a consumer does not move the numbers of the others. */
  fork(label: string): Random;
}

/** Creates a stream from a seed; strings and numbers with the same text are the same seed. */
export function createRandom(seed: string | number): Random {
  return new Sfc32(String(seed));
}

/** sfc32 (Chris Doty-Humphrey, PractRand): small, fast, passes PractRand to many terabytes. */
class Sfc32 implements Random {
  readonly #seed: string;
  #a: number;
  #b: number;
  #c: number;
  #counter: number;
  #spareNormal: number | undefined;

  constructor(seed: string) {
    const digest = createHash("sha256").update(seed).digest();
    this.#seed = seed;
    this.#a = digest.readInt32LE(0);
    this.#b = digest.readInt32LE(4);
    this.#c = digest.readInt32LE(8);
    this.#counter = digest.readInt32LE(12);
  }

  #next(): number {
    const result = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + result) | 0;
    return result >>> 0;
  }

  uniform(): number {
    return this.#next() / 4294967296;
  }

  integer(bound: number): number {
    return Math.floor(this.uniform() * bound);
  }

  normal(): number {
    if (this.#spareNormal !== undefined) {
      const spare = this.#spareNormal;
      this.#spareNormal = undefined;
      return spare;
    }
    for (;;) {
      const u = 2 * this.uniform() - 1;
      const v = 2 * this.uniform() - 1;
      const squared = u * u + v * v;
      if (squared > 0 && squared < 1) {
        const factor = Math.sqrt((-2 * Math.log(squared)) / squared);
        this.#spareNormal = v * factor;
        return u * factor;
      }
    }
  }

  gamma(shape: number): number {
    if (shape < 1) return this.gamma(shape + 1) * (1 - this.uniform()) ** (1 / shape);
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = this.normal();
      const cube = (1 + c * x) ** 3;
      if (cube > 0 && Math.log(1 - this.uniform()) < 0.5 * x * x + d - d * cube + d * Math.log(cube)) return d * cube;
    }
  }

  poisson(mean: number): number {
    let count = 0;
    for (let product = 1 - this.uniform(), limit = Math.exp(-mean); product > limit; count++) {
      product *= 1 - this.uniform();
    }
    return count;
  }

  shuffle<T extends { length: number; [index: number]: unknown }>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const held = items[i];
      items[i] = items[j];
      items[j] = held;
    }
    return items;
  }

  fork(label: string): Random {
    return new Sfc32(`${this.#seed}/${label}`);
  }
}

/**
 * A number in [0, 1) that depends on nothing but its arguments: the draw behind every assignment.
 * `purpose` salts it, so that the same customers are not explored in every round.
 */
export function assignmentUniform(seed: string, purpose: string, id: string): number {
  const digest = createHmac("sha256", seed).update(`${purpose}\u0000${id}`).digest();
  return Number(digest.readBigUInt64BE(0) >> 11n) / 9007199254740992;
}
