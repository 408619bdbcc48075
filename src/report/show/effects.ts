import type { Language } from "../../language/catalogue.ts";
import type { RunSummary } from "../../schema/summary.ts";
import { textTable } from "../text-table.ts";
import { unknown, wordsOf } from "./words.ts";

/** What each offer changes per customer, with 90 % intervals, or why that is not known. */
export function effectLines({ effects, currency }: RunSummary, language: Language): string[] {
  const { say, name, number, money, interval, left, right } = wordsOf(language, currency);
  if (effects.length === 0) return [say("show_no_effects")];
  const rows = effects.map(({ action, status, reason, decisions, short, long, total, minimumDetectableEffect }) => [
    name("action", action),
    say(`status_${status}`) + (reason === undefined ? "" : ` (${name("reason", reason)})`),
    number(decisions),
    ...[short, long, total].map(interval),
    minimumDetectableEffect === undefined ? unknown : money(minimumDetectableEffect, 2),
  ]);
  const columns = [left("column_action"), left("column_status"), right("column_decisions")];
  const figures = (["column_short", "column_long", "column_total", "column_detectable"] as const).map(right);
  return [say("show_effects"), "", ...textTable([...columns, ...figures], rows)];
}
