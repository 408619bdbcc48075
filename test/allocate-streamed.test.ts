import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRandom } from "../src/base/random.ts";
import { allocateJson as json, allocate as longrun, allocateRefused as refused } from "./command-line.ts";

const folder = mkdtempSync(join(tmpdir(), "longrun-streamed-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const customers = 1600;
/** Less than a thousand customers need. */
const little = ["--memory", "0.1"];
let shop: string;

beforeAll(() => {
  const random = createRandom("streamed table");
  const lines = ["customer_id,action,short,long,cost,segment,eligible,short_sd,long_sd"];
  for (let customer = 0; customer < customers; customer++) {
    const segment = ["new", "old", "vip"][random.integer(3)];
    lines.push(`c${customer},nothing,0,0,0,${segment},true,0,0`);
    for (const action of ["mail", "coupon", "ad"]) {
      // Some pairs are absent, some are not eligible, and some actions save money.
      if (random.uniform() < 0.05) continue;
      const [short, long, cost] = [random.normal() + 0.4, 2 * random.normal(), 3 * random.uniform() - 0.4];
      const eligible = random.uniform() < 0.9;
      lines.push(
        `c${customer},${action},${short.toFixed(4)},${long.toFixed(4)},${cost.toFixed(2)},${segment},${eligible},0.5,1`,
      );
    }
  }
  shop = join(folder, "values.csv");
  writeFileSync(shop, `${lines.join("\n")}\n`);
});

function rowsOf(path: string): Record<string, string>[] {
  const [names, ...lines] = readFileSync(path, "utf8").trim().split("\n");
  const columns = names.split(",");
  return lines.map((line) => Object.fromEntries(line.split(",").map((cell, at) => [columns[at], cell])));
}

describe("longrun allocate on a table larger than its memory", () => {
  it.each([
    ["one budget, a rule", ["--budget", "240", "--forbid", "ad[segment=new]"]],
    ["several limits", ["--budget", "240", "--limit", "vip=cost[segment=vip]<=40"]],
  ])("finds the plan and certificate of the table in memory: %s", async (_, limits) => {
    const [held, streamed] = ["held.csv", "streamed.csv"].map((name) => join(folder, name));
    const whole = await json(shop, ...limits, "--out", held);
    const passes = await json(shop, ...limits, "--out", streamed, ...little);
    expect(whole).not.toHaveProperty("streamed");
    expect(passes.streamed.openCustomers).toBeLessThan(1000);
    expect(passes.streamed.sampleCustomers).toBeLessThan(1500);
    const { streamed: _streamed, ...same } = passes;
    expect(Object.keys(same)).toEqual(Object.keys(whole));
    expect(Math.abs(passes.bound - whole.bound)).toBeLessThan(1e-9 * whole.bound);
    expect(passes.objective).toBeGreaterThan(whole.bound * (1 - 1e-4));
    expect(passes.objective).toBeLessThanOrEqual(passes.bound);
    expect((passes.short + passes.long) / 2).toBeCloseTo(passes.objective, 6);
    for (const [row, { limit, used, price }] of passes.rows.entries()) {
      expect(used).toBeLessThanOrEqual(limit + 1e-9);
      expect(price).toBeCloseTo(whole.rows[row].price, 6);
    }
    expect(passes.rules.length).toBe(whole.rules.length);
    if (whole.rules.length > 0) expect(passes.rules[0].price).toBeCloseTo(whole.rules[0].price, 6);

    const [one, other] = [held, streamed].map(rowsOf);
    expect(other.map(({ customer_id }) => customer_id)).toEqual(one.map(({ customer_id }) => customer_id));
    expect(Object.keys(other[0])).toEqual(Object.keys(one[0]));
    // All but the few on whom the last of the budget hangs.
    const different = other.filter((row, at) => JSON.stringify(row) !== JSON.stringify(one[at]));
    expect(different.length).toBeLessThan(25);
    expect(other.reduce((sum, { cost }) => sum + Math.round(100 * Number(cost)), 0)).toBe(
      Math.round(100 * passes.cost),
    );
  });

  it("prices caution and draws the frontier", async () => {
    const given = [shop, "--budget", "240", "--caution", "0.5", "--frontier", "3"];
    const [whole, passes] = [await json(...given), await json(...given, ...little)];
    expect(passes.caution.price).toBeCloseTo(whole.caution.price, 1);
    expect(passes.short).toBeCloseTo(whole.short, 0);
    for (const [point, { balance, bound, knee }] of passes.frontier.entries()) {
      expect(balance).toBe(whole.frontier[point].balance);
      expect(Math.abs(bound - whole.frontier[point].bound)).toBeLessThan(1e-9 * bound);
      expect(knee).toBe(whole.frontier[point].knee);
    }
  });

  it("says that it was read in passes, what cannot be had that way, and limits that cannot hold", async () => {
    for (const language of ["en", "zh-CN"]) {
      const { stdout } = await longrun(shop, "--budget", "240", "--lang", language, ...little);
      expect(stdout).toMatch(language === "en" ? /read from disk in passes/ : /从磁盘分多遍读取/);
      expect(stdout).not.toMatch(/\{\w+\}/);
    }
    expect(await refused(shop, "--explore", "0.1", ...little)).toMatch(
      /^2 .*--explore needs all customers.*--memory \d/,
    );
    expect(await refused(shop, "--memory", "0")).toMatch(/^2 .*memory is 0 MB/);
    expect(await refused(shop, "--min-long", "1000000", ...little)).toMatch(/^2 .*No plan reaches 1000000/);
    // What the sample allows and all customers do not is found out by the passes.
    expect(await refused(shop, "--limit", "all=contacts>=1599", "--budget", "240", ...little)).toMatch(/^2 .*all/);
  });
});
