import { DataError, InputError } from "../base/errors.ts";
import { part } from "../base/progress.ts";
import { count, epochMs, maximum, minimum } from "../engine/sql/functions.ts";
import { from } from "../engine/sql/query.ts";
import type { Artifact } from "../runs/artifact.ts";
import type { StageContext } from "../runs/context.ts";
import { Bench, marks } from "./bench.ts";
import { knownCustomers } from "./known-customers.ts";
import type { CleanOptions, CleanValues, RuleReport } from "./options.ts";
import { reconcile } from "./reconcile.ts";
import { type RuleName, ruleNames, rules } from "./rules.ts";
import { chooseValuation } from "./value.ts";
import { writeCleanTables } from "./write.ts";
import { writeRules, writeSetAside } from "./write-set-aside.ts";

export type { CleanOptions, CleanValues } from "./options.ts";

/**
 * Splits the ingested rows into those we can trust and those set aside with a reason, converts money into the workspace
 * currency and values every order on the basis asked for. Writes the tables of `schema/clean-tables.ts`,
 * `cleaning_rules` and `set_aside`.
 * Errors: unknown_rule; no_customers, no_orders (with counts and the main reasons); treatment_without_fx_rate.
 */
export async function clean(ingested: Artifact, options: CleanOptions, context: StageContext): Promise<CleanValues> {
  refuseUnknownRules(options);
  const bench = new Bench(context.engine, options, context.clock.now());
  try {
    await bench.load(ingested);
    const reports = await runRules(bench, { ...context, progress: part(context.progress, 0.1, 0.7) });
    await refuseNothing(bench);
    const reconciliation = await reconcile(bench);
    const valuation = await chooseValuation(bench);
    reports.push(...valuation.reports);
    await writeCleanTables(bench, valuation, context.output);
    await writeRules(reports, context.output);
    await writeSetAside(context.output);
    const { valueBasis, basisReason, assumed } = valuation;
    const { currency } = options;
    return { valueBasis, basisReason, assumed, currency, ...(await extent(bench)), reconciliation, rules: reports };
  } finally {
    await bench.clear();
  }
}

async function runRules(bench: Bench, { progress, signal }: StageContext): Promise<RuleReport[]> {
  const reports: RuleReport[] = [];
  for (const [index, rule] of rules.entries()) {
    signal.throwIfAborted();
    progress.report(index, rules.length);
    const isOn = "always" in rule || bench.options.rules?.[rule.name] !== false;
    if (!isOn) continue;
    const touched = await rule.run(bench);
    reports.push(...touched.map((part) => ({ rule: rule.name, effect: rule.effect, ...part })));
  }
  progress.report(rules.length, rules.length);
  return reports;
}

function refuseUnknownRules({ rules: switches = {} }: CleanOptions): void {
  for (const rule of Object.keys(switches)) {
    if (!ruleNames.includes(rule as RuleName)) throw new InputError("unknown_rule", { rule, known: ruleNames });
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
  const k = knownCustomers("k");
  const customers = (await bench.engine.collect(from(k).select({ rows: count() }))).numbers.rows[0];
  const isGuestsOnly = texts.reason.every((name) => name === "guest");
  throw new DataError(customers === 0 && isGuestsOnly ? "no_customers" : "no_orders", {
    customers,
    orders: numbers.rows.reduce((sum, rows) => sum + rows, 0),
    reasons: reasons.slice(0, 3),
  });
}

async function extent(
  bench: Bench,
): Promise<Pick<CleanValues, "firstOrderAt" | "lastOrderAt" | "customers" | "orders">> {
  const orders = bench.kept("orders", "o");
  const { ordered_at } = orders.columns;
  const span = await bench.engine.collect(
    from(orders).select({ first: minimum(epochMs(ordered_at)), last: maximum(epochMs(ordered_at)), rows: count() }),
  );
  const k = knownCustomers("k");
  const people = await bench.engine.collect(from(k).select({ rows: count() }));
  return {
    firstOrderAt: span.numbers.first[0],
    lastOrderAt: span.numbers.last[0],
    customers: people.numbers.rows[0],
    orders: span.numbers.rows[0],
  };
}
