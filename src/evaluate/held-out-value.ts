import type { Engine } from "../engine/engine.ts";
import { from, namedTable } from "../engine/sql/query.ts";
import { type Artifact, openTable } from "../runs/artifact.ts";
import type { PlanSummary } from "../schema/summary.ts";
import { clusteredMean, normalInterval } from "../stats/intervals.ts";

const types = {
  decision: "integer",
  cluster: "integer",
  action: "integer",
  taken: "integer",
  propensity: "double",
  short: "double",
  long: "double",
  cost: "double",
  shortScore: "double",
  longScore: "double",
} as const;

/** Fewer effective decisions than this, and the value of the rule cannot be judged from the log. */
const smallestEffectiveSample = 100;

/**
 * The plan's rule (largest (1−β)·short + β·long − price·cost) applied to randomised decisions of customers whose own data
 * did not shape the effects: what the model promised there, and the doubly-robust estimate of what the rule brings
 * against nothing, per customer, clustered by customer (Dudík, Langford & Li 2011).
 */
export async function heldOutValue(
  engine: Engine,
  trained: Artifact,
  rule: { balance: number; price: number },
): Promise<PlanSummary["heldOutValue"]> {
  if (!trained.has("held_out_effects")) return undefined;
  const h = namedTable(await openTable(engine, trained, "held_out_effects", types), types, "h");
  const { rows, numbers: n } = await engine.collect(
    from(h).select(h.columns).orderBy(h.columns.decision, h.columns.action),
  );
  const estimates: number[] = [];
  const clusters: number[] = [];
  let promised = 0;
  let weightSum = 0;
  let weightSquares = 0;
  for (let start = 0, end = 0; start < rows; start = end) {
    let chosen = start;
    for (end = start; end < rows && n.decision[end] === n.decision[start]; end++) {
      if (worth(end) > worth(chosen)) chosen = end;
    }
    const score = n.shortScore[chosen] + n.longScore[chosen] - n.shortScore[start] - n.longScore[start];
    if (Number.isNaN(score)) continue;
    estimates.push(score);
    clusters.push(n.cluster[start]);
    promised += n.short[chosen] + n.long[chosen];
    if (n.taken[start] === n.action[chosen]) {
      weightSum += 1 / n.propensity[start];
      weightSquares += 1 / n.propensity[start] ** 2;
    }
  }
  function worth(row: number): number {
    return (1 - rule.balance) * n.short[row] + rule.balance * n.long[row] - rule.price * n.cost[row];
  }
  const { mean, standardError } = clusteredMean(estimates, clusters);
  const interval = normalInterval(mean, standardError, 0.9);
  const effectiveSampleSize = weightSquares > 0 ? weightSum ** 2 / weightSquares : 0;
  const enough = effectiveSampleSize >= smallestEffectiveSample;
  return {
    promised: promised / estimates.length,
    estimated: { estimate: mean, low: interval.lower, high: interval.upper, level: 0.9 },
    effectiveSampleSize,
    status: enough ? "ok" : "refused",
    ...(enough ? {} : { reason: "effective_sample_too_small" }),
  };
}
