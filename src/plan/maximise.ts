import { augmentedLagrangian } from "../solvers/augmented-lagrangian.ts";
import { gradientDescent } from "../solvers/gradient-descent.ts";
import { lbfgsb } from "../solvers/lbfgsb.ts";
import { newton } from "../solvers/newton.ts";
import type { SolutionStatus, Solver } from "../solvers/problem.ts";

export const solverNames = ["gradient", "newton", "lbfgsb"] as const;
export type SolverName = (typeof solverNames)[number];

const solvers: Readonly<Record<SolverName, Solver>> = {
  gradient: gradientDescent,
  newton: (problem, options) => newton(problem, options),
  lbfgsb,
};

/** A differentiable function; adds nothing to `gradient` but writes ∇c(z) into it, zeroed beforehand. */
export type Scalar = (z: Float64Array, gradient: Float64Array) => number;

/** Maximise `objective` inside a box where every constraint is at least zero; all of it scaled to about 1. */
export interface Programme {
  readonly start: Float64Array; // (variables)
  readonly lower: Float64Array; // (variables)
  readonly upper: Float64Array; // (variables)
  readonly objective: Scalar;
  readonly constraints: readonly Scalar[];
}

/** How far a point is from satisfying the Karush–Kuhn–Tucker conditions, in the programme's scale. */
export interface KktResiduals {
  /** Largest component of the Lagrangian's projected gradient. */
  readonly stationarity: number;
  /** Largest amount by which a constraint is missed. */
  readonly feasibility: number;
  /** Largest |min(constraint, multiplier)|. */
  readonly complementarity: number;
  readonly residual: number;
}

export interface Maximum {
  readonly z: Float64Array; // (variables)
  readonly value: number;
  readonly multipliers: Float64Array; // (constraints), ≥ 0: what the objective gains per unit of relaxation
  /** ∇(f + Σ μⱼcⱼ): at a lower bound what one more unit of it costs (negative), at an upper what it brings. */
  readonly lagrangianGradient: Float64Array; // (variables)
  /** No feasible point is better, provided the programme is concave (weak duality); Infinity without a finite box. */
  readonly bound: number;
  readonly kkt: KktResiduals;
  readonly status: SolutionStatus;
  readonly iterations: number;
  readonly evaluations: number;
}

/**
 * Largest residual to stop at: tight enough for three solvers to agree to 1e-6 where the optimum is moderately curved.
 * Gradient descent needs ten times the steps for another two digits.
 */
const tightest: Readonly<Record<SolverName, number>> = { gradient: 1e-8, newton: 1e-10, lbfgsb: 1e-10 };
/** Enough to compare what several starts lead to. */
export const loose = 1e-6;

/** The programme's maximum from one start by the named solver, constraints by augmented Lagrangian. */
export function maximise(programme: Programme, solverName: SolverName, tolerance = tightest[solverName]): Maximum {
  const { start, lower, upper, objective, constraints } = programme;
  const solution = augmentedLagrangian(
    {
      start,
      lower,
      upper,
      evaluate(z, gradient) {
        const value = objective(z, gradient.fill(0));
        for (let i = 0; i < gradient.length; i++) gradient[i] = -gradient[i];
        return -value;
      },
      constraints: constraints.map((evaluate) => ({ kind: "at_least_zero", evaluate })),
    },
    {
      solver: solvers[solverName],
      gradientTolerance: tolerance,
      feasibilityTolerance: tolerance,
      // Without constraints there is nothing to update: a few fresh starts from where the search stopped, no more.
      ...(constraints.length === 0 ? { maxUpdates: 5 } : {}),
    },
  );
  const { x: z, multipliers, status, iterations, evaluations } = solution;
  return { z, multipliers, status, iterations, evaluations, ...judge(programme, z, multipliers) };
}

function judge(
  { lower, upper, objective, constraints }: Programme,
  z: Float64Array,
  multipliers: Float64Array,
): Pick<Maximum, "value" | "bound" | "kkt" | "lagrangianGradient"> {
  const lagrangianGradient = new Float64Array(z.length);
  const value = objective(z, lagrangianGradient);
  let bound = value;
  let [stationarity, feasibility, complementarity] = [0, 0, 0];
  constraints.forEach((constraint, j) => {
    const gradient = new Float64Array(z.length);
    const slack = constraint(z, gradient);
    bound += multipliers[j] * slack;
    feasibility = Math.max(feasibility, -slack);
    complementarity = Math.max(complementarity, Math.abs(Math.min(slack, multipliers[j])));
    for (let i = 0; i < z.length; i++) lagrangianGradient[i] += multipliers[j] * gradient[i];
  });
  // A concave Lagrangian lies below its tangent plane, whose highest corner of the box is a bound.
  for (let i = 0; i < z.length; i++) {
    const slope = lagrangianGradient[i];
    const room = slope > 0 ? upper[i] - z[i] : z[i] - lower[i];
    stationarity = Math.max(stationarity, Math.min(Math.abs(slope), room));
    if (slope !== 0) bound += Math.abs(slope) * room;
  }
  const residual = Math.max(stationarity, feasibility, complementarity);
  return { value, bound, lagrangianGradient, kkt: { stationarity, feasibility, complementarity, residual } };
}
