import { clusteredMean } from "../stats/intervals.ts";
import type { CrossFittedScores, OutcomeScores } from "./doubly-robust-effects-scores.ts";
import type { DecisionTable, OutcomeName } from "./doubly-robust-effects-table.ts";

export type RefusalReason =
  | "no_mature_outcomes"
  | "too_few_decisions"
  | "too_few_customers"
  | "comparison_refused"
  | "propensities_do_not_match";

/** Whether one outcome of one action could be estimated, and if not, why. */
export type EstimationStatus = { status: "estimated" } | { status: "refused"; reason: RefusalReason };

export interface ArmDiagnostics {
  action: string;
  rows: number;
  clusters: number;
  smallestPropensity: number;
  /** Mean of 1{taken}/propensity over eligible rows; 1 when the logged propensities are right. */
  meanWeight: number;
  meanWeightStandardError: number;
  /** (Σw)²/Σw² of the arm's weights: how many equally weighted rows it is worth. */
  effectiveRows: number;
}

const smallestArm = { rows: 200, clusters: 50 } as const;

export function armDiagnostics(table: DecisionTable, scores: OutcomeScores): ArmDiagnostics[] {
  const actions = table.actions.length;
  return table.actions.map((action, k) => {
    const taken = scores.rows.filter((row) => table.action[row] === k);
    const open = scores.rows.filter((row) => table.eligible[row * actions + k] === 1);
    const weights = Float64Array.from(taken, (row) => 1 / table.propensity[row]);
    const sum = weights.reduce((a, b) => a + b, 0);
    const squares = weights.reduce((a, b) => a + b * b, 0);
    const overlap = clusteredMean(
      Float64Array.from(open, (row) => (table.action[row] === k ? 1 / table.propensity[row] : 0)),
      Int32Array.from(open, (row) => table.cluster[row]),
    );
    return {
      action,
      rows: taken.length,
      clusters: new Set(Array.from(taken, (row) => table.cluster[row])).size,
      smallestPropensity: taken.reduce((least, row) => Math.min(least, table.propensity[row]), 1),
      meanWeight: overlap.mean,
      meanWeightStandardError: overlap.standardError,
      effectiveRows: squares > 0 ? (sum * sum) / squares : 0,
    };
  });
}

/** Status of every action for one outcome; "nothing" is listed too, since a refused comparison refuses all. */
export function estimationStatus(
  table: DecisionTable,
  scores: CrossFittedScores,
  outcome: OutcomeName,
): EstimationStatus[] {
  const outcomeScores = scores[outcome];
  if (!outcomeScores) return table.actions.map(() => ({ status: "refused", reason: "no_mature_outcomes" }));
  const own = armDiagnostics(table, outcomeScores).map(statusOf);
  const nothing = own[0];
  return own.map((status, k) =>
    k > 0 && nothing.status === "refused" ? { status: "refused", reason: "comparison_refused" } : status,
  );
}

function statusOf(arm: ArmDiagnostics): EstimationStatus {
  if (arm.rows < smallestArm.rows) return { status: "refused", reason: "too_few_decisions" };
  if (arm.clusters < smallestArm.clusters) return { status: "refused", reason: "too_few_customers" };
  // Far from 1 in fact and beyond chance: these are not the probabilities the actions were drawn with.
  const distance = Math.abs(arm.meanWeight - 1);
  if (distance > 0.2 && distance > 5 * arm.meanWeightStandardError) {
    return { status: "refused", reason: "propensities_do_not_match" };
  }
  return { status: "estimated" };
}
