import type { RelationSummary } from "../schema/relation.ts";
import { quantiles } from "../stats/quantile.ts";

const binsPerSide = 32;
/** Beyond these shares of the customers a value lies in the first or last bin. */
const tails = [0.005, 0.999] as const;

/** Customers counted in cells that are even in the logarithms of both values: a picture of any number of them costs the same. */
export function planeOf(short: Float64Array, clv: Float64Array): RelationSummary["plane"] {
  const [shortEdges, clvEdges] = [logarithmicEdges(short), logarithmicEdges(clv)];
  const counts = new Int32Array(binsPerSide * binsPerSide);
  for (let row = 0; row < short.length; row++)
    counts[binOf(short[row], shortEdges) * binsPerSide + binOf(clv[row], clvEdges)]++;
  const cells = Array.from(counts, (customers, at) => ({
    short: Math.floor(at / binsPerSide),
    clv: at % binsPerSide,
    customers,
  }));
  return { shortEdges, clvEdges, cells: cells.filter(({ customers }) => customers > 0) };
}

/** A value of zero or less has no logarithm: it lies in the first bin. */
function logarithmicEdges(values: Float64Array): number[] {
  const positive = values.filter((value) => value > 0);
  const [low = 1, high = 1] = positive.length > 0 ? quantiles(positive, tails) : [];
  // Where all are alike the one value stands in the middle.
  const [from, to] = high > low ? [low, high] : [low / 2, low * 2];
  return Array.from({ length: binsPerSide + 1 }, (_, edge) => from * (to / from) ** (edge / binsPerSide));
}

function binOf(value: number, edges: readonly number[]): number {
  const [from, to] = [edges[0], edges[binsPerSide]];
  if (!(value > from)) return 0;
  return Math.min(binsPerSide - 1, Math.floor((binsPerSide * Math.log(value / from)) / Math.log(to / from)));
}
