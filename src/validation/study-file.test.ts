import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { StudyFile, type StudyHeader, type Trial } from "./study-file.ts";

const header: StudyHeader = {
  study: "default",
  method: "random",
  seed: "s",
  objective: "value90d.spearman",
  folds: ["2023-01-01"],
  parameters: [{ name: "train.members", kind: "integer", low: 1, high: 4, scale: "linear" }],
  data: "d",
  settings: "c",
};
const trial = (number: number): Trial => ({
  trial: number,
  parameters: { "train.members": number + 1 },
  value: 0.1 + 0.2 * number,
  folds: [0.1 + 0.2 * number],
  seconds: 1,
  state: "done",
});

describe("a study's file", () => {
  let path: string;
  beforeEach(() => {
    path = join(mkdtempSync(join(tmpdir(), "longrun-study-")), "tuning", "default.jsonl");
  });

  it("keeps what was appended, bit for bit", () => {
    const file = new StudyFile(path, header);
    expect([file.trials, file.wasTorn]).toEqual([[], false]);
    for (const number of [0, 1, 2]) file.append(trial(number));
    expect(new StudyFile(path, header).trials).toEqual([trial(0), trial(1), trial(2)]);
    expect(readFileSync(path, "utf8").split("\n")).toHaveLength(5);
  });

  it("drops a torn last line wherever it was torn, and goes on after the line before", () => {
    const file = new StudyFile(path, header);
    file.append(trial(0));
    const line = JSON.stringify(trial(1));
    for (let length = 1; length <= line.length; length += 7) {
      appendFileSync(path, line.slice(0, length));
      const opened = new StudyFile(path, header);
      expect([opened.trials, opened.wasTorn]).toEqual([[trial(0)], true]);
    }
    const opened = new StudyFile(path, header);
    expect(opened.wasTorn).toBe(false);
    opened.append(trial(1));
    expect(new StudyFile(path, header).trials).toEqual([trial(0), trial(1)]);
  });

  it("refuses another study under its name, and says in what it differs", () => {
    new StudyFile(path, header).append(trial(0));
    const content = readFileSync(path);
    for (const [name, value] of Object.entries({ seed: "t", data: "e", parameters: [], method: "grid", trials: 3 }))
      expect(() => new StudyFile(path, { ...header, [name]: value })).toThrow(
        `study_differs {"study":"default","differing":["${name}"]`,
      );
    expect(readFileSync(path)).toEqual(content);
  });

  it("refuses a line that is no trial, or one out of turn, with its number", () => {
    new StudyFile(path, header).append(trial(0));
    const content = readFileSync(path, "utf8");
    writeFileSync(path, `${content}nonsense\n`);
    expect(() => new StudyFile(path, header)).toThrow(/study_unreadable.*"line":3/);
    writeFileSync(path, `${content}${JSON.stringify(trial(2))}\n`);
    expect(() => new StudyFile(path, header)).toThrow(/study_unreadable.*"line":3/);
  });
});
