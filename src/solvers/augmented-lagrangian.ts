import { lbfgsb } from "./lbfgsb.ts";
import { type ConstrainedPoint, type ConstrainedProblem, PenalisedLagrangian } from "./penalised-lagrangian.ts";
import type { Solution, SolutionStatus, Solver, StoppingOptions } from "./problem.ts";

export interface AugmentedLagrangianOptions extends StoppingOptions {
  /** Solves the problems in between. Default `lbfgsb`. */
  readonly solver?: Solver;
  /** Largest violation of a constraint at a solution, in the constraint's own unit. Default 1e-8. */
  readonly feasibilityTolerance?: number;
  /** Updates of the multipliers. Default 50. */
  readonly maxUpdates?: number;
}

export interface ConstrainedSolution extends Solution {
  /** λ of L = f − Σ λⱼ·cⱼ: what f gains per unit by which the constraint is relaxed; ≥ 0 for `at_least_zero`. */
  readonly multipliers: Float64Array; // (constraints)
  /** Largest of |c| over equalities and −c over inequalities that do not hold. */
  readonly violation: number;
  /** Largest of the projected gradient of the Lagrangian, the violation and |min(c, λ)|: 0 at KKT points. */
  readonly kktResidual: number;
  readonly updates: number;
}

/**
 * Minimises f inside its box subject to equalities and inequalities (Powell 1969, Hestenes 1969, Rockafellar 1973; as in
 * Birgin & Martínez 2014): any solver of this room minimises f plus shifted quadratic penalties, the shifts become
 * multipliers, and only constraints that hardly improve raise the penalty. `gradientNorm` is that of the Lagrangian.
 * Where the constraints contradict each other `violation` stays large and the status is not `converged`.
 *
 * Throws InputError `shape_mismatch`, `start_not_a_number`, `bounds_crossed`.
 */
export function augmentedLagrangian(
  problem: ConstrainedProblem,
  options: AugmentedLagrangianOptions = {},
): ConstrainedSolution {
  const { solver = lbfgsb, feasibilityTolerance = 1e-8, maxUpdates = 50, ...stopping } = options;
  // Small changes of a penalised f say little: by default only the gradient ends the problems in between.
  const { gradientTolerance = 1e-6, valueTolerance = 0, maxEvaluations = Number.POSITIVE_INFINITY } = stopping;
  const lagrangian = new PenalisedLagrangian(problem);
  let x = lagrangian.start;
  let iterations = 0;
  for (let updates = 1; ; updates++) {
    // Loose at first: early multipliers are not worth an exact answer.
    const loose = problem.constraints.length > 0 ? 10 ** -updates : 0;
    const inner = solver(lagrangian.problemFrom(x), {
      ...stopping,
      valueTolerance,
      gradientTolerance: Math.max(gradientTolerance / 2, loose),
      ...(stopping.maxEvaluations && { maxEvaluations: Math.max(1, maxEvaluations - lagrangian.evaluations) }),
    });
    const stuck = inner.status !== "converged" && isSame(x, inner.x);
    x = inner.x;
    iterations += inner.iterations;
    const point = lagrangian.update(x);
    const reason = reasonToStop(point, stuck);
    const status = reason ?? (updates >= maxUpdates ? "iteration_limit" : undefined);
    if (status) return solutionAt(x, point, status, { iterations, updates, evaluations: lagrangian.evaluations });
  }

  function reasonToStop(point: ConstrainedPoint, stuck: boolean): SolutionStatus | undefined {
    if (!Number.isFinite(point.value)) return "not_finite";
    const feasible = point.violation <= feasibilityTolerance && point.complementarity <= feasibilityTolerance;
    if (feasible && point.gradientNorm <= gradientTolerance) return "converged";
    if (feasible && stuck) return "small_step";
    return lagrangian.evaluations >= maxEvaluations ? "evaluation_limit" : undefined;
  }
}

/** Whether two points differ by no more than a gradient-free search can tell. */
function isSame(one: Float64Array, other: Float64Array): boolean {
  return one.every((value, i) => Math.abs(value - other[i]) <= 1e-9 * Math.max(Math.abs(value), 1));
}

function solutionAt(
  x: Float64Array,
  { complementarity, ...point }: ConstrainedPoint,
  status: SolutionStatus,
  counts: Pick<ConstrainedSolution, "iterations" | "evaluations" | "updates">,
): ConstrainedSolution {
  const kktResidual = Math.max(point.gradientNorm, point.violation, complementarity);
  const figures = `f = ${point.value}, violation ${point.violation}, KKT residual ${kktResidual}`;
  const message = `${status}: ${figures} after ${counts.updates} updates, ${counts.evaluations} evaluations`;
  return { x, ...point, kktResidual, status, message, ...counts };
}
