import { assignmentUniform } from "../base/random.ts";
import type { NewColumn } from "../engine/engine.ts";
import {
  type CrossFittedScores,
  type DecisionTable,
  type EffectOptions,
  fitEffects,
  predictEffects,
} from "../models/doubly-robust-effects.ts";
import { selectRows } from "../panel/panel.ts";

/**
 * What a model that never saw the customer would have promised for each randomised decision, beside the doubly-robust
 * score of what happened: customers are split in two halves, and each half is predicted by the model of the other.
 * One row per (decision, eligible action).
 */
export function heldOutEffects(table: DecisionTable, scores: CrossFittedScores, options: EffectOptions): NewColumn[] {
  const actions = table.actions.length;
  const half = Uint8Array.from(table.cluster, (customer) =>
    Number(assignmentUniform(options.seed, "effect-halves", String(customer)) < 0.5),
  );
  const columns = {
    decision: [] as number[],
    cluster: [] as number[],
    action: [] as number[],
    taken: [] as number[],
    propensity: [] as number[],
    short: [] as number[],
    long: [] as number[],
    cost: [] as number[],
    shortScore: [] as number[],
    longScore: [] as number[],
  };
  for (const side of [0, 1]) {
    const others = rowsWhere(half, 1 - side);
    const { model } = fitEffects(subset(table, others), options);
    const own = rowsWhere(half, side).filter((row) => table.propensity[row] > 0);
    const predicted = predictEffects(model, selectRows(table.features, table.featureNames.length, own), own.length);
    own.forEach((row, index) => {
      for (let action = 0; action < actions; action++) {
        if (table.eligible[row * actions + action] === 0) continue;
        const at = index * actions + action;
        columns.decision.push(row);
        columns.cluster.push(table.cluster[row]);
        columns.action.push(action);
        columns.taken.push(table.action[row]);
        columns.propensity.push(table.propensity[row]);
        columns.short.push(predicted.short[at]);
        columns.long.push(predicted.long[at]);
        columns.cost.push(predicted.cost[at]);
        columns.shortScore.push(scores.short.scores[row * actions + action]);
        columns.longScore.push(scores.long ? scores.long.scores[row * actions + action] : Number.NaN);
      }
    });
  }
  const integers = new Set(["decision", "cluster", "action", "taken"]);
  return Object.entries(columns).map(([name, values]) => ({
    name,
    type: integers.has(name) ? ("integer" as const) : ("double" as const),
    values,
  }));
}

function rowsWhere(half: Uint8Array, side: number): number[] {
  const rows: number[] = [];
  half.forEach((value, row) => {
    if (value === side) rows.push(row);
  });
  return rows;
}

function subset(table: DecisionTable, rows: readonly number[]): DecisionTable {
  const pick = (column: Float64Array) => Float64Array.from(rows, (row) => column[row]);
  return {
    ...table,
    rows: rows.length,
    cluster: Int32Array.from(rows, (row) => table.cluster[row]),
    action: Uint8Array.from(rows, (row) => table.action[row]),
    propensity: pick(table.propensity),
    eligible: Uint8Array.from(
      rows.flatMap((row) => [...table.eligible.subarray(row * table.actions.length, (row + 1) * table.actions.length)]),
    ),
    features: selectRows(table.features, table.featureNames.length, rows),
    short: pick(table.short),
    long: pick(table.long),
    longAtUsualValue: table.longAtUsualValue && pick(table.longAtUsualValue),
    redeemed: pick(table.redeemed),
  };
}
