import { normalCdf, normalDensity } from "../stats/normal.ts";
import type { Posterior } from "./gaussian-process.ts";

/** Below this, φ(z) + z·Φ(z) loses its digits and the tail's expansion has them all. */
const tailFrom = -25;

/** log(φ(z) + z·Φ(z)), and its derivative Φ(z) ÷ (φ(z) + z·Φ(z)). */
function logImprovement(z: number): { value: number; slope: number; density: number } {
  if (z > tailFrom) {
    const density = normalDensity(z);
    const below = normalCdf(z);
    const improvement = density + z * below;
    return { value: Math.log(improvement), slope: below / improvement, density: density / improvement };
  }
  // Mills' ratio far out (Abramowitz & Stegun 26.2.12): Φ = φ/|z|·(1 − 1/z² + 3/z⁴ …), φ + zΦ = φ/z²·(1 − 3/z² + 15/z⁴ …).
  const inverse = 1 / (z * z);
  const share = 1 - 3 * inverse + 15 * inverse * inverse;
  return {
    value: -0.5 * z * z - 0.5 * Math.log(2 * Math.PI) + Math.log(inverse * share),
    slope: (-z * (1 - inverse + 3 * inverse * inverse)) / share,
    density: (z * z) / share,
  };
}

/**
 * Logarithm of the expected improvement on `best` (Mockus 1975; Jones, Schonlau & Welch 1998, eq. 15) for a value to be
 * made small, and its gradient. The logarithm, because the improvement itself is 0 to the last digit wherever the model is
 * sure, and a search finds no slope there (Ament et al. 2023).
 */
export function logExpectedImprovement(
  { mean, sd, meanGradient, sdGradient }: Posterior,
  best: number,
): { value: number; gradient: Float64Array } {
  const { value, slope, density } = logImprovement((best - mean) / sd);
  return {
    value: Math.log(sd) + value,
    gradient: meanGradient.map((change, column) => (density * sdGradient[column] - slope * change) / sd),
  };
}
