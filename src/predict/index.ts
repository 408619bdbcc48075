import { readFileSync } from "node:fs";
import { isoDate, millisecondsPerDay } from "../base/clock.ts";
import { toMajor } from "../base/money.ts";
import { forecastByBlend, type HorizonForecast } from "../blend/forecast.ts";
import { readSubject, type Subject } from "../blend/subject.ts";
import { readTrainedModels, type WrittenModels } from "../blend/trained-models.ts";
import { instant } from "../engine/sql/expression.ts";
import { sum } from "../engine/sql/functions.ts";
import { from, table } from "../engine/sql/query.ts";
import { type EffectModel, predictEffects } from "../models/doubly-robust-effects.ts";
import type { TrainedNetwork } from "../models/value-network.ts";
import { type BasketValues, readBaskets } from "../panel/baskets.ts";
import { readTreatments, type Treatment } from "../panel/decisions.ts";
import type { Panel, PanelValues } from "../panel/panel.ts";
import { type Artifact, openTable } from "../runs/artifact.ts";
import type { StageContext } from "../runs/context.ts";
import { memberColumn, memberNames } from "../schema/blend.ts";
import { cleanOrders } from "../schema/clean-tables.ts";
import type { ReasonValues } from "../schema/reasons.ts";
import type { QuadrantCuts } from "../schema/relation.ts";
import { type Contacts, eligibility } from "./eligibility.ts";
import { conceptGroups, reasonColumns } from "./reasons.ts";
import { fitQuadrantCuts, middleCustomers, relationColumns, type Scored } from "./relation.ts";

/** Effects a user states instead of measuring them; shares of each customer's predicted value. */
export interface AssumedEffect {
  shortShare: number;
  longShare: number;
  costPerCustomer: number;
}

export interface PredictOptions extends Contacts {
  assumedEffects: Readonly<Record<string, AssumedEffect>>;
  shortHorizonDays: number;
  /** Of the labels: forecasts are discounted alike. */
  annualDiscountRate: number;
}

export interface PredictInput {
  cleaned: Artifact<{ currency: string }>;
  featured: Artifact<
    PanelValues &
      BasketValues & {
        testOrigins: readonly number[];
        catalogue: readonly { readonly name: string; readonly concept: string }[];
        categories: readonly { readonly name: string; readonly concept: string }[];
      }
  >;
  trained: Artifact<WrittenModels & { effects?: { model: string } }>;
}

export interface PredictValues {
  customers: number;
  actions: string[];
  effectsFrom: "decisions" | "assumptions" | "none";
  refusedActions: { action: string; reason: string }[];
  /** Net sales of the last short horizon: the scale of the default budget. */
  recentNetSales: number;
  /** Absent where the history proves only one horizon: then there is no later to set against now. */
  relation?: QuadrantCuts;
  reasons: ReasonValues;
}

/**
 * Scores today's customers, the back-test's customers as of then, where each stands on the plane of now and later, why today's
 * forecasts are what they are, and what each offer would do to each customer.
 */
export async function predict(
  input: PredictInput,
  options: PredictOptions,
  context: StageContext,
): Promise<PredictValues> {
  const { engine, output, progress } = context;
  const { featured, trained, cleaned } = input;
  const { asOf, horizonsDays, testOrigins } = featured.values;
  const horizons = { horizonsDays, annualDiscountRate: options.annualDiscountRate };

  const cutoffs = [...testOrigins, asOf].sort((a, b) => a - b);
  const scored: Scored[] = [];
  let earlier: ReturnType<typeof readTrainedModels> | undefined;
  let now: { subject: Subject; current: HorizonForecast[]; network: TrainedNetwork } | undefined;
  const baskets = await readBaskets(engine, featured, asOf);
  for (const [index, cutoff] of cutoffs.entries()) {
    const subject = await readSubject(cutoff, { cleaned, featured }, baskets, engine);
    const { blend, models } = readTrainedModels(trained, cutoff);
    const forecast = await forecastByBlend(blend, models, subject, horizons);
    const tableName = cutoff === asOf ? "predictions" : `backtest_${isoDate(cutoff)}`;
    await output.writeColumns(tableName, predictionColumns(subject.panel, horizonsDays, forecast));
    const earlierMean = earlier && meansOf(await forecastByBlend(earlier.blend, earlier.models, subject, horizons));
    scored.push({ asOf: cutoff, customerIds: subject.panel.customerIds, mean: meansOf(forecast), earlierMean });
    if (cutoff === asOf) now = { subject, current: forecast, network: models.network };
    earlier = { blend, models };
    progress.report(index + 1, cutoffs.length + 2);
  }
  if (!now) throw new Error("no cut-off is today's");
  const { subject, current, network } = now;
  const today = subject.panel;
  const relation = fitQuadrantCuts(scored, { horizonsDays, shortHorizonDays: options.shortHorizonDays });
  if (relation) await output.writeColumns("relation", relationColumns(scored, relation, horizonsDays));

  const reasons = await reasonColumns({
    network,
    customers: { ids: today.customerIds, features: subject.features },
    mean: meansOf(current, ({ members }) => members.network),
    horizonsDays,
    explainedDays: relation ? [relation.shortDays, relation.clvDays] : horizonsDays.slice(-1),
    concepts: conceptGroups(network.card.featureNames, [...featured.values.catalogue, ...featured.values.categories]),
    middle: relation ? middleCustomers(scored[scored.length - 1], relation, horizonsDays) : [],
  });
  await output.writeColumns("reasons", reasons.columns);
  progress.report(cutoffs.length + 1, cutoffs.length + 2);

  const treatments = await readTreatments(engine, cleaned);
  const offers = trained.values.effects
    ? measuredOffers(input, treatments, today)
    : assumedOffers(options, treatments, today, current, horizonsDays);
  const eligible = await eligibility({ cleaned, featured }, { ...options, treatments, ...offers }, today, engine);
  await output.writeColumns("action_values", offerColumns(today, offers, eligible));
  return {
    customers: today.rows,
    actions: offers.actions,
    effectsFrom: offers.from,
    refusedActions: offers.refused,
    recentNetSales: await recentNetSales(input, options, context),
    relation,
    reasons: reasons.values,
  };
}

/** One column of each horizon as a matrix: (customers, horizons). */
function meansOf(
  forecast: readonly HorizonForecast[],
  of: (horizon: HorizonForecast) => Float64Array = ({ mean }) => mean,
): Float64Array {
  const columns = forecast.map(of);
  const width = columns.length;
  const matrix = new Float64Array(width * columns[0].length);
  columns.forEach((column, at) => {
    for (let row = 0; row < column.length; row++) matrix[row * width + at] = column[row];
  });
  return matrix;
}

function predictionColumns(panel: Panel, horizonsDays: readonly number[], forecast: readonly HorizonForecast[]) {
  const column = (name: string, values: Float64Array) => ({ name, type: "double" as const, values });
  return [
    { name: "customer_id", type: "text" as const, values: panel.customerIds },
    { name: "as_of", type: "timestamp" as const, values: panel.asOf },
    ...horizonsDays.flatMap((days, index) => {
      const { mean, p10, p50, p90, purchaseProbability, orders, members } = forecast[index];
      const known = (labels: Float32Array) =>
        Float64Array.from({ length: panel.rows }, (_, row) => labels[row * horizonsDays.length + index]);
      return [
        column(`mean_${days}d`, mean),
        column(`p10_${days}d`, p10),
        column(`p50_${days}d`, p50),
        column(`p90_${days}d`, p90),
        column(`purchase_probability_${days}d`, purchaseProbability),
        column(`orders_${days}d`, orders),
        ...memberNames.map((name) => column(memberColumn(name, days), members[name])),
        column(`actual_${days}d`, known(panel.outcomes)),
        column(`actual_orders_${days}d`, known(panel.orders)),
      ];
    }),
  ];
}

interface Offers {
  actions: string[];
  from: PredictValues["effectsFrom"];
  refused: PredictValues["refusedActions"];
  short: Float64Array; // (customers, actions)
  long: Float64Array;
  cost: Float64Array;
  shortSd: Float64Array;
  longSd: Float64Array;
}

function measuredOffers({ trained, featured }: PredictInput, treatments: readonly Treatment[], today: Panel): Offers {
  const file = (trained.values.effects as { model: string }).model;
  const model = JSON.parse(readFileSync(trained.path(file), "utf8")) as EffectModel;
  if (model.featureNames.length !== featured.values.featureNames.length)
    throw new Error("features changed after training");
  const refused = model.status.flatMap(({ action, short, long }) => {
    if (short.status === "refused") return [{ action, reason: short.reason }];
    return long.status === "refused" ? [{ action, reason: long.reason }] : [];
  });
  const actions = treatments.map(({ treatmentId }) => treatmentId);
  return { actions, from: "decisions", refused, ...predictEffects(model, today.features, today.rows) };
}

function assumedOffers(
  { assumedEffects, shortHorizonDays }: PredictOptions,
  treatments: readonly Treatment[],
  today: Panel,
  predicted: readonly HorizonForecast[],
  horizonsDays: readonly number[],
): Offers {
  const stated = Object.entries(assumedEffects);
  const actions = [treatments[0].treatmentId, ...stated.map(([action]) => action)];
  const size = today.rows * actions.length;
  const offers = {
    short: new Float64Array(size),
    long: new Float64Array(size),
    cost: new Float64Array(size),
    shortSd: new Float64Array(size),
    longSd: new Float64Array(size),
  };
  const shortColumn = horizonsDays.indexOf(shortHorizonDays);
  const longColumn = horizonsDays.length - 1;
  for (let row = 0; row < today.rows; row++) {
    const short = predicted[Math.max(0, shortColumn)].mean[row];
    const long = Math.max(0, predicted[longColumn].mean[row] - short);
    stated.forEach(([, effect], index) => {
      const at = row * actions.length + index + 1;
      offers.short[at] = effect.shortShare * short - effect.costPerCustomer;
      offers.long[at] = effect.longShare * long;
      offers.cost[at] = effect.costPerCustomer;
    });
  }
  return { actions, from: stated.length > 0 ? "assumptions" : "none", refused: [], ...offers };
}

function offerColumns(today: Panel, offers: Offers, eligible: Uint8Array) {
  const width = offers.actions.length;
  const index = Array.from({ length: today.rows * width }, (_, at) => at);
  const numbers = (name: keyof Offers) => ({ name, type: "double" as const, values: offers[name] as Float64Array });
  return [
    {
      name: "customer_id",
      type: "text" as const,
      values: index.map((at) => today.customerIds[Math.floor(at / width)]),
    },
    { name: "action", type: "text" as const, values: index.map((at) => offers.actions[at % width]) },
    { name: "eligible", type: "boolean" as const, values: eligible },
    numbers("short"),
    numbers("long"),
    numbers("cost"),
    numbers("shortSd"),
    numbers("longSd"),
  ];
}

async function recentNetSales(
  { cleaned, featured }: PredictInput,
  { shortHorizonDays }: PredictOptions,
  { engine }: StageContext,
) {
  await openTable(engine, cleaned, "orders");
  const o = table({ ...cleanOrders, name: "clean_orders" }, "o");
  const start = instant(featured.values.asOf - shortHorizonDays * millisecondsPerDay);
  const batch = await engine.collect(
    from(o)
      .where(o.columns.known_at.atLeast(start))
      .select({ net: sum(o.columns.net_minor) }),
  );
  return toMajor(batch.numbers.net[0] || 0, cleaned.values.currency);
}
