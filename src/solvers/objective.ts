import { InputError } from "../base/errors.ts";
import type { Problem, Solution, SolutionStatus, StoppingOptions } from "./problem.ts";

/** A point with its value and gradient. */
export interface Iterate {
  readonly x: Float64Array;
  value: number;
  readonly gradient: Float64Array;
}

/** A problem made ready for a solver: bounds filled in and checked, evaluations counted, stopping rules in one place. */
export class Objective {
  readonly variables: number;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Whether any bound is finite. */
  readonly bounded: boolean;
  /** Whether all of them are. */
  readonly boxed: boolean;
  readonly stopping: Required<StoppingOptions>;
  evaluations = 0;
  readonly #problem: Problem;

  /** Throws InputError `shape_mismatch`, `start_not_a_number`, `bounds_crossed`. */
  constructor(problem: Problem, stopping: StoppingOptions, defaults: { maxIterations: number }) {
    this.variables = problem.start.length;
    this.lower = problem.lower ?? new Float64Array(this.variables).fill(Number.NEGATIVE_INFINITY);
    this.upper = problem.upper ?? new Float64Array(this.variables).fill(Number.POSITIVE_INFINITY);
    this.#problem = problem;
    this.stopping = {
      gradientTolerance: stopping.gradientTolerance ?? 1e-6,
      valueTolerance: stopping.valueTolerance ?? 1e-14,
      maxIterations: stopping.maxIterations ?? defaults.maxIterations,
      maxEvaluations: stopping.maxEvaluations ?? 50 * defaults.maxIterations,
    };
    checkBox(problem.start, this.lower, this.upper);
    this.bounded = this.lower.some(Number.isFinite) || this.upper.some(Number.isFinite);
    this.boxed = this.lower.every(Number.isFinite) && this.upper.every(Number.isFinite);
  }

  /** f(x) and ∇f(x); Infinity wherever the value or any derivative is not finite, so that every search backs off. */
  evaluate(x: Float64Array, gradient: Float64Array): number {
    this.evaluations++;
    const value = this.#problem.evaluate(x, gradient);
    if (!Number.isFinite(value)) return Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.variables; i++) if (!Number.isFinite(gradient[i])) return Number.POSITIVE_INFINITY;
    return value;
  }

  /** f(x) alone; Infinity where it is not finite. */
  valueAt(x: Float64Array): number {
    if (!this.#problem.value) return this.evaluate(x, new Float64Array(this.variables));
    this.evaluations++;
    const value = this.#problem.value(x);
    return Number.isFinite(value) ? value : Number.POSITIVE_INFINITY;
  }

  /** The point, projected onto the box, with its value and gradient. */
  at(point: Float64Array): Iterate {
    const x = this.project(point.slice());
    const gradient = new Float64Array(this.variables);
    return { x, gradient, value: this.evaluate(x, gradient) };
  }

  /** Moves x onto the box in place and returns it. */
  project(x: Float64Array): Float64Array {
    for (let i = 0; i < x.length; i++) x[i] = Math.min(this.upper[i], Math.max(this.lower[i], x[i]));
    return x;
  }

  /** Infinity norm of P(x − g) − x. */
  projectedGradientNorm(x: Float64Array, gradient: Float64Array): number {
    let norm = 0;
    for (let i = 0; i < x.length; i++) {
      // Room to the bound, not P(x − g) − x: the latter loses a small g beside a large x.
      const room = gradient[i] > 0 ? x[i] - this.lower[i] : this.upper[i] - x[i];
      norm = Math.max(norm, Math.min(Math.abs(gradient[i]), room));
    }
    return norm;
  }

  /** The rule that stops the search at this iterate, or undefined to go on. */
  reasonToStop(
    { x, value, gradient }: Iterate,
    iterations: number,
    previousValue?: number,
  ): SolutionStatus | undefined {
    const { gradientTolerance, valueTolerance, maxIterations, maxEvaluations } = this.stopping;
    if (!Number.isFinite(value)) return "not_finite";
    if (this.projectedGradientNorm(x, gradient) <= gradientTolerance) return "converged";
    if (previousValue !== undefined && valueTolerance > 0) {
      const scale = Math.max(Math.abs(previousValue), Math.abs(value), 1);
      if (previousValue - value <= valueTolerance * scale) return "small_change";
    }
    if (iterations >= maxIterations) return "iteration_limit";
    return this.evaluations >= maxEvaluations ? "evaluation_limit" : undefined;
  }

  /** Told apart: no descent left that rounding could show (an optimum), or a gradient that promised one in vain. */
  whyNoStep({ x, value, gradient }: Iterate): SolutionStatus {
    let promised = 0;
    for (let i = 0; i < x.length; i++) {
      const room = gradient[i] > 0 ? x[i] - this.lower[i] : this.upper[i] - x[i];
      promised += Math.abs(gradient[i]) * Math.min(room, Math.sqrt(Number.EPSILON) * Math.max(Math.abs(x[i]), 1));
    }
    return promised <= 100 * Number.EPSILON * Math.max(Math.abs(value), 1) ? "small_step" : "line_search_failed";
  }

  solution({ x, value, gradient }: Iterate, iterations: number, status: SolutionStatus): Solution {
    const gradientNorm = Number.isFinite(value) ? this.projectedGradientNorm(x, gradient) : Number.NaN;
    const figures = `f = ${value}, projected gradient ${gradientNorm}`;
    const message = `${status}: ${figures} after ${iterations} iterations, ${this.evaluations} evaluations`;
    return { x, value, gradientNorm, iterations, evaluations: this.evaluations, status, message };
  }
}

function checkBox(start: Float64Array, lower: Float64Array, upper: Float64Array): void {
  for (const [array, { length }] of Object.entries({ lower, upper })) {
    if (length !== start.length) throw new InputError("shape_mismatch", { array, length, expected: start.length });
  }
  for (let i = 0; i < start.length; i++) {
    if (Number.isNaN(start[i])) throw new InputError("start_not_a_number", { index: i });
    // Written so that NaN bounds are refused too.
    if (!(lower[i] <= upper[i])) throw new InputError("bounds_crossed", { index: i, lower: lower[i], upper: upper[i] });
  }
}

/**
 * f(from) − f(to). Where f's own rounding hides it, the mean of both gradients along the step tells it: exact for
 * quadratics, and what lets a search reach gradients far below √ε (Hager & Zhang 2005 make the same exchange).
 */
export function decrease(from: Iterate, to: Iterate): number {
  const plain = from.value - to.value;
  const scale = Math.max(Math.abs(from.value), Math.abs(to.value));
  if (!Number.isFinite(plain) || Math.abs(plain) > 1e-12 * scale) return plain;
  let sum = 0;
  for (let i = 0; i < from.x.length; i++) sum += (from.gradient[i] + to.gradient[i]) * (from.x[i] - to.x[i]);
  return sum / 2;
}

export function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < left.length; i++) sum += left[i] * right[i];
  return sum;
}
