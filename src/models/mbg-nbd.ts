import { drawBeta, expectedWhileLeaving } from "./beta-geometric.ts";
import { type CustomerHistory, historyOf, type PurchaseModel } from "./purchase-model.ts";
import { logSum, risingProduct } from "./rising-products.ts";

/**
 * MBG/NBD (Batislam, Denizel & Filiztekin 2007, IJRM 24(3)): BG/NBD in which customers may also leave right after their
 * first purchase, so that those who never came back need not be alive.
 */
export const mbgNbd: PurchaseModel = {
  name: "mbg-nbd",
  parameterNames: ["r", "alpha", "a", "b"],
  timeParameters: ["alpha"],

  /** ln of Γ(r+x)α^r/Γ(r) · B(a, b+x)/B(a, b) · [(b+x) (α+T)^−(r+x) + a (α+tₓ)^−(r+x)] / (a+b+x). */
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
      const alive = Math.log(b + x) - power * logAge;
      const total = logSum(alive, logA - power * logRecency);
      const pAlive = Math.exp(alive - total);
      const pLeft = 1 - pAlive;
      gradient[0] = rate.slope[x] + logAlpha - pAlive * logAge - pLeft * logRecency;
      gradient[1] = r / alpha - power * (pAlive / (alpha + age) + pLeft / (alpha + recency));
      gradient[2] = -both.slope[x] + pLeft / a - 1 / (a + b + x);
      gradient[3] = stays.slope[x] - both.slope[x] + pAlive / (b + x) - 1 / (a + b + x);
      return rate.log[x] + r * logAlpha + stays.log[x] - both.log[x] - Math.log(a + b + x) + total;
    };
  },

  probabilityAlive([r, alpha, a, b], { frequency: x, recency, age }) {
    const odds = Math.log(a) - Math.log(b + x) + (r + x) * Math.log((alpha + age) / (alpha + recency));
    return 1 / (1 + Math.exp(odds));
  },

  expectedPurchases(parameters, history, time) {
    return mbgNbd.probabilityAlive(parameters, history) * whileAlive(parameters, history, time);
  },

  expectedIfAlive: whileAlive,

  expectedPurchasesOfNewCustomer([r, alpha, a, b], time) {
    return (b / (a + b)) * expectedWhileLeaving(a, b + 1, r, alpha, time);
  },

  countDistribution([r, alpha, a, b], most, time) {
    const probabilities = new Float64Array(most + 1);
    const share = time / (alpha + time);
    let negativeBinomial = (alpha / (alpha + time)) ** r;
    let below = 0;
    let stays = b / (a + b); // B(a, b+count+1)/B(a, b): still there after the first purchase and count more
    let leaves = a / (a + b); // B(a+1, b+count)/B(a, b): left right after the last of them
    for (let count = 0; count <= most; count++) {
      probabilities[count] = stays * negativeBinomial + leaves * Math.max(0, 1 - below);
      below += negativeBinomial;
      negativeBinomial *= ((r + count) / (count + 1)) * share;
      leaves *= (b + count) / (a + b + count + 1);
      stays *= (b + count + 1) / (a + b + count + 1);
    }
    return probabilities;
  },

  simulate([r, alpha, a, b], age, random) {
    const rate = random.gamma(r) / alpha;
    const leaving = drawBeta(a, b, random);
    const times: number[] = [];
    let now = 0;
    while (random.uniform() >= leaving) {
      now += -Math.log1p(-random.uniform()) / rate;
      if (!(now <= age)) break;
      times.push(now);
    }
    return historyOf(times, age);
  },
};

function whileAlive(
  [r, alpha, a, b]: Float64Array,
  { frequency, age }: Omit<CustomerHistory, "recency">,
  time: number,
): number {
  return expectedWhileLeaving(a, b + frequency + 1, r + frequency, alpha + age, time);
}
