import type { Language } from "./catalogue.ts";

/** The same sentence in every language. */
export type Sentence = Readonly<Record<Language, string>>;

export const say = (en: string, zh: string): Sentence => ({ en, "zh-CN": zh });
