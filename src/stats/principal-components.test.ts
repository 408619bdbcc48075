import { describe, expect, it } from "vitest";
import { createRandom } from "../base/random.ts";
import { symmetricEigen } from "./eigen.ts";
import { principalComponents, project } from "./principal-components.ts";

/** Three factors and noise from a linear congruence, so that any language can make the same table. */
function congruentTable(rows: number, columns: number): Float64Array {
  let state = 12345n;
  const uniform = () => {
    state = (1103515245n * state + 12345n) % 2147483648n;
    return Number(state) / 2147483648;
  };
  const table = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    const f = [uniform() - 0.5, uniform() - 0.5, uniform() - 0.5];
    for (let j = 0; j < columns; j++) {
      const factors = (10 * f[0] * (j + 1)) / columns + 4 * f[1] * (-1) ** j + 2 * f[2] * (j % 3);
      table[i * columns + j] = factors + 0.5 * (uniform() - 0.5) + j;
    }
  }
  return table;
}

const sameDirection = (a: readonly number[], b: readonly number[], digits: number) => {
  const sign = Math.sign(a.reduce((sum, value, j) => sum + value * b[j], 0));
  a.forEach((value, j) => {
    expect(sign * value).toBeCloseTo(b[j], digits);
  });
};

/** What scikit-learn 1.9.1 says: PCA(n_components=3, svd_solver="full") on congruentTable(60, 8). */
const recorded = {
  explainedVariance: [34.06111084009127, 9.258203206245103, 1.6555865758226107],
  explainedShare: [0.7557374045807099, 0.2054181525381435, 0.036733643472312894],
  components: [
    [
      -0.01250382249658716, 0.22412625696875782, 0.14374858179639163, 0.3390153395045244, 0.2546912502370644,
      0.47785220398514805, 0.3788703543143027, 0.6142173173993701,
    ],
    [
      0.3754222666574888, -0.3126059709473257, 0.3811491588917798, -0.24046809404221514, 0.45424495464601533,
      -0.23101698255907507, 0.5209519692770209, -0.16473543548356478,
    ],
    [
      -0.031177943968987643, 0.2429799657324904, 0.6647561904266457, -0.27582878087575086, 0.1482380697239656,
      0.3984898464883162, -0.45581108040040386, -0.18295884468313273,
    ],
  ],
  firstRow: [4.042502930082062, -1.3505859380631868, 0.5832019442153076],
};

describe("principal components", () => {
  // Without oversampling the sketch is as narrow as what is wanted, so that the power iterations have to do the work.
  it.each([
    ["a wide sketch", {}],
    ["a narrow sketch", { oversampling: 1, powerIterations: 20 }],
  ])("are scikit-learn's to 1e-6, up to sign, from %s", (_, options) => {
    const table = congruentTable(60, 8);
    const fit = principalComponents(table, 60, 8, { components: 3, seed: "pca", ...options });
    fit.components.forEach((component, k) => {
      sameDirection(component, recorded.components[k], 7);
      expect(fit.explainedVariance[k]).toBeCloseTo(recorded.explainedVariance[k], 7);
      expect(fit.explainedShare[k]).toBeCloseTo(recorded.explainedShare[k], 7);
    });
    const scores = project(fit, table, 1);
    scores.forEach((score, k) => {
      expect(Math.abs(score)).toBeCloseTo(Math.abs(recorded.firstRow[k]), 7);
    });
  });

  it("are the eigenvectors of the covariance matrix, many columns and standardised ones too", () => {
    const [rows, columns, wanted] = [300, 60, 5];
    const random = createRandom("table");
    const loadings = Array.from({ length: 12 }, () => Array.from({ length: columns }, () => random.normal()));
    const table = new Float64Array(rows * columns);
    for (let i = 0; i < rows; i++) {
      const factors = loadings.map((_, k) => random.normal() * 0.6 ** k);
      for (let j = 0; j < columns; j++) {
        const signal = factors.reduce((sum, f, k) => sum + f * loadings[k][j], 0);
        table[i * columns + j] = (signal + 0.01 * random.normal()) * (1 + (j % 7));
      }
    }
    for (const standardise of [false, true]) {
      const fit = principalComponents(table, rows, columns, { components: wanted, seed: "s", standardise });
      const covariance = new Float64Array(columns * columns);
      for (let i = 0; i < rows; i++) {
        for (let a = 0; a < columns; a++) {
          for (let b = 0; b < columns; b++) {
            const x = (table[i * columns + a] - fit.mean[a]) / fit.scale[a];
            const y = (table[i * columns + b] - fit.mean[b]) / fit.scale[b];
            covariance[a * columns + b] += (x * y) / (rows - 1);
          }
        }
      }
      const exact = symmetricEigen(covariance, columns);
      fit.components.forEach((component, k) => {
        sameDirection(component, [...exact.vectors.subarray(k * columns, (k + 1) * columns)], 7);
        expect(fit.explainedVariance[k] / exact.values[k]).toBeCloseTo(1, 9);
      });
      const trace = exact.values.reduce((sum, value) => sum + value, 0);
      expect(fit.explainedShare[0]).toBeCloseTo(exact.values[0] / trace, 9);
    }
  });

  it("take missing values at the mean, and constant or fewer columns than asked for", () => {
    const table = Float64Array.of(1, 5, Number.NaN, 2, 5, 4, 3, 5, 8);
    const fit = principalComponents(table, 3, 3, { components: 9, seed: "s", standardise: true });
    expect(fit.mean).toEqual([2, 5, 6]);
    expect(fit.components).toHaveLength(3);
    expect(fit.explainedShare.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    for (const component of fit.components) for (const value of component) expect(Number.isFinite(value)).toBe(true);
    expect([...project(fit, Float64Array.of(Number.NaN, 5, Number.NaN), 1)]).toEqual([0, 0, 0]);
  });
});

describe("the symmetric eigenproblem", () => {
  it("solves A·v = λ·v with orthonormal vectors, the largest value first", () => {
    const size = 12;
    const random = createRandom("matrix");
    const a = new Float64Array(size * size);
    for (let i = 0; i < size; i++) for (let j = 0; j <= i; j++) a[i * size + j] = a[j * size + i] = random.normal();
    const { values, vectors } = symmetricEigen(a, size);
    for (let k = 0; k < size; k++) {
      if (k > 0) expect(values[k]).toBeLessThanOrEqual(values[k - 1]);
      for (let i = 0; i < size; i++) {
        let product = 0;
        for (let j = 0; j < size; j++) product += a[i * size + j] * vectors[k * size + j];
        expect(product).toBeCloseTo(values[k] * vectors[k * size + i], 11);
      }
      for (let l = 0; l <= k; l++) {
        let dot = 0;
        for (let i = 0; i < size; i++) dot += vectors[k * size + i] * vectors[l * size + i];
        expect(dot).toBeCloseTo(k === l ? 1 : 0, 12);
      }
    }
  });
});
