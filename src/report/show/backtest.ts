import type { Language, MessageKey } from "../../language/catalogue.ts";
import type { BacktestHorizon, ForecastMetrics, RunSummary } from "../../schema/summary.ts";
import { textTable } from "../text-table.ts";
import { behaviourLines } from "./behaviour.ts";
import { blendLines, intervalLines } from "./blend.ts";
import { lifetimeModelSentences } from "./lifetime-models.ts";
import { wordsOf } from "./words.ts";

/** The back-test with its intervals, how its forecasts were blended, and which lifetime models stand in it. */
export function backtestLines(summary: RunSummary, language: Language): string[] {
  return [
    ...backtestTable(summary, language),
    "",
    ...intervalLines(summary, language),
    "",
    ...behaviourLines(summary, language),
    "",
    ...blendLines(summary, language),
    "",
    ...lifetimeModelSentences(summary.lifetimeModels, language),
  ];
}

/** The blend beside every baseline, horizon by horizon; the ranking with the interval of the difference. */
export function backtestTable({ backtest }: RunSummary, language: Language): string[] {
  const { say, left, right, list } = wordsOf(language);
  if (backtest.horizons.length === 0) return [say("show_no_backtest")];
  const origins = [...new Set(backtest.horizons.flatMap((horizon) => horizon.origins))].sort();
  return [
    say("show_backtest", { origins: list(origins) }),
    "",
    ...textTable(
      [right("column_horizon"), left("column_forecast_by"), ...metricColumns.map(right), left("column_verdict")],
      backtest.horizons.flatMap((horizon) =>
        forecasterRows(horizon, language).map((cells, at) => [at === 0 ? String(horizon.horizonDays) : "", ...cells]),
      ),
    ),
  ];
}

export const metricColumns: readonly MessageKey[] = ["column_spearman", "column_gini", "column_mape", "column_bias"];

/** A row for the blend and one for each baseline: who forecast, the metrics, the blend's verdict against it. */
export function forecasterRows({ baselines, ...blend }: BacktestHorizon, language: Language): string[][] {
  const { say, name, share } = wordsOf(language);
  const metrics = ({ spearman, normalizedGini, decileMape, bias }: ForecastMetrics) => [
    spearman.toFixed(3),
    normalizedGini.toFixed(3),
    share(decileMape),
    share(bias),
  ];
  return [
    [name("forecaster", "blend"), ...metrics(blend), ""],
    ...baselines.map(({ name: baseline, difference: { estimate, low, high }, verdict, ...rest }) => [
      name("forecaster", baseline),
      ...metrics(rest),
      `${say(`verdict_${verdict}`)}: ${estimate.toFixed(3)} (${low.toFixed(3)} … ${high.toFixed(3)})`,
    ]),
  ];
}
