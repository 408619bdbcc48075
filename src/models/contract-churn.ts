import type { Random } from "../base/random.ts";
import { digamma, logBeta } from "../stats/gamma.ts";
import { drawBeta } from "./beta-geometric.ts";

/**
 * Customers under contract, who can leave only at a renewal: how many left at each renewal, and how many had not yet when the
 * observation ended.
 */
export interface ContractHistories {
  /** lost[t − 1]: customers who did not renew the t-th time. */
  readonly lost: Float64Array;
  /** remaining[t − 1]: customers who renewed t times and were then no longer observed. */
  readonly remaining: Float64Array;
}

export interface ContractModel {
  readonly name: string;
  readonly parameterNames: readonly string[];
  /** P(still a customer after `renewals` renewals); `renewals` may be 0. */
  survival(parameters: Float64Array, renewals: number): number;
  /** ln survival and its derivatives by the parameters, into `gradient`. */
  logSurvival(parameters: Float64Array, renewals: number, gradient: Float64Array): number;
  /** Draws at which renewal a customer leaves (1, 2, …); `most` stands for "later". */
  simulate(parameters: Float64Array, most: number, random: Random): number;
}

/**
 * Shifted-beta-geometric (Fader & Hardie 2007, "How to project customer retention", Journal of Interactive Marketing 21(1)):
 * each customer leaves at each renewal with the same probability θ ~ Beta(a, b). S(t) = B(a, b + t)/B(a, b).
 */
export const shiftedBetaGeometric: ContractModel = contractModel("shifted-beta-geometric", ["a", "b"]);

/**
 * Beta-discrete-Weibull (Fader, Hardie, Liu, Davin & Steenburgh 2018, "How to project customer retention revisited", Journal of
 * Interactive Marketing 43): S(t) = B(a, b + t^c)/B(a, b); with c > 1 a customer becomes more likely to leave with time, with
 * c < 1 less. c = 1 is the shifted-beta-geometric.
 */
export const betaDiscreteWeibull: ContractModel = contractModel("beta-discrete-weibull", ["a", "b", "c"]);

export const contractModels: readonly ContractModel[] = [shiftedBetaGeometric, betaDiscreteWeibull];

function contractModel(name: string, parameterNames: readonly string[]): ContractModel {
  const model: ContractModel = {
    name,
    parameterNames,
    survival: (parameters, renewals) => Math.exp(model.logSurvival(parameters, renewals, new Float64Array(3))),
    logSurvival([a, b, c = 1], renewals, gradient) {
      if (renewals === 0) {
        gradient.fill(0);
        return 0;
      }
      const stretched = renewals ** c;
      const moved = digamma(b + stretched);
      const movedSum = digamma(a + b + stretched);
      gradient[0] = digamma(a + b) - movedSum;
      gradient[1] = moved - movedSum - digamma(b) + digamma(a + b);
      if (gradient.length > 2) gradient[2] = (moved - movedSum) * stretched * Math.log(renewals);
      return logBeta(a, b + stretched) - logBeta(a, b);
    },
    simulate([a, b, c = 1], most, random) {
      const leaving = drawBeta(a, b, random);
      const uniform = random.uniform();
      // P(later than t | θ) = (1 − θ)^(t^c)
      const until = (Math.log1p(-uniform) / Math.log1p(-leaving)) ** (1 / c);
      return Math.min(most, Math.max(1, Math.ceil(until)));
    },
  };
  return model;
}

/** ln likelihood of all histories: who left at t left between S(t − 1) and S(t). Adds nothing; overwrites `gradient`. */
export function contractLikelihood(
  model: ContractModel,
  parameters: Float64Array,
  { lost, remaining }: ContractHistories,
  gradient: Float64Array,
): number {
  const now = new Float64Array(gradient.length);
  const before = new Float64Array(gradient.length);
  gradient.fill(0);
  let total = 0;
  let logBefore = 0;
  for (let renewal = 1; renewal <= Math.max(lost.length, remaining.length); renewal++) {
    const logNow = model.logSurvival(parameters, renewal, now);
    const stays = Math.exp(logNow - logBefore);
    const lostHere = lost[renewal - 1] ?? 0;
    const remainingHere = remaining[renewal - 1] ?? 0;
    if (lostHere > 0) total += lostHere * (logBefore + Math.log1p(-stays));
    if (remainingHere > 0) total += remainingHere * logNow;
    for (let i = 0; i < gradient.length; i++) {
      if (lostHere > 0) gradient[i] += (lostHere * (before[i] - stays * now[i])) / (1 - stays);
      gradient[i] += remainingHere * now[i];
    }
    before.set(now);
    logBefore = logNow;
  }
  return total;
}

/**
 * Discounted expected renewals still to come of a customer who has renewed `renewals` times: Σ_{t>n} S(t)/S(n)·d^(t−n), over
 * `horizon` renewals, d the discount factor per period (Fader & Hardie 2010, "Customer-base valuation in a contractual
 * setting", eq. 6 counts the coming renewal itself at d = 1; here it is discounted by one period).
 */
export function discountedRenewals(
  model: ContractModel,
  parameters: Float64Array,
  renewals: number,
  { horizon, discountFactor }: { horizon: number; discountFactor: number },
): number {
  const from = model.survival(parameters, renewals);
  let sum = 0;
  for (let t = 1; t <= horizon; t++) sum += (model.survival(parameters, renewals + t) / from) * discountFactor ** t;
  return sum;
}
