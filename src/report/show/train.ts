import { isoDate } from "../../base/clock.ts";
import type { Language } from "../../language/catalogue.ts";
import type { RunSummary } from "../../schema/summary.ts";
import type { TrainValues } from "../../train/index.ts";
import { textTable } from "../text-table.ts";
import { backtestLines } from "./backtest.ts";
import { effectLines } from "./effects.ts";
import { wordsOf } from "./words.ts";

/** The networks that were trained and, once the run is evaluated, how good they and the effects are. */
export function trainLines({ networks }: TrainValues, summary: RunSummary | undefined, language: Language): string[] {
  const { say, number, left, right } = wordsOf(language);
  const rows = networks.map(({ cutoff, rows, onnx }) => [isoDate(cutoff), number(rows), onnx]);
  const lines = [
    say("show_networks"),
    "",
    ...textTable([left("column_known_until"), right("column_learned_from"), left("column_file")], rows),
  ];
  if (!summary) return lines;
  return [...lines, "", ...backtestLines(summary, language), "", ...effectLines(summary, language)];
}
