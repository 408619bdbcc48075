import type { DuckdbEngine } from "../../src/engine/duckdb/engine.ts";
import { Project } from "../../src/runs/project.ts";
import { ArtifactStore } from "../../src/runs/store.ts";
import { memberColumn } from "../../src/schema/blend.ts";
import { type BootstrapInterval, pairedBootstrap } from "../../src/stats/bootstrap.ts";
import { normalizedGini, spearman } from "../../src/stats/ranking.ts";

/**
 * Past spend as a score on the plain preparation: customer known, no cancellation, quantity and price above 0; spend to 2011-08-31
 * against sales to 2011-12-09. Published beside the data: 0.531 and 0.643 (3,317 customers, sales 3,032,564.79).
 */
export async function pastSpendOnPlainPreparation(file: string, engine: DuckdbEngine) {
  const rows = await engine.rows(
    `WITH sales AS (
       SELECT CustomerID, InvoiceDate::DATE AS day, Quantity::DOUBLE * UnitPrice::DOUBLE AS amount
       FROM read_csv('${file.replaceAll("'", "''")}', all_varchar = true, header = true)
       WHERE CustomerID <> '' AND NOT starts_with(InvoiceNo, 'C') AND Quantity::DOUBLE > 0 AND UnitPrice::DOUBLE > 0
     )
     SELECT sum(amount) FILTER (WHERE day <= DATE '2011-08-31') AS before,
       coalesce(sum(amount) FILTER (WHERE day > DATE '2011-08-31'), 0) AS after
     FROM sales GROUP BY CustomerID HAVING before IS NOT NULL ORDER BY CustomerID`,
  );
  const [before, after] = ["before", "after"].map((name) => rows.map((row) => Number(row[name])));
  return {
    customers: rows.length,
    sales: after.reduce((sum, value) => sum + value, 0),
    spearman: spearman(before, after),
    normalizedGini: normalizedGini(after, before),
  };
}

/** Blend − past spend in normalised Gini over `days` from a test origin of a project's last run, with its 95 % interval. */
export async function giniAgainstPastSpend(
  project: string,
  { origin, days }: { origin: string; days: number },
  engine: DuckdbEngine,
): Promise<BootstrapInterval> {
  const predicted = new ArtifactStore(new Project(project).artifacts).find("predict");
  if (!predicted) throw new Error("the run left no predictions");
  const names = [`actual_${days}d`, `mean_${days}d`, memberColumn("pastSpend", days)];
  const rows = await engine.rows(
    `SELECT ${names.join(", ")} FROM read_parquet('${predicted.path(`backtest_${origin}.parquet`)}') ORDER BY customer_id`,
  );
  const [actual, blend, spend] = names.map((name) => Float64Array.from(rows, (row) => Number(row[name])));
  return pairedBootstrap(
    rows.length,
    (sample) => {
      const pick = (values: Float64Array) => Float64Array.from(sample, (row) => values[row]);
      const truth = pick(actual);
      return normalizedGini(truth, pick(blend)) - normalizedGini(truth, pick(spend));
    },
    { seed: "bench-accuracy/gini", repetitions: 400 },
  );
}
