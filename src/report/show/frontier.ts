import type { Language } from "../../language/catalogue.ts";
import type { RunSummary } from "../../schema/summary.ts";
import { textTable } from "../text-table.ts";
import { wordsOf } from "./words.ts";

/** The best plan of each balance, from this quarter only to later only. */
export function frontierLines({ frontier, plan, currency }: RunSummary, language: Language): string[] {
  const { say, money, list, left, right } = wordsOf(language, currency);
  if (frontier.length === 0) return [say("show_no_frontier")];
  const rows = frontier.map(({ balance, short, long, total, cost, knee }) => [
    balance.toFixed(2),
    ...[short, long, total, cost].map((value) => money(value)),
    list([
      ...(Math.abs(balance - plan.balance) < 1e-9 ? [say("label_chosen")] : []),
      ...(knee ? [say("label_knee")] : []),
    ]),
  ]);
  const figures = (["column_balance", "column_short", "column_long", "column_total", "column_cost"] as const).map(
    right,
  );
  return [say("show_frontier"), "", ...textTable([...figures, left("column_mark")], rows)];
}
