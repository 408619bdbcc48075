import { choleskyFactor, choleskySolve } from "../stats/linear-algebra.ts";
import { dot } from "./objective.ts";

/** How near the step's length comes to the radius: within a tenth. */
const lengthTolerance = 0.1;

/**
 * Minimises gᵀd + ½dᵀHd over ‖d‖ ≤ radius: d = −(H + μI)⁻¹g with μ ≥ 0 found by a safeguarded Newton iteration on
 * 1/‖d(μ)‖ = 1/radius (Moré & Sorensen 1983). H is (size, size) and may be indefinite. In the hard case, where no μ gives
 * the full length, the longest step found is returned: shorter than the best one, and still one of descent.
 */
export function trustRegionStep(hessian: Float64Array, gradient: Float64Array, radius: number): Float64Array {
  const size = gradient.length;
  let lowest = 0;
  let widestRow = 0;
  for (let i = 0; i < size; i++) {
    lowest = Math.max(lowest, -hessian[i * size + i]);
    let sum = 0;
    for (let j = 0; j < size; j++) sum += Math.abs(hessian[i * size + j]);
    widestRow = Math.max(widestRow, sum);
  }
  const norm = Math.sqrt(dot(gradient, gradient));
  let highest = norm / radius + widestRow;
  let shift = lowest;
  let longest = gradient.map((value) => -value / highest);
  for (let rounds = 0; rounds < 60 && highest - lowest > 1e-12 * highest; rounds++) {
    const factor = choleskyFactor(shifted(hessian, shift, size), size);
    if (!factor) {
      lowest = Math.max(lowest, shift);
      shift = between(lowest, highest);
      continue;
    }
    const step = choleskySolve(factor, gradient, size).map((value) => -value);
    const length = Math.sqrt(dot(step, step));
    const fits = length <= (1 + lengthTolerance) * radius;
    if (fits && (shift === 0 || length >= (1 - lengthTolerance) * radius)) return step;
    if (length < radius) [highest, longest] = [shift, step];
    else lowest = shift;
    // ‖L⁻¹d‖² = dᵀ(H + μI)⁻¹d
    const newton = shift + ((length - radius) / radius) * (length ** 2 / dot(step, choleskySolve(factor, step, size)));
    shift = newton >= lowest && newton < highest ? newton : between(lowest, highest);
  }
  return longest;
}

/** Geometric mean, for shifts of unknown order; well above 0 where the lower end is 0. */
function between(lowest: number, highest: number): number {
  return Math.max(Math.sqrt(lowest * highest), lowest + 1e-3 * (highest - lowest));
}

/** H + shift·I. */
export function shifted(hessian: Float64Array, shift: number, size: number): Float64Array {
  const sum = hessian.slice();
  for (let i = 0; i < size; i++) sum[i * size + i] += shift;
  return sum;
}
