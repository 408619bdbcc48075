import { decrease, dot, type Iterate, Objective } from "./objective.ts";
import type { Problem, Solution, StoppingOptions } from "./problem.ts";

export interface GradientDescentOptions extends StoppingOptions {
  /** Nesterov's momentum with restarts; without it plain projected gradient descent. Default true. */
  readonly momentum?: boolean;
  /** First step along −∇f. Default: one that moves x by 1. */
  readonly firstStep?: number;
}

/**
 * Projected gradient descent with backtracking (Beck & Teboulle 2009) and Nesterov's momentum, which is dropped whenever
 * it leads uphill (adaptive restart, O'Donoghue & Candès 2015): f never rises. Two evaluations an iteration with
 * momentum, one without; the number of iterations grows with the (root of the) condition number.
 *
 * Throws InputError `shape_mismatch`, `start_not_a_number`, `bounds_crossed`.
 */
export function gradientDescent(problem: Problem, options: GradientDescentOptions = {}): Solution {
  const { momentum = true, firstStep } = options;
  const objective = new Objective(problem, options, { maxIterations: 20_000 });
  let current = objective.at(problem.start);
  let previousX = current.x;
  let previousValue: number | undefined;
  let step = firstStep ?? 1 / Math.max(Math.sqrt(dot(current.gradient, current.gradient)), Number.MIN_VALUE);
  let age = 0; // iterations since momentum was last dropped
  for (let iterations = 0; ; iterations++) {
    const reason = objective.reasonToStop(current, iterations, previousValue);
    if (reason) return objective.solution(current, iterations, reason);
    const from = momentum && age > 0 ? ahead(objective, current, previousX, age / (age + 3)) : current;
    const descent = Number.isFinite(from.value) ? backtrack(objective, from, step) : undefined;
    const rises = !descent || descent.next.value > current.value || isUphill(from, descent.next, current);
    if (rises && age > 0) {
      // Momentum carried too far: again from here, without it.
      [age, previousX, previousValue] = [0, current.x, undefined];
      continue;
    }
    if (!descent) return objective.solution(current, iterations, objective.whyNoStep(current));
    previousX = current.x;
    // With momentum a small change says nothing: the next step may be long.
    previousValue = from === current ? current.value : undefined;
    current = descent.next;
    // Growing a little each time lets the step follow a curvature that falls along the way.
    step = descent.step * (descent.backtracked ? 1 : 1.25);
    age++;
  }
}

/** The point to which momentum carries, inside the box. */
function ahead(objective: Objective, { x }: Iterate, previous: Float64Array, weight: number): Iterate {
  return objective.at(x.map((value, i) => value + weight * (value - previous[i])));
}

/** Whether the gradient where momentum led points against the way that was gone. */
function isUphill(from: Iterate, next: Iterate, current: Iterate): boolean {
  if (from === current) return false;
  let product = 0;
  for (let i = 0; i < next.x.length; i++) product += (from.x[i] - next.x[i]) * (next.x[i] - current.x[i]);
  return product > 0;
}

/** The first of the steps s, s/2, s/4 … whose quadratic model of curvature 1/s lies above f, or undefined. */
function backtrack(objective: Objective, from: Iterate, firstStep: number) {
  const next: Iterate = { x: from.x.slice(), gradient: new Float64Array(from.x.length), value: from.value };
  for (let step = firstStep, halvings = 0; halvings < 100; step /= 2, halvings++) {
    for (let i = 0; i < from.x.length; i++) next.x[i] = from.x[i] - step * from.gradient[i];
    objective.project(next.x);
    const way = next.x.map((value, i) => value - from.x[i]);
    const squared = dot(way, way);
    if (squared === 0) return undefined;
    next.value = objective.evaluate(next.x, next.gradient);
    if (decrease(from, next) >= -dot(from.gradient, way) - squared / (2 * step)) {
      return { next, step, backtracked: halvings > 0 };
    }
  }
  return undefined;
}
