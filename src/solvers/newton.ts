import { choleskyFactor, choleskySolve } from "../stats/linear-algebra.ts";
import { hessianOver, type NewtonProblem } from "./hessian.ts";
import { decrease, dot, type Iterate, Objective } from "./objective.ts";
import type { Solution, StoppingOptions } from "./problem.ts";
import { minimiseModel, type QuadraticModel } from "./quadratic-model.ts";
import { shifted, trustRegionStep } from "./trust-region-step.ts";

export interface NewtonOptions extends StoppingOptions {
  /** What keeps Newton's step honest far from the optimum. Default "trust_region". */
  readonly globalisation?: "line_search" | "trust_region";
}

/** A step must bring at least this share of the decrease that was promised. */
const sufficientDecrease = 1e-4;

/**
 * Newton's method inside a box: variables at a bound that the gradient pushes against are held; the others go where the
 * quadratic model is low (`minimiseModel`), under a trust region (Moré & Sorensen 1983) or, with the Hessian made positive
 * definite, under a backtracking line search. The Hessian is the problem's, or made by differences of the gradient.
 * Converges quadratically; an iteration costs O(variables³), by differences an evaluation a variable too.
 *
 * Throws InputError `shape_mismatch`, `start_not_a_number`, `bounds_crossed`.
 */
export function newton(problem: NewtonProblem, options: NewtonOptions = {}): Solution {
  const objective = new Objective(problem, options, { maxIterations: 500 });
  let current = objective.at(problem.start);
  const search =
    options.globalisation === "line_search"
      ? (model: QuadraticModel) => searchLine(objective, model)
      : trustRegionSearch(objective, Math.max(Math.sqrt(dot(current.x, current.x)), 1));
  let previousValue: number | undefined;
  for (let iterations = 0; ; iterations++) {
    const reason = objective.reasonToStop(current, iterations, previousValue);
    if (reason) return objective.solution(current, iterations, reason);
    const next = search(modelAt(objective, problem, current));
    if (!next) return objective.solution(current, iterations, objective.whyNoStep(current));
    previousValue = current.value;
    current = next;
  }
}

function modelAt(objective: Objective, problem: NewtonProblem, at: Iterate): QuadraticModel {
  const { lower, upper } = objective;
  const free = Int32Array.from(at.x.keys()).filter((i) => {
    const slope = at.gradient[i];
    return lower[i] < upper[i] && !(slope > 0 && at.x[i] <= lower[i]) && !(slope < 0 && at.x[i] >= upper[i]);
  });
  const matrix = hessianOver(objective, problem, at, free);
  // Where the domain ends beside this point the curvature is unknown: 0, the rest is the search's work.
  for (let k = 0; k < matrix.length; k++) if (!Number.isFinite(matrix[k])) matrix[k] = 0;
  return { at, free, gradient: Float64Array.from(free, (i) => at.gradient[i]), matrix };
}

/** The first of the shares 1, ½, ¼ … of the way to the model's minimiser that lowers f enough (Armijo), or undefined. */
function searchLine(objective: Objective, model: QuadraticModel): Iterate | undefined {
  const { at } = model;
  const convex = { ...model, matrix: positiveDefinite(model.matrix, model.free.length) };
  const target = minimiseModel(objective, convex, newtonStep, Number.POSITIVE_INFINITY).x;
  const direction = target.map((value, i) => value - at.x[i]);
  const slope = dot(direction, at.gradient);
  if (!(slope < 0)) return undefined;
  for (let share = 1; share > Number.EPSILON / 16; share /= 2) {
    const next = objective.at(at.x.map((value, i) => value + share * direction[i]));
    if (decrease(at, next) >= -sufficientDecrease * share * slope) return next;
  }
  return undefined;
}

/** −B⁻¹g. Diagonal blocks of a positive definite matrix are so too; rounding is met by plain descent. */
function newtonStep(matrix: Float64Array, gradient: Float64Array): Float64Array {
  const factor = choleskyFactor(matrix, gradient.length);
  return (factor ? choleskySolve(factor, gradient, gradient.length) : gradient).map((value) => -value);
}

/** H + τI with the first τ of a growing sequence that has a Cholesky factor (Nocedal & Wright 2006, algorithm 3.3). */
function positiveDefinite(hessian: Float64Array, size: number): Float64Array {
  let [least, widest] = [Number.POSITIVE_INFINITY, Number.MIN_VALUE];
  for (let i = 0; i < size; i++) {
    least = Math.min(least, hessian[i * size + i]);
    widest = Math.max(widest, Math.abs(hessian[i * size + i]));
  }
  const unit = 1e-3 * widest;
  for (let shift = least > 0 ? 0 : unit - least; ; shift = Math.max(2 * shift, unit)) {
    const matrix = shifted(hessian, shift, size);
    if (choleskyFactor(matrix, size)) return matrix;
  }
}

/** A search that remembers how far the model could be trusted; undefined where the region has shrunk to nothing. */
function trustRegionSearch(objective: Objective, firstRadius: number) {
  let radius = firstRadius;
  return (model: QuadraticModel): Iterate | undefined => {
    const { at } = model;
    const smallest = Number.EPSILON * Math.max(Math.sqrt(dot(at.x, at.x)), Number.EPSILON);
    const faceStep = (matrix: Float64Array, gradient: Float64Array) => trustRegionStep(matrix, gradient, radius);
    while (radius > smallest) {
      const { x, predicted } = minimiseModel(objective, model, faceStep, radius);
      if (!(predicted > 0)) return undefined;
      const next = objective.at(x);
      const length = Math.sqrt(x.reduce((sum, value, i) => sum + (value - at.x[i]) ** 2, 0));
      const ratio = decrease(at, next) / predicted;
      if (!(ratio >= 0.25)) radius = Math.min(length, radius) / 4;
      else if (ratio > 0.75 && length >= 0.8 * radius) radius *= 2;
      if (ratio >= sufficientDecrease) return next;
    }
    return undefined;
  };
}
