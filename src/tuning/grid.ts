import { InputError } from "../base/errors.ts";
import type { Sampler } from "./sampler.ts";
import { type Parameter, type Point, type Space, snapped, valueCount } from "./space.ts";

/**
 * Every combination of evenly spaced values, ends included, the last parameter changing fastest: all choices, and of each
 * number as many values as fit into `trials` points. Throws InputError grid_too_large where two of each are too many.
 */
export function gridPoints(space: Space, trials: number): Point[] {
  const levelsOf = (parameter: Parameter, most: number) =>
    parameter.kind === "choice" ? parameter.choices.length : Math.min(most, valueCount(parameter));
  const size = (most: number) => space.reduce((product, parameter) => product * levelsOf(parameter, most), 1);
  let most = 2;
  if (size(most) > trials) throw new InputError("grid_too_large", { least: size(most), trials });
  while (size(most + 1) <= trials && size(most + 1) > size(most)) most++;
  let points: number[][] = [[]];
  for (const parameter of space) {
    const levels = levelsOf(parameter, most);
    points = points.flatMap((point) =>
      Array.from({ length: levels }, (_, level) => [...point, at(parameter, level, levels)]),
    );
  }
  return points.map((point) => snapped(space, Float64Array.from(point)));
}

function at(parameter: Parameter, level: number, levels: number): number {
  return parameter.kind === "choice" ? level : level / (levels - 1);
}

export function gridSampler(space: Space, trials: number): Sampler {
  const points = gridPoints(space, trials);
  return (number) => points[number - 1];
}
