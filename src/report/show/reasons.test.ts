import { describe, expect, it } from "vitest";
import { features, wordFeatureNames } from "../../features/catalogue.ts";
import { conceptOf } from "../../features/concepts.ts";
import { featureWords } from "../../language/reasons.ts";
import { concepts } from "../../schema/concepts.ts";
import type { ReasonSummary } from "../../schema/reasons.ts";
import { partsOf, reasonSentence } from "./reasons.ts";

const reason = (change: Partial<ReasonSummary>): ReasonSummary => ({
  concept: "frequency",
  feature: "orders90d",
  unit: "count",
  own: 3,
  typical: 1,
  effect: 12.345,
  standardError: 0.2,
  ...change,
});

describe("a reason in words", () => {
  it("has the customer's own value, the typical one, the direction and the amount", () => {
    expect(reasonSentence(reason({}), "en", "USD")).toBe(
      "3 orders in the last 90 days (typical: 1) raises it by $12.35",
    );
    expect(reasonSentence(reason({}), "zh-CN", "CNY")).toBe("最近 90 天下单 3 次（典型：1），使其提高 ¥12.35");
    const recent = { feature: "daysSinceLastOrder", unit: "days", own: 12.4, typical: 329.2, effect: -5 };
    expect(reasonSentence(reason(recent), "en", "USD")).toBe(
      "last order 12 days ago (typical: 329) lowers it by $5.00",
    );
  });

  it("counts one as one, and says what is missing, unset or a place of the vocabulary", () => {
    const said = (change: Partial<ReasonSummary>) => reasonSentence(reason(change), "en", "USD");
    expect(said({ own: 1 })).toContain("1 order in the last 90 days");
    expect(said({ feature: "meanGapDays", unit: "days", own: null })).toContain("one order so far");
    expect(said({ feature: "emailClickRate90d", unit: "ratio", own: null })).toContain(
      "no e-mail opened in the last 90 days",
    );
    expect(said({ feature: "acceptsEmail", unit: "flag", own: 0, typical: 1 })).toContain(
      "does not accept e-mail (typical: yes)",
    );
    expect(said({ feature: "country2", unit: "flag", own: 1, word: "DE" })).toContain("lives in DE");
    expect(said({ typical: null })).toContain("(typical: none)");
  });

  it.each(["en", "zh-CN"] as const)(
    "exists for every feature of the catalogue in %s, with nothing left open",
    (language) => {
      for (const { name, unit } of features) {
        for (const own of [null, 0, 1, 2.5]) {
          const sentence = reasonSentence(reason({ feature: name, unit, own, word: "tea" }), language, "USD");
          expect(sentence).not.toMatch(/[{}[\]|]|undefined|NaN/);
        }
      }
    },
  );
});

it("every feature belongs to a concept, every concept has a feature, and no words are left over", () => {
  expect(new Set(features.map(({ name }) => conceptOf(name)))).toEqual(new Set(concepts));
  const spoken = [...features.map(({ name }) => partsOf(name).key), ...wordFeatureNames];
  expect(new Set(spoken)).toEqual(new Set(Object.keys(featureWords)));
});
