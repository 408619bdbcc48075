import { choleskyFactor, choleskySolve } from "../stats/linear-algebra.ts";
import { hessianOver, type NewtonProblem } from "./hessian.ts";
import { decrease, dot, type Iterate, Objective } from "./objective.ts";
import type { Solution, StoppingOptions } from "./problem.ts";
import { shifted, trustRegionStep } from "./trust-region-step.ts";

export interface NewtonOptions extends StoppingOptions {
  /** What keeps Newton's step honest far from the optimum. Default "trust_region". */
  readonly globalisation?: "line_search" | "trust_region";
}

/** A step must bring at least this share of the decrease that was promised. */
const sufficientDecrease = 1e-4;

/**
 * Projected Newton's method: variables at a bound that the gradient pushes against are held (Bertsekas 1982), the others
 * move by Newton's step, kept honest by a line search along the projected path or by a trust region (Moré & Sorensen 1983,
 * with the projected gradient step as fallback). The Hessian is the problem's, or made by differences of the gradient.
 * Converges quadratically; each iteration costs O(variables³), by differences an evaluation a variable too.
 *
 * Throws InputError `shape_mismatch`, `start_not_a_number`, `bounds_crossed`.
 */
export function newton(problem: NewtonProblem, options: NewtonOptions = {}): Solution {
  const objective = new Objective(problem, options, { maxIterations: 500 });
  const first = objective.at(problem.start);
  const search =
    options.globalisation === "line_search"
      ? (model: Model) => alongProjectedPath(objective, model)
      : new TrustRegion(objective, Math.max(Math.sqrt(dot(first.x, first.x)), 1)).search;
  let current = first;
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

/** The quadratic model at a point. Held variables move to their bound, the free ones as the method decides. */
interface Model {
  readonly at: Iterate;
  readonly free: Int32Array;
  readonly gradient: Float64Array; // (free)
  readonly hessian: Float64Array; // (free, free)
  /** bound − x of the held variables, 0 of the free ones. */
  readonly heldStep: Float64Array; // (variables)
}

function modelAt(objective: Objective, problem: NewtonProblem, at: Iterate): Model {
  const { x, gradient } = at;
  const { lower, upper } = objective;
  // Variables within this of a bound count as at it, else steps shorten endlessly before it (Bertsekas 1982).
  const near = Math.min(1e-3, objective.projectedGradientNorm(x, gradient));
  const heldStep = new Float64Array(x.length);
  const free: number[] = [];
  for (let i = 0; i < x.length; i++) {
    const bound = gradient[i] > 0 ? lower[i] : upper[i];
    const pushed = gradient[i] !== 0 && Math.abs(x[i] - bound) <= near;
    if (pushed || lower[i] === upper[i]) heldStep[i] = bound - x[i];
    else free.push(i);
  }
  const indices = Int32Array.from(free);
  const hessian = hessianOver(objective, problem, at, indices);
  // Where the domain ends beside this point the curvature is unknown: 0, the rest is the safeguard's work.
  for (let k = 0; k < hessian.length; k++) if (!Number.isFinite(hessian[k])) hessian[k] = 0;
  return { at, free: indices, gradient: Float64Array.from(free, (i) => gradient[i]), hessian, heldStep };
}

/** P(x + share·step), with value and gradient. */
function moved(objective: Objective, { at, free, heldStep }: Model, step: Float64Array, share: number): Iterate {
  const x = at.x.map((value, i) => value + share * heldStep[i]);
  free.forEach((variable, k) => {
    x[variable] += share * step[k];
  });
  return objective.at(x);
}

/** The first of the shares 1, ½, ¼ … of Newton's step that lowers f enough (Armijo's rule), or undefined. */
function alongProjectedPath(objective: Objective, model: Model): Iterate | undefined {
  const step = descentStep(model);
  const { at } = model;
  for (let share = 1; share > 1e-18; share /= 2) {
    const next = moved(objective, model, step, share);
    const promised = promisedBySlope(at, next.x);
    if (promised > 0 && decrease(at, next) >= sufficientDecrease * promised) return next;
  }
  return undefined;
}

/** −gᵀ(to − at): what the slope alone promises. */
function promisedBySlope({ x, gradient }: Iterate, to: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += gradient[i] * (x[i] - to[i]);
  return sum;
}

/** −(H + τI)⁻¹g with the first τ of a growing sequence that makes it positive definite (Nocedal & Wright 2006, 3.3). */
function descentStep({ hessian, gradient }: Model): Float64Array {
  const size = gradient.length;
  let [least, widest] = [Number.POSITIVE_INFINITY, Number.MIN_VALUE];
  for (let i = 0; i < size; i++) {
    least = Math.min(least, hessian[i * size + i]);
    widest = Math.max(widest, Math.abs(hessian[i * size + i]));
  }
  const unit = 1e-3 * widest;
  for (let shift = least > 0 ? 0 : unit - least; ; shift = Math.max(2 * shift, unit)) {
    const factor = choleskyFactor(shifted(hessian, shift, size), size);
    if (factor) return choleskySolve(factor, gradient, size).map((value) => -value);
  }
}

class TrustRegion {
  readonly #objective: Objective;
  #radius: number;

  constructor(objective: Objective, radius: number) {
    this.#objective = objective;
    this.#radius = radius;
  }

  /** The next iterate, or undefined where the region has shrunk to nothing. */
  readonly search = (model: Model): Iterate | undefined => {
    const { at } = model;
    const smallest = Number.EPSILON * Math.max(Math.sqrt(dot(at.x, at.x)), Number.MIN_VALUE);
    while (this.#radius > smallest) {
      const { x, predicted, length } = this.#candidate(model);
      if (!(predicted > 0)) return undefined;
      const next = this.#objective.at(x);
      const ratio = decrease(at, next) / predicted;
      if (ratio > 0.75 && length >= 0.8 * this.#radius) this.#radius *= 2;
      if (!(ratio >= 0.25)) this.#radius = Math.min(length, this.#radius) / 4;
      if (ratio >= sufficientDecrease) return next;
    }
    return undefined;
  };

  /** The projected Newton step, or the projected gradient step where the model likes that better. */
  #candidate(model: Model): { x: Float64Array; predicted: number; length: number } {
    const step = trustRegionStep(model.hessian, model.gradient, this.#radius);
    const second = this.#projected(model, step, 1);
    const slope = Math.sqrt(dot(model.gradient, model.gradient));
    const descent = model.gradient.map((value) => -value);
    for (let share = this.#radius / Math.max(slope, Number.MIN_VALUE), halvings = 0; halvings < 60; halvings++) {
      const first = this.#projected(model, descent, share);
      if (first.predicted < 0.1 * promisedBySlope(model.at, first.x)) share /= 2;
      else return first.predicted > second.predicted ? first : second;
    }
    return second;
  }

  #projected(model: Model, step: Float64Array, share: number) {
    const { at, free, gradient, hessian, heldStep } = model;
    const heldShare = Math.min(1, this.#radius);
    const x = at.x.map((value, i) => value + heldShare * heldStep[i]);
    free.forEach((variable, k) => {
      x[variable] += share * step[k];
    });
    this.#objective.project(x);
    const taken = Float64Array.from(free, (variable) => x[variable] - at.x[variable]);
    let curvature = 0;
    for (let i = 0; i < taken.length; i++) {
      let product = 0;
      for (let j = 0; j < taken.length; j++) product += hessian[i * taken.length + j] * taken[j];
      curvature += taken[i] * product;
    }
    const length = Math.max(share * Math.sqrt(dot(step, step)), Number.MIN_VALUE);
    return {
      x,
      predicted: promisedBySlope(at, x) - curvature / 2,
      length: gradient.length > 0 ? length : this.#radius,
    };
  }
}
