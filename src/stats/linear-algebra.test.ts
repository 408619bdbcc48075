import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../base/random.ts";
import {
  choleskyFactor,
  choleskyInverse,
  choleskyLogDeterminant,
  choleskySolve,
  multiplySquare,
  solveRidge,
  weightedNormalEquations,
} from "./linear-algebra.ts";

describe("linear algebra", () => {
  it("factors the example of the Wikipedia article 'Cholesky decomposition'", () => {
    const factor = choleskyFactor(Float64Array.from([4, 12, -16, 12, 37, -43, -16, -43, 98]), 3)!;
    expect([...factor]).toEqual([2, 0, 0, 6, 1, 0, -8, 5, 3]);
    expect(choleskyLogDeterminant(factor, 3)).toBeCloseTo(Math.log(36), 12);
  });

  it("refuses a matrix that is not positive definite", () => {
    expect(choleskyFactor(Float64Array.from([1, 2, 2, 1]), 2)).toBeNull();
  });

  it("solves and inverts random positive definite systems", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer(), (size, seed) => {
        const random = createRandom(seed);
        const root = Float64Array.from({ length: size * size }, () => random.normal());
        const transposed = root.map((_, i) => root[(i % size) * size + Math.floor(i / size)]);
        const matrix = multiplySquare(root, transposed, size);
        for (let i = 0; i < size; i++) matrix[i * size + i] += 1;
        const factor = choleskyFactor(matrix, size)!;
        const identity = multiplySquare(matrix, choleskyInverse(factor, size), size);
        for (let i = 0; i < size * size; i++) expect(identity[i]).toBeCloseTo(i % (size + 1) === 0 ? 1 : 0, 8);
        const right = Float64Array.from({ length: size }, () => random.normal());
        const solution = choleskySolve(factor, right, size);
        for (let i = 0; i < size; i++) {
          let product = 0;
          for (let j = 0; j < size; j++) product += matrix[i * size + j] * solution[j];
          expect(product).toBeCloseTo(right[i], 8);
        }
      }),
    );
  });

  it("weights count as repeated rows, whatever the remainder of the four-row blocks", () => {
    const design = Float32Array.from([1, 2, 1, 5, 1, -1, 1, 0, 1, 3]);
    const target = Float64Array.from([3, 8, 1, 2, 4]);
    const once = weightedNormalEquations(design, 2, target, new Float64Array(5).fill(1), Int32Array.of(0, 1, 1, 4));
    const weighted = weightedNormalEquations(design, 2, target, Float64Array.of(1, 2, 9, 9, 1), Int32Array.of(0, 1, 4));
    expect(once).toEqual(weighted);
  });

  it("ridge: exact line without penalty, slope S_xy/(S_xx + λ) with it, a finite answer on dependent columns", () => {
    const design = Float64Array.from([1, -1, 1, 0, 1, 1]);
    const equations = weightedNormalEquations(
      design,
      2,
      Float64Array.of(1, 3, 5),
      new Float64Array(3).fill(1),
      Int32Array.of(0, 1, 2),
    );
    const [intercept, slope] = solveRidge(equations, [0, 0]);
    expect(intercept).toBeCloseTo(3, 12);
    expect(slope).toBeCloseTo(2, 12);
    expect(solveRidge(equations, [0, 2])[1]).toBeCloseTo(4 / 4, 12);
    const dependent = solveRidge({ gram: Float64Array.of(2, 2, 2, 2), moment: Float64Array.of(2, 2) }, [0, 0]);
    expect(dependent[0] + dependent[1]).toBeCloseTo(1, 6);
  });
});
