import type { NewColumn } from "../engine/engine.ts";
import { type Quadrant, type QuadrantCuts, quadrants } from "../schema/relation.ts";
import { quantiles } from "../stats/quantile.ts";

/** One instant's customers with what was forecast of them from what was known then. */
export interface Scored {
  readonly asOf: number;
  readonly customerIds: readonly string[];
  readonly mean: Float64Array; // (customers, horizons)
  /** What the models of the instant before forecast of the same customers as they are now; absent at the first. */
  readonly earlierMean?: Float64Array; // (customers, horizons)
}

/**
 * The upper fifth: the fifths by which customers have been ranked since RFM (Hughes 1994), and few enough to be cared for
 * one by one. A median would call half of a shop's occasional customers valuable.
 */
const upperShare = 0.2;

/**
 * Where the plane of short-term value × CLV is cut. The cut of CLV is the value above which the upper share lay at the first
 * instant, and is kept: a customer who changes place has changed, not the others. The cut of short-term value follows from it:
 * what a customer at that CLV brings inside the short horizon if spread over time as the whole shop's value is at that
 * instant. A fixed one would call everybody valuable before Christmas and nobody after it. Undefined where the history proves
 * only one horizon.
 */
export function fitQuadrantCuts(
  scored: readonly Scored[],
  { horizonsDays, shortHorizonDays }: { horizonsDays: readonly number[]; shortHorizonDays: number },
): QuadrantCuts | undefined {
  const clvDays = horizonsDays[horizonsDays.length - 1];
  const shortDays = horizonsDays.findLast((days) => days <= shortHorizonDays && days < clvDays);
  if (shortDays === undefined) return undefined;
  const total = (mean: Float64Array, days: number) =>
    columnOf(mean, horizonsDays, days).reduce((sum, value) => sum + value, 0);
  const [clv] = quantiles(columnOf(scored[0].mean, horizonsDays, clvDays), [1 - upperShare]);
  const short = scored.map(({ asOf, mean }) => ({
    asOf,
    value: (clv * total(mean, shortDays)) / (total(mean, clvDays) || 1),
  }));
  return { shortDays, clvDays, upperShare, fittedAt: scored[0].asOf, clv, short };
}

/** A row per instant and customer: value now, after it and together, and the place on the plane. */
export function relationColumns(
  scored: readonly Scored[],
  cuts: QuadrantCuts,
  horizonsDays: readonly number[],
): NewColumn[] {
  const of = (mean: Float64Array) => ({
    short: columnOf(mean, horizonsDays, cuts.shortDays),
    clv: columnOf(mean, horizonsDays, cuts.clvDays),
  });
  const parts = scored.map(({ asOf, customerIds, mean, earlierMean }, instant) => {
    const { short, clv } = of(mean);
    const cut = { short: cuts.short[instant].value, clv: cuts.clv };
    return {
      ids: customerIds,
      asOf: new Float64Array(customerIds.length).fill(asOf),
      short,
      clv,
      quadrant: placesOf(short, clv, cut),
      before: earlierMean ? placesOf(of(earlierMean).short, of(earlierMean).clv, cut) : customerIds.map(() => null),
    };
  });
  const all = <T>(pick: (part: (typeof parts)[number]) => Iterable<T>) => parts.flatMap((part) => [...pick(part)]);
  const [short, clv] = [all(({ short }) => short), all(({ clv }) => clv)];
  return [
    { name: "customer_id", type: "text", values: all(({ ids }) => ids) },
    { name: "as_of", type: "timestamp", values: all(({ asOf }) => asOf) },
    { name: "short", type: "double", values: short },
    { name: "long", type: "double", values: clv.map((value, row) => value - short[row]) },
    { name: "clv", type: "double", values: clv },
    { name: "quadrant", type: "text", values: all(({ quadrant }) => quadrant) },
    { name: "quadrant_by_earlier_models", type: "text", values: all(({ before }) => before) },
  ];
}

/** Of each quadrant the customer whose CLV is in the middle of theirs, by the row; nobody where it is empty. */
export function middleCustomers(
  { customerIds, mean }: Scored,
  cuts: QuadrantCuts,
  horizonsDays: readonly number[],
): { row: number; customerId: string; quadrant: Quadrant }[] {
  const clv = columnOf(mean, horizonsDays, cuts.clvDays);
  const short = columnOf(mean, horizonsDays, cuts.shortDays);
  const places = placesOf(short, clv, { short: cuts.short[cuts.short.length - 1].value, clv: cuts.clv });
  return quadrants.flatMap((quadrant) => {
    const rows = Array.from(places.keys()).filter((row) => places[row] === quadrant);
    rows.sort((a, b) => clv[a] - clv[b] || a - b);
    const row = rows[Math.floor(rows.length / 2)];
    return row === undefined ? [] : [{ row, customerId: customerIds[row], quadrant }];
  });
}

function placesOf(short: Float64Array, clv: Float64Array, cut: { short: number; clv: number }): Quadrant[] {
  return Array.from(short, (value, row) => quadrants[2 * Number(value <= cut.short) + Number(clv[row] <= cut.clv)]);
}

function columnOf(mean: Float64Array, horizonsDays: readonly number[], days: number): Float64Array {
  const width = horizonsDays.length;
  const index = horizonsDays.indexOf(days);
  return Float64Array.from({ length: mean.length / width }, (_, row) => mean[row * width + index]);
}
