import type { Problem } from "./problem.ts";

/** One residual and its derivatives by xₖ, xₖ₊₁ …, where k is `first` (0 unless told). */
export type Add = (residual: number, slopes: readonly number[], first?: number) => void;

export interface LeastSquares {
  readonly name: string;
  readonly start: readonly number[];
  /** Least sums of squares printed by Moré, Garbow & Hillstrom (1981); more than one where local minima are listed. */
  readonly published: readonly number[];
  readonly residuals: (x: Float64Array, add: Add) => void;
}

/** f = Σ residual², as all the test problems of 1981 are. */
export function sumOfSquares({ residuals }: LeastSquares, box: Pick<Problem, "start" | "lower" | "upper">): Problem {
  return {
    ...box,
    evaluate(x, gradient) {
      let sum = 0;
      gradient.fill(0);
      residuals(x, (residual, slopes, first = 0) => {
        sum += residual * residual;
        for (let k = 0; k < slopes.length; k++) gradient[first + k] += 2 * residual * slopes[k];
      });
      return sum;
    },
  };
}

const { exp, sqrt, sin, cos, PI } = Math;
const times = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
const bardY = [0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.1, 4.39];
const gaussianY = [0.0009, 0.0044, 0.0175, 0.054, 0.1295, 0.242, 0.3521, 0.3989];
const kowalikY = [0.1957, 0.1947, 0.1735, 0.16, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246];
const kowalikU = [4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625];
const osborneY = [
  0.844, 0.908, 0.932, 0.936, 0.925, 0.908, 0.881, 0.85, 0.818, 0.784, 0.751, 0.718, 0.685, 0.658, 0.628, 0.603, 0.58,
  0.558, 0.538, 0.522, 0.506, 0.49, 0.478, 0.467, 0.457, 0.448, 0.438, 0.431, 0.424, 0.42, 0.414, 0.411, 0.406,
];

/** Rosenbrock's residuals on (xₖ, xₖ₊₁). */
export const rosenbrock = (x: Float64Array, add: Add) => {
  for (let k = 0; k < x.length; k += 2) {
    add(10 * (x[k + 1] - x[k] ** 2), [-20 * x[k], 10], k);
    add(1 - x[k], [-1], k);
  }
};

/** Powell's singular residuals on blocks of four. */
export const powellSingular = (x: Float64Array, add: Add) => {
  for (let k = 0; k < x.length; k += 4) {
    add(x[k] + 10 * x[k + 1], [1, 10], k);
    add(sqrt(5) * (x[k + 2] - x[k + 3]), [sqrt(5), -sqrt(5)], k + 2);
    const middle = x[k + 1] - 2 * x[k + 2];
    add(middle ** 2, [2 * middle, -4 * middle], k + 1);
    const outer = x[k] - x[k + 3];
    add(sqrt(10) * outer ** 2, [2 * sqrt(10) * outer, 0, 0, -2 * sqrt(10) * outer], k);
  }
};

/** The problems of a fixed size. */
export const moreGarbowHillstrom: readonly LeastSquares[] = [
  { name: "1 Rosenbrock", start: [-1.2, 1], published: [0], residuals: rosenbrock },
  {
    name: "2 Freudenstein and Roth",
    start: [0.5, -2],
    published: [0, 48.9842],
    residuals: ([a, b], add) => {
      add(-13 + a + ((5 - b) * b - 2) * b, [1, 10 * b - 3 * b * b - 2]);
      add(-29 + a + ((b + 1) * b - 14) * b, [1, 3 * b * b + 2 * b - 14]);
    },
  },
  {
    name: "4 Brown badly scaled",
    start: [1, 1],
    published: [0],
    residuals: ([a, b], add) => {
      add(a - 1e6, [1]);
      add(b - 2e-6, [0, 1]);
      add(a * b - 2, [b, a]);
    },
  },
  {
    name: "5 Beale",
    start: [1, 1],
    published: [0],
    residuals: ([a, b], add) => {
      [1.5, 2.25, 2.625].forEach((y, i) => {
        add(y - a * (1 - b ** (i + 1)), [b ** (i + 1) - 1, a * (i + 1) * b ** i]);
      });
    },
  },
  {
    name: "6 Jennrich and Sampson",
    start: [0.3, 0.4],
    published: [124.362],
    residuals: ([a, b], add) => {
      for (const i of times(10)) add(2 + 2 * i - (exp(i * a) + exp(i * b)), [-i * exp(i * a), -i * exp(i * b)]);
    },
  },
  {
    name: "7 helical valley",
    start: [-1, 0, 0],
    published: [0],
    residuals: ([a, b, c], add) => {
      const turn = Math.atan(b / a) / (2 * PI) + (a < 0 ? 0.5 : 0);
      const squared = a * a + b * b;
      add(10 * (c - 10 * turn), [(50 * b) / (PI * squared), (-50 * a) / (PI * squared), 10]);
      add(10 * (sqrt(squared) - 1), [(10 * a) / sqrt(squared), (10 * b) / sqrt(squared)]);
      add(c, [0, 0, 1]);
    },
  },
  {
    name: "8 Bard",
    start: [1, 1, 1],
    published: [8.21487e-3],
    residuals: ([a, b, c], add) => {
      bardY.forEach((y, i) => {
        const [u, v] = [i + 1, 15 - i];
        const w = Math.min(u, v);
        const below = v * b + w * c;
        add(y - (a + u / below), [-1, (u * v) / below ** 2, (u * w) / below ** 2]);
      });
    },
  },
  {
    name: "9 Gaussian",
    start: [0.4, 1, 0],
    published: [1.12793e-8],
    residuals: ([a, b, c], add) => {
      [...gaussianY, ...gaussianY.slice(0, 7).reverse()].forEach((y, i) => {
        const away = (7 - i) / 2 - c;
        const bell = exp((-b * away ** 2) / 2);
        add(a * bell - y, [bell, (-a * bell * away ** 2) / 2, a * bell * b * away]);
      });
    },
  },
  {
    name: "12 Box three-dimensional",
    start: [0, 10, 20],
    published: [0],
    residuals: ([a, b, c], add) => {
      for (const i of times(10)) {
        const t = i / 10;
        const last = exp(-t) - exp(-10 * t);
        add(exp(-t * a) - exp(-t * b) - c * last, [-t * exp(-t * a), t * exp(-t * b), -last]);
      }
    },
  },
  { name: "13 Powell singular", start: [3, -1, 0, 1], published: [0], residuals: powellSingular },
  {
    name: "14 Wood",
    start: [-3, -1, -3, -1],
    published: [0],
    residuals: ([a, b, c, d], add) => {
      add(10 * (b - a * a), [-20 * a, 10]);
      add(1 - a, [-1]);
      add(sqrt(90) * (d - c * c), [-2 * sqrt(90) * c, sqrt(90)], 2);
      add(1 - c, [-1], 2);
      add(sqrt(10) * (b + d - 2), [sqrt(10), 0, sqrt(10)], 1);
      add((b - d) / sqrt(10), [1 / sqrt(10), 0, -1 / sqrt(10)], 1);
    },
  },
  {
    name: "15 Kowalik and Osborne",
    start: [0.25, 0.39, 0.415, 0.39],
    published: [3.07505e-4, 1.02734e-3],
    residuals: ([a, b, c, d], add) => {
      kowalikU.forEach((u, i) => {
        const above = u * u + u * b;
        const below = u * u + u * c + d;
        const share = above / below;
        add(kowalikY[i] - a * share, [-share, (-a * u) / below, (a * share * u) / below, (a * share) / below]);
      });
    },
  },
  {
    name: "16 Brown and Dennis",
    start: [25, 5, -5, -1],
    published: [85822.2],
    residuals: ([a, b, c, d], add) => {
      for (const i of times(20)) {
        const t = i / 5;
        const one = a + t * b - exp(t);
        const two = c + d * sin(t) - cos(t);
        add(one ** 2 + two ** 2, [2 * one, 2 * one * t, 2 * two, 2 * two * sin(t)]);
      }
    },
  },
  {
    name: "17 Osborne 1",
    start: [0.5, 1.5, -1, 0.01, 0.02],
    published: [5.46489e-5],
    residuals: ([a, b, c, d, e], add) => {
      osborneY.forEach((y, i) => {
        const t = 10 * i;
        const [fast, slow] = [exp(-t * d), exp(-t * e)];
        add(y - (a + b * fast + c * slow), [-1, -fast, -slow, b * t * fast, c * t * slow]);
      });
    },
  },
  {
    name: "18 Biggs EXP6",
    start: [1, 2, 1, 1, 1, 1],
    published: [0, 5.65565e-3],
    residuals: ([a, b, c, d, e, f], add) => {
      for (const i of times(13)) {
        const t = i / 10;
        const y = exp(-t) - 5 * exp(-10 * t) + 3 * exp(-4 * t);
        const [one, two, three] = [exp(-t * a), exp(-t * b), exp(-t * e)];
        const residual = c * one - d * two + f * three - y;
        add(residual, [-t * c * one, t * d * two, one, -two, -t * f * three, three]);
      }
    },
  },
];
