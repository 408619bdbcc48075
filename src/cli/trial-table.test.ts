import { describe, expect, it } from "vitest";
import { displayWidth } from "../language/width.ts";
import type { Space } from "../tuning/space.ts";
import type { Trial } from "../validation/study-file.ts";
import { TrialTable } from "./trial-table.ts";

const space: Space = [
  { name: "train.learningRate", kind: "real", low: 0.001, high: 1, scale: "log" },
  { name: "train.hiddenUnits", kind: "choice", choices: [[4], [8, 8]] },
];
const trial = (number: number, value: number | null): Trial => ({
  trial: number,
  parameters: { "train.learningRate": 0.0123456, "train.hiddenUnits": [8, 8] },
  value,
  folds: [],
  seconds: 2,
  state: value === null ? "failed" : "done",
  ...(value === null ? { error: { code: "no_training_rows", details: {} } } : {}),
});

/** What a table of `trials` trials writes, while two seconds pass for each. */
function written(
  trials: number,
  { isTTY = false, quiet = false, columns = 80 },
  ended: readonly Trial[],
  kept: Trial[] = [],
) {
  let nowMs = 0;
  const texts: string[] = [];
  const screen = { isTTY, columns, write: (text: string) => texts.push(text) };
  const table = new TrialTable(
    { now: () => 0, elapsedMs: () => nowMs },
    { language: "en", quiet, trials, space, screen },
  );
  const objective = { name: "value90d.spearman", direction: "maximise" } as const;
  table.begun({
    objective,
    folds: ["2023-01-01"],
    testBegins: "2023-04-01",
    file: "/x/default.jsonl",
    kept,
    wasTorn: false,
  });
  for (const one of ended) {
    nowMs += 2000;
    table.tried(one, ended[1]);
  }
  return texts;
}

describe("the table of trials", () => {
  it("writes a line a trial where nothing can be redrawn, with the time left until none is", () => {
    const [begun, ...lines] = written(2, {}, [trial(0, 0.3), trial(1, 0.41), trial(2, null)]);
    expect(begun).toContain("Nothing from 2023-04-01 on is read.");
    expect(lines).toEqual([
      "trial 0/2  0.3000  best 0.4100  present configuration  2.0 s  about 4 s left\n",
      "trial 1/2  0.4100  best 0.4100  learningRate=0.01235 hiddenUnits=[8,8]  2.0 s  about 2 s left\n",
      "trial 2/2  failed (There is no row to train on. Import more history.)  best 0.4100  learningRate=0.01235 hiddenUnits=[8,8]  2.0 s\n",
    ]);
  });

  it("counts only what it did itself into the time left", () => {
    const lines = written(5, {}, [trial(3, 0.3), trial(4, 0.3)], [trial(0, 0.1), trial(1, 0.2), trial(2, 0.2)]);
    expect(lines[1]).toContain("goes on after 2 trials");
    expect(lines[2]).toContain("about 4 s left");
    expect(lines[3]).toContain("about 2 s left");
  });

  it("redraws in place on a terminal, keeps the best in sight, and never writes a line that wraps", () => {
    const ended = Array.from({ length: 14 }, (_, number) => trial(number, number / 100));
    const texts = written(13, { isTTY: true, columns: 40 }, ended).slice(1);
    let drawn = 0;
    for (const text of texts) {
      const [moved, table] = text.split("\r\u001b[J");
      expect(moved).toBe(drawn > 0 ? `\u001b[${drawn}A` : "");
      const lines = table.split("\n").slice(0, -1);
      drawn = lines.length;
      for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(40);
      if (text !== texts[0]) expect(lines.filter((line) => line.startsWith("*"))).toHaveLength(1);
    }
    expect(drawn).toBe(11); // two of head, eight trials, the line below
  });

  it("says nothing where it shall be quiet", () => {
    expect(written(2, { quiet: true }, [trial(0, 0.3), trial(1, 0.4)])).toEqual([]);
    expect(written(2, { quiet: true, isTTY: true }, [trial(0, 0.3), trial(1, 0.4)])).toEqual([]);
  });
});
