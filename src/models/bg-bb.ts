import { logBeta, logGamma } from "../stats/gamma.ts";
import { drawBeta } from "./beta-geometric.ts";
import { type CustomerHistory, historyOf, type PurchaseModel } from "./purchase-model.ts";
import { logSum } from "./rising-products.ts";

/**
 * BG/BB (Fader, Hardie & Shang 2010, Marketing Science 29(6)): time comes in opportunities (a year's appeal, a weekly
 * magazine); at each one a customer who is still there buys with probability p ~ Beta(α, β), and leaves at its beginning with
 * probability θ ~ Beta(γ, δ). `age` is the number of opportunities, `recency` the one of the last purchase.
 */
export const bgBb: PurchaseModel = {
  name: "bg-bb",
  parameterNames: ["alpha", "beta", "gamma", "delta"],
  timeParameters: [],

  prepare(parameters) {
    const step = Float64Array.from(parameters, (parameter) => 1e-5 * parameter);
    return (history, gradient) => {
      const value = logLikelihood(parameters, history);
      for (let i = 0; i < 4; i++) {
        const moved = Float64Array.from(parameters);
        moved[i] = parameters[i] + step[i];
        const above = logLikelihood(moved, history);
        moved[i] = parameters[i] - step[i];
        gradient[i] = (above - logLikelihood(moved, history)) / (2 * step[i]);
      }
      return value;
    };
  },

  /** Eq. 11: P(alive at n + 1). */
  probabilityAlive(parameters, history) {
    const [alpha, beta, gamma, delta] = parameters;
    const { frequency: x, age: n } = history;
    const alive =
      logBeta(alpha + x, beta + n - x) -
      logBeta(alpha, beta) +
      logBeta(gamma, delta + n + 1) -
      logBeta(gamma, delta) -
      logLikelihood(parameters, history);
    return Math.exp(alive);
  },

  /** Eq. 13, its last factor as the sum it came from; `time` is a number of opportunities. */
  expectedPurchases(parameters, history, time) {
    return expectedAtOpportunities(parameters, history, time, 1);
  },

  discountedOpportunities: expectedAtOpportunities,

  expectedPurchasesOfNewCustomer([alpha, beta, gamma, delta], time) {
    return (alpha / (alpha + beta)) * staysSum(gamma, delta, 0, time, 1);
  },

  countDistribution([alpha, beta, gamma, delta], most, time) {
    const probabilities = new Float64Array(most + 1);
    const add = (opportunities: number, weight: number) => {
      for (let count = 0; count <= Math.min(most, opportunities); count++) {
        const ways = logGamma(opportunities + 1) - logGamma(count + 1) - logGamma(opportunities - count + 1);
        const buys = logBeta(alpha + count, beta + opportunities - count) - logBeta(alpha, beta);
        probabilities[count] += weight * Math.exp(ways + buys);
      }
    };
    const opportunities = Math.round(time);
    const from = logBeta(gamma, delta);
    for (let i = 0; i < opportunities; i++) add(i, Math.exp(logBeta(gamma + 1, delta + i) - from));
    add(opportunities, Math.exp(logBeta(gamma, delta + opportunities) - from));
    return probabilities;
  },

  simulate([alpha, beta, gamma, delta], age, random) {
    const buys = drawBeta(alpha, beta, random);
    const leaves = drawBeta(gamma, delta, random);
    const times: number[] = [];
    for (let opportunity = 1; opportunity <= age && random.uniform() >= leaves; opportunity++) {
      if (random.uniform() < buys) times.push(opportunity);
    }
    return historyOf(times, age);
  },
};

/** Eq. 7. */
function logLikelihood([alpha, beta, gamma, delta]: Float64Array, { frequency: x, recency, age: n }: CustomerHistory) {
  const buys = logBeta(alpha, beta);
  const leaves = logBeta(gamma, delta);
  let total = logBeta(alpha + x, beta + n - x) - buys + logBeta(gamma, delta + n) - leaves;
  for (let i = recency; i < n; i++) {
    total = logSum(total, logBeta(alpha + x, beta + i - x) - buys + logBeta(gamma + 1, delta + i) - leaves);
  }
  return total;
}

function expectedAtOpportunities(
  parameters: Float64Array,
  history: CustomerHistory,
  time: number,
  discount: number,
): number {
  const [alpha, beta, gamma, delta] = parameters;
  const { frequency: x, age: n } = history;
  const buys = logBeta(alpha + x + 1, beta + n - x) - logBeta(alpha, beta) - logLikelihood(parameters, history);
  return Math.exp(buys) * staysSum(gamma, delta, n, time, discount);
}

/** Less than this of an opportunity is no opportunity. */
const rounding = 1e-9;

/** Σ E[(1 − θ)^(n+i)]·discountⁱ over the next opportunities i = 1 … time: B(γ, δ+n+i)/B(γ, δ). No singularity at γ = 1. */
function staysSum(gamma: number, delta: number, n: number, time: number, discount: number): number {
  let sum = 0;
  let stays = Math.exp(logBeta(gamma, delta + n) - logBeta(gamma, delta));
  const opportunities = Math.floor(time + rounding);
  for (let i = n; i < n + opportunities; i++) {
    stays *= (discount * (delta + i)) / (gamma + delta + i);
    sum += stays;
    if (stays < 1e-18 * sum) break;
  }
  return sum;
}
