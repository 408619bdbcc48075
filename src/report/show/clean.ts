import { isoDate } from "../../base/clock.ts";
import { toMajor } from "../../base/money.ts";
import type { CleanValues } from "../../clean/index.ts";
import type { Language } from "../../language/catalogue.ts";
import { textTable } from "../text-table.ts";
import { wordsOf } from "./words.ts";

/** Rule by rule, in the order they ran: which rows it touched and what they were worth. */
export function cleanLines(values: CleanValues, language: Language): string[] {
  const { currency, customers, orders, firstOrderAt, lastOrderAt, valueBasis, assumed, rules } = values;
  const { say, name, number, money, left, right } = wordsOf(language, currency);
  const touched = rules.filter(({ rowsTouched }) => rowsTouched > 0);
  const idle = new Set(rules.map(({ rule }) => rule).filter((rule) => !touched.some((other) => other.rule === rule)));
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
      [left("column_rule"), left("column_table"), right("column_rows"), right("column_touched"), right("column_money")],
      touched.map(({ rule, table, rowsBefore, rowsTouched, moneyTouchedMinor }) => [
        name("rule", rule),
        table,
        number(rowsBefore),
        number(rowsTouched),
        money(toMajor(moneyTouchedMinor, currency)),
      ]),
    ),
    "",
    say("show_idle_rules", { rules: number(idle.size) }),
  ];
}
