import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../base/random.ts";
import { choleskyFactor, choleskySolve } from "../stats/linear-algebra.ts";
import { LimitedMemory } from "./limited-memory.ts";
import { dot } from "./objective.ts";

/** B by the textbook recursion B ← B − Bs(Bs)ᵀ/sᵀBs + yyᵀ/sᵀy from θI, over the pairs that memory still holds. */
function recursion(size: number, pairs: readonly (readonly [Float64Array, Float64Array])[]): Float64Array {
  const [step, change] = pairs[pairs.length - 1];
  const theta = dot(change, change) / dot(step, change);
  const b = Float64Array.from({ length: size * size }, (_, k) => (k % (size + 1) === 0 ? theta : 0));
  for (const [s, y] of pairs) {
    const bs = s.map((_, i) => dot(b.subarray(i * size, (i + 1) * size), s));
    const [sbs, sy] = [dot(s, bs), dot(s, y)];
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) b[i * size + j] += (y[i] * y[j]) / sy - (bs[i] * bs[j]) / sbs;
    }
  }
  return b;
}

const setups = fc.record({
  seed: fc.string(),
  size: fc.integer({ min: 3, max: 8 }),
  count: fc.integer({ min: 1, max: 7 }),
});

function filled({ seed, size, count }: { seed: string; size: number; count: number }) {
  const random = createRandom(seed);
  const memory = new LimitedMemory(3);
  const pairs = Array.from({ length: count }, () => {
    const step = Float64Array.from({ length: size }, () => random.normal());
    const change = step.map((value, i) => (i + 1) * value + 0.3 * (step[i - 1] ?? 0) + 0.3 * (step[i + 1] ?? 0));
    memory.add(step, change);
    return [step, change] as const;
  });
  return { memory, random, dense: recursion(size, pairs.slice(-3)) };
}

describe("the limited-memory matrix", () => {
  it("is the BFGS recursion over the last pairs, written compactly", () => {
    fc.assert(
      fc.property(setups, (setup) => {
        const { memory, random, dense } = filled(setup);
        const v = Float64Array.from({ length: setup.size }, () => random.normal());
        const product = v.map((value) => memory.theta * value);
        memory.addTimes(product, memory.timesMiddle(memory.timesTransposed(v)), -1);
        v.forEach((_, i) => {
          expect(product[i]).toBeCloseTo(dot(dense.subarray(i * setup.size, (i + 1) * setup.size), v), 7);
        });
        const rows = v.map((value) => value);
        for (let i = 0; i < setup.size; i++) rows[i] = dot(memory.row(i), memory.timesTransposed(v));
        const direct = new Float64Array(setup.size);
        memory.addTimes(direct, memory.timesTransposed(v), 1);
        rows.forEach((value, i) => {
          expect(value).toBeCloseTo(direct[i], 7);
        });
      }),
    );
  });

  it("steps in a subspace to where the dense matrix does", () => {
    fc.assert(
      fc.property(setups, (setup) => {
        const { size } = setup;
        const { memory, random, dense } = filled(setup);
        const free = Uint8Array.from({ length: size }, () => (random.uniform() < 0.7 ? 1 : 0));
        const residual = Float64Array.from({ length: size }, (_, i) => (free[i] ? random.normal() : 0));
        const kept = [...free.keys()].filter((i) => free[i]);
        const reduced = Float64Array.from(kept.flatMap((i) => kept.map((j) => dense[i * size + j])));
        const expected = choleskySolve(
          choleskyFactor(reduced, kept.length)!,
          kept.map((i) => residual[i]),
          kept.length,
        );
        const step = memory.subspaceStep(residual, free)!;
        kept.forEach((i, k) => {
          expect(step[i]).toBeCloseTo(-expected[k], 7);
        });
        free.forEach((inside, i) => {
          if (!inside) expect(step[i]).toBe(0);
        });
      }),
    );
  });

  it("ignores pairs without curvature", () => {
    const memory = new LimitedMemory(3);
    memory.add(Float64Array.of(1, 0), Float64Array.of(-1, 0));
    memory.add(Float64Array.of(1, 0), Float64Array.of(0, 0));
    expect(memory.pairs).toBe(0);
    expect(memory.theta).toBe(1);
  });
});
