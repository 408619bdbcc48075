import {
  formatMoney,
  formatNumber,
  formatShare,
  type Language,
  type MessageKey,
  type MessageValues,
  nameOf,
  translate,
} from "../language/catalogue.ts";
import type { BacktestHorizon, PlanSummary, RunSummary } from "../schema/summary.ts";
import { blendSentence, blendSentences } from "./show/blend.ts";
import { lifetimeModelSentences } from "./show/lifetime-models.ts";
import { idleSentences, limitSentences } from "./show/limits.ts";
import { relationSentences } from "./show/relation.ts";

/** The run in about a dozen lines that a shop owner understands. */
export function summaryLines(summary: RunSummary, language: Language): string[] {
  const say = (key: MessageKey, values: MessageValues = {}) => translate(language, key, values);
  const lines = [dataLine(summary, language)];
  const { horizons, backtest } = summary;
  if (horizons.clvStatus === "withheld") {
    const { historyDays: days, clvHorizonDays: clvDays, horizonsDays } = horizons;
    lines.push(say("summary_withheld", { clvDays, days, horizon: Math.max(...horizonsDays) }));
  }
  for (const tested of [backtest.value90d, backtest.clv ?? backtest.horizons.at(-1)]) {
    if (!tested || (tested === backtest.value90d && lines.length > 2)) continue;
    lines.push(backtestLine(tested, language), intervalLine(tested, language));
    if (!tested.seasonSeen) {
      const origins = tested.origins.join(language === "zh-CN" ? "、" : ", ");
      lines.push(say("season_unseen", { days: tested.horizonDays, origins }));
    }
    lines.push(...blendSentence(summary, tested.horizonDays, language));
  }
  lines.push(...blendSentences({ blends: today(summary) }, language));
  lines.push(...lifetimeModelSentences(summary.lifetimeModels, language), ...relationSentences(summary, language));
  return [...new Set(lines), ...decisionLines(summary, language)];
}

/** Today's blend, of the horizons that the summary speaks of; of all where it speaks of none. */
function today({ blends, backtest }: RunSummary): RunSummary["blends"] {
  const shown = [backtest.value90d, backtest.clv].flatMap((tested) => tested?.horizonDays ?? []);
  return blends.slice(-1).map(({ asOf, horizons }) => ({
    asOf,
    horizons: shown.length > 0 ? horizons.filter(({ horizonDays }) => shown.includes(horizonDays)) : horizons,
  }));
}

/** Who gets what and what it is expected to bring, or why there is no plan and what to do about it. */
export function decisionLines(summary: RunSummary, language: Language): string[] {
  return summary.plan.status === "ready" ? planLines(summary, language) : noPlanLines(summary, language);
}

function dataLine(
  { customers, asOf, valueBasis, assumedMargin, currency, data }: RunSummary,
  language: Language,
): string {
  const kept = data.sources.reduce((sum, source) => sum + source.kept, 0);
  const aside = data.setAsideReasons.reduce((sum, { rows }) => sum + rows, 0);
  const basis =
    translate(language, `basis_${valueBasis}` as MessageKey) + (assumedMargin ? translate(language, "assumed") : "");
  return translate(language, "summary_data", {
    customers: formatNumber(language, customers),
    asOf,
    basis,
    currency,
    kept: formatNumber(language, kept),
    setAside: formatNumber(language, aside),
  });
}

/** Of the baselines, those that a line has room for; the tables have them all. */
const inSummary: ReadonlySet<string> = new Set(["pastSpend", "lifetimeModel", "network", "sequence"]);

function backtestLine(tested: BacktestHorizon, language: Language): string {
  const baselines = tested.baselines
    .filter(({ name }) => inSummary.has(name))
    .map(({ name, spearman, verdict, difference }) =>
      translate(language, "summary_baseline", {
        spearman: spearman.toFixed(3),
        forecaster: nameOf(language, "forecaster", name),
        verdict: translate(language, `verdict_${verdict}`),
        low: difference.low.toFixed(3),
        high: difference.high.toFixed(3),
      }),
    );
  return translate(language, "summary_backtest", {
    days: tested.horizonDays,
    origins: tested.origins.join(language === "zh-CN" ? "、" : ", "),
    spearman: tested.spearman.toFixed(3),
    baselines: baselines.join(language === "zh-CN" ? "；" : ", "),
    bias: formatShare(language, tested.bias),
    mape: formatShare(language, tested.decileMape),
  });
}

function intervalLine({ horizonDays: days, intervals }: BacktestHorizon, language: Language): string {
  const [low, , high] = intervals.quantiles;
  const below10 = formatShare(language, low.shareBelow);
  return translate(language, "summary_intervals", {
    days,
    below10,
    above90: formatShare(language, 1 - high.shareAtOrBelow),
  });
}

function planLines(summary: RunSummary, language: Language): string[] {
  const { plan, effects, currency } = summary;
  const say = (key: MessageKey, values: MessageValues = {}) => translate(language, key, values);
  const money = (value: number, digits = 0) => formatMoney(language, value, currency, digits);
  const [nothing, ...offers] = plan.actions;
  const named = offers
    .filter(({ customers }) => customers > 0)
    .sort((a, b) => b.customers - a.customers)
    .map(({ action, customers }) =>
      say("summary_offer_item", {
        action: nameOf(language, "action", action),
        customers: formatNumber(language, customers),
      }),
    );
  const lines = [
    ...idleSentences(summary, language),
    ...(named.length > 0 ? [say("summary_offer", { offers: named.join(language === "zh-CN" ? "、" : ", ") })] : []),
    say("summary_nothing", {
      customers: formatNumber(language, nothing?.customers ?? 0),
      heldOut: formatNumber(language, plan.heldOut),
    }),
  ];
  for (const { action, status, reason } of effects) {
    if (status === "refused")
      lines.push(
        say("summary_refused", {
          action: nameOf(language, "action", action),
          reason: nameOf(language, "reason", reason ?? ""),
        }),
      );
  }
  if (plan.explorationShare > 0)
    lines.push(say("summary_exploration", { share: formatShare(language, plan.explorationShare) }));
  if (plan.assumed) lines.push(say("summary_assumed_effects"));
  lines.push(
    say("summary_cost", { cost: money(plan.cost), budget: money(plan.budget) }),
    say("summary_value", {
      days: summary.backtest.value90d?.horizonDays ?? 90,
      short: money(plan.short),
      shortLow: money(plan.shortInterval.low),
      shortHigh: money(plan.shortInterval.high),
      long: money(plan.long),
      longLow: money(plan.longInterval.low),
      longHigh: money(plan.longInterval.high),
    }),
  );
  const everyone = plan.alternatives.find(({ name }) => name === "everyone");
  if (everyone)
    lines.push(
      say("summary_everyone", { short: money(everyone.short), long: money(everyone.long), cost: money(everyone.cost) }),
    );
  lines.push(
    say("summary_balance", { balance: plan.balance }),
    // Rounded up, so that the promise holds.
    say("summary_certificate", { gap: `${Math.max(1e-4, Math.ceil(1e6 * plan.gap) / 1e4).toFixed(4)} %` }),
    ...limitSentences(summary, language),
  );
  const checked = heldOutLine(plan, language, currency);
  if (checked) lines.push(checked);
  const truth = truthLine(summary, language);
  if (truth) lines.push(truth);
  return lines;
}

function heldOutLine({ heldOutValue }: PlanSummary, language: Language, currency: string): string | undefined {
  if (!heldOutValue) return undefined;
  if (heldOutValue.status === "refused") {
    return translate(language, "summary_held_out_refused", {
      reason: nameOf(language, "reason", heldOutValue.reason),
    });
  }
  const money = (value: number) => formatMoney(language, value, currency, 2);
  const { promised, estimated } = heldOutValue;
  return translate(language, "summary_held_out", {
    promised: money(promised),
    estimated: money(estimated.estimate),
    low: money(estimated.low),
    high: money(estimated.high),
  });
}

function truthLine({ truth, currency }: RunSummary, language: Language): string | undefined {
  if (!truth) return undefined;
  const totals = truth.policies.map(({ name, total }) => [name, formatMoney(language, total, currency)]);
  return translate(language, "summary_truth", Object.fromEntries(totals));
}

function noPlanLines({ plan, experiment, currency }: RunSummary, language: Language): string[] {
  const lines = [
    translate(language, "summary_needs_experiment", { reason: nameOf(language, "reason", plan.reason ?? "") }),
  ];
  if (!experiment) return lines;
  const { customers, customersPerArm, days, minimumDetectableEffect, baselineMean } = experiment;
  return [
    ...lines,
    translate(language, "summary_experiment", {
      customers: formatNumber(language, customers),
      perArm: formatNumber(language, customersPerArm),
      days,
      effect: formatMoney(language, minimumDetectableEffect, currency, 2),
      share: formatShare(language, minimumDetectableEffect / Math.abs(baselineMean)),
      mean: formatMoney(language, baselineMean, currency, 2),
    }),
  ];
}
