import type { Engine } from "../engine/engine.ts";
import { from, namedTable } from "../engine/sql/query.ts";
import { type Artifact, openTable } from "../runs/artifact.ts";
import type { RunSummary } from "../schema/summary.ts";

/** How predicted value is spread over customers: shares by tenth, richest first, and a histogram up to the 99th percentile. */
export async function valueDistribution(
  engine: Engine,
  predicted: Artifact,
  horizonDays: number,
): Promise<RunSummary["distribution"]> {
  const types = { customer_id: "text", [`mean_${horizonDays}d`]: "double" } as const;
  const p = namedTable(await openTable(engine, predicted, "predictions"), types, "p");
  const { numbers, rows } = await engine.collect(from(p).select(p.columns));
  const values = numbers[`mean_${horizonDays}d`].sort().reverse();
  const total = values.reduce((sum, value) => sum + value, 0);
  const deciles = Array.from({ length: 10 }, (_, index) => {
    const part = values.subarray(Math.floor((index * rows) / 10), Math.floor(((index + 1) * rows) / 10));
    const sum = part.reduce((partial, value) => partial + value, 0);
    return { decile: index + 1, mean: part.length > 0 ? sum / part.length : 0, share: total > 0 ? sum / total : 0 };
  });
  const top = values[Math.floor(rows / 100)] || 1;
  const bins = 20;
  const histogram = Array.from({ length: bins }, (_, bin) => ({
    from: (bin * top) / bins,
    to: ((bin + 1) * top) / bins,
    customers: 0,
  }));
  for (const value of values) histogram[Math.min(bins - 1, Math.max(0, Math.floor((value / top) * bins)))].customers++;
  return { horizonDays, deciles, histogram };
}
