import { InputError } from "../base/errors.ts";
import type { Numbers } from "./items.ts";
import type { MultidimensionalKnapsackProblem } from "./multidimensional-knapsack.ts";

export interface Magnitude {
  /** Mean |number| of the choices beside the first. */
  readonly mean: number;
  readonly largest: number;
}

/** Sizes of a problem's numbers. */
export interface Magnitudes {
  readonly value: Magnitude;
  readonly mix: Magnitude;
  readonly weights: readonly Magnitude[]; // (rows)
}

/** Throws InputError value_not_finite. */
export function magnitudesOf(problem: MultidimensionalKnapsackProblem): Magnitudes {
  const { value, mix, rows } = problem;
  return {
    value: magnitudeOf(problem, "value", value),
    mix: mix ? magnitudeOf(problem, "value", mix.value) : { mean: 0, largest: 0 },
    weights: rows.map(({ weight }) => magnitudeOf(problem, "weight", weight)),
  };
}

/** One plain look at all numbers; a second one, at those that may be chosen, only where one is not finite. */
function magnitudeOf(problem: MultidimensionalKnapsackProblem, array: string, numbers: Numbers): Magnitude {
  let [sum, largest] = [0, 0];
  for (let at = 0; at < numbers.length; at++) {
    const size = Math.abs(numbers[at]);
    sum += size;
    if (size > largest) largest = size;
  }
  const { choices, eligible, items } = problem;
  if (!Number.isFinite(sum)) {
    [sum, largest] = [0, 0];
    for (let at = 0; at < numbers.length; at++) {
      if (at % choices > 0 && eligible?.[at] === 0) continue;
      if (!Number.isFinite(numbers[at])) {
        const [item, choice] = [Math.floor(at / choices), at % choices];
        throw new InputError("value_not_finite", { array, item, choice, found: String(numbers[at]) });
      }
      sum += Math.abs(numbers[at]);
      largest = Math.max(largest, Math.abs(numbers[at]));
    }
  }
  return { mean: sum / Math.max(1, items * Math.max(1, choices - 1)), largest };
}
