import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { translate } from "./catalogue.ts";
import { english } from "./en.ts";
import { describeError, errorSentences } from "./errors.ts";
import { simplifiedChinese } from "./zh-CN.ts";

const places = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

describe("the catalogue", () => {
  it("has the same places to fill in both languages", () => {
    for (const key of Object.keys(english) as (keyof typeof english)[]) {
      expect([key, ...places(simplifiedChinese[key])]).toEqual([key, ...places(english[key])]);
    }
    for (const [code, { en, "zh-CN": zh }] of Object.entries(errorSentences)) {
      expect([code, ...new Set(places(zh))]).toEqual([code, ...new Set(places(en))]);
    }
  });

  it("has a sentence for every error the code throws", () => {
    const files = readdirSync(join(import.meta.dirname, ".."), { recursive: true }) as string[];
    const thrown = files
      .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
      .flatMap((name) => [
        ...readFileSync(join(import.meta.dirname, "..", name), "utf8").matchAll(
          /new (?:Input|Data|Model|Engine)Error\(\s*"(\w+)"/g,
        ),
      ])
      .map(([, code]) => code);
    expect(new Set(thrown).size).toBeGreaterThan(20);
    expect([...new Set(thrown)].filter((code) => !(code in errorSentences))).toEqual([]);
  });

  it("fills in values", () => {
    expect(translate("zh-CN", "rows", { rows: 3 })).toBe("3 行");
    expect(describeError("en", "unknown_preset", { preset: "x", known: ["a", "b"] })).toBe(
      "There is no preset “x”. Known: a, b.",
    );
  });
});
