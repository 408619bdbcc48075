/** Minimise a smooth function, inside a box where bounds are given. One interface for every solver of this room. */
export interface Problem {
  /** Where the search begins; projected onto the box first. */
  readonly start: Float64Array; // (variables)
  /** −Infinity where a variable has no lower bound; equal bounds fix a variable. */
  readonly lower?: Float64Array; // (variables)
  readonly upper?: Float64Array; // (variables)
  /**
   * f(x); writes ∇f(x) into `gradient`. A non-finite value (or gradient) means "outside the domain", and line searches
   * back off. Must not keep or change `x`.
   */
  evaluate(x: Float64Array, gradient: Float64Array): number;
  /** f(x) alone, where that is cheaper: for searches that need no gradient. */
  value?(x: Float64Array): number;
}

/**
 * Why a solver stopped. `converged`: the projected gradient is within tolerance. `small_step`, `small_change`: x or f
 * moved less than rounding or the tolerance can tell, usually an optimum with a rough or badly scaled gradient.
 * `line_search_failed`: no point along a descent direction is better, usually a wrong gradient.
 * `not_finite`: the start lies outside the domain.
 */
export type SolutionStatus =
  | "converged"
  | "small_step"
  | "small_change"
  | "iteration_limit"
  | "evaluation_limit"
  | "line_search_failed"
  | "not_finite";

export interface Solution {
  /** The best point found; always inside the box. */
  readonly x: Float64Array; // (variables)
  readonly value: number;
  /** Infinity norm of the projected gradient, P(x − ∇f) − x: 0 exactly at points that satisfy the KKT conditions. */
  readonly gradientNorm: number;
  readonly iterations: number;
  /** Calls of `evaluate` and `value`; one numerical gradient counts as one, a Hessian by differences as one a column. */
  readonly evaluations: number;
  readonly status: SolutionStatus;
  /** The status and its figures for a log; doors say the status in the user's language. */
  readonly message: string;
}

/** Every solver of this room without constraints has this shape; `O` adds its own options. */
export type Solver<O extends StoppingOptions = StoppingOptions> = (problem: Problem, options?: O) => Solution;

/** When to stop; every solver of this room takes these. */
export interface StoppingOptions {
  /** Stop where the infinity norm of the projected gradient is at most this. Default 1e-6. */
  readonly gradientTolerance?: number;
  /** Stop where an iteration lowers f by at most this share of max(|f|, 1). 0 turns it off. Default 1e-14. */
  readonly valueTolerance?: number;
  readonly maxIterations?: number;
  readonly maxEvaluations?: number;
}
