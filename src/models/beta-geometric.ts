import type { Random } from "../base/random.ts";
import { logBeta } from "../stats/gamma.ts";
import { hypergeometric2F1 } from "../stats/hypergeometric.ts";
import { gaussLegendre } from "../stats/quadrature.ts";

/** Within this distance of a removable singularity the mean of the values on both sides is taken: error about 1e-10. */
const nudge = 1e-5;

/** Beyond this many times the rate the series needs more terms than the integral has nodes. */
const manyRates = 200;
/** Beyond this difference the terms of the series alternate and grow before they fall. */
const mostFall = 10;
/** The series is 1 minus almost 1 where little is expected: at most ten digits may be lost. */
const mostCancelled = 1e6;
/** Beyond this a the power before the series underflows and the series overflows. */
const mostPower = 50;
/** Terms e^−40 of their like are left out. */
const negligibleFall = 40;

/**
 * E[(1 − e^(−λpt))/p] for λ ~ Gamma(shape, rate) and p ~ Beta(a, b): purchases in a time t of a customer who is alive now and
 * leaves after each purchase with probability p (Fader, Hardie & Lee 2005, eq. 10, written through Euler's transformation
 * so that no power of the frequency can overflow). Defined through a = 1 and a + b = 1, where the printed form is 0/0.
 */
export function expectedWhileLeaving(a: number, b: number, shape: number, rate: number, time: number): number {
  if (time === 0) return 0;
  const isSeriesSafe =
    time <= manyRates * rate &&
    shape <= a + b + mostFall &&
    a <= mostPower &&
    a + b <= mostCancelled * shape * (time / rate);
  if (!isSeriesSafe) return overLeaving(a, b, shape, time / rate);
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

/**
 * E[(1 − (1 + p·ratio)^−shape)/p] over p ~ Beta(a, b) as an integral over ln p/(1 − p), by panels as narrow as the density; where the
 * rest of the integrand is constant, to the left and to the right, the tails are those of the density. No term is negative.
 */
function overLeaving(a: number, b: number, shape: number, ratio: number): number {
  const logNorm = logBeta(a, b);
  const middle = Math.log(a / b);
  const spread = Math.sqrt(1 / a + 1 / b);
  const leftConstant = -negligibleFall - Math.log1p(ratio * (1 + shape));
  const from = Math.max(middle - negligibleFall / a - 10 * spread, leftConstant);
  const until = Math.min(middle + negligibleFall / b + 10 * spread, negligibleFall);
  const purchases = (p: number) => (p > 0 ? -Math.expm1(-shape * Math.log1p(p * ratio)) / p : shape * ratio);
  let sum = 0;
  if (until > from) {
    const { nodes, weights } = gaussLegendre(20);
    const panels = Math.ceil((until - from) / (3 * Math.min(1, spread)));
    const width = (until - from) / panels;
    for (let panel = 0; panel < panels; panel++) {
      for (let i = 0; i < nodes.length; i++) {
        const logit = from + (panel + nodes[i]) * width;
        const logP = -Math.log1p(Math.exp(-logit));
        const density = Math.exp(a * logP + b * (logP - logit) - logNorm);
        sum += weights[i] * width * density * purchases(Math.exp(logP));
      }
    }
  }
  if (from === leftConstant) sum += Math.exp(a * from - Math.log(a) - logNorm) * purchases(Math.exp(from));
  if (until === negligibleFall) sum += Math.exp(-b * until - Math.log(b) - logNorm) * purchases(1);
  return sum;
}

/** A draw from Beta(a, b) (ratio of gammas). */
export function drawBeta(a: number, b: number, random: Random): number {
  const left = random.gamma(a);
  const right = random.gamma(b);
  return left + right > 0 ? left / (left + right) : Number(a > b);
}
