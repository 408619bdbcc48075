import type { Engine } from "../engine/engine.ts";
import { from, namedTable } from "../engine/sql/query.ts";
import { type Artifact, openTable } from "../runs/artifact.ts";
import type { PlanRules, SummedColumn } from "../schema/limit.ts";
import type { PlanSummary } from "../schema/summary.ts";
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
 * The plan's rule (largest (1−β)·short + β·long less what it uses of every limit at the limit's price, of the actions that no
 * rule takes from everybody) applied to randomised decisions of customers whose own data did not shape the effects: what the
 * model promised there, and the doubly-robust estimate of what the rule brings against nothing, per customer, clustered by
 * customer (Dudík, Langford & Li 2011). Refuses, with the reason, where the log did too little of what the rule would do
 * (see `judgeWeights`), or where the rule depends on segments, of which the log says nothing.
 */
export async function heldOutValue(
  engine: Engine,
  trained: Artifact,
  { balance, rows: stated }: Pick<PlanSummary, "balance" | "rows">,
  { limits, forbidden, forSegments }: PlanRules,
): Promise<PlanSummary["heldOutValue"]> {
  if (!trained.has("held_out_effects")) return undefined;
  const h = namedTable(await openTable(engine, trained, "held_out_effects", types), types, "h");
  const { rows, numbers: n } = await engine.collect(
    from(h).select(h.columns).orderBy(h.columns.decision, h.columns.action),
  );
  const priced = limits.flatMap(({ name, ...limit }) => {
    const row = stated.find(({ row, price }) => row === name && price > 0);
    return row ? [{ ...limit, price: row.sense === "at_most" ? row.price : -row.price }] : [];
  });
  const estimates: number[] = [];
  const weights: number[] = [];
  const clusters: number[] = [];
  let promised = 0;
  for (let start = 0, end = 0; start < rows; start = end) {
    let chosen = start;
    for (end = start; end < rows && n.decision[end] === n.decision[start]; end++) {
      if (!forbidden[n.action[end]] && worth(end) > worth(chosen)) chosen = end;
    }
    const score = n.shortScore[chosen] + n.longScore[chosen] - n.shortScore[start] - n.longScore[start];
    if (Number.isNaN(score)) continue;
    estimates.push(score);
    weights.push(n.taken[start] === n.action[chosen] ? 1 / n.propensity[start] : 0);
    clusters.push(n.cluster[start]);
    promised += n.short[chosen] + n.long[chosen];
  }
  function worth(row: number): number {
    const amounts: Record<SummedColumn, number> = {
      cost: n.cost[row],
      short: n.short[row],
      long: n.long[row],
      total: n.short[row] + n.long[row],
      contacts: Number(n.action[row] > 0),
    };
    return priced.reduce(
      (value, { price, terms }) =>
        terms.reduce(
          (left, { factor, column, actions }) => left - (actions[n.action[row]] ? price * factor * amounts[column] : 0),
          value,
        ),
      (1 - balance) * n.short[row] + balance * n.long[row],
    );
  }
  const { diagnostics, refusal } = judgeWeights(Float64Array.from(weights), clusters);
  const { effectiveRows, meanWeight, overlapShare } = diagnostics;
  const judged = { effectiveSampleSize: effectiveRows, meanWeight, overlapShare };
  const dependsOnSegments = forSegments || priced.some(({ ofSegments }) => ofSegments);
  const reason = dependsOnSegments ? "depends_on_segments" : refusal;
  if (reason) return { status: "refused", reason, ...judged };
  const { estimate, lower, upper } = estimateOf(Float64Array.from(estimates), clusters, 0.9);
  return {
    status: "ok",
    promised: promised / estimates.length,
    estimated: { estimate, low: lower, high: upper, level: 0.9 },
    ...judged,
  };
}
