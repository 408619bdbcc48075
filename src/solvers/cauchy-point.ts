import type { LimitedMemory } from "./limited-memory.ts";
import { dot, type Iterate, type Objective } from "./objective.ts";

export interface CauchyPoint {
  readonly x: Float64Array;
  /** Wᵀ·(x − start), which the subspace minimisation needs. */
  readonly moved: Float64Array;
  /** 1 = not held at a bound there. */
  readonly free: Uint8Array;
}

/**
 * First local minimiser of the quadratic model along the projected gradient path x(t) = P(x − t·g), found by walking
 * from one bound to the next (Byrd, Lu, Nocedal & Zhu 1995, algorithm CP).
 */
export function generalisedCauchyPoint(objective: Objective, start: Iterate, memory: LimitedMemory): CauchyPoint {
  const { lower, upper } = objective;
  const { gradient } = start;
  const x = start.x.slice();
  const free = Uint8Array.from(x, (_, i) => (lower[i] < upper[i] ? 1 : 0));
  const direction = gradient.map((value) => -value);
  const breakpoints = gradient.map((value, i) => {
    if (value === 0) return Number.POSITIVE_INFINITY;
    return (x[i] - (value < 0 ? upper[i] : lower[i])) / value;
  });
  const order: number[] = [];
  for (let i = 0; i < x.length; i++) {
    if (!(breakpoints[i] > 0)) [direction[i], free[i]] = [0, 0];
    else if (Number.isFinite(breakpoints[i])) order.push(i);
  }
  order.sort((i, j) => breakpoints[i] - breakpoints[j] || i - j);

  const projected = memory.timesTransposed(direction); // p = Wᵀd
  const moved = new Float64Array(projected.length); // c
  let slope = -dot(direction, direction);
  let curvature = -memory.theta * slope - dot(projected, memory.timesMiddle(projected));
  const leastCurvature = Number.EPSILON * -memory.theta * slope;
  let time = 0;
  let best = slope === 0 ? 0 : -slope / curvature;
  for (const i of order) {
    const interval = breakpoints[i] - time;
    if (best < interval || slope >= 0) break;
    const g = gradient[i];
    x[i] = direction[i] > 0 ? upper[i] : lower[i];
    free[i] = 0;
    direction[i] = 0;
    for (let k = 0; k < moved.length; k++) moved[k] += interval * projected[k];
    const row = memory.row(i);
    const middleRow = memory.timesMiddle(row);
    slope += interval * curvature + g * g + memory.theta * g * (x[i] - start.x[i]) - g * dot(middleRow, moved);
    curvature -= memory.theta * g * g + 2 * g * dot(middleRow, projected) + g * g * dot(middleRow, row);
    curvature = Math.max(curvature, leastCurvature);
    for (let k = 0; k < row.length; k++) projected[k] += g * row[k];
    time = breakpoints[i];
    best = -slope / curvature;
  }
  // The last variable may have met its bound: then nothing moves any more and the path ends here.
  const rest = direction.some((value) => value !== 0) ? Math.max(best, 0) : 0;
  for (let i = 0; i < x.length; i++) if (direction[i] !== 0) x[i] = start.x[i] + (time + rest) * direction[i];
  for (let k = 0; k < moved.length; k++) moved[k] += rest * projected[k];
  return { x: objective.project(x), moved, free };
}
