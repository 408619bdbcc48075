import { ModelError } from "../base/errors.ts";
import { bgNbd } from "../models/bg-nbd.ts";
import { fitPurchases } from "../models/fit-purchases.ts";
import { fitSpending, groupSpending } from "../models/fit-spending.ts";
import { expectedSpending, gammaGammaParameters } from "../models/gamma-gamma.ts";
import type { Diagnostic, Estimate } from "../models/maximum-likelihood.ts";
import { nbd } from "../models/nbd.ts";
import { paretoNbd } from "../models/pareto-nbd.ts";
import type { PurchaseModel } from "../models/purchase-model.ts";
import { groupHistories, type PurchaseSummary } from "../models/purchase-summary.ts";
import {
  disqualifying,
  type FittedPart,
  type LifetimeModel,
  type Reason,
  settingAside,
} from "../schema/lifetime-model.ts";
import { pearson } from "../stats/ranking.ts";
import { estimateOf } from "./fit.ts";
import { expectations, probabilitiesAlive } from "./predict.ts";

/** Purchases of each customer before a cut-off, times in days; `value` is that of all of them, net of refunds. */
export type ValuedHistories = Pick<PurchaseSummary, "rows" | "frequency" | "recency" | "age"> & {
  readonly value: Float64Array; // (rows)
};

/**
 * Models in which customers leave, in the order of trial. Pareto/NBD first: its customers may leave at any time, where those of
 * BG/NBD cannot before they came back once, and it forecasts better on CDNOW.
 */
const leavingModels: readonly PurchaseModel[] = [paretoNbd, bgNbd];

/** The last resort, and what both come to where nobody leaves. */
const stayingModel = nbd;

/** Half of 5.99, the 95 % point of χ² with two degrees of freedom: leaving costs two more parameters than staying. */
const smallestGain = 3;

true satisfies (typeof disqualifying)[number] extends Diagnostic["code"] ? true : false;

/** With fewer customers of several purchases, the spread within customers cannot be told from that between them. */
const fewestRepeatBuyers = 50;

type SetAside = LifetimeModel["setAside"][number];

/**
 * Fits when customers buy and what a purchase is worth, and falls back by itself: to the next model where one runs off, does not
 * settle or is not identified, from Gamma–Gamma to the mean value of a purchase. Every model set aside is recorded.
 */
export function fitLifetimeModel(histories: ValuedHistories): LifetimeModel {
  const setAside: SetAside[] = [];
  const purchases = fitInOrder(histories, setAside);
  const value = fitGammaGamma(histories, setAside) ?? meanValue(histories);
  let customers = 0;
  let netted = 0;
  for (const net of histories.value) {
    if (net > 0) continue;
    customers++;
    netted += net;
  }
  return {
    customers: histories.rows,
    ...(purchases ? { purchases } : {}),
    value,
    setAside,
    nettedAway: { customers, value: netted },
  };
}

function fitInOrder(histories: ValuedHistories, setAside: SetAside[]): FittedPart | undefined {
  const grouped = groupHistories(histories);
  const staying: SetAside[] = [];
  // With r at its edge all customers buy at one rate, and that rate is the forecast, whether the search settled on the way or not.
  const lastResort = tried(stayingModel.name, staying, () => {
    const fit = fitPurchases(stayingModel, grouped);
    const reasons = fit.atBoundary.length > 0 ? [] : reasonsOf(fit, ["not_converged"]);
    return { fit, names: stayingModel.parameterNames, reasons };
  });
  for (const model of leavingModels) {
    const fitted = tried(model.name, setAside, () => {
      const fit = fitPurchases(model, grouped);
      const gain = fit.logLikelihood - (lastResort?.logLikelihood ?? Number.NEGATIVE_INFINITY);
      const notSeen: Reason[] = gain < smallestGain ? [{ code: "leaving_not_seen", details: { gain } }] : [];
      return { fit, names: model.parameterNames, reasons: [...notSeen, ...reasonsOf(fit, disqualifying)] };
    });
    if (fitted) return fitted;
  }
  setAside.push(...staying);
  return lastResort;
}

/** Over all purchases, the first one included: refunds rarely name the purchase they take back, so they net per customer. */
function fitGammaGamma({ frequency, value }: ValuedHistories, setAside: SetAside[]): FittedPart | undefined {
  const transactions = frequency.map((repeats) => repeats + 1);
  const mean = value.map((net, row) => net / transactions[row]);
  const repeaters = [...frequency.keys()].filter((row) => frequency[row] > 0 && value[row] > 0);
  const correlation = pearson(
    repeaters.map((row) => transactions[row]),
    repeaters.map((row) => mean[row]),
  );
  if (repeaters.length < fewestRepeatBuyers) {
    const details = { customers: repeaters.length, needed: fewestRepeatBuyers };
    setAside.push({ model: "gamma-gamma", reasons: [{ code: "few_repeat_buyers", details }] });
    return undefined;
  }
  return tried("gamma-gamma", setAside, () => {
    const options = Number.isNaN(correlation) ? {} : { correlation };
    const fit = fitSpending(groupSpending(transactions, mean), options);
    return { fit, names: gammaGammaParameters, reasons: reasonsOf(fit, disqualifying) };
  });
}

function meanValue({ frequency, value }: ValuedHistories): FittedPart {
  let purchases = 0;
  let total = 0;
  for (let row = 0; row < value.length; row++) {
    purchases += frequency[row] + 1;
    total += value[row];
  }
  return { model: "mean", parameters: { mean: purchases > 0 ? total / purchases : 0 }, diagnostics: [] };
}

/** What was fitted, unless something disqualifies it or it cannot be fitted at all: then that is recorded. */
function tried(
  name: string,
  setAside: SetAside[],
  fitting: () => { fit: Estimate; names: readonly string[]; reasons: readonly Reason[] },
): FittedPart | undefined {
  try {
    const { fit, names, reasons } = fitting();
    if (reasons.length === 0) {
      const { parameters, logLikelihood } = estimateOf(fit, names);
      return { model: name, parameters, logLikelihood, diagnostics: fit.diagnostics };
    }
    setAside.push({ model: name, reasons });
  } catch (error) {
    const code = settingAside.find((known) => error instanceof ModelError && error.code === known);
    if (!code) throw error;
    setAside.push({ model: name, reasons: [{ code, details: (error as ModelError).details as Reason["details"] }] });
  }
  return undefined;
}

function reasonsOf({ diagnostics }: Estimate, codes: readonly (typeof disqualifying)[number][]): Reason[] {
  return codes.flatMap((code) => diagnostics.filter((found): found is Reason & Diagnostic => found.code === code));
}

/**
 * E[discounted value] of each customer inside each horizon, major units: expected purchases, each discounted from its own day as
 * the labels are, × the expected value of one. NaN throughout where the model has no purchases. The same layout as a
 * network's means, so that whatever mixes forecasts can treat both alike.
 */
export function forecastLifetime(
  { purchases, value }: LifetimeModel,
  histories: ValuedHistories,
  { horizonsDays, annualDiscountRate }: { horizonsDays: readonly number[]; annualDiscountRate: number },
): Float64Array {
  const width = horizonsDays.length;
  const forecast = new Float64Array(histories.rows * width).fill(Number.NaN); // (rows, horizons)
  if (!purchases) return forecast;
  const model = [...leavingModels, stayingModel].find(({ name }) => name === purchases.model);
  if (!model) throw new Error(`no purchase model is called ${purchases.model}`);
  const fit = { model, parameters: Float64Array.from(model.parameterNames, (name) => purchases.parameters[name]) };
  const grouped = groupHistories(histories);
  const alive = probabilitiesAlive(fit, grouped);
  const worth = valueOfPurchase(value, histories);
  horizonsDays.forEach((time, column) => {
    const { discounted } = expectations(fit, grouped, alive, { time, unitDays: 1, annualDiscountRate }, true);
    for (let row = 0; row < histories.rows; row++) {
      forecast[row * width + column] = discounted[grouped.group[row]] * worth[row];
    }
  });
  return forecast;
}

/** A customer whose refunds took back more than was bought counts as one who paid nothing so far. */
function valueOfPurchase({ model, parameters }: FittedPart, { frequency, value }: ValuedHistories): Float64Array {
  if (model === "mean") return new Float64Array(value.length).fill(parameters.mean);
  const ordered = Float64Array.from(gammaGammaParameters, (name) => parameters[name]);
  return value.map((net, row) => {
    const transactions = frequency[row] + 1;
    return expectedSpending(ordered, transactions, Math.max(0, net) / transactions);
  });
}
