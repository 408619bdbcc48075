import { ModelError } from "../base/errors.ts";

/** Between Poisson (1) and gamma (2): a variance that grows with mean^1.5 is what values with a mass at 0 and a long tail have. */
const power = 1.5;
/** Smallest forecast, as a share of the mean outcome: the deviance is infinite where 0 was forecast and something came. */
const smallestShare = 1e-3;
const mostSteps = 300;
const settled = 1e-9;

interface Stacking {
  /** Not negative, sum 1; one per forecast. */
  readonly weights: number[];
  /** Mean deviance of the mix, up to a term that does not depend on the weights. */
  readonly deviance: number;
}

/**
 * The mix of forecasts nearest to what came: weights w ≥ 0, Σw = 1, that minimise the mean Tweedie deviance (Jørgensen 1987; power
 * 1.5) of Σ wₖ·forecastₖ, by exponentiated gradient (Kivinen & Warmuth 1997) from equal weights. The deviance is a proper loss
 * for means, and unlike squared error no single large customer decides it. Forecasts are (rows) each, in one unit with the outcomes; outcomes
 * below 0 count as 0. Throws ModelError no_positive_outcomes.
 */
export function stackConvexly(actual: ArrayLike<number>, forecasts: readonly ArrayLike<number>[]): Stacking {
  const rows = actual.length;
  let total = 0;
  for (let row = 0; row < rows; row++) total += Math.max(0, actual[row]);
  if (!(total > 0)) throw new ModelError("no_positive_outcomes", { rows });
  const mean = total / rows;
  const truth = Float64Array.from({ length: rows }, (_, row) => Math.max(0, actual[row]) / mean);
  const scaled = forecasts.map((forecast) =>
    Float64Array.from({ length: rows }, (_, row) => Math.max(smallestShare, forecast[row] / mean)),
  );
  let weights = forecasts.map(() => 1 / forecasts.length);
  let current = devianceAt(weights, truth, scaled);
  let rate = 1;
  for (let step = 0; step < mostSteps; step++) {
    const { weights: next, deviance, usedRate } = descend(weights, current, rate, { truth, scaled });
    const gain = current.deviance - deviance;
    weights = next;
    rate = usedRate * 1.5;
    if (!(gain > settled)) break;
    current = devianceAt(weights, truth, scaled);
  }
  return { weights, deviance: current.deviance };
}

type Problem = { readonly truth: Float64Array; readonly scaled: readonly Float64Array[] };

/** One multiplicative step, its rate halved until the deviance does not rise. */
function descend(
  weights: readonly number[],
  { deviance, gradient }: { deviance: number; gradient: readonly number[] },
  rate: number,
  { truth, scaled }: Problem,
): { weights: number[]; deviance: number; usedRate: number } {
  const least = Math.min(...gradient);
  for (let usedRate = rate; usedRate > 1e-8; usedRate /= 2) {
    const grown = weights.map((weight, at) => weight * Math.exp(-usedRate * (gradient[at] - least)));
    const sum = grown.reduce((all, weight) => all + weight, 0);
    const next = grown.map((weight) => weight / sum);
    const reached = devianceAt(next, truth, scaled).deviance;
    if (reached <= deviance) return { weights: next, deviance: reached, usedRate };
  }
  return { weights: [...weights], deviance, usedRate: rate };
}

/** Mean of μ^(2−p)/(2−p) − y·μ^(1−p)/(1−p), half the deviance less what only the outcomes decide, with its gradient. */
function devianceAt(weights: readonly number[], truth: Float64Array, scaled: readonly Float64Array[]) {
  const rows = truth.length;
  const gradient = weights.map(() => 0);
  let deviance = 0;
  for (let row = 0; row < rows; row++) {
    let mean = 0;
    for (let at = 0; at < weights.length; at++) mean += weights[at] * scaled[at][row];
    const root = Math.sqrt(mean); // μ^(2−p) for p = 1.5
    deviance += root / (2 - power) - truth[row] / root / (1 - power);
    const slope = (1 - truth[row] / mean) / root / rows;
    for (let at = 0; at < weights.length; at++) gradient[at] += slope * scaled[at][row];
  }
  return { deviance: deviance / rows, gradient };
}
