/** The gamma function's logarithm and its derivatives, for positive arguments. */

const halfLogTwoPi = 0.9189385332046727;
/** Below this the argument is first moved up by the recurrence; above it the asymptotic series is exact to double precision. */
const asymptoticFrom = 10;

/**
 * ln Γ(x), x > 0, to about 1e-14 relatively (1e-15 absolutely near the zeros at 1 and 2).
 * Stirling's series (Abramowitz & Stegun 6.1.41) after the recurrence Γ(x + 1) = x·Γ(x). NaN for x < 0, Infinity at 0.
 */
export function logGamma(x: number): number {
  if (!(x >= 0)) return Number.NaN;
  if (x === 0) return Number.POSITIVE_INFINITY;
  let product = 1;
  let shifted = x;
  while (shifted < asymptoticFrom) product *= shifted++;
  return stirling(shifted) - Math.log(product);
}

function stirling(x: number): number {
  const w = 1 / (x * x);
  const series =
    (1 / 12 -
      w *
        (1 / 360 -
          w *
            (1 / 1260 - w * (1 / 1680 - w * (1 / 1188 - w * (691 / 360360 - w * (1 / 156 - w * (3617 / 122400)))))))) /
    x;
  return (x - 0.5) * Math.log(x) - x + halfLogTwoPi + series;
}

/** ψ(x) = d/dx ln Γ(x), x > 0 (Abramowitz & Stegun 6.3.18 after the recurrence 6.3.5). */
export function digamma(x: number): number {
  if (!(x > 0)) return Number.NaN;
  let sum = 0;
  let shifted = x;
  while (shifted < asymptoticFrom) sum += 1 / shifted++;
  const w = 1 / (shifted * shifted);
  const series =
    w * (1 / 12 - w * (1 / 120 - w * (1 / 252 - w * (1 / 240 - w * (1 / 132 - w * (691 / 32760 - w / 12))))));
  return Math.log(shifted) - 0.5 / shifted - series - sum;
}

/** ln B(a, b) = ln Γ(a) + ln Γ(b) − ln Γ(a + b). */
export function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}
