import type { Random } from "../base/random.ts";
import { hypergeometric2F1 } from "../stats/hypergeometric.ts";

/** Within this distance of a removable singularity the mean of the values on both sides is taken: error about 1e-10. */
const nudge = 1e-5;

/**
 * E[(1 − e^(−λpt))/p] for λ ~ Gamma(shape, rate) and p ~ Beta(a, b): purchases in a time t of a customer who is alive now and
 * leaves after each purchase with probability p (Fader, Hardie & Lee 2005, eq. 10, written through Euler's transformation
 * so that no power of the frequency can overflow). Defined through a = 1 and a + b = 1, where the printed form is 0/0.
 */
export function expectedWhileLeaving(a: number, b: number, shape: number, rate: number, time: number): number {
  if (time === 0) return 0;
  if (Math.abs(a - 1) < nudge || Math.abs(a + b - 1) < nudge) {
    return 0.5 * (formula(a - 2 * nudge, b, shape, rate, time) + formula(a + 2 * nudge, b, shape, rate, time));
  }
  return formula(a, b, shape, rate, time);
}

function formula(a: number, b: number, shape: number, rate: number, time: number): number {
  const z = time / (rate + time);
  const c = a + b - 1;
  const series = hypergeometric2F1(a - 1, c - shape, c, z);
  return (c / (a - 1)) * (1 - (rate / (rate + time)) ** (a - 1) * series);
}

/** A draw from Beta(a, b) (ratio of gammas). */
export function drawBeta(a: number, b: number, random: Random): number {
  const left = random.gamma(a);
  const right = random.gamma(b);
  return left + right > 0 ? left / (left + right) : Number(a > b);
}
