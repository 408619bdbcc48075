import type { Language } from "../../language/catalogue.ts";
import { fill } from "../../language/catalogue.ts";
import { featureWords } from "../../language/reasons.ts";
import type { ReasonSummary } from "../../schema/reasons.ts";
import { wordsOf } from "./words.ts";

/** A reason in words: “last order 12 days ago (typical: 329) raises it by $23.10”. */
export function reasonSentence(reason: ReasonSummary, language: Language, currency: string): string {
  const { say, money } = wordsOf(language, currency);
  return say(reason.effect < 0 ? "reason_lowers" : "reason_raises", {
    fact: factOf(reason, language, currency),
    typical: valueText(reason.typical, reason, language, currency),
    effect: money(Math.abs(reason.effect), 2),
  });
}

type Fact = Pick<ReasonSummary, "feature" | "unit" | "word" | "words" | "own">;

/** What a feature says of one customer. */
function factOf({ feature, unit, word = "", words, own }: Fact, language: Language, currency: string): string {
  const { key, number } = partsOf(feature);
  const { says, otherwise } = featureWords[key];
  const isUnset = own === null || (unit === "flag" && own === 0);
  const value = valueText(own, { unit, words }, language, currency);
  const sentence = (isUnset && otherwise ? otherwise : says)[language];
  return fill(sentence.replace(/\[([^|]*)\|([^\]]*)\]/, value === "1" ? "$1" : "$2"), { value, days: number, word });
}

/** `orders90d` is orders of 90 days, `country2` the second country; a name without a number is its own key. */
export function partsOf(feature: string): { key: string; number: string } {
  const [, key, number] = /^(\D+)(\d+)d?$/.exec(feature) ?? [feature, feature, ""];
  return { key, number };
}

/** A feature's value as people write it. */
export function valueText(
  value: number | null,
  { unit, words }: Pick<ReasonSummary, "unit" | "words">,
  language: Language,
  currency: string,
): string {
  const { say, money, number, share } = wordsOf(language, currency);
  if (value === null) return say("reason_typical_missing");
  if (unit === "flag") return say(value === 0 ? "no" : "yes");
  if (unit === "word") return words?.[value - 1] ?? say("word_rare");
  if (unit === "money") return money(value, 2);
  if (unit === "share") return share(value, 0);
  if (unit === "days") return number(value);
  const digits = Number.isInteger(value) ? 0 : unit === "ratio" ? 2 : 1;
  return number(value, digits);
}
