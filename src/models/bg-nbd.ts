import { drawBeta, expectedWhileLeaving } from "./beta-geometric.ts";
import { type CustomerHistory, historyOf, type PurchaseModel } from "./purchase-model.ts";
import { risingProduct } from "./rising-products.ts";

/**
 * BG/NBD (Fader, Hardie & Lee 2005, Marketing Science 24(2)): customers buy at rates λ ~ Gamma(r, α) and after each repeat
 * purchase leave with probability p ~ Beta(a, b). Nobody can have left before the first repeat purchase.
 */
export const bgNbd: PurchaseModel = {
  name: "bg-nbd",
  parameterNames: ["r", "alpha", "a", "b"],
  timeParameters: ["alpha"],
  covariateLinks: [
    { coefficient: "rate", parameter: "alpha", sign: -1 },
    { coefficient: "a", parameter: "a", sign: 1 },
    { coefficient: "b", parameter: "b", sign: 1 },
  ],

  /** Eq. 6: ln of Γ(r+x)α^r/Γ(r) · B(a, b+x)/B(a, b) · [(α+T)^−(r+x) + 1{x>0} a/(b+x−1) (α+tₓ)^−(r+x)]. */
  prepare([r, alpha, a, b], mostPurchases) {
    const rate = risingProduct(r, mostPurchases);
    const stays = risingProduct(b, mostPurchases);
    const both = risingProduct(a + b, mostPurchases);
    const logAlpha = Math.log(alpha);
    const logA = Math.log(a);
    // Rows of one recency stand together: its logarithm is taken once.
    let known = Number.NaN;
    let logRecency = 0;
    let inverseRecency = 0;
    return ({ frequency: x, recency, age }, gradient) => {
      const power = r + x;
      const logAge = Math.log(alpha + age);
      if (recency !== known) {
        known = recency;
        logRecency = Math.log(alpha + recency);
        inverseRecency = 1 / (alpha + recency);
      }
      // ln of the odds of having left; ln(b + x − 1) is a step of ln Γ(b + x)/Γ(b).
      const odds = x > 0 ? logA - stays.log[x] + stays.log[x - 1] + power * (logAge - logRecency) : -Infinity;
      const fall = Math.exp(-Math.abs(odds));
      const total = Math.max(odds, 0) + Math.log1p(fall) - power * logAge;
      const pLeft = (odds > 0 ? 1 : fall) / (1 + fall);
      const pAlive = 1 - pLeft;
      gradient[0] = rate.slope[x] + logAlpha - pAlive * logAge - pLeft * logRecency;
      gradient[1] = r / alpha - power * (pAlive / (alpha + age) + pLeft * inverseRecency);
      gradient[2] = -both.slope[x] + pLeft / a;
      gradient[3] = stays.slope[x] - both.slope[x] - (x > 0 ? pLeft / (b + x - 1) : 0);
      return rate.log[x] + r * logAlpha + stays.log[x] - both.log[x] + total;
    };
  },

  probabilityAlive([r, alpha, a, b], { frequency: x, recency, age }) {
    if (x === 0) return 1;
    const odds = Math.log(a) - Math.log(b + x - 1) + (r + x) * Math.log((alpha + age) / (alpha + recency));
    return 1 / (1 + Math.exp(odds));
  },

  expectedPurchases(parameters, history, time) {
    return bgNbd.probabilityAlive(parameters, history) * whileAlive(parameters, history, time);
  },

  expectedIfAlive: whileAlive,

  expectedPurchasesOfNewCustomer([r, alpha, a, b], time) {
    return expectedWhileLeaving(a, b, r, alpha, time);
  },

  /** Eq. 8. */
  countDistribution([r, alpha, a, b], most, time) {
    const probabilities = new Float64Array(most + 1);
    const share = time / (alpha + time);
    let negativeBinomial = (alpha / (alpha + time)) ** r; // P(count purchases by t, had nobody left)
    let below = 0; // P(fewer than count)
    let stays = 1; // B(a, b+count)/B(a, b)
    for (let count = 0; count <= most; count++) {
      const leaves = count > 0 ? (stays * a) / (b + count - 1) : 0;
      probabilities[count] = stays * negativeBinomial + leaves * Math.max(0, 1 - below);
      below += negativeBinomial;
      negativeBinomial *= ((r + count) / (count + 1)) * share;
      stays *= (b + count) / (a + b + count);
    }
    return probabilities;
  },

  simulate([r, alpha, a, b], age, random) {
    const rate = random.gamma(r) / alpha;
    const leaving = drawBeta(a, b, random);
    const times: number[] = [];
    let now = 0;
    for (;;) {
      now += -Math.log1p(-random.uniform()) / rate;
      if (!(now <= age)) break;
      times.push(now);
      if (random.uniform() < leaving) break;
    }
    return historyOf(times, age);
  },
};

function whileAlive(
  [r, alpha, a, b]: Float64Array,
  { frequency, age }: Omit<CustomerHistory, "recency">,
  time: number,
): number {
  return expectedWhileLeaving(a, b + frequency, r + frequency, alpha + age, time);
}
