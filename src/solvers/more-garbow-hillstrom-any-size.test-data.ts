import type { LeastSquares } from "./more-garbow-hillstrom.test-data.ts";
import { powellSingular, rosenbrock } from "./more-garbow-hillstrom.test-data.ts";

const { exp, sqrt, sin, cos } = Math;
const times = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
const repeat = (block: readonly number[], count: number) => times(count).flatMap(() => block);

/** The problems that have any number of variables, at the sizes for which the paper or its codes print optima. */
export const moreGarbowHillstromAnySize: readonly LeastSquares[] = [
  {
    name: "20 Watson",
    start: [0, 0, 0, 0, 0, 0],
    published: [2.28767e-3],
    residuals: (x, add) => {
      for (const i of times(29)) {
        const t = i / 29;
        let [slope, sum] = [0, 0];
        for (let j = 0; j < x.length; j++) {
          if (j > 0) slope += j * x[j] * t ** (j - 1);
          sum += x[j] * t ** j;
        }
        const slopes = Array.from(x, (_, j) => (j > 0 ? j * t ** (j - 1) : 0) - 2 * sum * t ** j);
        add(slope - sum ** 2 - 1, slopes);
      }
      add(x[0], [1]);
      add(x[1] - x[0] ** 2 - 1, [-2 * x[0], 1]);
    },
  },
  { name: "21 extended Rosenbrock", start: repeat([-1.2, 1], 10), published: [0], residuals: rosenbrock },
  { name: "22 extended Powell singular", start: repeat([3, -1, 0, 1], 5), published: [0], residuals: powellSingular },
  {
    name: "23 penalty I",
    start: times(10),
    published: [7.08765e-5],
    residuals: (x, add) => {
      x.forEach((value, i) => {
        add(sqrt(1e-5) * (value - 1), [sqrt(1e-5)], i);
      });
      add(
        x.reduce((sum, value) => sum + value * value, -0.25),
        Array.from(x, (value) => 2 * value),
      );
    },
  },
  {
    name: "24 penalty II",
    start: [0.5, 0.5, 0.5, 0.5],
    published: [9.37629e-6],
    residuals: (x, add) => {
      const small = sqrt(1e-5);
      const n = x.length;
      add(x[0] - 0.2, [1]);
      for (let i = 1; i < n; i++) {
        const y = exp((i + 1) / 10) + exp(i / 10);
        const [one, two] = [exp(x[i - 1] / 10), exp(x[i] / 10)];
        add(small * (two + one - y), [(small * one) / 10, (small * two) / 10], i - 1);
      }
      for (let i = 1; i < n; i++) add(small * (exp(x[i] / 10) - exp(-0.1)), [(small * exp(x[i] / 10)) / 10], i);
      add(
        x.reduce((sum, value, j) => sum + (n - j) * value * value, -1),
        Array.from(x, (value, j) => 2 * (n - j) * value),
      );
    },
  },
  {
    name: "25 variably dimensioned",
    start: times(10).map((i) => 1 - i / 10),
    published: [0],
    residuals: (x, add) => {
      x.forEach((value, i) => {
        add(value - 1, [1], i);
      });
      const sum = x.reduce((total, value, j) => total + (j + 1) * (value - 1), 0);
      add(
        sum,
        Array.from(x, (_, j) => j + 1),
      );
      add(
        sum ** 2,
        Array.from(x, (_, j) => 2 * sum * (j + 1)),
      );
    },
  },
  {
    name: "26 trigonometric",
    start: repeat([0.1], 10),
    published: [0, 2.79506e-5],
    residuals: (x, add) => {
      const n = x.length;
      const cosines = x.reduce((sum, value) => sum + cos(value), 0);
      x.forEach((value, i) => {
        const slopes = Array.from(x, sin);
        slopes[i] += (i + 1) * sin(value) - cos(value);
        add(n - cosines + (i + 1) * (1 - cos(value)) - sin(value), slopes);
      });
    },
  },
  {
    name: "27 Brown almost linear",
    start: repeat([0.5], 10),
    published: [0, 1],
    residuals: (x, add) => {
      const n = x.length;
      const sum = x.reduce((total, value) => total + value, 0);
      for (let i = 0; i < n - 1; i++) {
        add(
          x[i] + sum - (n + 1),
          Array.from(x, (_, j) => (i === j ? 2 : 1)),
        );
      }
      const others = (j: number) => x.reduce((product, value, k) => (k === j ? product : product * value), 1);
      add(
        others(-1) - 1,
        Array.from(x, (_, j) => others(j)),
      );
    },
  },
  {
    name: "28 discrete boundary value",
    start: times(10).map((i) => (i / 11) * (i / 11 - 1)),
    published: [0],
    residuals: (x, add) => {
      const h = 1 / (x.length + 1);
      x.forEach((value, i) => {
        const shifted = value + (i + 1) * h + 1;
        const residual = 2 * value - (x[i - 1] ?? 0) - (x[i + 1] ?? 0) + (h * h * shifted ** 3) / 2;
        const slopes = [2 + (3 * h * h * shifted ** 2) / 2];
        if (i + 1 < x.length) slopes.push(-1);
        add(residual, i > 0 ? [-1, ...slopes] : slopes, Math.max(i - 1, 0));
      });
    },
  },
  {
    name: "30 Broyden tridiagonal",
    start: repeat([-1], 10),
    published: [0],
    residuals: (x, add) => {
      x.forEach((value, i) => {
        const residual = (3 - 2 * value) * value - (x[i - 1] ?? 0) - 2 * (x[i + 1] ?? 0) + 1;
        const slopes = [3 - 4 * value];
        if (i + 1 < x.length) slopes.push(-2);
        add(residual, i > 0 ? [-1, ...slopes] : slopes, Math.max(i - 1, 0));
      });
    },
  },
  {
    name: "31 Broyden banded",
    start: repeat([-1], 10),
    published: [0],
    residuals: (x, add) => {
      x.forEach((value, i) => {
        const slopes = Array.from(x, (_, j) => (j !== i && j >= i - 5 && j <= i + 1 ? -(1 + 2 * x[j]) : 0));
        const near = x.reduce((sum, other, j) => (slopes[j] === 0 || j === i ? sum : sum + other * (1 + other)), 0);
        slopes[i] = 2 + 15 * value * value;
        add(value * (2 + 5 * value * value) + 1 - near, slopes);
      });
    },
  },
  {
    name: "32 linear, full rank",
    start: repeat([1], 10),
    published: [10],
    residuals: (x, add) => {
      const rows = 20;
      const sum = (2 / rows) * x.reduce((total, value) => total + value, 0);
      for (let i = 0; i < rows; i++) {
        add(
          (x[i] ?? 0) - sum - 1,
          Array.from(x, (_, j) => (i === j ? 1 : 0) - 2 / rows),
        );
      }
    },
  },
  {
    name: "33 linear, rank one",
    start: repeat([1], 10),
    published: [(20 * 19) / (2 * 41)],
    residuals: (x, add) => {
      const sum = x.reduce((total, value, j) => total + (j + 1) * value, 0);
      for (const i of times(20)) {
        add(
          i * sum - 1,
          Array.from(x, (_, j) => i * (j + 1)),
        );
      }
    },
  },
  {
    name: "35 Chebyquad",
    start: times(8).map((i) => i / 9),
    published: [3.51687e-3],
    residuals: (x, add) => {
      const n = x.length;
      // Chebyshev polynomials shifted to [0, 1] and their derivatives, by the three-term recurrence.
      let [before, now] = [Array.from(x, () => 1), Array.from(x, (value) => 2 * value - 1)];
      let [slopeBefore, slopeNow] = [Array.from(x, () => 0), Array.from(x, () => 2)];
      for (const i of times(n)) {
        const integral = i % 2 === 0 ? -1 / (i * i - 1) : 0;
        add(
          now.reduce((sum, value) => sum + value, 0) / n - integral,
          slopeNow.map((slope) => slope / n),
        );
        const next = now.map((value, j) => 2 * (2 * x[j] - 1) * value - before[j]);
        const slopeNext = slopeNow.map((slope, j) => 4 * now[j] + 2 * (2 * x[j] - 1) * slope - slopeBefore[j]);
        [before, now, slopeBefore, slopeNow] = [now, next, slopeNow, slopeNext];
      }
    },
  },
];
