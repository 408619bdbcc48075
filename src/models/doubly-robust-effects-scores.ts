import { solveRidge } from "../stats/linear-algebra.ts";
import {
  type BaseColumns,
  baseColumns,
  type FeatureTransform,
  fitFeatureTransform,
} from "./doubly-robust-effects-features.ts";
import { fitOutcomeModel, type OutcomeModel, predictOutcome, varianceAt } from "./doubly-robust-effects-outcome.ts";
import {
  type DecisionTable,
  foldsByCluster,
  type OutcomeName,
  outcomeColumn,
  type UsableRows,
  usableRows,
} from "./doubly-robust-effects-table.ts";

export interface ScoreOptions {
  seed: string;
  /** Cross-fitting folds, by customer. Default 5. */
  folds?: number;
}

/** Prior sd of an action's own line in the control variate, as a share of the level: it moves noise, not estimates. */
const lineRelativeSd = 0.1;

/** Everything here is predicted out of fold: by models that never saw the row's customer. */
export interface OutcomeScores {
  outcome: OutcomeName;
  /** Doubly-robust score: its mean over rows estimates the mean outcome had all of them got that action. */
  scores: Float64Array; // (rows, actions), NaN where not usable or not eligible
  /** Outcome predicted for the action: the direct method's model, and the control variate of the scores. */
  predicted: Float64Array; // (rows, actions), NaN as above
  /** Predicted level whatever the action. */
  baseline: Float64Array; // (rows)
  /** Predicted variance of the outcome. */
  variance: Float64Array; // (rows)
  /** Rows with a usable propensity and an observed outcome. */
  rows: Int32Array;
  /** Share of the outcome's variance that the out-of-fold prediction explains. */
  outOfFoldR2: number;
}

export interface CrossFittedScores {
  short: OutcomeScores;
  /** Null when no decision is old enough. */
  long: OutcomeScores | null;
  /** The long-term outcome at usual order values; null also where the table has none. */
  longAtUsualValue: OutcomeScores | null;
  usable: UsableRows;
  transform: FeatureTransform;
  base: BaseColumns;
}

/**
 * Out-of-fold doubly-robust scores ψₖ(i) = m̂ₖ(xᵢ) + 1{aᵢ = k}·(yᵢ − m̂ₖ(xᵢ))/eᵢ of every eligible action (Robins, Rotnitzky &
 * Zhao 1994; cross-fitting: Chernozhukov et al. 2018). The propensities are known, so whatever m̂ is, the scores are
 * unbiased; a better m̂ only makes them less noisy.
 */
export function crossFittedScores(table: DecisionTable, options: ScoreOptions): CrossFittedScores {
  const usable = usableRows(table);
  const transform = fitFeatureTransform(table.features, table.featureNames.length, usable.rows);
  const base = baseColumns(transform, table.features, table.rows);
  const fold = foldsByCluster(table.cluster, options.folds ?? 5, options.seed);
  const mature = usable.rows.filter((row) => Number.isFinite(table.long[row]));
  const score = (outcome: OutcomeName, rows: Int32Array) => scoreOutcome(table, outcome, rows, base, fold, options);
  const enough = mature.length >= 100;
  return {
    short: score("short", usable.rows),
    long: enough ? score("long", mature) : null,
    longAtUsualValue: enough && table.longAtUsualValue ? score("longAtUsualValue", mature) : null,
    usable,
    transform,
    base,
  };
}

function scoreOutcome(
  table: DecisionTable,
  outcome: OutcomeName,
  rows: Int32Array,
  base: BaseColumns,
  fold: Uint8Array,
  { folds = 5 }: ScoreOptions,
): OutcomeScores {
  const actions = table.actions.length;
  const target = outcomeColumn(table, outcome);
  const result: OutcomeScores = {
    outcome,
    scores: new Float64Array(table.rows * actions).fill(Number.NaN),
    predicted: new Float64Array(table.rows * actions).fill(Number.NaN),
    baseline: new Float64Array(table.rows).fill(Number.NaN),
    variance: new Float64Array(table.rows).fill(Number.NaN),
    rows,
    outOfFoldR2: Number.NaN,
  };
  for (let f = 0; f < folds; f++) {
    const training = rows.filter((row) => fold[row] !== f);
    const held = rows.filter((row) => fold[row] === f);
    if (held.length === 0 || training.length === 0) continue;
    const model = fitOutcomeModel(base, table.featureNames.length, target, training);
    const lines = fitActionLines(table, target, training, model, base);
    const level = predictOutcome(model, base, table.featureNames.length, held);
    for (let i = 0; i < held.length; i++) scoreRow(table, target, held[i], level[i], model, lines, result);
  }
  result.outOfFoldR2 = explainedShare(target, result, rows);
  return result;
}

function scoreRow(
  table: DecisionTable,
  target: Float64Array,
  row: number,
  level: number,
  model: OutcomeModel,
  lines: Float64Array,
  result: OutcomeScores,
): void {
  const actions = table.actions.length;
  result.baseline[row] = level;
  result.variance[row] = varianceAt(model.variance, level);
  for (let k = 0; k < actions; k++) {
    if (table.eligible[row * actions + k] === 0) continue;
    const predicted = level + lines[2 * k] + lines[2 * k + 1] * level;
    const taken = table.action[row] === k ? (target[row] - predicted) / table.propensity[row] : 0;
    result.predicted[row * actions + k] = predicted;
    result.scores[row * actions + k] = predicted + taken;
  }
}

/**
 * Each action's own line: outcome − level ≈ aₖ + cₖ·level on its training rows, shrunk with the sceptical prior sd
 * (of aₖ: that share of the mean level), so that an action with few rows keeps the pooled prediction.
 */
function fitActionLines(
  table: DecisionTable,
  target: Float64Array,
  training: Int32Array,
  model: OutcomeModel,
  base: BaseColumns,
): Float64Array {
  const level = predictOutcome(model, base, table.featureNames.length, training);
  const meanLevel = Math.max(level.reduce((sum, value) => sum + value, 0) / level.length, 1e-9);
  const lines = new Float64Array(2 * table.actions.length); // (actions, [intercept, slope])
  for (let k = 0; k < table.actions.length; k++) {
    const gram = new Float64Array(4);
    const moment = new Float64Array(2);
    for (let i = 0; i < training.length; i++) {
      if (table.action[training[i]] !== k) continue;
      const weight = 1 / varianceAt(model.variance, level[i]);
      const rest = target[training[i]] - level[i];
      gram[0] += weight;
      gram[2] += weight * level[i];
      gram[3] += weight * level[i] * level[i];
      moment[0] += weight * rest;
      moment[1] += weight * rest * level[i];
    }
    const slopePrecision = 1 / lineRelativeSd ** 2;
    lines.set(solveRidge({ gram, moment }, [slopePrecision / meanLevel ** 2, slopePrecision]), 2 * k);
  }
  return lines;
}

function explainedShare(target: Float64Array, scores: OutcomeScores, rows: Int32Array): number {
  let sum = 0;
  for (const row of rows) sum += target[row];
  const mean = sum / rows.length;
  let total = 0;
  let left = 0;
  for (const row of rows) {
    total += (target[row] - mean) ** 2;
    left += (target[row] - scores.baseline[row]) ** 2;
  }
  return total > 0 ? 1 - left / total : Number.NaN;
}
