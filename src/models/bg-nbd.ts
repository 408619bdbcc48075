import { drawBeta, expectedWhileLeaving } from "./beta-geometric.ts";
import { historyOf, type PurchaseModel } from "./purchase-model.ts";
import { logSum, risingProduct } from "./rising-products.ts";

/**
 * BG/NBD (Fader, Hardie & Lee 2005, Marketing Science 24(2)): customers buy at rates λ ~ Gamma(r, α) and after each repeat
 * purchase leave with probability p ~ Beta(a, b). Nobody can have left before the first repeat purchase.
 */
export const bgNbd: PurchaseModel = {
  name: "bg-nbd",
  parameterNames: ["r", "alpha", "a", "b"],
  timeParameters: ["alpha"],
  covariateLinks: {
    rate: [{ parameter: "alpha", sign: -1 }],
    dropout: [
      { parameter: "a", sign: 1 },
      { parameter: "b", sign: 1 },
    ],
  },

  /** Eq. 6: ln of Γ(r+x)α^r/Γ(r) · B(a, b+x)/B(a, b) · [(α+T)^−(r+x) + 1{x>0} a/(b+x−1) (α+tₓ)^−(r+x)]. */
  prepare([r, alpha, a, b], mostPurchases) {
    const rate = risingProduct(r, mostPurchases);
    const stays = risingProduct(b, mostPurchases);
    const both = risingProduct(a + b, mostPurchases);
    const logAlpha = Math.log(alpha);
    const logA = Math.log(a);
    return ({ frequency: x, recency, age }, gradient) => {
      const power = r + x;
      const logAge = Math.log(alpha + age);
      const logRecency = Math.log(alpha + recency);
      const alive = -power * logAge;
      const left = x > 0 ? logA - Math.log(b + x - 1) - power * logRecency : Number.NEGATIVE_INFINITY;
      const total = logSum(alive, left);
      const pAlive = Math.exp(alive - total);
      const pLeft = 1 - pAlive;
      gradient[0] = rate.slope[x] + logAlpha - pAlive * logAge - pLeft * logRecency;
      gradient[1] = r / alpha - power * (pAlive / (alpha + age) + pLeft / (alpha + recency));
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
    const [r, alpha, a, b] = parameters;
    const whileAlive = expectedWhileLeaving(a, b + history.frequency, r + history.frequency, alpha + history.age, time);
    return this.probabilityAlive(parameters, history) * whileAlive;
  },

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
