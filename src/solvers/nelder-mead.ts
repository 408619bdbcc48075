import { Objective } from "./objective.ts";
import type { Problem, Solution, StoppingOptions } from "./problem.ts";

export interface NelderMeadOptions extends StoppingOptions {
  /** Stop where all corners lie within this share of max(|x|, 1) of the best. Default 1e-8. */
  readonly stepTolerance?: number;
}

interface Corner {
  readonly x: Float64Array;
  readonly value: number;
}

/**
 * The simplex search of Nelder & Mead (1965) with the coefficients of Gao & Han (2012), corners clipped to the box.
 * The last resort: for functions with kinks or noise and few variables. No convergence theorem stands behind it; it starts
 * again around its best point until that no longer helps. Uses `value` where the problem has one.
 *
 * Throws InputError `shape_mismatch`, `start_not_a_number`, `bounds_crossed`.
 */
export function nelderMead(problem: Problem, options: NelderMeadOptions = {}): Solution {
  const { stepTolerance = 1e-8 } = options;
  const objective = new Objective(problem, options, { maxIterations: 2000 * Math.max(problem.start.length, 1) });
  let best = cornerAt(objective, problem.start);
  let iterations = 0;
  // Twice without gain, to either side, before it is believed.
  for (let round = 0, fruitless = 0; Number.isFinite(best.value) && fruitless < 2; round++) {
    const simplex = simplexAround(objective, best, round % 2 === 0 ? 0.05 : -0.05);
    while (!limitReached(objective, iterations) && !isSmall(simplex, stepTolerance)) {
      improve(objective, simplex);
      iterations++;
    }
    const gain = best.value - simplex[0].value;
    best = simplex[0];
    fruitless = gain > 1e-8 * Math.max(Math.abs(best.value), 1e-8) ? 0 : fruitless + 1;
    if (limitReached(objective, iterations)) break;
  }
  const limit = limitReached(objective, iterations);
  const end = objective.at(best.x);
  const optimal = objective.projectedGradientNorm(end.x, end.gradient) <= objective.stopping.gradientTolerance;
  if (!Number.isFinite(end.value)) return objective.solution(end, iterations, "not_finite");
  return objective.solution(end, iterations, optimal ? "converged" : (limit ?? "small_step"));
}

function limitReached({ stopping, evaluations }: Objective, iterations: number) {
  if (iterations >= stopping.maxIterations) return "iteration_limit";
  return evaluations >= stopping.maxEvaluations ? "evaluation_limit" : undefined;
}

function cornerAt(objective: Objective, point: Float64Array): Corner {
  const x = objective.project(point.slice());
  return { x, value: objective.valueAt(x) };
}

/** The point and one neighbour a variable, on the side where the box has room; sorted, best first. */
function simplexAround(objective: Objective, best: Corner, share: number): Corner[] {
  const simplex = [best];
  for (let i = 0; i < best.x.length; i++) {
    if (objective.lower[i] === objective.upper[i]) continue;
    const step = share * Math.max(Math.abs(best.x[i]), 1);
    const x = best.x.slice();
    x[i] += step;
    if (x[i] > objective.upper[i] || x[i] < objective.lower[i]) x[i] = best.x[i] - step;
    simplex.push(cornerAt(objective, x));
  }
  return simplex.sort(byValue);
}

const byValue = (one: Corner, other: Corner) => one.value - other.value;

function isSmall([best, ...others]: readonly Corner[], tolerance: number): boolean {
  return others.every(({ x }) =>
    x.every((value, i) => Math.abs(value - best.x[i]) <= tolerance * Math.max(Math.abs(best.x[i]), 1)),
  );
}

/** One move: reflect, then expand, contract or shrink; keeps the corners sorted. */
function improve(objective: Objective, simplex: Corner[]): void {
  const count = simplex.length - 1;
  const expansion = 1 + 2 / Math.max(count, 2);
  const contraction = 0.75 - 1 / (2 * Math.max(count, 2));
  const worst = simplex[count];
  const centre = new Float64Array(worst.x.length);
  for (let k = 0; k < count; k++) for (let i = 0; i < centre.length; i++) centre[i] += simplex[k].x[i] / count;
  const along = (factor: number) =>
    cornerAt(
      objective,
      centre.map((value, i) => value + factor * (value - worst.x[i])),
    );

  const reflected = along(1);
  let replacement: Corner | undefined;
  if (reflected.value < simplex[0].value) {
    const expanded = along(expansion);
    replacement = expanded.value < reflected.value ? expanded : reflected;
  } else if (count > 1 && reflected.value < simplex[count - 1].value) {
    replacement = reflected;
  } else {
    // A corner clipped to a bound would be met again beyond it, and the simplex would fall flat.
    const clipped = reflected.x.some((value, i) => value === objective.lower[i] || value === objective.upper[i]);
    const outside = reflected.value < worst.value && !clipped;
    const contracted = along(outside ? contraction : -contraction);
    if (contracted.value <= (outside ? reflected : worst).value && contracted.value < worst.value)
      replacement = contracted;
  }
  if (replacement) simplex[count] = replacement;
  else {
    const shrinkage = 1 - 1 / Math.max(count, 2);
    const best = simplex[0];
    for (let k = 1; k <= count; k++) {
      simplex[k] = cornerAt(
        objective,
        simplex[k].x.map((value, i) => best.x[i] + shrinkage * (value - best.x[i])),
      );
    }
  }
  simplex.sort(byValue);
}
