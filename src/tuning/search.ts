import { createRandom } from "../base/random.ts";
import { bayesianSampler } from "./bayesian.ts";
import { gridSampler } from "./grid.ts";
import { randomSampler, type Sampler } from "./sampler.ts";
import { checkSpace, type Space } from "./space.ts";

export const tuningMethods = ["bayesian", "random", "grid"] as const;
export type TuningMethod = (typeof tuningMethods)[number];

/**
 * A way to choose the next trial. `trials` sets how fine a grid is; the other methods go on for as long as they are asked.
 * Throws InputError as `checkSpace` and `gridPoints` do.
 */
export function samplerOf(method: TuningMethod, space: Space, options: { seed: string; trials: number }): Sampler {
  checkSpace(space);
  if (method === "grid") return gridSampler(space, options.trials);
  const random = createRandom(`${options.seed}/tuning`);
  return method === "random" ? randomSampler(space, random) : bayesianSampler(space, random);
}
