import type { Random } from "../base/random.ts";
import type { Coordinates } from "./coordinates.ts";

/** The middle of the box first, then its lower end, then points drawn from all of it. */
export function startsIn(coordinates: Coordinates, count: number, random: Random): Float64Array[] {
  const { lower, upper } = coordinates;
  return Array.from({ length: count }, (_, start) => {
    if (start === 0) return middleOf(coordinates);
    if (start === 1) return lower.slice();
    return lower.map((bound, i) => bound + random.uniform() * (upper[i] - bound));
  });
}

export function middleOf({ lower, upper }: Coordinates): Float64Array {
  return lower.map((bound, i) => (bound + upper[i]) / 2);
}
