import type { Language } from "../../language/catalogue.ts";
import type { BacktestHorizon, RunSummary } from "../../schema/summary.ts";
import { textTable } from "../text-table.ts";
import { unknown, wordsOf } from "./words.ts";

/** Every metric beside that of past spend; the ranking with the interval of the difference. */
export function backtestLines({ backtest }: RunSummary, language: Language): string[] {
  const { say, left, right } = wordsOf(language);
  if (backtest.horizons.length === 0) return [say("show_no_backtest")];
  const columns = [
    right("column_horizon"),
    left("column_metric"),
    right("column_model"),
    right("baseline"),
    left("column_difference"),
    left("column_verdict"),
  ];
  const origins = [...new Set(backtest.horizons.flatMap((horizon) => horizon.origins))].sort();
  return [
    say("show_backtest", { origins: wordsOf(language).list(origins) }),
    "",
    ...textTable(
      columns,
      backtest.horizons.flatMap((horizon) => metricRows(horizon, language)),
    ),
  ];
}

function metricRows({ horizonDays, baseline, difference, verdict, ...model }: BacktestHorizon, language: Language) {
  const { say, share } = wordsOf(language);
  const { estimate, low, high } = difference;
  const interval = `${estimate.toFixed(3)} (${low.toFixed(3)} … ${high.toFixed(3)})`;
  return [
    [
      String(horizonDays),
      say("column_spearman"),
      model.spearman.toFixed(3),
      baseline.spearman.toFixed(3),
      interval,
      say(`verdict_${verdict}`),
    ],
    ["", say("column_gini"), model.normalizedGini.toFixed(3), baseline.normalizedGini.toFixed(3), "", ""],
    ["", say("column_mape"), share(model.decileMape), share(baseline.decileMape), "", ""],
    // Past spend is a score without a level: it was scaled to the true total.
    ["", say("column_bias"), share(model.bias), unknown, "", ""],
  ];
}
