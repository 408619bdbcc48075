import type { Split } from "./network.ts";

/**
 * The latest rows validate, the earlier ones train: what is judged lies after what was learned from, as in use. At least
 * `share` of the rows validate where that leaves any to train; rows of one instant stay together. With a single
 * instant nothing validates. `times` in any unit.
 */
export function timeOrderedSplit(times: ArrayLike<number>, share: number): Split {
  if (!(share > 0 && share < 1)) throw new RangeError(`a validation share must be in (0, 1), not ${share}`);
  const sorted = Float64Array.from(times).sort();
  const wanted = sorted[Math.floor((1 - share) * (sorted.length - 1))];
  // All of the first instant would be all rows: then validation begins with the next one.
  const first = wanted > sorted[0] ? wanted : sorted.find((time) => time > sorted[0]);
  const rows = Int32Array.from({ length: times.length }, (_, row) => row);
  const validates = (row: number) => first !== undefined && times[row] >= first;
  return { training: rows.filter((row) => !validates(row)), validation: rows.filter(validates) };
}
