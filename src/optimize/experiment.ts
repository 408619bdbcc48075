import type { Engine } from "../engine/engine.ts";
import { countOf, maximum, mean, standardDeviation } from "../engine/sql/functions.ts";
import { from, namedTable } from "../engine/sql/query.ts";
import { type Artifact, openTable } from "../runs/artifact.ts";
import type { ColumnType } from "../schema/columns.ts";
import type { RunSummary } from "../schema/summary.ts";
import { minimumDetectableEffect, sampleSizePerArm } from "../stats/power.ts";

/** An effect of this share of the average customer's value is worth finding. */
const relevantShare = 0.1;

/**
 * The randomised experiment that would supply the missing effects: half of the people get the offer, half nothing, over
 * the short horizon. As many as are needed to find a change of 10 % of the average value, or everybody there is.
 */
export async function proposeExperiment(
  engine: Engine,
  featured: Artifact,
  { shortHorizonDays, customers }: { shortHorizonDays: number; customers: number },
): Promise<NonNullable<RunSummary["experiment"]>> {
  const outcome = `value_${shortHorizonDays}d`;
  const types: Record<string, ColumnType> = { as_of: "timestamp", [outcome]: "double" };
  const p = namedTable(await openTable(engine, featured, "panel"), types, "p");
  const observed = from(p).where(p.columns[outcome].isNotNull());
  const latest = observed.select({ as_of: maximum(p.columns.as_of) }).as("latest");
  const { numbers } = await engine.collect(
    observed.join(latest, p.columns.as_of.equals(latest.columns.as_of)).select({
      customers: countOf(p.columns[outcome]),
      mean: mean(p.columns[outcome]),
      deviation: standardDeviation(p.columns[outcome]),
    }),
  );
  const baselineMean = numbers.mean[0];
  const deviation = numbers.deviation[0];
  const needed = sampleSizePerArm({ effect: relevantShare * Math.abs(baselineMean), standardDeviation: deviation });
  const perArm = Math.min(needed, Math.floor(customers / 2));
  return {
    customers: 2 * perArm,
    customersPerArm: perArm,
    arms: ["nothing", "offer"],
    days: shortHorizonDays,
    minimumDetectableEffect: minimumDetectableEffect({
      control: perArm,
      treatment: perArm,
      standardDeviation: deviation,
    }),
    baselineMean,
  };
}
