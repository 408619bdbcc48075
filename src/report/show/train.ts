import { isoDate } from "../../base/clock.ts";
import type { Language } from "../../language/catalogue.ts";
import type { RunSummary } from "../../schema/summary.ts";
import type { TrainValues } from "../../train/index.ts";
import { textTable } from "../text-table.ts";
import { backtestTable } from "./backtest.ts";
import { blendLines } from "./blend.ts";
import { effectLines } from "./effects.ts";
import { lifetimeModelLines } from "./lifetime-models.ts";
import { wordsOf } from "./words.ts";

/** The networks, lifetime models and blends of each day and, once the run is evaluated, how good they and the effects are. */
export function trainLines(
  { networks, lifetimeModels, blends }: TrainValues,
  summary: RunSummary | undefined,
  language: Language,
): string[] {
  const { say, number, name, left, right } = wordsOf(language);
  const rows = networks.map((network) => [
    isoDate(network.cutoff),
    name("forecaster", network.name),
    number(network.rows),
    network.onnx,
  ]);
  const dated = lifetimeModels.map((model) => ({ ...model, asOf: isoDate(model.cutoff) }));
  const lines = [
    say("show_networks"),
    "",
    ...textTable(
      [left("column_known_until"), left("column_forecaster"), right("column_learned_from"), left("column_file")],
      rows,
    ),
    "",
    ...lifetimeModelLines(dated, { language, currency: summary?.currency }),
    "",
    ...blendLines({ blends: blends.map((blend) => ({ ...blend, asOf: isoDate(blend.cutoff) })) }, language),
  ];
  if (!summary) return lines;
  return [...lines, "", ...backtestTable(summary, language), "", ...effectLines(summary, language)];
}
