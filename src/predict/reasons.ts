import type { NewColumn } from "../engine/engine.ts";
import { type ExplainedForecasts, explainForecasts, type FeatureGroup, reasonsOf } from "../models/reasons.ts";
import type { TrainedNetwork } from "../models/value-network.ts";
import { selectRows } from "../panel/panel.ts";
import type { ReasonValues } from "../schema/reasons.ts";
import { quantileOfSorted } from "../stats/quantile.ts";

/** Reasons take some 200 forecasts a customer: a large shop's are explained on demand (`longrun show customer`). */
const mostExplained = 1000;

export interface Explaining {
  readonly network: TrainedNetwork;
  readonly customers: {
    readonly ids: readonly string[];
    /** In the order of the network's. */
    readonly features: Float32Array; // (customers, features)
  };
  /** Of the customers by the network alone; (customers, horizons). */
  readonly mean: Float64Array;
  readonly horizonsDays: readonly number[];
  /** Those to give reasons for; the last is the CLV's. */
  readonly explainedDays: readonly number[];
  readonly concepts: readonly FeatureGroup[];
  /** Explained whoever else is. */
  readonly middle: readonly (ReasonValues["middle"][number] & { readonly row: number })[];
}

/** Reasons for the forecasts of today's customers, as columns (customer, horizon, concept), and what to say of them. */
export async function reasonColumns({
  network,
  customers: { ids, features },
  mean,
  horizonsDays,
  explainedDays,
  concepts,
  middle,
}: Explaining): Promise<{ columns: NewColumn[]; values: ReasonValues }> {
  const { featureNames, categorySizes } = network.card;
  const width = featureNames.length;
  const numbers = width - Object.keys(categorySizes).length;
  const typical = typicalCustomer(features, { rows: ids.length, width, numbers });
  const chosen = [...explainedRows(mean, horizonsDays.length), ...middle.map(({ row }) => row)];
  const rows = [...new Set(chosen)].sort((a, b) => a - b);
  const compared = {
    rows: rows.length,
    width,
    features: selectRows(features, width, rows),
    baseline: typical,
  };
  const explained = await explainForecasts(network, compared, concepts);
  refuseOtherForecasts(explained, rows, mean);
  const horizons = explainedDays.map((days) => horizonsDays.indexOf(days));
  const columns = {
    customer_id: [] as string[],
    horizon_days: [] as number[],
    place: [] as number[],
    concept: [] as string[],
    feature: [] as string[],
    own: [] as number[],
    typical: [] as number[],
    effect: [] as number[],
    standard_error: [] as number[],
  };
  rows.forEach((row, index) => {
    for (const horizon of horizons) {
      reasonsOf(explained, index, horizon).forEach(({ concept, feature, effect, standardError }, place) => {
        columns.customer_id.push(ids[row]);
        columns.horizon_days.push(horizonsDays[horizon]);
        columns.place.push(place + 1);
        columns.concept.push(concept);
        columns.feature.push(featureNames[feature]);
        columns.own.push(features[row * width + feature]);
        columns.typical.push(typical[feature]);
        columns.effect.push(effect);
        columns.standard_error.push(standardError);
      });
    }
  });
  const types = { customer_id: "text", concept: "text", feature: "text", horizon_days: "integer", place: "integer" };
  return {
    columns: Object.entries(columns).map(([name, values]) => ({
      name,
      type: name in types ? (types[name as keyof typeof types] as "text" | "integer") : ("double" as const),
      values,
    })),
    values: {
      explained: rows.length,
      middle: middle.map(({ customerId, quadrant }) => ({ customerId, quadrant })),
      horizonsDays: [...explainedDays],
      typical: Array.from(typical, (value) => (Number.isNaN(value) ? null : value)),
      typicalValues: horizons.map((horizon) => explained.attributions.baseline[horizon]),
      completenessError: explained.completenessError,
    },
  };
}

/**
 * In the middle of every feature that is a number (the first `numbers` of them), missing where it is missing for most; with the
 * most frequent of every word. Nobody need be like that.
 */
export function typicalCustomer(
  features: Float32Array,
  { rows, width, numbers }: { rows: number; width: number; numbers: number },
): Float32Array {
  return Float32Array.from({ length: width }, (_, feature) => {
    const all = Float32Array.from({ length: rows }, (_, row) => features[row * width + feature]);
    if (feature >= numbers) return mostFrequent(all);
    const known = all.filter((value) => !Number.isNaN(value));
    return 2 * known.length < rows ? Number.NaN : quantileOfSorted(known.sort(), 0.5);
  });
}

/** The smallest of equals. */
function mostFrequent(words: Float32Array): number {
  const counts: number[] = [];
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts.reduce((best, count, word) => (count > (counts[best] ?? 0) ? word : best), 0);
}

/** All customers up to the limit; of more, half of it with the highest CLV and an even sample of the others by rank. */
export function explainedRows(mean: Float64Array, horizons: number, limit = mostExplained): number[] {
  const customers = mean.length / horizons;
  const clv = (row: number) => mean[row * horizons + horizons - 1];
  const rows = Array.from({ length: customers }, (_, row) => row);
  if (customers <= limit) return rows;
  rows.sort((a, b) => clv(b) - clv(a) || a - b);
  const highest = Math.ceil(limit / 2);
  const step = (customers - highest) / (limit - highest);
  const others = Array.from(
    { length: limit - highest },
    (_, index) => rows[highest + Math.floor((index + 0.5) * step)],
  );
  return [...rows.slice(0, highest), ...others];
}

/** What is explained must be what was forecast. */
function refuseOtherForecasts({ attributions }: ExplainedForecasts, rows: readonly number[], mean: Float64Array): void {
  const { predictions, outputs } = attributions;
  predictions.forEach((explained, at) => {
    const forecast = mean[rows[Math.floor(at / outputs)] * outputs + (at % outputs)];
    if (Math.abs(explained - forecast) > 1e-4 * Math.max(1, Math.abs(forecast)))
      throw new Error(`the forecast explained is ${explained}, the one made ${forecast}`);
  });
}

/** The network's features by the concept that each belongs to, in the order of their first feature. */
export function conceptGroups(
  featureNames: readonly string[],
  catalogue: readonly { readonly name: string; readonly concept: string }[],
): FeatureGroup[] {
  const conceptOf = new Map(catalogue.map(({ name, concept }) => [name, concept]));
  const groups = new Map<string, number[]>();
  featureNames.forEach((name, column) => {
    const concept = conceptOf.get(name);
    if (concept === undefined) throw new Error(`the feature ${name} is not in the catalogue`);
    groups.set(concept, [...(groups.get(concept) ?? []), column]);
  });
  return [...groups].map(([name, features]) => ({ name, features }));
}
