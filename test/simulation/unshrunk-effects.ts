import type { DecisionTable, FittedEffects, PredictedEffects } from "../../src/models/doubly-robust-effects.ts";
import { contrast } from "../../src/models/doubly-robust-effects-averages.ts";
import { redemption } from "../../src/models/doubly-robust-effects-cost.ts";
import { baseColumns, modifierColumns } from "../../src/models/doubly-robust-effects-features.ts";
import { predictOutcome } from "../../src/models/doubly-robust-effects-outcome.ts";
import { basisSize, writeBasis } from "../../src/models/doubly-robust-effects-shrinkage.ts";
import { solveRidge } from "../../src/stats/linear-algebra.ts";

/**
 * What the effect learner would predict for today's customers without its last step: the same scores regressed on the same
 * basis by least squares (DR-learner), nothing shrunk.
 */
export function unshrunkEffects(
  { model, scores }: FittedEffects,
  log: DecisionTable,
  today: DecisionTable,
  { cost }: PredictedEffects,
): { short: Float64Array; long: Float64Array } {
  const actions = log.actions.length;
  const modifiers = model.modifiers.map((name) => log.featureNames.indexOf(name));
  const logged = modifierColumns(scores.base, log.rows, modifiers);
  const base = baseColumns(model.transform, today.features, today.rows);
  const current = modifierColumns(base, today.rows, modifiers);
  const everybody = Int32Array.from({ length: today.rows }, (_, row) => row);
  const effects = (outcome: "short" | "long") => {
    const { level: levelModel, effects: shrunk } = outcome === "short" ? model.short : present(model.long);
    const own = outcome === "short" ? scores.short : present(scores.longAtUsualValue);
    const level = predictOutcome(levelModel, base, today.featureNames.length, everybody);
    const x = new Float64Array(basisSize(modifiers.length));
    const effect = new Float64Array(today.rows * actions); // (customers, actions)
    for (let action = 1; action < actions; action++) {
      const values = contrast(own, action, actions);
      const returned = (row: number) =>
        log.contactCost[action] + redemption(model.redemptionShare[action], own.baseline[row], logged, row);
      if (outcome === "short") for (const row of own.rows) values[row] += returned(row);
      const basis = (row: number) => writeBasis(x, shrunk.meanLevel, own.baseline[row], logged, row);
      const coefficients = leastSquares(own.rows, { x, basis, values, variance: own.variance });
      for (let row = 0; row < today.rows; row++) {
        writeBasis(x, shrunk.meanLevel, level[row], current, row);
        const at = row * actions + action;
        effect[at] = coefficients.reduce((sum, coefficient, column) => sum + coefficient * x[column], 0);
        if (outcome === "short") effect[at] -= cost[at];
      }
    }
    return effect;
  };
  return { short: effects("short"), long: effects("long") };
}

function present<T>(value: T | null): T {
  if (value === null) throw new Error("these shops have long-term outcomes");
  return value;
}

function leastSquares(
  rows: Int32Array,
  given: { x: Float64Array; basis: (row: number) => void; values: Float64Array; variance: Float64Array },
): Float64Array {
  const { x, basis, values, variance } = given;
  const size = x.length;
  const gram = new Float64Array(size * size);
  const moment = new Float64Array(size);
  for (const row of rows) {
    if (Number.isNaN(values[row])) continue;
    basis(row);
    for (let i = 0; i < size; i++) {
      moment[i] += (x[i] * values[row]) / variance[row];
      for (let j = 0; j <= i; j++) gram[i * size + j] += (x[i] * x[j]) / variance[row];
    }
  }
  return solveRidge({ gram, moment }, new Float64Array(size));
}
