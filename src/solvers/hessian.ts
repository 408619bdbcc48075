import type { Iterate, Objective } from "./objective.ts";
import type { Problem } from "./problem.ts";

export interface NewtonProblem extends Problem {
  /** Writes ∇²f(x) into `hessian`, (variables, variables), zeroed beforehand; symmetric. */
  hessian?(x: Float64Array, hessian: Float64Array): void;
}

/** ∇²f at the iterate over the free variables, (free, free), given or by differences; NaN outside the domain. */
export function hessianOver(objective: Objective, problem: NewtonProblem, at: Iterate, free: Int32Array): Float64Array {
  if (!problem.hessian) return byDifferences(objective, at, free);
  const variables = at.x.length;
  const full = new Float64Array(variables * variables);
  problem.hessian(at.x, full);
  if (free.length === variables) return full;
  const reduced = new Float64Array(free.length ** 2);
  free.forEach((row, i) => {
    free.forEach((column, j) => {
      reduced[i * free.length + j] = full[row * variables + column];
    });
  });
  return reduced;
}

/** Forward differences of the gradient, one evaluation a free variable, into the box where a bound is near. */
function byDifferences(objective: Objective, { x, gradient }: Iterate, free: Int32Array): Float64Array {
  const size = free.length;
  const hessian = new Float64Array(size * size); // (free, free)
  const probe = x.slice();
  const probeGradient = new Float64Array(x.length);
  free.forEach((variable, j) => {
    const step = Math.sqrt(Number.EPSILON) * Math.max(Math.abs(x[variable]), 1);
    const room = objective.upper[variable] - x[variable];
    for (const side of room >= step ? [step, -step] : [-step, step]) {
      probe[variable] = x[variable] + side;
      const { lower, upper } = objective;
      probe[variable] = Math.min(upper[variable], Math.max(lower[variable], probe[variable]));
      const moved = probe[variable] - x[variable];
      const inside = Number.isFinite(objective.evaluate(probe, probeGradient)) && moved !== 0;
      free.forEach((row, i) => {
        hessian[i * size + j] = inside ? (probeGradient[row] - gradient[row]) / moved : Number.NaN;
      });
      if (inside) break;
    }
    probe[variable] = x[variable];
  });
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) {
      const mean = (hessian[i * size + j] + hessian[j * size + i]) / 2;
      hessian[i * size + j] = hessian[j * size + i] = mean;
    }
  }
  return hessian;
}
