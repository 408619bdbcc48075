import { drawBeta } from "./beta-geometric.ts";
import { type CustomerHistory, historyOf, type PurchaseModel } from "./purchase-model.ts";
import { risingProduct } from "./rising-products.ts";

/** Sums over the stages of a horizon end where the rest is less than this share of them. */
const negligible = 1e-13;
/** Terms are scaled down here, long before they overflow. */
const hugeTerm = 1e200;

/**
 * BG/CNBD-k (Platzer & Reutterer 2016, Marketing Science 35(5), with the dropout of Fader, Hardie & Lee 2005): the gaps
 * between purchases are Erlang-k, so the higher k, the more regular the customers; k = 1 is the BG/NBD. α is the rate of a
 * stage, of which each purchase takes k. k itself is chosen by likelihood (`chooseRegularity`), for which histories
 * need `logGaps`.
 */
export function bgCnbdK(k: number): PurchaseModel {
  const logFactorial = risingProduct(1, k);
  return {
    name: `bg-cnbd-${k}`,
    parameterNames: ["r", "alpha", "a", "b"],
    timeParameters: ["alpha"],

    /**
     * ln of Γ(r+kx)α^r/Γ(r) · B(a, b+x)/B(a, b) · [Σ_j<k Γ(r+kx+j)/(Γ(r+kx) j!) (T−tₓ)^j (α+T)^−(r+kx+j)
     * + 1{x>0} a/(b+x−1) (α+tₓ)^−(r+kx)]. The factor Π gap^(k−1)/(k−1)!^x does not depend on the parameters and is added by
     * `regularityTerm`.
     */
    prepare([r, alpha, a, b], mostPurchases) {
      const rate = risingProduct(r, k * mostPurchases + k);
      const stays = risingProduct(b, mostPurchases);
      const both = risingProduct(a + b, mostPurchases);
      const logAlpha = Math.log(alpha);
      const terms = new Float64Array(k + 1);
      return ({ frequency: x, recency, age }, gradient) => {
        const stages = r + k * x;
        const logAge = Math.log(alpha + age);
        const logRecency = Math.log(alpha + recency);
        const logSince = Math.log(age - recency);
        for (let j = 0; j < k; j++) {
          const waiting = j === 0 ? 0 : j * logSince;
          terms[j] = rate.log[k * x + j] - logFactorial.log[j] + waiting - (stages + j) * logAge;
        }
        terms[k] =
          x > 0 ? rate.log[k * x] + Math.log(a) - Math.log(b + x - 1) - stages * logRecency : Number.NEGATIVE_INFINITY;
        const highest = Math.max(...terms);
        let sum = 0;
        for (const term of terms) sum += Math.exp(term - highest);
        const total = highest + Math.log(sum);
        const pLeft = Math.exp(terms[k] - total);
        let byR = pLeft > 0 ? pLeft * (rate.slope[k * x] - logRecency) : 0;
        let byAlpha = pLeft > 0 ? (-pLeft * stages) / (alpha + recency) : 0;
        for (let j = 0; j < k; j++) {
          const weight = Math.exp(terms[j] - total);
          byR += weight * (rate.slope[k * x + j] - logAge);
          byAlpha -= (weight * (stages + j)) / (alpha + age);
        }
        gradient[0] = logAlpha + byR;
        gradient[1] = r / alpha + byAlpha;
        gradient[2] = -both.slope[x] + pLeft / a;
        gradient[3] = stays.slope[x] - both.slope[x] - (x > 0 ? pLeft / (b + x - 1) : 0);
        return r * logAlpha + stays.log[x] - both.log[x] + total;
      };
    },

    probabilityAlive(parameters, history) {
      return history.frequency === 0 ? 1 : stageWeights(parameters, history).alive;
    },

    /**
     * Exact: the customer stands in stage j of k with a probability known from the history; the m-th purchase from now needs
     * mk − j more stages, and that the customer did not leave at one of the m − 1 before.
     */
    expectedPurchases(parameters, history, time) {
      const [, alpha, a, b] = parameters;
      const { alive, stages } = stageWeights(parameters, history);
      let expected = 0;
      for (let j = 0; j < k; j++) {
        const shape = parameters[0] + k * history.frequency + j;
        const weight = history.frequency === 0 ? stages[j] : alive * stages[j];
        expected += weight * purchasesFromStage(shape, alpha + history.age, a, b + history.frequency, j, time);
      }
      return expected;
    },

    expectedPurchasesOfNewCustomer([r, alpha, a, b], time) {
      return purchasesFromStage(r, alpha, a, b, 0, time);
    },

    countDistribution([r, alpha, a, b], most, time) {
      const atLeast = atLeastStages(r, alpha, time, k * (most + 1));
      const probabilities = new Float64Array(most + 1);
      let stays = 1;
      for (let count = 0; count <= most; count++) {
        const leaves = count > 0 ? (stays * a) / (b + count - 1) : 0;
        probabilities[count] = stays * (atLeast[k * count] - atLeast[k * (count + 1)]) + leaves * atLeast[k * count];
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
        now += random.gamma(k) / rate;
        if (!(now <= age)) break;
        times.push(now);
        if (random.uniform() < leaving) break;
      }
      return historyOf(times, age);
    },
  };

  /** P(alive) and, given alive, the probability of standing in each of the k stages. */
  function stageWeights([r, alpha, a, b]: Float64Array, { frequency: x, recency, age }: CustomerHistory) {
    const stages = r + k * x;
    const logs = Float64Array.from({ length: k }, (_, j) => {
      const waiting = j === 0 ? 0 : j * Math.log(age - recency);
      let rising = 0;
      for (let i = 0; i < j; i++) rising += Math.log(stages + i);
      return rising - logFactorial.log[j] + waiting - (stages + j) * Math.log(alpha + age);
    });
    const left =
      x > 0 ? Math.log(a) - Math.log(b + x - 1) - stages * Math.log(alpha + recency) : Number.NEGATIVE_INFINITY;
    const highest = Math.max(left, ...logs);
    const weights = logs.map((log) => Math.exp(log - highest));
    const here = weights.reduce((sum, weight) => sum + weight, 0);
    return { alive: here / (here + Math.exp(left - highest)), stages: weights.map((weight) => weight / here) };
  }

  /**
   * Σₙ P(n stages in `time`)·(purchases expected of n stages): only sums of positive terms, so that nothing is lost where time is
   * short or nobody leaves. The terms run relative to the first one, for which a double can be too small.
   */
  function purchasesFromStage(shape: number, rate: number, a: number, b: number, stage: number, time: number): number {
    if (time === 0) return 0;
    const share = time / (rate + time);
    let probability = 1; // of n stages, relative
    let mass = 1;
    let expected = 0;
    let stays = 1; // B(a, b+m)/B(a, b), m purchases made
    let purchases = 0; // E[purchases | n stages]
    for (let n = 1, made = 0; ; n++) {
      const ratio = ((shape + n - 1) / n) * share;
      probability *= ratio;
      if (n + stage === (made + 1) * k) {
        purchases += stays;
        stays *= (b + made) / (a + b + made);
        made++;
      }
      const gain = probability * purchases;
      mass += probability;
      expected += gain;
      if (probability > hugeTerm) {
        probability /= hugeTerm;
        mass /= hugeTerm;
        expected /= hugeTerm;
      }
      // Later ratios lie between this one and `share`, so the rest is at most a geometric series.
      const fall = Math.max(ratio, share);
      if (made > 0 && fall < 1 && gain * fall <= negligible * expected * (1 - fall)) return expected / mass;
    }
  }
}

/** P(at least n stages by `time`), n = 0 … most, at a gamma-distributed rate of stages. */
function atLeastStages(r: number, alpha: number, time: number, most: number): Float64Array {
  const atLeast = new Float64Array(most + 1);
  const share = time / (alpha + time);
  let probability = (alpha / (alpha + time)) ** r;
  let remaining = 1;
  for (let n = 0; n <= most; n++) {
    atLeast[n] = Math.max(0, remaining);
    remaining -= probability;
    probability *= ((r + n) / (n + 1)) * share;
  }
  return atLeast;
}

/** ln Π gap^(k−1)/(k−1)!^x: what makes likelihoods of different k comparable. `logGaps` is Σ ln(gap). */
export function regularityTerm(k: number, frequency: number, logGaps: number): number {
  return (k - 1) * logGaps - frequency * risingProduct(1, k - 1).log[k - 1];
}
