import { Objective } from "./objective.ts";
import type { Problem } from "./problem.ts";

/** One constraint c(x) = 0 or c(x) ≥ 0. */
export interface Constraint {
  readonly kind: "equals_zero" | "at_least_zero";
  /** c(x); writes ∇c(x) into `gradient`, zeroed beforehand. */
  evaluate(x: Float64Array, gradient: Float64Array): number;
}

export interface ConstrainedProblem extends Problem {
  readonly constraints: readonly Constraint[];
}

/** f, the Lagrangian's projected gradient and the constraints at a point, in the problem's own units. */
export interface ConstrainedPoint {
  readonly value: number;
  readonly gradientNorm: number;
  /** Largest of |c| over equalities and −c over inequalities that do not hold. */
  readonly violation: number;
  /** Largest of |min(c, λ)| over inequalities. */
  readonly complementarity: number;
  readonly multipliers: Float64Array;
}

/** The constraints must come this much nearer in one update, else the penalty grows tenfold. */
const neededProgress = 0.1;
const penaltyGrowth = 10;
const largestPenalty = 1e16;

/** f plus ½ρ·Σ(shifted violation)², over constraints scaled to a gradient of at most 1 at the start. */
export class PenalisedLagrangian {
  /** The problem's start, projected onto its box. */
  readonly start: Float64Array;
  evaluations = 0;
  readonly #problem: ConstrainedProblem;
  readonly #objective: Objective;
  readonly #scale: Float64Array; // (constraints)
  readonly #multipliers: Float64Array; // (constraints), of the scaled constraints
  readonly #gradients: Float64Array[]; // (constraints) of (variables), of the unscaled constraints
  readonly #values: Float64Array; // (constraints), scaled
  #penalty = 1;
  #remaining = Number.POSITIVE_INFINITY;

  constructor(problem: ConstrainedProblem) {
    const count = problem.constraints.length;
    this.#problem = problem;
    this.#objective = new Objective(problem, {}, { maxIterations: 0 });
    this.#scale = new Float64Array(count).fill(1);
    this.#multipliers = new Float64Array(count);
    this.#values = new Float64Array(count);
    this.#gradients = problem.constraints.map(() => new Float64Array(problem.start.length));
    this.start = this.#objective.project(problem.start.slice());
    if (count > 0) this.#balance();
  }

  /** Scales the constraints and balances the first penalty against f (Birgin & Martínez 2014, section 12.4). */
  #balance(): void {
    const value = this.#valueOf(this.start, new Float64Array(this.start.length));
    this.#evaluateConstraints(this.start);
    this.#gradients.forEach((gradient, j) => {
      const steepest = gradient.reduce((most, slope) => Math.max(most, Math.abs(slope)), 0);
      this.#scale[j] = Number.isFinite(steepest) ? 1 / Math.max(1, steepest) : 1;
      this.#values[j] *= this.#scale[j];
    });
    let sum = 0;
    for (let j = 0; j < this.#values.length; j++) sum += this.#broken(j, 0) ** 2;
    const balanced = (10 * Math.max(1, Math.abs(value))) / Math.max(1, sum / 2);
    this.#penalty = Number.isFinite(balanced) ? Math.min(1e3, Math.max(1e-3, balanced)) : 1;
  }

  #valueOf(x: Float64Array, gradient: Float64Array): number {
    this.evaluations++;
    return this.#problem.evaluate(x, gradient);
  }

  /** What a solver is to minimise between two updates. */
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
    let value = this.#valueOf(x, gradient);
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

  /** λ ← λ − ρ·c (not below 0 for inequalities); a larger ρ where the constraints came too little nearer. */
  update(x: Float64Array): ConstrainedPoint {
    this.#evaluateConstraints(x);
    let remaining = 0;
    for (let j = 0; j < this.#values.length; j++) {
      const shift = this.#multipliers[j] / this.#penalty;
      const equality = this.#problem.constraints[j].kind === "equals_zero";
      remaining = Math.max(remaining, Math.abs(equality ? this.#values[j] : Math.min(this.#values[j], shift)));
      this.#multipliers[j] = -this.#penalty * this.#broken(j, shift);
    }
    if (remaining > neededProgress * this.#remaining) {
      this.#penalty = Math.min(penaltyGrowth * this.#penalty, largestPenalty);
    }
    this.#remaining = remaining;
    return this.#pointAt(x);
  }

  #pointAt(x: Float64Array): ConstrainedPoint {
    const { constraints } = this.#problem;
    const multipliers = this.#multipliers.map((multiplier, j) => multiplier * this.#scale[j]);
    const gradient = new Float64Array(x.length);
    const value = this.#valueOf(x, gradient);
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
