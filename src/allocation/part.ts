import type { AllocationProblem, Limit } from "./problem.ts";

/** Some of the customers, as they are solved (`problem`) and as they are reported (`means`: effects without caution). */
export interface Part {
  readonly problem: AllocationProblem;
  readonly means: Pick<AllocationProblem, "short" | "long">;
  readonly limits: readonly Limit[];
}

/** The matrices of a part, always in the same order; some may be one and the same. */
export function matricesOf({ problem, means, limits }: Part) {
  return [problem.short, problem.long, problem.cost, means.short, means.long, ...limits.map(({ weight }) => weight)];
}

/** A part of so many customers with the matrices in place of its own. */
export function withMatrices(
  { problem, limits }: Part,
  customers: number,
  [short, long, cost, meanShort, meanLong, ...weights]: readonly Float64Array[], // each (customers, actions)
  eligible = problem.eligible,
): Part {
  const customerIds = new Array<string>(customers).fill("");
  return {
    problem: { ...problem, customerIds, short, long, cost, eligible },
    means: { short: meanShort, long: meanLong },
    limits: limits.map((limit, row) => ({ ...limit, weight: weights[row] })),
  };
}

/** Every amount times a factor: a sample that stands for all customers. */
export function scaled(part: Part, factor: number): Part {
  const copies = new Map(matricesOf(part).map((matrix) => [matrix, Float64Array.from(matrix, (one) => factor * one)]));
  const matrices = matricesOf(part).map((matrix) => copies.get(matrix) as Float64Array);
  return withMatrices(part, part.problem.customerIds.length, matrices);
}

/** Customers picked from part after part, of which there is at least one. */
export class PickedCustomers {
  customers = 0;
  readonly #like: Part;
  /** For each matrix the first one that is the same: it is held once. */
  readonly #same: readonly number[];
  readonly #rows: readonly GrowingRows[];
  readonly #eligible: GrowingRows;

  constructor(like: Part) {
    const matrices = matricesOf(like);
    this.#like = like;
    this.#same = matrices.map((matrix) => matrices.indexOf(matrix));
    this.#rows = matrices.map(() => new GrowingRows());
    this.#eligible = new GrowingRows();
  }

  add(part: Part, isPicked: Uint8Array): void {
    const width = part.problem.actions.length;
    const matrices = matricesOf(part);
    const { eligible } = part.problem;
    for (let customer = 0; customer < isPicked.length; customer++) {
      if (isPicked[customer] === 0) continue;
      const [from, to] = [customer * width, (customer + 1) * width];
      for (const [index, same] of this.#same.entries())
        if (index === same) this.#rows[index].add(matrices[index], from, to);
      if (eligible) this.#eligible.add(eligible, from, to);
      this.customers++;
    }
  }

  part(): Part {
    const rows = this.#rows.map((one) => one.values);
    const matrices = this.#same.map((index) => rows[index]);
    const { eligible } = this.#like.problem;
    return withMatrices(this.#like, this.customers, matrices, eligible && Uint8Array.from(this.#eligible.values));
  }
}

class GrowingRows {
  #values = new Float64Array(1024);
  #length = 0;

  add(from: ArrayLike<number>, start: number, end: number): void {
    if (this.#length + end - start > this.#values.length) {
      const longer = new Float64Array(2 * this.#values.length + end - start);
      longer.set(this.#values);
      this.#values = longer;
    }
    for (let at = start; at < end; at++) this.#values[this.#length++] = from[at];
  }

  get values(): Float64Array {
    return this.#values.subarray(0, this.#length);
  }
}
