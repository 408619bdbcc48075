import type { Language } from "../../language/catalogue.ts";
import type { PredictValues } from "../../predict/index.ts";
import type { RunSummary } from "../../schema/summary.ts";
import { textTable } from "../text-table.ts";
import { wordsOf } from "./words.ts";

/** Who was scored, where the effects come from, and how predicted value is spread. */
export function predictLines(values: PredictValues, summary: RunSummary | undefined, language: Language): string[] {
  const { customers, actions, effectsFrom, refusedActions } = values;
  const { say, name, number, list } = wordsOf(language);
  const lines = [
    say("show_predict", { customers: number(customers) }),
    say(`effects_from_${effectsFrom}`, {
      actions: list(actions.slice(1).map((action) => name("action", action))),
    }),
    ...refusedActions.map(({ action, reason }) =>
      say("summary_refused", { action: name("action", action), reason: name("reason", reason) }),
    ),
  ];
  return summary ? [...lines, "", ...tenths(summary, language)] : lines;
}

function tenths({ distribution, currency }: RunSummary, language: Language): string[] {
  const { say, money, share, right } = wordsOf(language, currency);
  return [
    say("show_tenths", { days: distribution.horizonDays }),
    "",
    ...textTable(
      [right("label_tenth"), right("column_mean_value"), right("label_share")],
      distribution.deciles.map(({ decile, mean, share: part }) => [String(decile), money(mean, 2), share(part)]),
    ),
  ];
}
