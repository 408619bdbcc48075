import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runInProcess } from "./command-line.ts";

const folder = mkdtempSync(join(tmpdir(), "longrun-plan-test-"));
const example = (name: string) => join(import.meta.dirname, "../examples/plan", `${name}.json`);
const write = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const longrun = (...given: string[]) => runInProcess(["plan", ...given, "--quiet"]);

describe("longrun plan", () => {
  it("prints one JSON document of the promised shape for the article's problem, case B of the design", async () => {
    const { status, stdout, stderr } = await longrun(example("article"), "--json");
    expect([status, stderr]).toEqual([0, ""]);
    const document = JSON.parse(stdout);
    expect(Object.keys(document)).toEqual(["solution", "multipliers", "kkt", "solver", "readings"]);
    const { x, discountedRevenue, shortTermRevenue, imbalance, objective, clv } = document.solution;
    const expected = [3.904232, 1.442433, 0.609842, 0.289914, 0.165579];
    expected.forEach((value, t) => {
      expect(Math.abs(x[t] - value)).toBeLessThan(1e-6);
    });
    expect(discountedRevenue).toBeCloseTo(705.7282, 4);
    expect(imbalance).toBeCloseTo(3528.641, 3);
    expect(objective).toBeCloseTo(discountedRevenue - 0.1 * imbalance, 9);
    expect(shortTermRevenue).toBeCloseTo(390.4232, 3);
    expect(clv).toHaveLength(5);
    expect(document.kkt.residual).toBeLessThan(1e-9);
    expect(document.solver).toMatchObject({ name: "lbfgsb", status: "converged", optimum: "global" });
    expect(document.readings).toHaveLength(8);
    for (const { whatWasPrinted, whatItGives, why } of document.readings) {
      for (const sentence of [whatWasPrinted, whatItGives, why]) expect(sentence).toMatch(/^[^{}]{20,}$/);
    }
  });

  it("says the article's case in words, in both languages, with the readings", async () => {
    const english = await longrun(example("article"));
    expect(english.stdout).toMatch(
      /No limit binds[\s\S]*694\.39 {2}613\.82[\s\S]*3\.124411[\s\S]*shrinks revenue by 45%/,
    );
    const chinese = await longrun(example("article"), "--lang", "zh-CN");
    expect(chinese.stdout).toMatch(/没有任何限制起约束作用[\s\S]*694\.39 {2}613\.82[\s\S]*45%/);
    expect(english.stdout + chinese.stdout).not.toMatch(/\{\w+\}|NaN/);
  });

  it("has the terminal value of its example in words and numbers", async () => {
    const { stdout } = await longrun(example("article-with-terminal-value"));
    expect(stdout).toContain("0.2500 times the last period’s revenue counts too: 17.1353 today");
  });

  it("plans several levers, says what binds and what it is worth, and draws a page", async () => {
    const input = JSON.parse(readFileSync(example("two-segments"), "utf8"));
    const file = write("two-segments.json", JSON.stringify({ ...input, starts: 3 }));
    const page = join(folder, "plan.html");
    const { status, stdout } = await longrun(file, "--report", page);
    expect(status).toBe(0);
    expect(stdout).toMatch(/“budget in all” binds at 110,000: one more unit of it would bring €1\.29/);
    expect(stdout).toMatch(/The floor of €1,060,000 on the lifetime value of “established” binds/);
    expect(stdout).toMatch(/local optimum, the best of 3 starts/);
    expect(stdout).toMatch(/No plan can be better by more than 0\.\d+% of the objective/);
    expect(stdout).not.toMatch(/\{\w+\}|undefined|NaN/);
    const html = readFileSync(page, "utf8");
    expect(html.match(/<svg/g)).toHaveLength(7);
    expect(html).not.toMatch(/\{\w+\}|undefined|NaN/);
  }, 60_000);

  it.each<[what: string, text: string, values: string[]]>([
    ["no JSON", '{"kind": "article", "rate": NaN}', ["plan.json"]],
    ["an unknown key", '{"kind":"article","revenue":[1],"rate":0,"lambda":1,"lamda":2}', ["lamda", "imbalancePenalty"]],
    ["an unknown kind", '{"kind":"wish"}', ["wish", "article, plan"]],
    ["a negative rate", '{"kind":"article","revenue":[1],"rate":-1,"lambda":1}', ["rate", "-1", "≥ 0"]],
    [
      "crossed bounds",
      '{"kind":"article","revenue":[1],"rate":0,"lambda":1,"min":3,"max":2}',
      ["min", "max", "3", "2"],
    ],
    ["a floor out of reach", '{"kind":"article","revenue":[10],"rate":0,"lambda":1,"max":1,"floor":11}', ["11", "10"]],
    ["an unknown solver", '{"kind":"article","revenue":[1],"rate":0,"lambda":1,"solver":"adam"}', ["adam", "newton"]],
  ])("refuses %s in one sentence of each language", async (_, text, values) => {
    const file = write("plan.json", text);
    for (const language of ["en", "zh-CN"]) {
      const said = await longrun(file, "--lang", language);
      expect([said.status, said.stderr]).toEqual([2, expect.stringMatching(/^longrun: .+\n$/)]);
      expect(said.stderr).not.toMatch(/\{\w+\}|undefined/);
      for (const value of values) expect(said.stderr).toContain(value);
      expect(/[\u4e00-\u9fff]/.test(said.stderr)).toBe(language === "zh-CN");
    }
  });

  it("refuses a file there is not, and a folder", async () => {
    expect((await longrun(join(folder, "none.json"))).stderr).toContain("There is no file");
    expect((await longrun(folder)).stderr).toContain("is a folder");
  });
});

describe("longrun plan fit-response", () => {
  const table = join(import.meta.dirname, "../examples/plan/spend.csv");

  it("prints a curve with intervals, and JSON that a lever of a plan takes", async () => {
    const { status, stdout } = await longrun(
      "fit-response",
      table,
      "--outcome",
      "revenue",
      "--shape",
      "exponential",
      "--json",
    );
    expect(status).toBe(0);
    const fit = JSON.parse(stdout);
    expect(fit).toMatchObject({ rows: 104, carryOver: 0, level: 0.95, response: { shape: "exponential" } });
    const { lower, estimate, upper } = fit.parameters.ceiling;
    expect(lower).toBeLessThan(estimate);
    expect(estimate).toBeLessThan(upper);
    const lever = { name: "ads", max: 1e4, unitCost: 1, carryOver: fit.carryOver, responses: { all: fit.response } };
    const plan = { kind: "plan", periods: 2, rate: 0, segments: [{ name: "all", baseline: 1 }], levers: [lever] };
    const solved = await longrun(write("fitted.json", JSON.stringify(plan)), "--json");
    const { ceiling, scale } = fit.response;
    expect(JSON.parse(solved.stdout).solution.x.ads[0]).toBeCloseTo(scale * Math.log(ceiling / scale), 3);
  });

  it("says it in words of both languages", async () => {
    for (const language of ["en", "zh-CN"]) {
      const { stdout } = await longrun(
        "fit-response",
        table,
        "--outcome",
        "revenue",
        "--carry-over",
        "fit",
        "--lang",
        language,
      );
      expect(stdout).toMatch(/ceiling[\s\S]*carryOver[\s\S]*"response"/);
      expect(stdout).not.toMatch(/\{\w+\}|undefined|NaN/);
    }
  });

  it.each([
    [3, "constant.csv", ["7"], "0"],
    [2, "constant.csv", ["1.5"], "1.5"],
  ])("refuses with exit code %i and one sentence", async (code, name, values, carryOver) => {
    const file = write(name, `spend,outcome\n${Array.from({ length: 20 }, (_, row) => `7,${row}`).join("\n")}\n`);
    const { status, stderr } = await longrun("fit-response", file, "--carry-over", carryOver);
    expect([status, stderr]).toEqual([code, expect.stringMatching(/^longrun: .+\n$/)]);
    for (const value of values) expect(stderr).toContain(value);
  });
});
