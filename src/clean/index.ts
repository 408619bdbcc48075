import { DataError } from "../base/errors.ts";
import { part } from "../base/progress.ts";
import { count } from "../engine/sql/functions.ts";
import { from } from "../engine/sql/query.ts";
import type { Artifact } from "../runs/artifact.ts";
import type { StageContext } from "../runs/context.ts";
import { adjustmentEffects } from "./adjustments.ts";
import { Bench, marks } from "./bench.ts";
import { prepareCaps } from "./caps.ts";
import { knownCustomers, prepareKnownCustomers } from "./known-customers.ts";
import type { CleanOptions, CleanValues } from "./options.ts";
import { reconcile } from "./reconcile.ts";
import { runRules } from "./run-rules.ts";
import { chooseValuation } from "./value.ts";
import { writeCleanTables } from "./write.ts";
import { writeFits, writeRules, writeSetAside } from "./write-set-aside.ts";

export type { CleanOptions, CleanValues } from "./options.ts";

/**
 * Splits the ingested rows into those we can trust and those set aside with a reason, converts money into the workspace
 * currency and values every order on the basis asked for. Writes the tables of `schema/clean-tables.ts` and `set_aside`.
 * Errors: unknown_merge; no_customers, no_orders (with counts and the main reasons); treatment_without_fx_rate.
 */
export async function clean(ingested: Artifact, options: CleanOptions, context: StageContext): Promise<CleanValues> {
  const bench = new Bench(context.engine, options, context.clock.now());
  try {
    await bench.load(ingested);
    const ruled = { ...context, progress: part(context.progress, 0.1, 0.7) };
    const { reports, ruleEffects, clv } = await runRules(bench, ruled, () => refuseNothing(bench));
    await refuseNothing(bench);
    const reconciliation = await reconcile(bench);
    const valuation = await chooseValuation(bench);
    const { caps, reports: cappedReports } = await prepareCaps(bench, valuation);
    const filled = await writeCleanTables(bench, valuation, caps, context.output);
    const adjustments = [...valuation.reports, ...filled, ...cappedReports];
    reports.push(...adjustments);
    ruleEffects.push(...(await adjustmentEffects(bench, valuation, caps, adjustments)));
    await writeRules(reports, context.output);
    await writeFits(bench, context.output);
    await writeSetAside(context.output);
    return {
      valueBasis: valuation.valueBasis,
      basisReason: valuation.basisReason,
      assumed: valuation.assumed,
      currency: options.currency,
      firstOrderAt: bench.sales.first,
      lastOrderAt: bench.sales.last,
      fitBefore: bench.fitBefore,
      ...(await extent(bench)),
      reconciliation,
      rules: reports,
      ruleEffects,
      clv,
    };
  } finally {
    await bench.clear();
  }
}

/** Nobody to address, or nothing ever sold: say what there was and why it went. */
async function refuseNothing(bench: Bench): Promise<void> {
  if (bench.rowsKept("orders") > 0) return;
  const m = marks("orders", "m");
  const { reason } = m.columns;
  const counted = from(m).groupBy(reason).select({ reason, rows: count() }).as("counted");
  const { texts, numbers } = await bench.engine.collect(
    from(counted)
      .select(counted.columns)
      .orderBy(counted.columns.rows.descending(), counted.columns.reason.ascending()),
  );
  const reasons = texts.reason.map((name, row) => `${name}: ${numbers.rows[row]}`);
  await prepareKnownCustomers(bench);
  const k = knownCustomers("k");
  const customers = (await bench.engine.collect(from(k).select({ rows: count() }))).numbers.rows[0];
  const isGuestsOnly = texts.reason.every((name) => name === "guest");
  throw new DataError(customers === 0 && isGuestsOnly ? "no_customers" : "no_orders", {
    customers,
    orders: numbers.rows.reduce((sum, rows) => sum + rows, 0),
    reasons: reasons.slice(0, 3),
  });
}

async function extent(bench: Bench): Promise<Pick<CleanValues, "customers" | "orders">> {
  const k = knownCustomers("k");
  const people = await bench.engine.collect(from(k).select({ rows: count() }));
  return { customers: people.numbers.rows[0], orders: bench.rowsKept("orders") };
}
