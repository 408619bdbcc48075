import type { Problem } from "./problem.ts";

/** A function without derivatives, inside a box where bounds are given. */
export interface ValueProblem extends Omit<Problem, "evaluate" | "value"> {
  value(x: Float64Array): number;
}

/** Balances truncation, O(h²), against rounding, O(ε/h): h = ε^⅓·max(|x|, 1). */
const relativeStep = Math.cbrt(Number.EPSILON);

/**
 * Gives a function central differences for a gradient, 2 values a variable, each with an error of about 1e-10 of the
 * function's size. Near a bound, or beside the edge of the domain, the three-point formula from one side takes over;
 * nothing outside the box is ever asked for. A fixed variable has derivative 0.
 */
export function withNumericalGradient(problem: ValueProblem): Problem {
  const { start, lower, upper } = problem;
  const probe = new Float64Array(start.length);
  return {
    start,
    lower,
    upper,
    value: (x) => problem.value(x),
    evaluate(x, gradient) {
      const value = problem.value(x);
      if (!Number.isFinite(value)) return value;
      probe.set(x);
      for (let i = 0; i < x.length; i++) {
        const along = (coordinate: number) => {
          probe[i] = coordinate;
          return problem.value(probe);
        };
        const below = lower?.[i] ?? Number.NEGATIVE_INFINITY;
        const above = upper?.[i] ?? Number.POSITIVE_INFINITY;
        gradient[i] = derivative(along, x[i], value, below, above);
        probe[i] = x[i];
      }
      return value;
    },
  };
}

function derivative(f: (x: number) => number, x: number, value: number, lower: number, upper: number): number {
  if (lower === upper) return 0;
  // A box thinner than the usual step gets a step that fits.
  const step = Math.min(relativeStep * Math.max(Math.abs(x), 1), (upper - lower) / 4);
  if (x - step >= lower && x + step <= upper) {
    const [left, right] = [x - step, x + step];
    const central = (f(right) - f(left)) / (right - left); // the step as rounded, not as meant
    if (Number.isFinite(central)) return central;
  }
  for (const side of [step, -step]) {
    if (x + 2 * side < lower || x + 2 * side > upper) continue;
    const oneSided = (4 * f(x + side) - f(x + 2 * side) - 3 * value) / (2 * side);
    if (Number.isFinite(oneSided)) return oneSided;
  }
  return Number.NaN;
}
