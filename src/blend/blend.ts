import { isoDate } from "../base/clock.ts";
import { labelUsable } from "../panel/origins.ts";
import { type BlendHorizon, type MemberName, memberNames, networkNames } from "../schema/blend.ts";
import type { BootstrapInterval } from "../stats/bootstrap.ts";
import { type ConformalQuantiles, conformalQuantile, fitConformalQuantiles } from "../stats/conformal-quantiles.ts";
import { stackConvexly } from "../stats/convex-stacking.ts";
import { compareRanks } from "../stats/rank-comparison.ts";
import { spearman } from "../stats/ranking.ts";
import type { MemberForecasts } from "./members.ts";

/** What members fitted at an origin said of its customers, and what came of them. */
export interface Evidence {
  readonly origin: number;
  readonly customers: number;
  readonly forecasts: MemberForecasts;
  readonly outcomes: ArrayLike<number>; // (customers, horizons), NaN = not known
}

/** A blend of one horizon, with all it takes to forecast. */
export interface FittedHorizon extends BlendHorizon {
  readonly conformal?: ConformalQuantiles;
  /** Quantiles of what customers brought at the evidence's origin, the same for everybody: the baseline of every interval. */
  readonly empirical?: readonly number[];
}

export interface Blend {
  readonly cutoff: number;
  /** What past spend is multiplied by to be a forecast, per horizon. */
  readonly pastSpendLevels: readonly number[];
  readonly horizons: readonly FittedHorizon[];
}

/** The quantiles that are forecast. */
export const probabilities = [0.1, 0.5, 0.9] as const;

/** How far the weights may be drawn to the best single member: on one origin a mix fits its chances too (docs/methods/blend.md). */
const sharesOfBest = [0.5, 0.75, 1] as const;
/** The quantiles of a horizon may be those of a shorter one that is at least this long in proportion. */
const nearestHorizon = 0.8;
/** Weights rest on no more customers: an even sample of them says the same. */
const mostCustomers = 20_000;

/**
 * The blend for `cutoff`, horizon by horizon: weights from the latest origin whose outcomes had ended by then, else those of the nearest
 * shorter horizon that has one, else the lifetime model alone. `evidence` may hold later origins too; they are not looked at.
 */
export function fitBlend(
  cutoff: number,
  {
    horizonsDays,
    evidence,
    pastSpendLevels,
    seed,
  }: {
    horizonsDays: readonly number[];
    evidence: readonly Evidence[];
    pastSpendLevels: readonly number[];
    seed: string;
  },
): Blend {
  const horizons: FittedHorizon[] = [];
  for (const [column, horizonDays] of horizonsDays.entries()) {
    const latest = evidence
      .filter(({ origin }) => labelUsable(origin, horizonDays, cutoff))
      .map((found) => columnOf(found, column, horizonsDays.length))
      .filter(({ forecasts }) => forecasts.network.every(Number.isFinite))
      .sort((a, b) => a.origin - b.origin)
      .at(-1);
    if (latest?.actual.some((value) => value > 0)) horizons.push(stacked(horizonDays, latest, seed));
    else horizons.push(borrowed(horizonDays, horizons.at(-1)));
  }
  return { cutoff, pastSpendLevels, horizons };
}

interface Column {
  readonly origin: number;
  readonly actual: Float64Array; // (customers)
  readonly forecasts: MemberForecasts; // (customers) each
}

function columnOf({ origin, customers, forecasts, outcomes }: Evidence, column: number, width: number): Column {
  const pick = (matrix: ArrayLike<number>) =>
    Float64Array.from({ length: customers }, (_, row) => matrix[row * width + column]);
  const of = Object.fromEntries(memberNames.map((name) => [name, pick(forecasts[name])]));
  return { origin, actual: pick(outcomes), forecasts: of as MemberForecasts };
}

function stacked(horizonDays: number, { origin, actual, forecasts }: Column, seed: string): FittedHorizon {
  const present = memberNames.filter((name) => forecasts[name].every(Number.isFinite));
  const rank = new Map(present.map((name) => [name, spearman(forecasts[name], actual) || 0]));
  const trained = networkNames.filter((name) => present.includes(name));
  const simple = best(
    present.filter((name) => !trained.some((network) => network === name)),
    rank,
  );
  const options = { seed: `${seed}/blend/${origin}/${horizonDays}`, repetitions: 100 };
  const comparisons = trained.map((name) => {
    const [withPastSpend, withSimple] = compareRanks(
      actual,
      forecasts[name],
      [forecasts.pastSpend, forecasts[simple]],
      options,
    );
    return { name, withPastSpend, withSimple };
  });
  const proofs = new Map<MemberName, BootstrapInterval>(
    comparisons.map(({ name, withPastSpend }) => [name, withPastSpend]),
  );
  const isProved = (name: MemberName) => !proofs.has(name) || proofs.get(name)?.verdict === "better";
  const proved = present.filter(isProved);
  const chosen = best(present, rank);
  // Of equals the simpler one leads: what a network gains by chance on one day is gone on the next.
  const leading = comparisons.filter(
    ({ name, withSimple }) => proved.includes(name) && withSimple.verdict === "better",
  );
  const leader = best([simple, ...leading.map(({ name }) => name)], rank);
  const { weights, mean } = drawnTo(leader, weightsOf(actual, forecasts, proved), { actual, forecasts });
  return {
    horizonDays,
    way: "earlier_origin",
    evidence: { origin: isoDate(origin), horizonDays, customers: actual.length },
    weights,
    chosen,
    againstPastSpend: Object.fromEntries(
      [...proofs]
        .filter(([, { estimate }]) => Number.isFinite(estimate))
        .map(([name, proof]) => [name, proofOf(proof)]),
    ),
    quantiles: "conformal",
    conformal: fitConformalQuantiles(actual, mean, probabilities),
    empirical: empiricalQuantiles(actual),
  };
}

function proofOf({ estimate, lower, upper, level, verdict }: BootstrapInterval) {
  return { difference: { estimate, low: lower, high: upper, level }, verdict };
}

/** Each member is first given the true total, so that weights are about who brings how much, not about the season of that origin. */
function weightsOf(
  actual: Float64Array,
  forecasts: MemberForecasts,
  names: readonly MemberName[],
): Record<MemberName, number> {
  const step = Math.max(1, actual.length / mostCustomers);
  const rows = Array.from({ length: Math.floor(actual.length / step) }, (_, at) => Math.floor(at * step));
  const truth = rows.map((row) => actual[row]);
  const total = truth.reduce((sum, value) => sum + value, 0);
  const levelled = names.map((name) => {
    const values = rows.map((row) => forecasts[name][row]);
    const factor = total / (values.reduce((sum, value) => sum + value, 0) || 1);
    return values.map((value) => value * factor);
  });
  const { weights } = stackConvexly(truth, levelled);
  return weightsWhere((name) => weights[names.indexOf(name)] ?? 0);
}

/** The weights drawn to the best single member, by the share that orders best; the least of equals. */
function drawnTo(
  leader: MemberName,
  weights: Readonly<Record<MemberName, number>>,
  { actual, forecasts }: Pick<Column, "actual" | "forecasts">,
): { weights: Record<MemberName, number>; mean: Float64Array } {
  const candidates = sharesOfBest.map((share) => {
    const drawn = weightsWhere((name) => (1 - share) * weights[name] + (name === leader ? share : 0));
    const mean = mix(drawn, forecasts);
    return { weights: drawn, mean, rank: spearman(mean, actual) || 0 };
  });
  return candidates.reduce((top, candidate) => (candidate.rank > top.rank ? candidate : top));
}

/** Weights from a shorter horizon, and quantiles too where it is nearly as long; without one, the lifetime model alone. */
function borrowed(horizonDays: number, shorter: FittedHorizon | undefined): FittedHorizon {
  if (!shorter?.evidence) {
    const weights = weightsWhere((name) => Number(name === "lifetimeModel"));
    return {
      horizonDays,
      way: "no_earlier_origin",
      weights,
      chosen: "lifetimeModel",
      againstPastSpend: {},
      quantiles: "network",
    };
  }
  const { conformal, empirical, ...rest } = shorter;
  const isNear = conformal !== undefined && shorter.evidence.horizonDays >= nearestHorizon * horizonDays;
  return {
    ...rest,
    horizonDays,
    way: "shorter_horizon",
    quantiles: isNear ? "conformal" : "network",
    ...(isNear ? { conformal, empirical } : {}),
  };
}

const weightsWhere = (weightOf: (name: MemberName) => number) =>
  Object.fromEntries(memberNames.map((name) => [name, weightOf(name)])) as Record<MemberName, number>;

function best(names: readonly MemberName[], rank: ReadonlyMap<MemberName, number>): MemberName {
  return names.reduce((leader, name) => ((rank.get(name) as number) > (rank.get(leader) as number) ? name : leader));
}

function empiricalQuantiles(actual: Float64Array): number[] {
  const rising = actual.slice().sort();
  return probabilities.map((level) => conformalQuantile(rising, level));
}

/**
 * Σ weight × forecast of one horizon. A member that has no forecast of a customer gives its weight to the others; where none of
 * weight has one, past spend stands in.
 */
export function mix(weights: Readonly<Record<MemberName, number>>, forecasts: MemberForecasts): Float64Array {
  const used = memberNames.filter((name) => weights[name] > 0);
  return forecasts.pastSpend.map((standIn, row) => {
    let [sum, weight] = [0, 0];
    for (const name of used) {
      const value = forecasts[name][row];
      if (!Number.isFinite(value)) continue;
      sum += weights[name] * value;
      weight += weights[name];
    }
    return weight > 0 ? sum / weight : standIn;
  });
}
