import { isoDate } from "../../base/clock.ts";
import type { CleanValues } from "../../clean/index.ts";
import type { Language } from "../../language/catalogue.ts";
import { textTable } from "../text-table.ts";
import { wordsOf } from "./words.ts";

/** Rule by rule, in the order they ran: the rows it touched, what they were worth, and what that does to total CLV. */
export function cleanLines(values: CleanValues, language: Language): string[] {
  const { currency, customers, orders, firstOrderAt, lastOrderAt, valueBasis, assumed, ruleEffects, clv } = values;
  const { say, name, number, money, left, right } = wordsOf(language, currency);
  const touched = ruleEffects.filter(({ rows }) => rows > 0);
  return [
    say("show_clean", {
      customers: number(customers),
      orders: number(orders),
      first: isoDate(firstOrderAt),
      last: isoDate(lastOrderAt),
      basis: say(`basis_${valueBasis}`) + (assumed ? say("assumed") : ""),
      currency,
    }),
    "",
    ...textTable(
      [left("column_rule"), right("column_touched"), right("column_money"), right("column_clv_effect")],
      touched.map(({ rule, rows, money: worth, clvEffect }) => [
        name("rule", rule),
        number(rows),
        money(worth),
        money(clvEffect),
      ]),
    ),
    "",
    say("caption_clv_effect", { days: clv.horizonDays, asItCame: money(clv.asItCame), cleaned: money(clv.cleaned) }),
    "",
    say("show_idle_rules", { rules: number(ruleEffects.length - touched.length) }),
  ];
}
