import type { ConstrainedProblem } from "./penalised-lagrangian.ts";

const annualDiscountRate = 0.1;
const growing = [100, 150, 200, 250, 300];

/** The founding article's multi-period problem with its sign put right, and the optima two other solvers agree on. */
export const articleCases = [
  {
    name: "A",
    response: [100, 100, 100, 100, 100],
    imbalancePenalty: 0.1,
    bounds: [0, Number.POSITIVE_INFINITY],
    floor: undefined,
    x: [3.904232, 2.16365, 1.219684, 0.724785, 0.496737],
    discountedRevenue: 705.7282,
    imbalance: 3528.641,
  },
  {
    name: "B",
    response: growing,
    imbalancePenalty: 0.1,
    bounds: [0, Number.POSITIVE_INFINITY],
    floor: undefined,
    x: [3.904232, 1.442433, 0.609842, 0.289914, 0.165579],
    discountedRevenue: 705.7282,
    imbalance: 3528.641,
  },
  {
    name: "C",
    response: growing,
    imbalancePenalty: 0.1,
    bounds: [0, 1],
    floor: undefined,
    x: [1, 0.381802, 0.161421, 0.076738, 0.043828],
    discountedRevenue: 183.763,
    imbalance: 250.353,
  },
  {
    name: "E",
    response: growing,
    imbalancePenalty: 0.1,
    bounds: [0, 2],
    floor: 500,
    x: [2, 1.30832, 0.553141, 0.262958, 0.150184],
    discountedRevenue: 500,
    imbalance: 25385.98,
  },
  {
    name: "F",
    response: growing,
    imbalancePenalty: 0.01,
    bounds: [0.2, 1],
    floor: 500,
    x: [1, 1, 1, 0.486614, 0.277921],
    discountedRevenue: 500,
    imbalance: 169999.7,
  },
] as const;

export type ArticleCase = (typeof articleCases)[number];

/** D = Σ Rₜ/(1+r)ᵗ with Rₜ = Xₜ·fₜ, t = 1 … 5. */
export function discountedRevenue({ response }: ArticleCase, x: Float64Array, gradient: Float64Array): number {
  return response.reduce((sum, f, t) => {
    gradient[t] = f / (1 + annualDiscountRate) ** (t + 1);
    return sum + gradient[t] * x[t];
  }, 0);
}

/** I = Σ (CLVₜ − Rₜ)² with CLVₜ = Σ_{s>t} Rₛ/(1+r)^(s−t). */
export function imbalance({ response }: ArticleCase, x: Float64Array, gradient: Float64Array): number {
  let sum = 0;
  gradient.fill(0);
  for (let t = 0; t < response.length; t++) {
    const weights = response.map((f, s) => (s > t ? f / (1 + annualDiscountRate) ** (s - t) : s === t ? -f : 0));
    const difference = weights.reduce((total, weight, s) => total + weight * x[s], 0);
    sum += difference ** 2;
    weights.forEach((weight, s) => {
      gradient[s] += 2 * difference * weight;
    });
  }
  return sum;
}

/** Maximise D − imbalancePenalty·I in the box, with a floor on D where the case has one; from the middle of [0, 1]. */
export function articleProblem(one: ArticleCase): ConstrainedProblem {
  const { floor, bounds, imbalancePenalty } = one;
  const forImbalance = new Float64Array(5);
  return {
    start: new Float64Array(5).fill(0.5),
    lower: new Float64Array(5).fill(bounds[0]),
    upper: new Float64Array(5).fill(bounds[1]),
    evaluate(x, gradient) {
      const [d, i] = [discountedRevenue(one, x, gradient), imbalance(one, x, forImbalance)];
      for (let t = 0; t < x.length; t++) gradient[t] = imbalancePenalty * forImbalance[t] - gradient[t];
      return imbalancePenalty * i - d;
    },
    constraints:
      floor === undefined
        ? []
        : [{ kind: "at_least_zero", evaluate: (x, gradient) => discountedRevenue(one, x, gradient) - floor }],
  };
}
