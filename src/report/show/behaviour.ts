import type { Language, MessageKey } from "../../language/catalogue.ts";
import type { Interval, RunSummary } from "../../schema/summary.ts";
import { textTable } from "../text-table.ts";
import { wordsOf } from "./words.ts";

export const behaviourColumns: readonly MessageKey[] = [
  "column_horizon",
  "column_bought_share",
  "column_area",
  "column_area_past_spend",
  "column_area_verdict",
  "column_brier_skill",
  "column_share_bias",
  "column_orders_bias",
];

/** How chances of an order and numbers of orders did, a line for each horizon. */
export function behaviourLines(summary: RunSummary, language: Language): string[] {
  const { say, right } = wordsOf(language);
  const rows = behaviourRows(summary, language);
  return rows.length === 0 ? [] : [say("show_behaviour"), "", ...textTable(behaviourColumns.map(right), rows)];
}

export function behaviourRows({ backtest }: RunSummary, language: Language): string[][] {
  const { say, share } = wordsOf(language);
  const digits = ({ estimate, low, high }: Interval) =>
    `${estimate.toFixed(3)} (${low.toFixed(3)} … ${high.toFixed(3)})`;
  const off = ({ estimate, low, high }: Interval) => `${share(estimate)} (${share(low)} … ${share(high)})`;
  return backtest.horizons.flatMap(({ horizonDays, behaviour }) =>
    behaviour
      ? [
          [
            String(horizonDays),
            share(behaviour.boughtShare),
            digits(behaviour.areaUnderRoc),
            digits(behaviour.areaUnderRocOfPastSpend),
            `${say(`verdict_${behaviour.verdict}`)}: ${digits(behaviour.difference)}`,
            digits(behaviour.brierSkill),
            off(behaviour.shareBias),
            off(behaviour.ordersBias),
          ],
        ]
      : [],
  );
}
