import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRandom } from "../src/base/random.ts";
import { allocateJson as json, allocate as longrun, allocateRefused as refused } from "./command-line.ts";

const folder = mkdtempSync(join(tmpdir(), "longrun-allocate-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const header = "customer_id,action,short,long,cost,segment,channel,revenue,short_sd,long_sd";

function write(name: string, lines: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, `${lines.join("\n")}\n`);
  return path;
}

/** Three actions beside nothing, costs in whole cents. */
function shopLines(customers: number): string[] {
  const random = createRandom("allocate-cli");
  const lines = [header];
  for (let customer = 0; customer < customers; customer++) {
    const segment = ["new", "old", "vip"][random.integer(3)];
    lines.push(`c${customer},nothing,0,0,0,${segment},,0,0,0`);
    for (const [action, channel, cost] of [
      ["mail", "email", 0.05],
      ["coupon", "email", 3],
      ["ad", "ads", 1.2],
    ] as const) {
      const [short, long] = [random.normal() + 0.5, 2 * random.normal() + 0.3];
      const paid = (cost * (0.8 + 0.4 * random.uniform())).toFixed(2);
      lines.push(
        `c${customer},${action},${short.toFixed(4)},${long.toFixed(4)},${paid},${segment},${channel},${(20 * random.uniform()).toFixed(2)},1,2`,
      );
    }
  }
  return lines;
}

const customers = 1500;
let shop: string;
beforeAll(() => {
  shop = write("values.csv", shopLines(customers));
});

describe("longrun allocate", () => {
  it("prints one document of the promised shape, whose rows the written file confirms to the cent", async () => {
    const out = join(folder, "plan.csv");
    const document = await json(
      ...[shop, "--budget", "500", "--max-contacts", "400", "--min-long", "300", "--out", out],
      ...["--limit", "email=contacts[channel=email]<=250", "margin=short-0.02*revenue>=0"],
      ...["--forbid", "coupon[segment=vip]"],
    );
    for (const key of [
      "customers",
      "actions",
      "objective",
      "short",
      "long",
      "cost",
      "bound",
      "gap",
      "prices",
      "rows",
      "seconds",
    ])
      expect(document).toHaveProperty(key);
    expect(document.rows.map(({ row }: { row: string }) => row)).toEqual([
      "budget",
      "contacts",
      "long",
      "email",
      "margin",
    ]);
    expect(document.gap).toBeLessThan(1e-3);
    expect(document.objective).toBeLessThanOrEqual(document.bound);

    const [names, ...lines] = readFileSync(out, "utf8").trim().split("\n");
    const columns = names.split(",");
    const rows = lines.map((line) => Object.fromEntries(line.split(",").map((cell, at) => [columns[at], cell])));
    expect(rows).toHaveLength(customers);
    const cents = rows.reduce((sum, { cost }) => sum + Math.round(100 * Number(cost)), 0);
    expect(document.cost).toBe(cents / 100);
    expect(cents).toBeLessThanOrEqual(50_000);
    const contacted = rows.filter(({ action }) => action !== "nothing");
    expect(contacted.length).toBeLessThanOrEqual(400);
    const segments = new Map(shopLines(customers).map((line) => [line.split(",")[0], line.split(",")[5]]));
    expect(
      contacted.filter(({ action, customer_id }) => action === "coupon" && segments.get(customer_id) === "vip"),
    ).toEqual([]);
    expect(rows.filter(({ action }) => action === "mail" || action === "coupon").length).toBeLessThanOrEqual(250);
    expect(rows.reduce((sum, { long }) => sum + Number(long), 0)).toBeGreaterThanOrEqual(300 - 1e-6);
    expect(document.rules).toMatchObject([{ rule: "coupon[segment=vip]", price: expect.any(Number) }]);
    expect(document.rules[0].price).toBeGreaterThan(0);
    expect(new Set(rows.map(({ reason }) => reason))).toEqual(new Set(["best", "within_limits", "rule"]));
  });

  it("draws a frontier on which later never falls and now never rises, and says what one more unit of later costs", async () => {
    const { frontier } = await json(shop, "--budget", "500", "--frontier", "5");
    expect(frontier.map(({ balance }: { balance: number }) => balance)).toEqual([0, 0.25, 0.5, 0.75, 1]);
    for (let at = 1; at < frontier.length; at++) {
      expect(frontier[at].long).toBeGreaterThanOrEqual(frontier[at - 1].long - 0.1);
      expect(frontier[at].short).toBeLessThanOrEqual(frontier[at - 1].short + 0.1);
      if (at > 1) expect(frontier[at].priceOfLongTerm).toBeGreaterThan(frontier[at - 1].priceOfLongTerm - 0.05);
    }
  });

  it.each(["en", "zh-CN"])("draws the frontier, its knee and the price of later on one page: %s", async (language) => {
    const page = join(folder, `frontier-${language}.html`);
    const { files, frontier } = await json(shop, "--budget", "500", "--report", page, "--lang", language);
    expect(files).toEqual({ report: page });
    expect(frontier).toHaveLength(21);
    const html = readFileSync(page, "utf8");
    expect(html.match(/<svg/g)).toHaveLength(2);
    expect(html).not.toMatch(/\{\w+\}(?![^<]*<\/style>)|https?:(?!\/\/www\.w3\.org)/);
    const knee = frontier.find(({ knee }: { knee: boolean }) => knee);
    expect(html).toContain(
      language === "en" ? `balance ${knee.balance.toFixed(2)})` : `平衡值 ${knee.balance.toFixed(2)}）`,
    );
  });

  it("explores a share whose propensities the file carries, and prices caution", async () => {
    const out = join(folder, "explored.parquet");
    const document = await json(shop, "--budget", "500", "--explore", "0.1", "--caution", "1", "--out", out);
    expect(document.explorationShare).toBe(0.1);
    expect(document.explorationCost).toBeGreaterThan(0);
    expect(document.caution).toEqual({ deviations: 1, price: expect.any(Number) });
    expect(document.caution.price).toBeGreaterThan(0);
    expect(existsSync(out)).toBe(true);
  });

  it("weighs the worst scenarios, says what that costs, and what each of them counts", async () => {
    const scenarios = write("scenarios.csv", [
      "scenario,action,probability,short_factor,long_factor,long_shift",
      "usual,,6,1,1,0",
      "crisis,*,1,0.6,0.2,0",
      "crisis,coupon,1,0.9,-0.5,-0.2",
      "boom,*,1,1.4,2,0",
    ]);
    const given = [shop, "--budget", "500", "--scenarios", scenarios, "--cvar", "0.25"];
    const document = await json(...given);
    expect(document.risk).toMatchObject({ tailShare: 0.25, weight: 1 });
    expect(document.objective).toBeCloseTo(document.risk.cvar, 6);
    expect(document.risk.price).toBeGreaterThan(0);
    expect(document.risk.cvarGained).toBeGreaterThan(0);
    const named = document.risk.scenarios.map((one: { scenario: string; probability: number }) => [
      one.scenario,
      one.probability,
    ]);
    expect(named).toEqual([
      ["boom", 1 / 8],
      ["crisis", 1 / 8],
      ["usual", 6 / 8],
    ]);
    // Without limits everybody gets what is best as the scenarios count, but for the few who level them.
    const out = join(folder, "risky.csv");
    await json(shop, ...given.slice(3), "--out", out);
    const reasons = readFileSync(out, "utf8").match(/,within_limits,/g) ?? [];
    expect(reasons.length).toBeLessThanOrEqual(12);
    const { stdout } = await longrun(...given, "--lang", "zh-CN");
    expect(stdout).toContain("crisis");
    expect(stdout).not.toMatch(/\{\w+\}/);
    const bad = (name: string, ...lines: string[]) =>
      write(name, ["scenario,action,probability,short_factor", ...lines]);
    const weighed = (file: string, cvar = "0.1") => refused(shop, "--scenarios", file, "--cvar", cvar);
    expect(await weighed(bad("who.csv", "a,nosuch,1,1"))).toMatch(/^2 .*no action "nosuch"/);
    expect(await weighed(bad("text.csv", "a,*,1,much"))).toMatch(/^3 .*scenario a: "much" in column "short_factor"/);
    expect(await weighed(bad("minus.csv", "a,*,-1,1"))).toMatch(/^3 .*probability of scenario a/);
    expect(await weighed(bad("again.csv", "a,,1,1", "a,*,1,2"))).toMatch(
      /^3 .*scenario a with action \* more than once/,
    );
    expect(await weighed(scenarios, "0")).toMatch(/^2 .*worst share of the scenarios is 0/);
    expect(await refused(shop, "--cvar", "0.1")).toMatch(/^2 .*go together/);
  });

  it("gives any spend up to the largest where a response curve stands, within a bound for all spends", async () => {
    const random = createRandom("spends");
    const head = "customer_id,action,short,long,cost,curve,scale,half,slope,exponent";
    const lines = Array.from({ length: 200 }, (_, customer) => {
      const effect = () => (1 + 4 * random.uniform()).toFixed(3);
      return [
        `c${customer},nothing,0,0,0,,,,,`,
        `c${customer},ads,${effect()},${effect()},4,${customer % 2 ? "exponential,2,,," : "hill,,1.5,2,"}`,
        `c${customer},mail,${effect()},0,1.5,,,,,`,
      ];
    });
    const spends = write("spends.csv", [head, ...lines.flat()]);
    const out = join(folder, "spends-plan.csv");
    const document = await json(spends, "--budget", "250", "--max-contacts", "120", "--out", out);
    expect(document.relaxationGap).toBeLessThan(1e-6);
    expect(document.gap).toBeLessThan(2e-3);
    expect(document.objective).toBeLessThanOrEqual(document.bound);
    expect(document.cost).toBeLessThanOrEqual(250 + 1e-9);
    expect(Object.keys(document.actions)).toEqual(["nothing", "ads", "mail"]);
    const rows = readFileSync(out, "utf8")
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.split(","));
    const paid = rows.filter(([, action]) => action === "ads").map((row) => Number(row[5]));
    expect(new Set(paid).size).toBeGreaterThan(1);
    expect(paid.every((cost) => cost > 0 && cost <= 4)).toBe(true);
    expect(rows.filter(([, action]) => action !== "nothing").length).toBeLessThanOrEqual(120);
    const bad = write("bad-curve.csv", [head, "a,nothing,0,0,0,,,,,", "a,ads,1,1,4,hill,,2,,"]);
    expect(await refused(bad)).toMatch(/^3 .*customer a, action ads: the curve "hill" cannot be used with .*slope –/);
    expect(await refused(spends, "--explore", "0.1")).toMatch(/^2 .*response curve cannot be drawn by chance/);
  });

  it("says in both languages what is chosen, what binds and what more would bring", async () => {
    const english = (await longrun(shop, "--budget", "500", "--max-contacts", "400")).stdout;
    expect(english).toContain("Relaxing the limit budget by 10 would bring");
    const chinese = (await longrun(shop, "--budget", "500", "--max-contacts", "400", "--lang", "zh-CN")).stdout;
    expect(chinese).toContain("把限制“预算”放宽 10");
    expect(chinese).not.toMatch(/\{\w+\}/);
  });

  it("explains limits that cannot hold together, with the relaxation that helps", async () => {
    const few = write("few.csv", shopLines(120));
    const message = await refused(few, "--budget", "5", "--min-long", "900000");
    expect(message).toMatch(/^2 .*cannot hold together: budget, value later\..*value later ≥ [\d.]+/s);
    const [, reached] = /others kept: value later ≥ ([\d.]*\d)/.exec(message) ?? [];
    expect(await json(few, "--budget", "5", "--min-long", reached)).toMatchObject({ customers: 120 });
    expect(await refused(few, "--budget", "5", "--min-long", String(1.3 * Number(reached)))).toContain("together");
    const alone = await refused(few, "--min-long", "900000");
    const [, most] = /No plan reaches 900000 for the limit value later; ([\d.]*\d) is the most/.exec(alone) ?? [];
    expect((await json(few, "--min-long", most)).long).toBeGreaterThanOrEqual(Number(most));
    const [, attainable] = /value later ≥ ([\d.]*\d)/.exec(message) ?? [];
    const [, budget] = /budget ≤ ([\d.]*\d)/.exec(message) ?? [undefined, "5"];
    expect(await json(few, "--budget", budget, "--min-long", attainable)).toMatchObject({ customers: 120 });
  });

  it("counts in the currency of the file, of the option or of the first limit, shows it, and refuses every other one", async () => {
    const nothing = "a,nothing,0,0,0,new,,0,0,0";
    const inEuro = write("euro.csv", [`${header},currency`, `${nothing},`, "a,mail,2,1,1.5,new,email,0,0,0,eur"]);
    expect(await json(inEuro, "--budget", "5EUR", "--min-total", "1 EUR")).toMatchObject({
      currency: "EUR",
      cost: 1.5,
    });
    expect(await json(inEuro, "--budget", "1")).toMatchObject({ currency: "EUR", cost: 0 });
    expect(await refused(inEuro, "--budget", "5 USD")).toMatch(/^2 .*budget: "5 USD" is not in EUR/);
    expect(await refused(inEuro, "--min-long", "1", "--currency", "USD")).toMatch(
      /^2 .*--currency: "USD" is not in EUR/,
    );
    expect(await refused(inEuro, "--limit", "mail=cost[action=mail]<=5 CHF")).toMatch(
      /^2 .*mail: "5 CHF" is not in EUR/,
    );
    const unnamed = write("unnamed.csv", [header, nothing, "a,mail,2,1,1.5,new,email,0,0,0"]);
    expect(await json(unnamed, "--budget", "5")).not.toHaveProperty("currency");
    expect(await json(unnamed, "--budget", "5 KWD", "--limit", "m=cost<=4KWD")).toMatchObject({ currency: "KWD" });
    expect(await refused(unnamed, "--budget", "5 KWD", "--min-short", "1 EUR")).toMatch(
      /^2 .*short: "1 EUR" is not in KWD/,
    );
    expect(await refused(unnamed, "--budget", "5 KWD", "--currency", "EUR")).toMatch(
      /^2 .*budget: "5 KWD" is not in EUR/,
    );
    expect(await refused(unnamed, "--currency", "euro")).toMatch(/^2 .*currency is "euro"/);
    expect((await longrun(unnamed, "--currency", "EUR")).stdout).toContain("€3.00 in all = €2.00 now");
    expect((await longrun(unnamed)).stdout).toContain("3.00 in all = 2.00 now");
  });

  it("refuses what it cannot use, each with one sentence", async () => {
    const bad = (name: string, ...lines: string[]) => write(name, [header, ...lines]);
    const nothing = "a,nothing,0,0,0,new,,0,0,0";
    expect(await refused(join(folder, "absent.csv"))).toMatch(/^2 .*absent\.csv/);
    expect(await refused(bad("nan.csv", nothing, "a,mail,inf,1,1,new,email,0,0,0"))).toMatch(
      /^3 .*customer a, action mail: "inf" in column "short"/,
    );
    expect(await refused(bad("twice.csv", nothing, nothing))).toMatch(
      /^3 .*customer a with action nothing more than once/,
    );
    expect(await refused(bad("lacks.csv", nothing, "b,mail,1,1,1,new,email,0,0,0"))).toMatch(
      /^3 .*customer b .*no row for "nothing"/,
    );
    expect(await refused(bad("none.csv", "a,mail,1,1,1,new,email,0,0,0"))).toMatch(
      /^3 .*no action whose short, long and cost are 0/,
    );
    expect(await refused(bad("empty.csv"))).toMatch(/^3 .*no rows/);
    const paid = [
      `${header},currency`,
      `${nothing},`,
      "a,mail,1,1,1,new,email,0,0,0,EUR",
      "a,ad,1,1,1,new,ads,0,0,0,USD",
    ];
    expect(await refused(write("two-currencies.csv", paid))).toMatch(/^3 .*several currencies: EUR, USD/);
    expect(await refused(shop, "--limit", "x=nosuch<=3")).toMatch(/^2 .*no column "nosuch"/);
    expect(await refused(shop, "--limit", "x=cost<3")).toMatch(/^2 .*cannot be read/);
    expect(await refused(shop, "--limit", "a=cost<=3", "a=cost<=4")).toMatch(/^2 .*two limits called a/);
    expect(await refused(shop, "--budget", "much")).toMatch(/^2 .*option budget is "much"/);
    expect(await refused(shop, "--max-contacts", "many")).toMatch(/^2 .*option maxContacts needs a number/);
    expect(await refused(shop, "--balance", "2")).toMatch(/^2 .*balance is 2/);
    expect(await refused(shop, "--frontier", "1")).toMatch(/^2 .*frontier of 1 points/);
    expect(await refused(shop, "--out", "plan.txt")).toMatch(/^2 .*plan\.txt/);
    expect(await refused(shop, "--force", "nosuch[segment=vip]")).toMatch(/^2 .*no action "nosuch"/);
    expect(await refused(shop, "--budget", "10", "--explore", "0.9")).toMatch(/^2 .*exploration alone uses more/);
  });
});
