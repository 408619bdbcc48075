import { InputError, ModelError } from "../base/errors.ts";
import { type AverageEffect, averageEffects, contrast } from "./doubly-robust-effects-averages.ts";
import { fitRedemption, type RedemptionShare, redemption } from "./doubly-robust-effects-cost.ts";
import {
  type BaseColumns,
  baseColumns,
  type FeatureTransform,
  modifierColumns,
} from "./doubly-robust-effects-features.ts";
import { fitOutcomeModel, type OutcomeModel, predictOutcome } from "./doubly-robust-effects-outcome.ts";
import {
  type CrossFittedScores,
  crossFittedScores,
  type OutcomeScores,
  type ScoreOptions,
} from "./doubly-robust-effects-scores.ts";
import { basisSize, type ShrunkEffects, shrinkEffects, writeBasis } from "./doubly-robust-effects-shrinkage.ts";
import {
  type ArmDiagnostics,
  armDiagnostics,
  type EstimationStatus,
  estimationStatus,
} from "./doubly-robust-effects-status.ts";
import { type DecisionTable, outcomeColumn, type UsableRows } from "./doubly-robust-effects-table.ts";

export type { AverageEffect } from "./doubly-robust-effects-averages.ts";
export { type CrossFittedScores, crossFittedScores } from "./doubly-robust-effects-scores.ts";
export type { ArmDiagnostics, EstimationStatus } from "./doubly-robust-effects-status.ts";
export type { DecisionTable } from "./doubly-robust-effects-table.ts";
export { atUsualValue } from "./doubly-robust-effects-usual-value.ts";

export interface EffectOptions extends ScoreOptions {
  /** Names of the features by which effects may differ between people (tenure, discount share, …); a few. */
  modifiers?: readonly string[];
  /** Bound on the prior sd of an action's short-term effect, as a share of the predicted value. Default 0.10. */
  priorRelativeSd?: number;
  /** The same for the long-term effect, as a share of the (larger) predicted long value. Default 0.10. */
  priorRelativeSdLong?: number;
}

interface OutcomeEffects {
  level: OutcomeModel;
  effects: ShrunkEffects;
}

/** Plain data: survives JSON.stringify and back with the same predictions. */
export interface EffectModel {
  kind: "doubly-robust-effects";
  actions: string[];
  featureNames: string[];
  modifiers: string[];
  priorRelativeSd: number;
  priorRelativeSdLong: number;
  status: { action: string; short: EstimationStatus; long: EstimationStatus }[];
  transform: FeatureTransform;
  contactCost: number[]; // (actions)
  redemptionShare: RedemptionShare[]; // (actions)
  short: OutcomeEffects;
  /** Null when no decision is old enough for a long outcome. */
  long: OutcomeEffects | null;
}

export interface EffectDiagnostics {
  rows: number;
  excluded: UsableRows["excluded"];
  customers: number;
  short: { rows: number; outOfFoldR2: number; priorSd: ShrunkEffects["priorSd"]; arms: ArmDiagnostics[] };
  long: { rows: number; outOfFoldR2: number; priorSd: ShrunkEffects["priorSd"]; arms: ArmDiagnostics[] } | null;
}

export interface FittedEffects {
  model: EffectModel;
  averages: AverageEffect[];
  diagnostics: EffectDiagnostics;
  scores: CrossFittedScores;
}

/**
 * Effects of several actions on short- and long-term value, from randomised decisions with logged propensities.
 * `averages` are unshrunk and for claims; `model` is shrunk and for the optimiser, its long-term effects from orders at usual
 * values where the table has them. docs/methods/effects.md says why. The prior is a sceptic's: an offer changes
 * nothing and costs what it costs, so short = −(redeemed discount + contact cost) and long = 0 until the data say otherwise.
 * Throws ModelError "no_usable_decisions", "no_comparison" when too few decisions were "nothing"; InputError "unknown_modifier",
 * "decision_table_shape", "propensity_out_of_range". Single actions are refused in `model.status`, with a reason.
 */
export function fitEffects(table: DecisionTable, options: EffectOptions): FittedEffects {
  const { priorRelativeSd = 0.1, priorRelativeSdLong = 0.1 } = options;
  const scores = crossFittedScores(table, options);
  const status = { short: estimationStatus(table, scores, "short"), long: estimationStatus(table, scores, "long") };
  const nothing = status.short[0];
  if (nothing.status === "refused") {
    const rows = scores.short.rows.reduce((count, row) => count + (table.action[row] === 0 ? 1 : 0), 0);
    throw new ModelError("no_comparison", { action: table.actions[0], rows, reason: nothing.reason });
  }
  const modifiers = chooseModifiers(table, options.modifiers ?? [], scores);
  const columns = modifierColumns(scores.base, table.rows, modifiers);
  const redemptionShare = fitRedemption(table, scores.short, columns, modifiers.length);
  const shared = { table, base: scores.base, columns, modifiers, redemptionShare };
  const short = fitOutcomeEffects({ ...shared, scores: scores.short, status: status.short, priorRelativeSd });
  const later = scores.longAtUsualValue ?? scores.long;
  const long =
    later && fitOutcomeEffects({ ...shared, scores: later, status: status.long, priorRelativeSd: priorRelativeSdLong });
  const estimated = (list: EstimationStatus[]) => list.map((entry) => entry.status === "estimated");
  return {
    model: {
      kind: "doubly-robust-effects",
      actions: [...table.actions],
      featureNames: [...table.featureNames],
      modifiers: modifiers.map((m) => table.featureNames[m]),
      priorRelativeSd,
      priorRelativeSdLong,
      status: table.actions.map((action, k) => ({ action, short: status.short[k], long: status.long[k] })),
      transform: scores.transform,
      contactCost: [...table.contactCost],
      redemptionShare,
      short,
      long,
    },
    averages: averageEffects(table, scores, { short: estimated(status.short), long: estimated(status.long) }),
    diagnostics: {
      rows: scores.usable.rows.length,
      excluded: scores.usable.excluded,
      customers: short.effects.clusters,
      short: describe(table, scores.short, short),
      long: scores.long && long && describe(table, scores.long, long),
    },
    scores,
  };
}

function describe(table: DecisionTable, scores: CrossFittedScores["short"], fitted: OutcomeEffects) {
  return {
    rows: scores.rows.length,
    outOfFoldR2: scores.outOfFoldR2,
    priorSd: fitted.effects.priorSd,
    arms: armDiagnostics(table, scores),
  };
}

/** Indices of the named features; none where there are too few customers for that many coefficients. */
function chooseModifiers(table: DecisionTable, names: readonly string[], scores: CrossFittedScores): number[] {
  const indices = names.map((name) => {
    const index = table.featureNames.indexOf(name);
    if (index < 0) throw new InputError("unknown_modifier", { modifier: name, features: table.featureNames });
    return index;
  });
  const rows = scores.long?.rows ?? scores.short.rows;
  const customers = new Set(Array.from(rows, (row) => table.cluster[row])).size;
  const coefficients = (table.actions.length - 1) * basisSize(indices.length);
  return customers >= 10 * coefficients ? indices : [];
}

function fitOutcomeEffects(input: {
  table: DecisionTable;
  base: BaseColumns;
  scores: OutcomeScores;
  status: EstimationStatus[];
  columns: Float64Array;
  modifiers: number[];
  redemptionShare: RedemptionShare[];
  priorRelativeSd: number;
}): OutcomeEffects {
  const { table, scores, columns } = input;
  const actions = table.actions.length;
  const contrasts = [];
  for (let k = 1; k < actions; k++) {
    if (input.status[k].status === "refused") continue;
    const values = contrast(scores, k, actions);
    if (scores.outcome === "short") {
      const share = input.redemptionShare[k];
      for (const row of scores.rows) {
        values[row] +=
          table.contactCost[k] - table.contactCost[0] + redemption(share, scores.baseline[row], columns, row);
      }
    }
    contrasts.push({ action: k, values });
  }
  const effects = shrinkEffects({
    contrasts,
    level: scores.baseline,
    variance: scores.variance,
    modifiers: columns,
    modifierCount: input.modifiers.length,
    cluster: table.cluster,
    rows: scores.rows,
    actions,
    priorRelativeSd: input.priorRelativeSd,
    // A coupon moves this quarter by ten times what a message does, and that is measurable; long-term effects are not, alone.
    priorScale: scores.outcome === "short" ? "own" : "shared",
  });
  const target = outcomeColumn(table, scores.outcome);
  const level = fitOutcomeModel(input.base, table.featureNames.length, target, scores.rows);
  return { level, effects };
}

export interface PredictedEffects {
  /** Incremental to nothing, shrunk, net of contact cost and redeemed discount; column 0 is 0. */
  short: Float64Array; // (rows, actions)
  long: Float64Array; // (rows, actions)
  /** Expected redeemed discount + contact cost: counts against budgets only. */
  cost: Float64Array; // (rows, actions)
  /** Posterior sds of the effects. */
  shortSd: Float64Array; // (rows, actions)
  /** NaN when there is no long model at all: unknown, not certain. */
  longSd: Float64Array; // (rows, actions)
}

/**
 * Shrunk effects of every action for new rows; `features` is (rows, features) in the order of `model.featureNames`.
 * A refused outcome returns the prior: −cost in the short term, 0 in the long one; look at `model.status` before using it.
 */
export function predictEffects(model: EffectModel, features: Float32Array, rows: number): PredictedEffects {
  const width = model.featureNames.length;
  if (features.length !== rows * width) {
    throw new InputError("decision_table_shape", {
      column: "features",
      found: features.length,
      expected: rows * width,
    });
  }
  const actions = model.actions.length;
  const base = baseColumns(model.transform, features, rows);
  const modifiers = model.modifiers.map((name) => model.featureNames.indexOf(name));
  const columns = modifierColumns(base, rows, modifiers);
  const all = Int32Array.from({ length: rows }, (_, i) => i);
  const short = predictOne(model.short, base, width, columns, all, actions);
  const long = model.long
    ? predictOne(model.long, base, width, columns, all, actions)
    : { mean: new Float64Array(rows * actions), sd: unknownSd(rows, actions) };
  const level = predictOutcome(model.short.level, base, width, all);
  const cost = new Float64Array(rows * actions);
  for (let i = 0; i < rows; i++) {
    for (let k = 1; k < actions; k++) {
      cost[i * actions + k] =
        model.contactCost[k] - model.contactCost[0] + redemption(model.redemptionShare[k], level[i], columns, i);
      short.mean[i * actions + k] -= cost[i * actions + k];
    }
  }
  return { short: short.mean, long: long.mean, cost, shortSd: short.sd, longSd: long.sd };
}

function unknownSd(rows: number, actions: number): Float64Array {
  return Float64Array.from({ length: rows * actions }, (_, at) => (at % actions === 0 ? 0 : Number.NaN));
}

function predictOne(
  { level: levelModel, effects }: OutcomeEffects,
  base: BaseColumns,
  features: number,
  modifiers: Float64Array,
  rows: Int32Array,
  actions: number,
): { mean: Float64Array; sd: Float64Array } {
  const level = predictOutcome(levelModel, base, features, rows);
  const size = effects.coefficients[0].length;
  const x = new Float64Array(size);
  const mean = new Float64Array(rows.length * actions);
  const sd = new Float64Array(rows.length * actions);
  for (let i = 0; i < rows.length; i++) {
    writeBasis(x, effects.meanLevel, level[i], modifiers, i);
    for (let k = 1; k < actions; k++) {
      let sum = 0;
      let variance = 0;
      for (let a = 0; a < size; a++) {
        sum += x[a] * effects.coefficients[k][a];
        for (let b = 0; b < size; b++) variance += x[a] * x[b] * effects.covariance[k][a * size + b];
      }
      mean[i * actions + k] = sum;
      sd[i * actions + k] = Math.sqrt(Math.max(0, variance));
    }
  }
  return { mean, sd };
}
