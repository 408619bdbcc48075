import type { Engine } from "../engine/engine.ts";
import { from, namedTable } from "../engine/sql/query.ts";
import { type Artifact, openTable } from "../runs/artifact.ts";
import type { PlanRow, PlanSummary } from "../schema/summary.ts";
import { estimateOf, judgeWeights } from "./off-policy.ts";

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

/**
 * The plan's rule (largest (1−β)·short + β·long less what it uses of every limit at the limit's price) applied to randomised decisions of customers whose own data
 * did not shape the effects: what the model promised there, and the doubly-robust estimate of what the rule brings
 * against nothing, per customer, clustered by customer (Dudík, Langford & Li 2011). Refuses, with the reason, where the
 * log did too little of what the rule would do; see `judgeWeights`.
 */
export async function heldOutValue(
  engine: Engine,
  trained: Artifact,
  { balance, rows: limits }: Pick<PlanSummary, "balance" | "rows">,
): Promise<PlanSummary["heldOutValue"]> {
  if (!trained.has("held_out_effects")) return undefined;
  const h = namedTable(await openTable(engine, trained, "held_out_effects", types), types, "h");
  const { rows, numbers: n } = await engine.collect(
    from(h).select(h.columns).orderBy(h.columns.decision, h.columns.action),
  );
  const estimates: number[] = [];
  const weights: number[] = [];
  const clusters: number[] = [];
  let promised = 0;
  for (let start = 0, end = 0; start < rows; start = end) {
    let chosen = start;
    for (end = start; end < rows && n.decision[end] === n.decision[start]; end++) {
      if (worth(end, start) > worth(chosen, start)) chosen = end;
    }
    const score = n.shortScore[chosen] + n.longScore[chosen] - n.shortScore[start] - n.longScore[start];
    if (Number.isNaN(score)) continue;
    estimates.push(score);
    weights.push(n.taken[start] === n.action[chosen] ? 1 / n.propensity[start] : 0);
    clusters.push(n.cluster[start]);
    promised += n.short[chosen] + n.long[chosen];
  }
  function worth(row: number, nothing: number): number {
    const uses: Record<PlanRow["row"], number> = {
      budget: n.cost[row],
      contacts: Number(row !== nothing),
      long: n.long[row],
      total: n.short[row] + n.long[row],
    };
    return limits.reduce(
      (sum, { row: name, sense, price }) => sum - (sense === "at_most" ? price : -price) * uses[name],
      (1 - balance) * n.short[row] + balance * n.long[row],
    );
  }
  const { diagnostics, refusal } = judgeWeights(Float64Array.from(weights), clusters);
  const { effectiveRows, meanWeight, overlapShare } = diagnostics;
  const judged = { effectiveSampleSize: effectiveRows, meanWeight, overlapShare };
  if (refusal) return { status: "refused", reason: refusal, ...judged };
  const { estimate, lower, upper } = estimateOf(Float64Array.from(estimates), clusters, 0.9);
  return {
    status: "ok",
    promised: promised / estimates.length,
    estimated: { estimate, low: lower, high: upper, level: 0.9 },
    ...judged,
  };
}
