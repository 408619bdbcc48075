import {
  formatMoney,
  formatNumber,
  formatShare,
  type Language,
  type MessageKey,
  type MessageValues,
  nameOf,
  translate,
} from "../../language/catalogue.ts";
import type { Interval } from "../../schema/summary.ts";
import type { TextColumn } from "../text-table.ts";

/** What is said where a figure is not known. */
export const unknown = "—";

/** The words and figures of one language and currency, short enough to use inside tables. */
export function wordsOf(language: Language, currency = "USD") {
  const say = (key: MessageKey, values: MessageValues = {}) => translate(language, key, values);
  const money = (value: number, digits = 0) => formatMoney(language, value, currency, digits);
  return {
    say,
    money,
    name: (kind: Parameters<typeof nameOf>[1], word: string) => nameOf(language, kind, word),
    number: (value: number, digits = 0) => formatNumber(language, value, digits),
    share: (value: number, digits = 1) => formatShare(language, value, digits),
    interval: (interval: Interval | undefined) =>
      interval ? `${money(interval.estimate, 2)} (${money(interval.low, 2)} … ${money(interval.high, 2)})` : unknown,
    list: (items: readonly string[]) => items.join(language === "zh-CN" ? "、" : ", "),
    left: (key: MessageKey): TextColumn => ({ header: say(key) }),
    right: (key: MessageKey): TextColumn => ({ header: say(key), align: "right" }),
  };
}
