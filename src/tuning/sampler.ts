import type { Random } from "../base/random.ts";
import { keyOf, type Point, randomPoint, type Space } from "./space.ts";

/** What was tried and what came of it. */
export interface Observation {
  readonly point: Point;
  /** To be made small; NaN where the trial failed. */
  readonly value: number;
}

/**
 * Proposes trial `number` (from 1) after what was observed, or undefined where nothing is left to try. It holds no state:
 * the same number, observations and seed give the same point, so that an interrupted search goes on as it would have.
 */
export type Sampler = (number: number, observed: readonly Observation[]) => Point | undefined;

const mostDraws = 1000;

/** A random point that was not tried yet; undefined where a thousand draws find none. */
export function untriedPoint(space: Space, tried: ReadonlySet<string>, random: Random): Point | undefined {
  for (let draw = 0; draw < mostDraws; draw++) {
    const point = randomPoint(space, random);
    if (!tried.has(keyOf(point))) return point;
  }
  return undefined;
}

export function triedKeys(observed: readonly Observation[]): Set<string> {
  return new Set(observed.map(({ point }) => keyOf(point)));
}

/** Independent uniform draws (Bergstra & Bengio 2012), none twice. */
export function randomSampler(space: Space, random: Random): Sampler {
  return (number, observed) => untriedPoint(space, triedKeys(observed), random.fork(`trial/${number}`));
}
