import { type Expression, instant, literal } from "../engine/sql/expression.ts";
import { absolute, count, larger, quantile, smaller } from "../engine/sql/functions.ts";
import { from, type Query } from "../engine/sql/query.ts";
import type { CappableColumn, Capping } from "../runs/clean-config.ts";
import { rounded } from "./amounts.ts";
import type { Bench } from "./bench.ts";

/** From where to where a column's values are believed; ±∞ where there is no cap. */
export interface Fences {
  readonly lower: number;
  readonly upper: number;
}

/** Makes a MAD the standard deviation of a normal distribution: 1 ÷ Φ⁻¹(3/4). */
const deviationsPerMad = 1.4826;

/**
 * Fits the fences of a column as the project says, on the values known before the first test origin, and stores them.
 * Undefined where the column is not capped, or where nothing, or nothing but one value, was known in time.
 */
export async function fitFences(
  bench: Bench,
  subject: CappableColumn,
  rows: Query<{ value: "integer"; known_at: "timestamp" }>,
): Promise<Fences | undefined> {
  const capping = bench.options.outliers[subject];
  if (capping === false) return undefined;
  const r = rows.as("cappable");
  const known = from(r).where(r.columns.known_at.below(instant(bench.fitBefore)), r.columns.value.isNotNull());
  const { numbers } = await bench.engine.collect(known.select({ rows: count() }));
  if (numbers.rows[0] === 0) return undefined;
  const share = async (at: number, value: Expression = r.columns.value) =>
    (await bench.engine.collect(known.select({ at: quantile(value, at) }))).numbers.at[0];
  const fences = await fencesBy(capping, share, (centre) => absolute(r.columns.value.to("double").minus(centre)));
  if (!fences) return undefined;
  for (const statistic of ["lower", "upper"] as const) {
    const value = fences[statistic];
    if (Number.isFinite(value)) bench.remember({ subject, method: capping.method, statistic, value }, numbers);
  }
  return fences;
}

async function fencesBy(
  capping: Capping,
  share: (at: number, value?: Expression) => Promise<number>,
  distanceFrom: (centre: number) => Expression<"double">,
): Promise<Fences | undefined> {
  if (capping.method === "quantile") {
    const lower = capping.lower === undefined ? Number.NEGATIVE_INFINITY : await share(capping.lower);
    return { lower, upper: await share(capping.upper) };
  }
  const centre = await share(0.5);
  const [low, high] = capping.method === "iqr" ? [await share(0.25), await share(0.75)] : [centre, centre];
  const spread = capping.method === "iqr" ? high - low : deviationsPerMad * (await share(0.5, distanceFrom(centre)));
  // Where half the values are equal nothing can be said to be far from them.
  if (!(spread > 0)) return undefined;
  const lower = capping.sides === "both" ? low - capping.multiple * spread : Number.NEGATIVE_INFINITY;
  return { lower, upper: high + capping.multiple * spread };
}

/** The value, or the nearest fence where it lies beyond. NULL stays NULL: `least` and `greatest` would fill it in. */
export function capped(value: Expression<"integer">, fences: Fences | undefined): Expression<"integer"> {
  if (!fences) return value;
  const { lower, upper } = fences;
  const below = Number.isFinite(upper) ? smaller(value, rounded(literal(upper).to("double"))) : value;
  return Number.isFinite(lower) ? larger(below, rounded(literal(lower).to("double"))) : below;
}
