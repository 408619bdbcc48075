import { isoDate } from "../base/clock.ts";
import type { Engine } from "../engine/engine.ts";
import { instant } from "../engine/sql/expression.ts";
import { from, namedTable } from "../engine/sql/query.ts";
import { type Artifact, openTable } from "../runs/artifact.ts";
import {
  type Migration,
  type QuadrantCuts,
  type QuadrantSummary,
  quadrants,
  type RelationSummary,
} from "../schema/relation.ts";
import type { Interval } from "../schema/summary.ts";
import { pairedBootstraps } from "../stats/bootstrap.ts";
import { clusteredMean, normalInterval, wilsonInterval } from "../stats/intervals.ts";
import { pearson } from "../stats/ranking.ts";
import { sampledRanks } from "../stats/sampled-spearman.ts";
import { type ChosenActions, conflictOf } from "./conflict.ts";
import { planeOf } from "./plane.ts";

const level = 0.95;

/** The customers of one instant on the plane. */
export interface Placed {
  readonly asOf: number;
  readonly customerIds: readonly string[];
  readonly short: Float64Array; // (customers)
  readonly clv: Float64Array;
  /** Index into `quadrants`. */
  readonly quadrant: Uint8Array;
  /** By the models of the instant before; undefined at the first. */
  readonly quadrantByEarlierModels?: Uint8Array;
  /** What followed, NaN where not yet known. */
  readonly actualShort: Float64Array;
  readonly actualClv: Float64Array;
}

export interface RelationInput {
  readonly predicted: Artifact<{ relation?: QuadrantCuts }>;
  readonly asOf: number;
  readonly testOrigins: readonly number[];
  /** What the short-sighted and the far-sighted plan choose; undefined without a plan. */
  readonly chosen?: ChosenActions;
}

/** The relation of short-term value and CLV as the run found it; undefined where only one horizon is proved. */
export async function relationSummary(
  engine: Engine,
  { predicted, asOf, testOrigins, chosen }: RelationInput,
  seed: string,
): Promise<RelationSummary | undefined> {
  const cuts = predicted.values.relation;
  if (!cuts) return undefined;
  const instants = [...testOrigins, asOf].sort((a, b) => a - b);
  const placed: Placed[] = [];
  for (const at of instants) placed.push(await readPlaced(engine, predicted, cuts, at, at === asOf));
  return summariseRelation(placed, cuts, { seed, chosen });
}

/** The last instant is today; those before it are the test origins. */
export function summariseRelation(
  placed: readonly Placed[],
  { shortDays, clvDays, upperShare, fittedAt, clv, short }: QuadrantCuts,
  { seed, chosen }: { seed: string; chosen?: ChosenActions },
): RelationSummary {
  const today = placed[placed.length - 1];
  const past = placed.slice(0, -1);
  return {
    shortDays,
    clvDays,
    customers: today.customerIds.length,
    cuts: { short: short[short.length - 1].value, clv, upperShare, fittedOn: isoDate(fittedAt) },
    quadrants: quadrants.map((_, quadrant) => quadrantSummary(quadrant, today, past)),
    correlation: correlations(today, past, seed),
    migrations: past.map((before, index) => migration(before, placed[index + 1])),
    conflict: conflictOf(today, upperShare, chosen),
    plane: planeOf(today.short, today.clv),
  };
}

function quadrantSummary(quadrant: number, today: Placed, past: readonly Placed[]): QuadrantSummary {
  const inside = rowsIn(today, quadrant);
  const sumOf = (values: Float64Array, rows: Iterable<number>) => {
    let sum = 0;
    for (const row of rows) sum += values[row];
    return sum;
  };
  const short = sumOf(today.short, inside);
  const clv = sumOf(today.clv, inside);
  return {
    quadrant: quadrants[quadrant],
    customers: inside.length,
    shortShare: share(short, sumOf(today.short, today.short.keys())),
    clvShare: share(clv, sumOf(today.clv, today.clv.keys())),
    meanShort: share(short, inside.length),
    meanClv: share(clv, inside.length),
    tested: tested(quadrant, past),
  };
}

const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);

function rowsIn({ quadrant }: Placed, wanted: number): number[] {
  const rows: number[] = [];
  quadrant.forEach((place, row) => {
    if (place === wanted) rows.push(row);
  });
  return rows;
}

/** What those who stood here at the test origins were forecast to bring, and brought; a customer of two origins is one cluster. */
function tested(quadrant: number, past: readonly Placed[]): QuadrantSummary["tested"] {
  const clusterOf = new Map<string, number>();
  const rows = {
    cluster: [] as number[],
    predictedShort: 0,
    predictedClv: 0,
    short: [] as number[],
    clv: [] as number[],
  };
  for (const at of past) {
    for (const row of rowsIn(at, quadrant)) {
      if (Number.isNaN(at.actualShort[row]) || Number.isNaN(at.actualClv[row])) continue;
      const id = at.customerIds[row];
      if (!clusterOf.has(id)) clusterOf.set(id, clusterOf.size);
      rows.cluster.push(clusterOf.get(id) as number);
      rows.predictedShort += at.short[row];
      rows.predictedClv += at.clv[row];
      rows.short.push(at.actualShort[row]);
      rows.clv.push(at.actualClv[row]);
    }
  }
  const customers = rows.cluster.length;
  if (clusterOf.size < 2) return undefined;
  const mean = (values: readonly number[]): Interval => {
    const { mean: estimate, standardError } = clusteredMean(values, rows.cluster);
    const { lower, upper } = normalInterval(estimate, standardError, level);
    return { estimate, low: lower, high: upper, level };
  };
  return {
    customers,
    predictedShort: rows.predictedShort / customers,
    short: mean(rows.short),
    predictedClv: rows.predictedClv / customers,
    clv: mean(rows.clv),
  };
}

/**
 * Of forecasts today, and of what followed at the latest test origin where all of it is known. With CLV the correlation is
 * partly one of a whole with its part; that with the long-term value, CLV − short, is not.
 */
function correlations(today: Placed, past: readonly Placed[], seed: string): RelationSummary["correlation"] {
  const [clv, long] = rankCorrelations(today.short, today.clv, `${seed}/relation/forecast`);
  const latest = past[past.length - 1];
  const known = latest
    ? Array.from(latest.actualClv.keys()).filter(
        (row) => !Number.isNaN(latest.actualShort[row]) && !Number.isNaN(latest.actualClv[row]),
      )
    : [];
  if (known.length < 2) return { clv, long };
  const pick = (values: Float64Array) => Float64Array.from(known, (row) => values[row]);
  const [actualClv, actualLong] = rankCorrelations(
    pick(latest.actualShort),
    pick(latest.actualClv),
    `${seed}/relation/actual`,
  );
  return { clv, long, actualClv, actualLong };
}

function rankCorrelations(short: Float64Array, clv: Float64Array, seed: string): [Interval, Interval] {
  const long = clv.map((value, row) => value - short[row]);
  const [ofShort, ofClv, ofLong] = [short, clv, long].map(sampledRanks);
  const found = pairedBootstraps(
    short.length,
    (sample) => {
      const now = ofShort(sample);
      return [pearson(now, ofClv(sample)), pearson(now, ofLong(sample))];
    },
    { seed, repetitions: 100, level },
  );
  const [withClv, withLong] = found.map(({ estimate, lower, upper }) => ({ estimate, low: lower, high: upper, level }));
  return [withClv, withLong];
}

function migration(before: Placed, after: Placed): Migration {
  const size = quadrants.length;
  const placeBefore = new Map(before.customerIds.map((id, row) => [id, before.quadrant[row]]));
  const customers = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  const joined = new Array<number>(size).fill(0);
  let common = 0;
  let retrained = 0;
  after.customerIds.forEach((id, row) => {
    const place = after.quadrant[row];
    const earlier = placeBefore.get(id);
    if (earlier === undefined) {
      joined[place]++;
      return;
    }
    common++;
    customers[earlier][place]++;
    if (after.quadrantByEarlierModels && after.quadrantByEarlierModels[row] !== place) retrained++;
  });
  const kept = customers.reduce((sum, row, place) => sum + row[place], 0);
  const rowShare = (place: number) => customers[place].reduce((sum, count) => sum + count, 0) / common;
  const columnShare = (place: number) => customers.reduce((sum, row) => sum + row[place], 0) / common;
  const { lower, upper } = wilsonInterval(kept, common, level);
  return {
    from: isoDate(before.asOf),
    to: isoDate(after.asOf),
    customers,
    joined,
    kept: { estimate: kept / common, low: lower, high: upper, level },
    keptByChance: quadrants.reduce((sum, _, place) => sum + rowShare(place) * columnShare(place), 0),
    movedByRetraining: retrained / common,
  };
}

async function readPlaced(
  engine: Engine,
  predicted: Artifact,
  { shortDays, clvDays }: QuadrantCuts,
  asOf: number,
  isToday: boolean,
): Promise<Placed> {
  const types = {
    customer_id: "text",
    as_of: "timestamp",
    short: "double",
    clv: "double",
    quadrant: "text",
    quadrant_by_earlier_models: "text",
  } as const;
  const r = namedTable(await openTable(engine, predicted, "relation", types), types, "r");
  const { rows, texts, numbers } = await engine.collect(
    from(r)
      .where(r.columns.as_of.equals(instant(asOf)))
      .select(r.columns)
      .orderBy(r.columns.customer_id),
  );
  const forecastTypes = {
    customer_id: "text",
    [`actual_${shortDays}d`]: "double",
    [`actual_${clvDays}d`]: "double",
  } as const;
  const table = isToday ? "predictions" : `backtest_${isoDate(asOf)}`;
  const f = namedTable(await openTable(engine, predicted, table, forecastTypes), forecastTypes, "f");
  const followed = await engine.collect(from(f).select(f.columns).orderBy(f.columns.customer_id));
  const indexOf = new Map<string | null, number>(quadrants.map((name, index) => [name, index]));
  const placesOf = (names: readonly (string | null)[]) => Uint8Array.from(names, (name) => indexOf.get(name) as number);
  const earlier = texts.quadrant_by_earlier_models;
  return {
    asOf,
    customerIds: texts.customer_id as string[],
    short: numbers.short,
    clv: numbers.clv,
    quadrant: placesOf(texts.quadrant),
    quadrantByEarlierModels: rows > 0 && earlier[0] !== null ? placesOf(earlier) : undefined,
    actualShort: followed.numbers[`actual_${shortDays}d`],
    actualClv: followed.numbers[`actual_${clvDays}d`],
  };
}
