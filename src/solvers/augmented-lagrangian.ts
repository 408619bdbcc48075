import { lbfgsb } from "./lbfgsb.ts";
import { Objective } from "./objective.ts";
import type { Problem, Solution, SolutionStatus, Solver, StoppingOptions } from "./problem.ts";

/** One constraint c(x) = 0 or c(x) ≥ 0. */
export interface Constraint {
  readonly kind: "equals_zero" | "at_least_zero";
  /** c(x); writes ∇c(x) into `gradient`, zeroed beforehand. */
  evaluate(x: Float64Array, gradient: Float64Array): number;
}

export interface ConstrainedProblem extends Problem {
  readonly constraints: readonly Constraint[];
}

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

/** The constraints must come this much nearer in one update, else the penalty grows tenfold. */
const neededProgress = 0.1;
const penaltyGrowth = 10;
const largestPenalty = 1e16;

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
  const { gradientTolerance = 1e-6 } = stopping;
  const lagrangian = new Lagrangian(problem);
  let x = lagrangian.begin();
  let [iterations, evaluations, progress] = [0, lagrangian.startEvaluations, Number.POSITIVE_INFINITY];
  for (let updates = 1; ; updates++) {
    // Loose at first: early multipliers are not worth an exact answer.
    const loose = problem.constraints.length > 0 ? 10 ** -updates : 0;
    const tolerance = Math.max(gradientTolerance / 2, loose);
    const inner = solver(lagrangian.problemFrom(x), { ...stopping, gradientTolerance: tolerance });
    const stuck = inner.status !== "converged" && isSame(x, inner.x);
    x = inner.x;
    iterations += inner.iterations;
    evaluations += inner.evaluations;
    const remaining = lagrangian.update(x, progress);
    progress = remaining;
    const state = lagrangian.state(x);
    evaluations++;
    const status = reasonToStop(state, stuck ? "small_step" : undefined, updates);
    if (status) return finish(state, x, iterations, evaluations, updates, status);
  }

  function reasonToStop(state: State, stuck: SolutionStatus | undefined, updates: number): SolutionStatus | undefined {
    if (!Number.isFinite(state.value)) return "not_finite";
    const feasible = state.violation <= feasibilityTolerance && state.complementarity <= feasibilityTolerance;
    if (feasible && state.gradientNorm <= gradientTolerance) return "converged";
    if (feasible && stuck) return stuck;
    if (evaluations >= (stopping.maxEvaluations ?? Number.POSITIVE_INFINITY)) return "evaluation_limit";
    return updates >= maxUpdates ? "iteration_limit" : undefined;
  }
}

/** Whether two points differ by no more than a gradient-free search can tell. */
function isSame(one: Float64Array, other: Float64Array): boolean {
  return one.every((value, i) => Math.abs(value - other[i]) <= 1e-9 * Math.max(Math.abs(value), 1));
}

interface State {
  readonly value: number;
  readonly gradientNorm: number;
  readonly violation: number;
  readonly complementarity: number;
  readonly multipliers: Float64Array;
}

function finish(
  { value, gradientNorm, violation, complementarity, multipliers }: State,
  x: Float64Array,
  iterations: number,
  evaluations: number,
  updates: number,
  status: SolutionStatus,
): ConstrainedSolution {
  const kktResidual = Math.max(gradientNorm, violation, complementarity);
  const message = `${status}: f = ${value}, violation ${violation}, KKT residual ${kktResidual} after ${updates} updates`;
  return {
    ...{ x, value, gradientNorm, iterations, evaluations, status, message },
    ...{ multipliers, violation, kktResidual, updates },
  };
}

/** f plus ½ρ·Σ(shifted violation)², over constraints scaled to a gradient of at most 1 at the start. */
class Lagrangian {
  startEvaluations = 0;
  readonly #problem: ConstrainedProblem;
  readonly #objective: Objective;
  readonly #scale: Float64Array; // (constraints)
  readonly #multipliers: Float64Array; // (constraints), of the scaled constraints
  readonly #gradients: Float64Array[]; // (constraints) of (variables), of the unscaled constraints
  readonly #values: Float64Array; // (constraints), scaled
  #penalty = 1;

  constructor(problem: ConstrainedProblem) {
    const count = problem.constraints.length;
    this.#problem = problem;
    this.#objective = new Objective(problem, {}, { maxIterations: 0 });
    this.#scale = new Float64Array(count).fill(1);
    this.#multipliers = new Float64Array(count);
    this.#values = new Float64Array(count);
    this.#gradients = problem.constraints.map(() => new Float64Array(problem.start.length));
  }

  /** Scales the constraints and balances the first penalty against f (Birgin & Martínez 2014, section 12.4). */
  begin(): Float64Array {
    const { x, value } = this.#objective.at(this.#problem.start);
    this.startEvaluations = 1;
    this.#evaluateConstraints(x);
    this.#gradients.forEach((gradient, j) => {
      const steepest = gradient.reduce((most, slope) => Math.max(most, Math.abs(slope)), 0);
      this.#scale[j] = Number.isFinite(steepest) ? 1 / Math.max(1, steepest) : 1;
    });
    this.#evaluateConstraints(x);
    let sum = 0;
    for (let j = 0; j < this.#values.length; j++) sum += this.#broken(j, 0) ** 2;
    const balanced = (10 * Math.max(1, Math.abs(value))) / Math.max(1, sum / 2);
    this.#penalty = Number.isFinite(balanced) ? Math.min(1e3, Math.max(1e-3, balanced)) : 1;
    return x;
  }

  problemFrom(start: Float64Array): Problem {
    const { lower, upper } = this.#problem;
    return { start, lower, upper, evaluate: (x, gradient) => this.#evaluate(x, gradient) };
  }

  #evaluateConstraints(x: Float64Array): void {
    this.#problem.constraints.forEach((constraint, j) => {
      this.#values[j] = this.#scale[j] * constraint.evaluate(x, this.#gradients[j].fill(0));
    });
  }

  /** c − shift where the constraint, so shifted, is broken; else 0. */
  #broken(j: number, shift: number): number {
    const value = this.#values[j] - shift;
    return this.#problem.constraints[j].kind === "equals_zero" ? value : Math.min(0, value);
  }

  #evaluate(x: Float64Array, gradient: Float64Array): number {
    let value = this.#problem.evaluate(x, gradient);
    if (!Number.isFinite(value)) return value;
    this.#evaluateConstraints(x);
    for (let j = 0; j < this.#values.length; j++) {
      const broken = this.#broken(j, this.#multipliers[j] / this.#penalty);
      value += (this.#penalty / 2) * broken * broken;
      if (broken === 0) continue;
      const weight = this.#penalty * broken * this.#scale[j];
      for (let i = 0; i < x.length; i++) gradient[i] += weight * this.#gradients[j][i];
    }
    return value;
  }

  /** λ ← λ − ρ·c (not below 0 for inequalities); returns how far from feasible and complementary x is. */
  update(x: Float64Array, before: number): number {
    this.#evaluateConstraints(x);
    let remaining = 0;
    for (let j = 0; j < this.#values.length; j++) {
      const shift = this.#multipliers[j] / this.#penalty;
      const equality = this.#problem.constraints[j].kind === "equals_zero";
      remaining = Math.max(remaining, Math.abs(equality ? this.#values[j] : Math.min(this.#values[j], shift)));
      this.#multipliers[j] = -this.#penalty * this.#broken(j, shift);
    }
    const slow = remaining > neededProgress * before;
    if (slow) this.#penalty = Math.min(penaltyGrowth * this.#penalty, largestPenalty);
    return remaining;
  }

  /** f, the Lagrangian's gradient and the constraints at x, in the problem's own units. */
  state(x: Float64Array): State {
    const { constraints } = this.#problem;
    const multipliers = this.#multipliers.map((multiplier, j) => multiplier * this.#scale[j]);
    const gradient = new Float64Array(x.length);
    const value = this.#problem.evaluate(x, gradient);
    this.#evaluateConstraints(x);
    let [violation, complementarity] = [0, 0];
    for (let j = 0; j < constraints.length; j++) {
      const c = this.#values[j] / this.#scale[j];
      violation = Math.max(violation, Math.abs(this.#broken(j, 0) / this.#scale[j]));
      if (constraints[j].kind === "at_least_zero") {
        complementarity = Math.max(complementarity, Math.abs(Math.min(c, multipliers[j])));
      }
      for (let i = 0; i < x.length; i++) gradient[i] -= multipliers[j] * this.#gradients[j][i];
    }
    const gradientNorm = this.#objective.projectedGradientNorm(x, gradient);
    return { value, gradientNorm, violation, complementarity, multipliers };
  }
}
