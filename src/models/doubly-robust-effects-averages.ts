import { clusteredMean, type Interval, normalInterval } from "../stats/intervals.ts";
import { detectableStandardErrors } from "../stats/power.ts";
import type { CrossFittedScores, OutcomeScores } from "./doubly-robust-effects-scores.ts";
import type { DecisionTable } from "./doubly-robust-effects-table.ts";

export interface EffectEstimate {
  estimate: number;
  standardError: number;
  interval90: Interval;
  interval95: Interval;
  /** The true effect that would be found with 80 % power at the 5 % level. */
  minimumDetectableEffect: number;
  /** Rows eligible for the action, with the outcome observed. */
  rows: number;
  clusters: number;
}

export interface AverageEffect {
  action: string;
  /** Rows that actually got the action. */
  treatedRows: number;
  short: EffectEstimate | null;
  /** Null, as `total`, where no outcome is old enough or the comparison was refused. */
  long: EffectEstimate | null;
  total: EffectEstimate | null;
}

/** ψₖ − ψ₀ per row: NaN unless both actions were open to the row and the outcome is known. */
export function contrast(scores: OutcomeScores, action: number, actions: number): Float64Array {
  const difference = new Float64Array(scores.baseline.length);
  for (let i = 0; i < difference.length; i++) {
    difference[i] = scores.scores[i * actions + action] - scores.scores[i * actions];
  }
  return difference;
}

/**
 * Unshrunk average effect of each action against nothing, over the decisions open to both: the numbers for claims.
 * `short` is net of contact cost; `total` is over the decisions with both outcomes.
 */
export function averageEffects(
  table: DecisionTable,
  scores: CrossFittedScores,
  estimable: { short: readonly boolean[]; long: readonly boolean[] },
): AverageEffect[] {
  const actions = table.actions.length;
  const averages: AverageEffect[] = [];
  for (let k = 1; k < actions; k++) {
    const short = contrast(scores.short, k, actions);
    const long = scores.long ? contrast(scores.long, k, actions) : null;
    const withLong = estimable.long[k] ? long : null;
    averages.push({
      action: table.actions[k],
      treatedRows: scores.short.rows.reduce((count, row) => count + (table.action[row] === k ? 1 : 0), 0),
      short: estimable.short[k] ? estimateOf(short, table.cluster) : null,
      long: withLong && estimateOf(withLong, table.cluster),
      total:
        withLong &&
        estimateOf(
          withLong.map((value, i) => value + short[i]),
          table.cluster,
        ),
    });
  }
  return averages;
}

function estimateOf(values: Float64Array, cluster: Int32Array): EffectEstimate {
  const { mean, standardError, rows, clusters } = clusteredMean(values, cluster);
  return {
    estimate: mean,
    standardError,
    interval90: normalInterval(mean, standardError, 0.9),
    interval95: normalInterval(mean, standardError, 0.95),
    minimumDetectableEffect: detectableStandardErrors() * standardError,
    rows,
    clusters,
  };
}
