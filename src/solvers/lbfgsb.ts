import { type CauchyPoint, generalisedCauchyPoint } from "./cauchy-point.ts";
import { LimitedMemory } from "./limited-memory.ts";
import { strongWolfeStep } from "./line-search.ts";
import { decrease, dot, type Iterate, Objective } from "./objective.ts";
import type { Problem, Solution, StoppingOptions } from "./problem.ts";

export interface LbfgsbOptions extends StoppingOptions {
  /** Pairs of steps and gradient changes that are remembered. Default 10. */
  readonly memory?: number;
}

/**
 * Limited-memory BFGS inside a box (Byrd, Lu, Nocedal & Zhu 1995; subspace step projected as in Morales & Nocedal 2011;
 * line search of Moré & Thuente 1994). Costs O(memory²·variables) an iteration and one evaluation in most.
 *
 * Throws InputError `shape_mismatch`, `start_not_a_number`, `bounds_crossed`.
 */
export function lbfgsb(problem: Problem, options: LbfgsbOptions = {}): Solution {
  const objective = new Objective(problem, options, { maxIterations: 1000 });
  const memory = new LimitedMemory(options.memory ?? 10);
  let current = objective.at(problem.start);
  let previousValue: number | undefined;
  for (let iterations = 0; ; iterations++) {
    const reason = objective.reasonToStop(current, iterations, previousValue);
    if (reason) return objective.solution(current, iterations, reason);
    let next = searchTowards(objective, current, modelMinimiser(objective, current, memory), iterations === 0);
    if (!next && memory.pairs > 0) {
      // What was learned may be stale: once more along the projected gradient before giving up.
      memory.clear();
      next = searchTowards(objective, current, modelMinimiser(objective, current, memory), true);
    }
    if (!next) return objective.solution(current, iterations, objective.whyNoStep(current));
    memory.add(difference(next.x, current.x), difference(next.gradient, current.gradient));
    previousValue = current.value;
    current = next;
  }
}

/** Where the quadratic model is least inside the box, to good approximation: Cauchy point, then the free subspace. */
function modelMinimiser(objective: Objective, current: Iterate, memory: LimitedMemory): Float64Array {
  const cauchy = startOfSubspace(objective, current, memory);
  if (!cauchy.free.includes(1)) return cauchy.x;
  if (memory.pairs === 0) return cauchy.x;
  const { x, gradient } = current;
  const residual = gradient.map((g, i) => g + memory.theta * (cauchy.x[i] - x[i])); // ∇ of the model at the Cauchy point
  memory.addTimes(residual, memory.timesMiddle(cauchy.moved), -1);
  for (let i = 0; i < residual.length; i++) if (!cauchy.free[i]) residual[i] = 0;
  const step = memory.subspaceStep(residual, cauchy.free);
  if (!step) return cauchy.x;
  const target = objective.project(cauchy.x.map((value, i) => value + step[i]));
  if (dot(difference(target, x), gradient) < 0) return target;
  return truncated(objective, cauchy.x, step);
}

/** Without bounds the path has no corner and the subspace is the whole space: the walk would only cost time. */
function startOfSubspace(objective: Objective, current: Iterate, memory: LimitedMemory): CauchyPoint {
  if (objective.bounded || memory.pairs === 0) return generalisedCauchyPoint(objective, current, memory);
  const free = new Uint8Array(objective.variables).fill(1);
  return { x: current.x, moved: new Float64Array(2 * memory.pairs), free };
}

/** Along the step until the first bound: the model falls all the way (section 5.1), which a projected step need not. */
function truncated({ lower, upper }: Objective, from: Float64Array, step: Float64Array): Float64Array {
  let share = 1;
  for (let i = 0; i < step.length; i++) {
    const room = step[i] > 0 ? upper[i] - from[i] : lower[i] - from[i];
    if (step[i] !== 0) share = Math.min(share, room / step[i]);
  }
  return from.map((value, i) => value + share * step[i]);
}

/** The next iterate along the line to `target`, or undefined where the line search finds nothing lower. */
function searchTowards(objective: Objective, current: Iterate, target: Float64Array, scaleFree: boolean) {
  const direction = difference(target, current.x);
  const slope = dot(direction, current.gradient);
  if (!(slope < 0)) return undefined;
  const { lower, upper, bounded } = objective;
  const next: Iterate = { x: current.x.slice(), gradient: new Float64Array(current.x.length), value: current.value };
  let maxStep = bounded && scaleFree ? 1 : Number.POSITIVE_INFINITY;
  for (let i = 0; bounded && !scaleFree && i < direction.length; i++) {
    const room = direction[i] > 0 ? upper[i] - current.x[i] : lower[i] - current.x[i];
    if (direction[i] !== 0) maxStep = Math.min(maxStep, Math.max(1, room / direction[i]));
  }
  // Before anything is known of the curvature, a step of length 1, unless the box says how far is far.
  const firstStep = scaleFree && !objective.boxed ? Math.min(1 / Math.sqrt(dot(direction, direction)), maxStep) : 1;
  const evaluate = (step: number) => {
    for (let i = 0; i < direction.length; i++) {
      next.x[i] = step === 1 ? target[i] : current.x[i] + step * direction[i];
    }
    objective.project(next.x);
    next.value = objective.evaluate(next.x, next.gradient);
    return { value: -decrease(current, next), slope: dot(direction, next.gradient) };
  };
  const { found } = strongWolfeStep(evaluate, { value: 0, slope }, { firstStep, maxStep });
  return found ? next : undefined;
}

function difference(left: Float64Array, right: Float64Array): Float64Array {
  return left.map((value, i) => value - right[i]);
}
