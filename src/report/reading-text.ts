import { formatNumber, formatShare, type Language, type MessageKey, translate } from "../language/catalogue.ts";
import type { Figures, Reading } from "../plan/readings.ts";

/** A reading in words: what was printed, what it gives, and why that has no optimum or the wrong one. */
export interface ReadingWords {
  readonly whatWasPrinted: string;
  readonly whatItGives: string;
  readonly why: string;
}

export function readingWords({ name, printed, gives }: Reading, language: Language): ReadingWords {
  const values = { ...shown(printed, language, "printed_"), ...shown(gives, language, "") };
  const say = (part: "printed" | "gives" | "why") =>
    translate(language, `reading_${name}_${part}` as MessageKey, values);
  return { whatWasPrinted: say("printed"), whatItGives: say("gives"), why: say("why") };
}

export function readingLines(reading: Reading, language: Language): string[] {
  const { whatWasPrinted, whatItGives, why } = readingWords(reading, language);
  return [whatWasPrinted, whatItGives, why];
}

function shown(figures: Figures | undefined, language: Language, prefix: string): Record<string, string> {
  const number = (value: number) => formatNumber(language, value, Number.isInteger(value) ? 0 : digitsOf(value));
  return Object.fromEntries(
    Object.entries(figures ?? {}).map(([name, value]) => [
      `${prefix}${name}`,
      name === "shrinkage"
        ? formatShare(language, value as number, 0)
        : typeof value === "number"
          ? number(value)
          : value.map(number).join("  "),
    ]),
  );
}

/** Intensities to the six digits that are checked, money to cents. */
const digitsOf = (value: number) => (Math.abs(value) < 10 ? 6 : 2);
