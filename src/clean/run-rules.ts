import { toMajor } from "../base/money.ts";
import { epochMs, maximum, minimum } from "../engine/sql/functions.ts";
import { from } from "../engine/sql/query.ts";
import { fitBefore } from "../panel/origins.ts";
import type { RuleName } from "../runs/clean-config.ts";
import type { StageContext } from "../runs/context.ts";
import type { Bench } from "./bench.ts";
import { ownRateClv } from "./clv-effect.ts";
import { requireKnownMerges } from "./identity.ts";
import type { ClvTotals, RuleEffect, RuleReport, Touched } from "./options.ts";
import type { Rule } from "./rule.ts";
import { plainRules, shopRules } from "./rules.ts";

export interface RulesRun {
  readonly reports: RuleReport[];
  readonly ruleEffects: RuleEffect[];
  readonly clv: ClvTotals;
}

/**
 * Runs every rule that is on, and after each that touched anything measures total CLV anew. `refuseNothing` is asked as
 * soon as it is known which orders were sales.
 */
export async function runRules(
  bench: Bench,
  { progress, signal }: StageContext,
  refuseNothing: () => Promise<void>,
): Promise<RulesRun> {
  const reports: RuleReport[] = [];
  const ruleEffects: RuleEffect[] = [];
  const { currency, horizons } = bench.options;
  const asItCame = await ownRateClv(bench);
  let clv = asItCame;
  const count = plainRules.length + shopRules.length;

  async function runAll(rules: readonly Rule[], done: number): Promise<void> {
    for (const [index, rule] of rules.entries()) {
      signal.throwIfAborted();
      progress.report(done + index, count);
      if (!rule.always && bench.options.rules[rule.name as RuleName] === false) continue;
      const touched = await rule.run(bench);
      reports.push(...touched.map((part) => ({ rule: rule.name, effect: effectOf(bench, rule), ...part })));
      const rows = touched.reduce((sum, { rowsTouched }) => sum + rowsTouched, 0);
      const before = clv;
      if (rows > 0) clv = await ownRateClv(bench);
      const money = toMajor(moneyOf(touched), currency);
      const effect = effectOf(bench, rule);
      ruleEffects.push({ rule: rule.name, effect, rows, money, clvEffect: toMajor(clv - before, currency) });
    }
  }

  await runAll(plainRules, 0);
  await requireKnownMerges(bench);
  await refuseNothing();
  await findFitBefore(bench);
  await runAll(shopRules, plainRules.length);
  progress.report(count, count);
  const horizonDays = horizons.clvHorizonDays;
  return {
    reports,
    ruleEffects,
    clv: { horizonDays, asItCame: toMajor(asItCame, currency), cleaned: toMajor(clv, currency) },
  };
}

/** A rule that flags can be set to set aside. */
function effectOf(bench: Bench, { name, effect }: Rule): string {
  const settings = bench.options.rules[name as RuleName];
  const chosen = typeof settings === "object" && "action" in settings ? settings.action : "flag";
  return chosen === "set_aside" ? chosen : effect;
}

/** An order's money is in its lines and its refunds again: it counts once. */
function moneyOf(touched: readonly Touched[]): number {
  const inTable = (name: string) =>
    touched.filter(({ table }) => table === name).reduce((sum, { moneyTouchedMinor }) => sum + moneyTouchedMinor, 0);
  return inTable("orders") || inTable("order_lines") || inTable("refunds");
}

/** First and last sale, and with them the instant before which facts may be fitted on. */
async function findFitBefore(bench: Bench): Promise<void> {
  const orders = bench.kept("orders", "o");
  const { ordered_at } = orders.columns;
  const span = await bench.engine.collect(
    from(orders).select({ first: minimum(epochMs(ordered_at)), last: maximum(epochMs(ordered_at)) }),
  );
  bench.sales = { first: span.numbers.first[0], last: span.numbers.last[0] };
  bench.fitBefore = fitBefore(bench.sales, bench.options.horizons);
}
