import type { Language } from "../../language/catalogue.ts";
import type { Money, RunSummary } from "../../schema/summary.ts";
import { decisionLines } from "../summary-text.ts";
import { textTable } from "../text-table.ts";
import { limitColumns, limitRows } from "./limits.ts";
import { wordsOf } from "./words.ts";

/** The plan in words, who gets what and what it is expected to bring, how its limits stand, and plain policies beside it. */
export function planLines(summary: RunSummary, language: Language): string[] {
  const lines = decisionLines(summary, language);
  const { plan, currency } = summary;
  if (plan.status !== "ready") return lines;
  const { name, number, money, left, right } = wordsOf(language, currency);
  const figures = ({ short, long, total, cost }: Money) => [short, long, total, cost].map((value) => money(value));
  const amounts = (["column_short", "column_long", "column_total", "column_cost"] as const).map(right);
  return [
    ...lines,
    "",
    ...textTable(
      [left("column_action"), right("column_customers"), ...amounts],
      plan.actions.map((row) => [name("action", row.action), number(row.customers), ...figures(row)]),
    ),
    "",
    ...textTable(
      limitColumns.map((column, at) => (at === 0 ? left(column) : right(column))),
      limitRows(summary, language),
    ),
    "",
    ...textTable(
      [left("column_policy"), ...amounts],
      [...plan.alternatives, { ...plan, name: "plan" }].map((row) => [name("policy", row.name), ...figures(row)]),
    ),
  ];
}
