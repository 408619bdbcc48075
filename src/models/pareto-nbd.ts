import { gaussLegendre } from "../stats/quadrature.ts";
import { type CustomerHistory, historyOf, type PurchaseModel } from "./purchase-model.ts";
import { logSum, risingProduct } from "./rising-products.ts";

/**
 * Pareto/NBD (Schmittlein, Morrison & Colombo 1987, Management Science 33(1)): customers buy at rates λ ~ Gamma(r, α) and
 * leave at rates μ ~ Gamma(s, β), at any time.
 *
 * The likelihood is the sum of "still there at T" and an integral over the time of leaving,
 * s∫ (α+τ)^−(r+x) (β+τ)^−(s+1) dτ from tₓ to T (Fader & Hardie 2005, "A note on deriving the Pareto/NBD model", eq. 20).
 * It is integrated as it stands: its terms are positive, so nothing cancels or overflows, which the usual difference of two
 * ₂F₁ does at high frequencies; and the same nodes give the gradient.
 */
export const paretoNbd: PurchaseModel = {
  name: "pareto-nbd",
  parameterNames: ["r", "alpha", "s", "beta"],
  timeParameters: ["alpha", "beta"],
  covariateLinks: [
    { coefficient: "rate", parameter: "alpha", sign: -1 },
    { coefficient: "dropout", parameter: "beta", sign: -1 },
  ],

  prepare([r, alpha, s, beta], mostPurchases) {
    const rate = risingProduct(r, mostPurchases);
    const constant = r * Math.log(alpha) + s * Math.log(beta);
    const moments = { log: 0, logAlpha: 0, inverseAlpha: 0, logBeta: 0, inverseBeta: 0 };
    return ({ frequency: x, recency, age }, gradient) => {
      const alive = -(r + x) * Math.log(alpha + age) - s * Math.log(beta + age);
      integrateLeaving(alpha, beta, r + x, s + 1, recency, age, moments);
      const left = Math.log(s) + moments.log;
      const total = logSum(alive, left);
      const pAlive = Math.exp(alive - total);
      const pLeft = 1 - pAlive;
      const mean = (now: number, then: number) => pAlive * now + (pLeft > 0 ? pLeft * then : 0);
      gradient[0] = rate.slope[x] + Math.log(alpha) - mean(Math.log(alpha + age), moments.logAlpha);
      gradient[1] = r / alpha - (r + x) * mean(1 / (alpha + age), moments.inverseAlpha);
      gradient[2] = Math.log(beta) + pLeft / s - mean(Math.log(beta + age), moments.logBeta);
      gradient[3] = s / beta - mean(s / (beta + age), (s + 1) * moments.inverseBeta);
      return rate.log[x] + constant + total;
    };
  },

  probabilityAlive([r, alpha, s, beta], { frequency: x, recency, age }) {
    const alive = -(r + x) * Math.log(alpha + age) - s * Math.log(beta + age);
    const left = Math.log(s) + integrateLeaving(alpha, beta, r + x, s + 1, recency, age);
    return 1 / (1 + Math.exp(left - alive));
  },

  /** Fader & Hardie (2005), eq. 41: E[λ|alive] times the expected time left within `time`. */
  expectedPurchases(parameters, history, time) {
    return paretoNbd.probabilityAlive(parameters, history) * whileAlive(parameters, history, time);
  },

  expectedIfAlive: whileAlive,

  expectedPurchasesOfNewCustomer([r, alpha, s, beta], time) {
    return (r / alpha) * expectedStay(s, beta, time);
  },

  countDistribution([r, alpha, s, beta], most, time) {
    const probabilities = new Float64Array(most + 1);
    const add = (weight: number, until: number) => {
      const share = until / (alpha + until);
      let negativeBinomial = (alpha / (alpha + until)) ** r;
      for (let count = 0; count <= most; count++) {
        probabilities[count] += weight * negativeBinomial;
        negativeBinomial *= ((r + count) / (count + 1)) * share;
      }
    };
    add((beta / (beta + time)) ** s, time);
    const least = Math.min(alpha, beta);
    const span = Math.log1p(time / least);
    const { nodes, weights } = gaussLegendre(96);
    for (let i = 0; i < nodes.length; i++) {
      const until = least * Math.expm1(nodes[i] * span);
      const density = (s / beta) * (beta / (beta + until)) ** (s + 1);
      add(weights[i] * span * (least + until) * density, until);
    }
    return probabilities;
  },

  simulate([r, alpha, s, beta], age, random) {
    const rate = random.gamma(r) / alpha;
    const leavesAt = -Math.log1p(-random.uniform()) / (random.gamma(s) / beta);
    const times: number[] = [];
    for (let now = -Math.log1p(-random.uniform()) / rate; now <= Math.min(age, leavesAt); ) {
      times.push(now);
      now += -Math.log1p(-random.uniform()) / rate;
    }
    return historyOf(times, age);
  },
};

function whileAlive(
  [r, alpha, s, beta]: Float64Array,
  { frequency, age }: Omit<CustomerHistory, "recency">,
  time: number,
): number {
  return ((r + frequency) / (alpha + age)) * expectedStay(s, beta + age, time);
}

/** E[min(time, time to leaving)] for a leaving rate μ ~ Gamma(s, β): β/(s−1)·[1 − (β/(β+t))^(s−1)], also at s = 1. */
function expectedStay(s: number, beta: number, time: number): number {
  const y = -Math.log1p(time / beta);
  const power = (s - 1) * y;
  return beta * (Math.abs(power) < 1e-300 ? -y : (-y * Math.expm1(power)) / power);
}

interface LeavingMoments {
  /** ln ∫ (α+τ)^−p (β+τ)^−q dτ. */
  log: number;
  /** Means of ln(α+τ), 1/(α+τ), ln(β+τ), 1/(β+τ) under that integrand. */
  logAlpha: number;
  inverseAlpha: number;
  logBeta: number;
  inverseBeta: number;
}

/** The integrand has fallen by e^−45, below the last digit of the sum, where it is cut off. */
const negligibleFall = 45;
const density = new Float64Array(128);

/**
 * ln ∫ (α+τ)^−p (β+τ)^−q dτ over τ from `from` to `until`, by Gauss–Legendre in v, τ = (m+from)e^v − m with m = min(α, β):
 * on that scale the integrand is an exponential, give or take a factor without poles near the axis. Relative error below
 * 1e-12 (tested against 128 points).
 */
function integrateLeaving(
  alpha: number,
  beta: number,
  p: number,
  q: number,
  from: number,
  until: number,
  moments?: LeavingMoments,
): number {
  const least = Math.min(alpha, beta);
  const start = least + from;
  let span = Math.log((least + until) / start);
  if (!(span > 0)) {
    if (moments) moments.log = Number.NEGATIVE_INFINITY;
    return Number.NEGATIVE_INFINITY;
  }
  const fallAt = (scale: number, tau: number) => (p * scale) / (alpha + tau) + (q * scale) / (beta + tau) - 1;
  const firstFall = fallAt(start, from);
  if (firstFall > 0) span = Math.min(span, negligibleFall / firstFall);
  const end = start * Math.exp(span);
  const bend = Math.max(Math.abs(firstFall), Math.abs(fallAt(end, end - least))) * span;
  const { nodes, weights } = gaussLegendre(
    bend < 2 && span < 1 ? 12 : bend < 10 && span < 3 ? 20 : bend < 50 ? 32 : 64,
  );
  let highest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < nodes.length; i++) {
    const scale = start * Math.exp(nodes[i] * span);
    const tau = scale - least;
    density[i] = Math.log(scale) - p * Math.log(alpha + tau) - q * Math.log(beta + tau);
    if (density[i] > highest) highest = density[i];
  }
  let sum = 0;
  for (let i = 0; i < nodes.length; i++) sum += density[i] = weights[i] * Math.exp(density[i] - highest);
  const log = highest + Math.log(sum * span);
  if (!moments) return log;
  moments.log = log;
  moments.logAlpha = moments.inverseAlpha = moments.logBeta = moments.inverseBeta = 0;
  for (let i = 0; i < nodes.length; i++) {
    const tau = start * Math.exp(nodes[i] * span) - least;
    const weight = density[i] / sum;
    moments.logAlpha += weight * Math.log(alpha + tau);
    moments.inverseAlpha += weight / (alpha + tau);
    moments.logBeta += weight * Math.log(beta + tau);
    moments.inverseBeta += weight / (beta + tau);
  }
  return log;
}
