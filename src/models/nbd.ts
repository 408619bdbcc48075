import { historyOf, type PurchaseModel } from "./purchase-model.ts";
import { risingProduct } from "./rising-products.ts";

/**
 * NBD (Ehrenberg 1959, Applied Statistics 8(1)): customers buy at rates λ ~ Gamma(r, α) for ever. It is what BG/NBD at a → 0 and
 * Pareto/NBD at s → 0 come to, so it stands in for them where the data cannot tell leaving from waiting.
 */
export const nbd: PurchaseModel = {
  name: "nbd",
  parameterNames: ["r", "alpha"],
  timeParameters: ["alpha"],
  assumesNobodyLeaves: true,
  covariateLinks: [{ coefficient: "rate", parameter: "alpha", sign: -1 }],

  /** ln of Γ(r+x)/Γ(r) · α^r (α+T)^−(r+x). */
  prepare([r, alpha], mostPurchases) {
    const rate = risingProduct(r, mostPurchases);
    const logAlpha = Math.log(alpha);
    return ({ frequency: x, age }, gradient) => {
      const logAge = Math.log(alpha + age);
      gradient[0] = rate.slope[x] + logAlpha - logAge;
      gradient[1] = r / alpha - (r + x) / (alpha + age);
      return rate.log[x] + r * logAlpha - (r + x) * logAge;
    };
  },

  probabilityAlive: () => 1,

  expectedPurchases: whileAlive,

  expectedIfAlive: whileAlive,

  expectedPurchasesOfNewCustomer([r, alpha], time) {
    return (r / alpha) * time;
  },

  countDistribution([r, alpha], most, time) {
    const probabilities = new Float64Array(most + 1);
    const share = time / (alpha + time);
    probabilities[0] = (alpha / (alpha + time)) ** r;
    for (let count = 0; count < most; count++) {
      probabilities[count + 1] = probabilities[count] * ((r + count) / (count + 1)) * share;
    }
    return probabilities;
  },

  simulate([r, alpha], age, random) {
    const rate = random.gamma(r) / alpha;
    const times: number[] = [];
    for (let now = -Math.log1p(-random.uniform()) / rate; now <= age; now += -Math.log1p(-random.uniform()) / rate) {
      times.push(now);
    }
    return historyOf(times, age);
  },
};

/** The posterior mean rate carried on: between the customer's own rate and the shop's. */
function whileAlive([r, alpha]: Float64Array, { frequency, age }: { frequency: number; age: number }, time: number) {
  return ((r + frequency) / (alpha + age)) * time;
}
