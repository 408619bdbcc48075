import { english } from "./en.ts";
import { simplifiedChinese } from "./zh-CN.ts";

export type Language = "en" | "zh-CN";
export type MessageKey = keyof typeof english;
/** Every language has every sentence: an incomplete one does not compile. */
export type Messages = Readonly<Record<MessageKey, string>>;

export type MessageValues = Readonly<Record<string, string | number>>;

const languages: Readonly<Record<Language, Messages>> = { en: english, "zh-CN": simplifiedChinese };

/** The sentence of a key with its {places} filled in. */
export function translate(language: Language, key: MessageKey, values: MessageValues = {}): string {
  return fill(languages[language][key], values);
}

/** The name of something that data brought (an offer, a rule, a reason), or the word itself where it has none. */
export function nameOf(
  language: Language,
  kind:
    | "action"
    | "concept"
    | "forecaster"
    | "limit"
    | "model"
    | "policy"
    | "quadrant"
    | "reason"
    | "rule"
    | "solver"
    | "stage",
  word: string,
): string {
  // A stock is named after its offer.
  const [, action] = (kind === "limit" && /^stock of (.+)$/.exec(word)) || [];
  if (action !== undefined) return translate(language, "limit_stock", { action: nameOf(language, "action", action) });
  const key = `${kind}_${word}`;
  return key in english ? languages[language][key as MessageKey] : word;
}

export function fill(template: string, values: MessageValues): string {
  return template.replaceAll(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}

export function formatNumber(language: Language, value: number, digits = 0): string {
  return new Intl.NumberFormat(language, { maximumFractionDigits: digits, minimumFractionDigits: digits }).format(
    value,
  );
}

/** Whole units of the currency: a plan is not precise to the cent. */
export function formatMoney(language: Language, value: number, currency: string, digits = 0): string {
  return new Intl.NumberFormat(language, {
    style: "currency",
    currency,
    maximumFractionDigits: digits,
    minimumFractionDigits: digits,
  }).format(value);
}

export function formatShare(language: Language, value: number, digits = 1): string {
  return new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: digits }).format(value);
}
