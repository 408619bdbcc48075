import { readFileSync } from "node:fs";
import { isoDate, millisecondsPerDay } from "../base/clock.ts";
import { toMajor } from "../base/money.ts";
import { instant } from "../engine/sql/expression.ts";
import { sum } from "../engine/sql/functions.ts";
import { from, table } from "../engine/sql/query.ts";
import { type EffectModel, predictEffects } from "../models/doubly-robust-effects.ts";
import { predictMeans, predictZilnNetwork, type TrainedNetwork, type ZilnPrediction } from "../models/ziln-network.ts";
import { readTreatments, type Treatment } from "../panel/decisions.ts";
import { type Panel, type PanelValues, readPanel } from "../panel/panel.ts";
import { type Artifact, openTable } from "../runs/artifact.ts";
import type { StageContext } from "../runs/context.ts";
import { cleanCustomers, cleanOrders } from "../schema/clean-tables.ts";
import type { ReasonValues } from "../schema/reasons.ts";
import type { QuadrantCuts } from "../schema/relation.ts";
import { forecastByLifetimeModel } from "./lifetime-forecast.ts";
import { conceptGroups, reasonColumns } from "./reasons.ts";
import { fitQuadrantCuts, middleCustomers, relationColumns, type Scored } from "./relation.ts";

/** Effects a user states instead of measuring them; shares of each customer's predicted value. */
export interface AssumedEffect {
  shortShare: number;
  longShare: number;
  costPerCustomer: number;
}

export interface PredictOptions {
  assumedEffects: Readonly<Record<string, AssumedEffect>>;
  /** Offers reach only customers with an order this recent, as in the decisions the effects were learned from. */
  eligibleWithinDays: number;
  shortHorizonDays: number;
  /** Of the labels: forecasts are discounted alike. */
  annualDiscountRate: number;
}

export interface PredictInput {
  cleaned: Artifact<{ currency: string }>;
  featured: Artifact<
    PanelValues & {
      testOrigins: readonly number[];
      catalogue: readonly { readonly name: string; readonly concept: string }[];
    }
  >;
  trained: Artifact<{
    networks: { cutoff: number; onnx: string; card: string }[];
    lifetimeModels: { cutoff: number; file: string }[];
    effects?: { model: string };
  }>;
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
  let now: { today: Panel; current: ZilnPrediction } | undefined;
  for (const [index, cutoff] of cutoffs.entries()) {
    const panel = await readPanel(engine, featured, { earliest: cutoff, latest: cutoff });
    const { customerIds, features, rows } = panel;
    const network = await predictZilnNetwork(networkAt(trained, cutoff), features, rows);
    const lifetime = await forecastByLifetimeModel(input, cutoff, panel, horizons, engine);
    const tableName = cutoff === asOf ? "predictions" : `backtest_${isoDate(cutoff)}`;
    await output.writeColumns(tableName, predictionColumns(panel, horizonsDays, network, lifetime));
    const earlierNetworkMean =
      index === 0 ? undefined : await predictMeans(networkAt(trained, cutoffs[index - 1]), features);
    scored.push({ asOf: cutoff, customerIds, mean: network.mean, earlierNetworkMean });
    if (cutoff === asOf) now = { today: panel, current: network };
    progress.report(index + 1, cutoffs.length + 2);
  }
  if (!now) throw new Error("no cut-off is today's");
  const { today, current } = now;
  const relation = fitQuadrantCuts(scored, { horizonsDays, shortHorizonDays: options.shortHorizonDays });
  if (relation) await output.writeColumns("relation", relationColumns(scored, relation, horizonsDays));

  const reasons = await reasonColumns({
    network: networkAt(trained, asOf),
    panel: today,
    mean: current.mean,
    horizonsDays,
    explainedDays: relation ? [relation.shortDays, relation.clvDays] : horizonsDays.slice(-1),
    concepts: conceptGroups(featured.values.featureNames, featured.values.catalogue),
    middle: relation ? middleCustomers(scored[scored.length - 1], relation, horizonsDays) : [],
  });
  await output.writeColumns("reasons", reasons.columns);
  progress.report(cutoffs.length + 1, cutoffs.length + 2);

  const treatments = await readTreatments(engine, cleaned);
  const offers = trained.values.effects
    ? measuredOffers(input, treatments, today)
    : assumedOffers(options, treatments, today, current, horizonsDays);
  const eligible = await eligibility(input, options, treatments, today, offers, context);
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

function networkAt(trained: PredictInput["trained"], cutoff: number): TrainedNetwork {
  const network = trained.values.networks.find((candidate) => candidate.cutoff === cutoff);
  if (!network) throw new Error(`no network was trained at ${cutoff}`);
  const onnx = new Uint8Array(readFileSync(trained.path(network.onnx)));
  const card = JSON.parse(readFileSync(trained.path(network.card), "utf8"));
  return { onnx, card };
}

function predictionColumns(
  panel: Panel,
  horizonsDays: readonly number[],
  predicted: ZilnPrediction,
  lifetime: Float64Array,
) {
  const width = horizonsDays.length;
  const column = (matrix: Float32Array | Float64Array, index: number) =>
    Float64Array.from({ length: panel.rows }, (_, row) => matrix[row * width + index]);
  return [
    { name: "customer_id", type: "text" as const, values: panel.customerIds },
    { name: "as_of", type: "timestamp" as const, values: panel.asOf },
    ...horizonsDays.flatMap((days, index) => [
      { name: `mean_${days}d`, type: "double" as const, values: column(predicted.mean, index) },
      { name: `p10_${days}d`, type: "double" as const, values: column(predicted.p10, index) },
      { name: `p50_${days}d`, type: "double" as const, values: column(predicted.p50, index) },
      { name: `p90_${days}d`, type: "double" as const, values: column(predicted.p90, index) },
      {
        name: `purchase_probability_${days}d`,
        type: "double" as const,
        values: column(predicted.purchaseProbability, index),
      },
      { name: `lifetime_mean_${days}d`, type: "double" as const, values: column(lifetime, index) },
      { name: `actual_${days}d`, type: "double" as const, values: column(panel.outcomes, index) },
    ]),
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
  predicted: ZilnPrediction,
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
    const short = predicted.mean[row * horizonsDays.length + Math.max(0, shortColumn)];
    const long = Math.max(0, predicted.mean[row * horizonsDays.length + longColumn] - short);
    stated.forEach(([, effect], index) => {
      const at = row * actions.length + index + 1;
      offers.short[at] = effect.shortShare * short - effect.costPerCustomer;
      offers.long[at] = effect.longShare * long;
      offers.cost[at] = effect.costPerCustomer;
    });
  }
  return { actions, from: stated.length > 0 ? "assumptions" : "none", refused: [], ...offers };
}

/** An offer may reach a customer only with the consent its channel needs, a recent order, and a measured effect. */
async function eligibility(
  input: PredictInput,
  options: PredictOptions,
  treatments: readonly Treatment[],
  today: Panel,
  offers: Offers,
  context: StageContext,
): Promise<Uint8Array> {
  const { featured } = input;
  const width = featured.values.featureNames.length;
  const sinceLastOrder = featured.values.featureNames.indexOf("daysSinceLastOrder");
  const consents = await consentsByCustomer(input, context);
  const refused = new Set(offers.refused.map(({ action }) => action));
  const channelOf = new Map(treatments.map(({ treatmentId, channel }) => [treatmentId, channel]));
  const eligible = new Uint8Array(today.rows * offers.actions.length);
  for (let row = 0; row < today.rows; row++) {
    const recent = !(today.features[row * width + sinceLastOrder] > options.eligibleWithinDays);
    const consent = consents.get(today.customerIds[row]);
    offers.actions.forEach((action, index) => {
      const channel = channelOf.get(action);
      // An export without any consent column says nothing; where it has one, only "granted" counts.
      const word = channel === "ads" ? consent?.ads : channel === "email" ? consent?.email : null;
      const allowed = word === null || word === undefined || word === "granted";
      eligible[row * offers.actions.length + index] = Number(
        index === 0 || (recent && allowed && !refused.has(action)),
      );
    });
  }
  return eligible;
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

async function consentsByCustomer({ cleaned }: PredictInput, { engine }: StageContext) {
  await openTable(engine, cleaned, "customers");
  const c = table({ ...cleanCustomers, name: "clean_customers" }, "c");
  const { rows, texts } = await engine.collect(
    from(c).select({
      customer_id: c.columns.customer_id,
      email: c.columns.consent_email,
      ads: c.columns.consent_ads,
    }),
  );
  return new Map(
    Array.from({ length: rows }, (_, row) => [
      texts.customer_id[row],
      { email: texts.email[row], ads: texts.ads[row] },
    ]),
  );
}
