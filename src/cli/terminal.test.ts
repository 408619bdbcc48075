import { describe, expect, it } from "vitest";
import { part } from "../base/progress.ts";
import { Terminal } from "./terminal.ts";

function watched(isTTY: boolean, quiet = false) {
  let nowMs = 0;
  const written: string[] = [];
  const clock = { now: () => 0, elapsedMs: () => nowMs };
  const screen = { isTTY, write: (text: string) => written.push(text) };
  const terminal = new Terminal(clock, { quiet, language: "en", screen });
  const pass = (milliseconds: number) => {
    nowMs += milliseconds;
  };
  return { terminal, written, pass };
}

describe("progress", () => {
  it("is redrawn in place on a terminal, with the time left", () => {
    const { terminal, written, pass } = watched(true);
    const progress = terminal.progress("features");
    pass(3000);
    progress.report(1, 4);
    expect(written).toEqual(["\r\u001b[Kfeatures  describe customers   25 %  about 9 s left"]);
  });

  it("shows how a network learns: its last loss and the curve so far", () => {
    const { terminal, written, pass } = watched(true);
    const progress = terminal.progress("train");
    pass(3000);
    part(progress, 0, 0.5).report(1, 2, [3, 2, 1.5, 1.25, 1]);
    expect(written).toEqual([
      "\r\u001b[Ktrain     learn from history   25 %  about 9 s left  validation loss 1.0000 █▅▃▂▁",
    ]);
  });

  it("does not flicker", () => {
    const { terminal, written, pass } = watched(true);
    const progress = terminal.progress("features");
    for (let done = 1; done <= 100; done++) {
      pass(10);
      progress.report(done, 101);
    }
    expect(written.length).toBeGreaterThan(3);
    expect(written.length).toBeLessThan(7);
  });

  it("is a plain line every ten seconds where there is no terminal", () => {
    const { terminal, written, pass } = watched(false);
    const progress = terminal.progress("train");
    for (let done = 1; done <= 29; done++) {
      pass(1000);
      progress.report(done, 40);
    }
    expect(written).toEqual([
      "train     learn from history   25 %  about 30 s left\n",
      "train     learn from history   50 %  about 20 s left\n",
    ]);
  });

  it("says nothing when asked to be quiet", () => {
    const { terminal, written, pass } = watched(true, true);
    pass(60_000);
    terminal.progress("train").report(1, 2);
    terminal.finished({ stage: "train", rows: 1, seconds: 60, reused: false });
    expect(written).toEqual([]);
  });

  it("of a part is its stretch of the whole", () => {
    const reported: number[] = [];
    const whole = { report: (done: number, total: number) => reported.push(done / total) };
    const outer = part(whole, 0.5, 1);
    part(outer, 0.4, 0.8).report(1, 2);
    expect(reported).toEqual([expect.closeTo(0.8, 12)]);
  });
});
