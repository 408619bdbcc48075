import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { main } from "../src/cli/main.ts";
import { subjects } from "../src/cli/show.ts";
import { openDuckdb } from "../src/engine/duckdb/engine.ts";
import { hashOfFile } from "../src/runs/store.ts";
import { runInProcess } from "./command-line.ts";

const command = join(import.meta.dirname, "../bin/longrun.js");
const fresh = () => mkdtempSync(join(tmpdir(), "longrun-cli-"));

function longrun(...given: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...given], { encoding: "utf8" });
  return { status, stdout, stderr };
}

const demo = (folder: string, ...given: string[]) =>
  longrun(
    "demo",
    "--project",
    folder,
    "--customers",
    "1000",
    "--seed",
    "test",
    "--no-open",
    "--json",
    "--quiet",
    ...given,
  );

function stageHashes(folder: string): Record<string, string> {
  const stages = join(folder, ".longrun/stages");
  const files = (readdirSync(stages, { recursive: true }) as string[]).filter((name) =>
    statSync(join(stages, name)).isFile(),
  );
  return Object.fromEntries(files.sort().map((name) => [name, hashOfFile(join(stages, name))]));
}

describe("the demo, whole", () => {
  const folder = fresh();
  const first = demo(folder);

  it("prints one JSON document with every part of the promise", () => {
    expect(first.stderr).toBe("");
    expect(first.status).toBe(0);
    const summary = JSON.parse(first.stdout);
    expect(summary.customers).toBeGreaterThan(900);
    expect(summary.stages).toHaveLength(7);
    expect(summary.backtest.clv).toMatchObject({
      horizonDays: 365,
      baselines: ["pastSpend", "lifetimeModel", "ownRate", "network", "chosenMember"].map((name) => ({ name })),
    });
    const { value90d } = summary.backtest;
    for (const tested of [value90d, value90d.baselines[1]])
      for (const metric of ["spearman", "normalizedGini", "decileMape", "bias"])
        expect(tested[metric]).toEqual(expect.any(Number));
    expect(summary.plan.gap).toBeLessThanOrEqual(1e-4);
    expect(summary.plan.cost).toBeLessThanOrEqual(summary.plan.budget + 1e-6);
    expect(summary.plan.total).toBeCloseTo(summary.plan.short + summary.plan.long, 6);
    expect(summary.frontier).toHaveLength(21);
    expect(summary.truth.policies.map(({ name }: { name: string }) => name)).toEqual([
      "nobody",
      "everyone",
      "everyoneSameBudget",
      "greedy",
      "plan",
      "farSighted",
      "oracle",
    ]);
    const totals = Object.fromEntries(
      summary.truth.policies.map(({ name, total }: { name: string; total: number }) => [name, total]),
    );
    expect(totals.oracle).toBeGreaterThan(totals.plan);
    expect(readFileSync(summary.files.report, "utf8")).not.toMatch(/NaN|undefined|https?:\/\/(?!www\.w3\.org)/);
  });

  it("fits a lifetime model on every day a network is trained, says which, blends both with the baselines by stated weights, and forecasts every customer", async () => {
    const { lifetimeModels, blends, backtest } = JSON.parse(first.stdout);
    const days = lifetimeModels.map(({ asOf }: { asOf: string }) => asOf);
    expect(days.slice(0, -1)).toEqual(backtest.clv.origins);
    for (const { asOf, purchases, setAside } of lifetimeModels) {
      const written = join(folder, `.longrun/stages/train/lifetime-model-${asOf}.json`);
      expect(JSON.parse(readFileSync(written, "utf8"))).toMatchObject({ purchases, setAside });
    }
    const engine = await openDuckdb({ temporaryDirectory: join(fresh(), "tmp") });
    expect(blends.map(({ asOf }: { asOf: string }) => asOf)).toEqual(days);
    for (const { asOf, horizons } of blends) {
      const table = asOf === days.at(-1) ? "predictions" : `backtest_${asOf}`;
      const year = horizons.at(-1);
      // What it rests on had ended by then: the season and the outcomes of a later day are nobody's to know.
      expect(Date.parse(year.evidence.origin) + 365 * 86_400_000).toBeLessThanOrEqual(Date.parse(asOf));
      const { network, lifetimeModel, pastSpend, ownRate } = year.weights;
      expect(network + lifetimeModel + pastSpend + ownRate).toBeCloseTo(1, 9);
      const [{ off, crossing }] = await engine.rows(
        `SELECT max(abs(mean_365d - ${network} * network_mean_365d - ${lifetimeModel} * lifetime_mean_365d
             - ${pastSpend} * past_spend_mean_365d - ${ownRate} * own_rate_mean_365d) / (1 + mean_365d)) AS off,
           count(*) FILTER (WHERE p10_365d > p50_365d OR p50_365d > p90_365d)::INTEGER AS crossing
         FROM read_parquet('${join(folder, `.longrun/stages/predict/${table}.parquet`)}')`,
      );
      expect(Number(off)).toBeLessThan(1e-9);
      expect(crossing).toBe(0);
    }
    for (const { intervals } of backtest.horizons)
      for (const { pinballLoss, baselinePinballLoss } of intervals.quantiles)
        expect(pinballLoss).toBeLessThanOrEqual(1.1 * baselinePinballLoss);
    for (const table of ["predictions", ...backtest.clv.origins.map((day: string) => `backtest_${day}`)]) {
      const path = join(folder, `.longrun/stages/predict/${table}.parquet`);
      const [{ customers, forecast }] = await engine.rows(
        `SELECT count(*)::INTEGER AS customers,
           count(*) FILTER (WHERE isfinite(lifetime_mean_90d) AND lifetime_mean_90d <= lifetime_mean_365d)::INTEGER AS forecast
         FROM read_parquet('${path}')`,
      );
      expect([table, forecast]).toEqual([table, customers]);
    }
    await engine.close();
  });

  it("places every customer between now and later, once on every day, and sums them up", async () => {
    const { relation, customers, plan, backtest } = JSON.parse(first.stdout);
    const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0);
    expect(sum(relation.quadrants.map((quadrant: { customers: number }) => quadrant.customers))).toBe(customers);
    expect(relation.cuts).toMatchObject({ upperShare: 0.2, fittedOn: backtest.clv.origins[0] });
    expect(relation.migrations).toHaveLength(backtest.clv.origins.length);
    const latest = relation.migrations.at(-1);
    expect(sum([...latest.customers.flat(), ...latest.joined])).toBe(customers);
    expect(latest.kept.low).toBeGreaterThan(latest.keptByChance);
    expect(relation.conflict.plans.customers).toBe(customers - plan.heldOut);
    const engine = await openDuckdb({ temporaryDirectory: join(fresh(), "tmp") });
    const rows = await engine.rows(
      `SELECT as_of, count(*)::INTEGER AS customers, count(DISTINCT customer_id)::INTEGER AS ids, max(abs(short + "long" - clv)) AS off,
         avg((clv > ${relation.cuts.clv})::INTEGER) AS upper
       FROM read_parquet('${join(folder, ".longrun/stages/predict/relation.parquet")}') GROUP BY as_of ORDER BY as_of`,
    );
    await engine.close();
    expect(rows).toHaveLength(backtest.clv.origins.length + 1);
    for (const row of rows) expect([row.ids, Number(row.off) < 1e-9]).toEqual([row.customers, true]);
    expect(rows[0].upper).toBeCloseTo(0.2, 2);
    expect(rows.at(-1)?.customers).toBe(customers);
  });

  it("gives reasons that add up to the forecast, and the same ones when a customer is asked for", async () => {
    const { reasons } = JSON.parse(first.stdout);
    expect(reasons.completenessError).toBeLessThan(1e-4);
    expect(reasons.examples.length).toBeGreaterThanOrEqual(2);
    const stage = join(folder, ".longrun/stages/predict");
    const engine = await openDuckdb({ temporaryDirectory: join(fresh(), "tmp") });
    const [{ explained, off }] = await engine.rows(
      `SELECT count(*)::INTEGER AS explained, max(abs(network_mean_365d - ${reasons.typicalValues[1]} - effect) / greatest(1, network_mean_365d)) AS off
       FROM (SELECT customer_id, sum(effect) AS effect FROM read_parquet('${stage}/reasons.parquet') WHERE horizon_days = 365 GROUP BY 1)
       JOIN read_parquet('${stage}/predictions.parquet') USING (customer_id)`,
    );
    expect(explained).toBe(reasons.explained);
    expect(off).toBeLessThan(1e-4);
    const { customerId, quadrant, forecast } = reasons.examples[0];
    const written = await engine.rows(
      `SELECT concept, feature, effect FROM read_parquet('${stage}/reasons.parquet')
       WHERE customer_id = '${customerId}' AND horizon_days = 365 ORDER BY place`,
    );
    await engine.close();
    // In this process: starting the command takes longer than what it does.
    const show = (...given: string[]) => runInProcess(["show", "customer", ...given, "--project", folder]);
    const view = JSON.parse((await show(customerId, "--json")).stdout);
    expect(view).toMatchObject({ customerId, quadrant, reasons: [{ horizonDays: 90 }, { horizonDays: 365 }] });
    expect(view.forecasts.at(-1).networkMean).toBeCloseTo(forecast.value, 3);
    expect(view.reasons[1].reasons.slice(0, 3)).toEqual(forecast.reasons);
    expect(
      view.reasons[1].reasons.map(({ concept, feature, effect }: Record<string, unknown>) => ({
        concept,
        feature,
        effect,
      })),
    ).toEqual(written.map((row) => ({ ...row })));
    const plan = readFileSync(join(folder, ".longrun/stages/optimize/plan.csv"), "utf8");
    expect(plan).toContain(`\n${customerId},${view.plan.action},${view.plan.propensity.toFixed(4)},`);
    for (const language of ["en", "zh-CN"]) {
      const { stdout } = await show(customerId, "--lang", language);
      expect(stdout).not.toMatch(/undefined|NaN|null|[{}]|_coupon|_regulars/);
    }
    const unknown = await show("nobody");
    expect([unknown.status, unknown.stderr.includes("nobody")]).toEqual([2, true]);
    expect((await show()).status).toBe(2);
  });

  it("names a customer once in the plan, with the propensity of what was drawn", () => {
    const [header, ...rows] = readFileSync(join(folder, ".longrun/stages/optimize/plan.csv"), "utf8")
      .trim()
      .split("\n");
    expect(header).toBe("customer_id,action,propensity,expected_short,expected_long,expected_cost,reason");
    const customers = rows.map((row) => row.split(",")[0]);
    expect(new Set(customers).size).toBe(customers.length);
    for (const row of rows) expect(Number(row.split(",")[2])).toBeGreaterThan(0);
  });

  // In this process: starting the command two dozen times takes a minute.
  it.each(["en", "zh-CN"])(
    "shows every part of the run to people in %s, and as one JSON document",
    async (language) => {
      const written = vi.spyOn(process.stdout, "write").mockReturnValue(true);
      const show = async (...given: string[]) => {
        written.mockClear();
        const status = await main(["show", ...given, "--project", folder]);
        return { status, stdout: written.mock.calls.join("") };
      };
      try {
        for (const subject of subjects) {
          const said = await show(subject, "--lang", language);
          expect([subject, said.status]).toEqual([subject, 0]);
          expect(said.stdout).not.toMatch(/undefined|NaN|null|[{}]|_minor|_coupon/);
          expect([subject, /[\u4e00-\u9fff]/.test(said.stdout)]).toEqual([subject, language === "zh-CN"]);
          expect(JSON.parse((await show(subject, "--json")).stdout)).toEqual(expect.any(Object));
        }
      } finally {
        written.mockRestore();
      }
    },
  );

  it("skips every stage when nothing changed", () => {
    const again = longrun("run", "--project", folder, "--json", "--quiet", "--seed", "longrun");
    const twice = longrun("run", "--project", folder, "--json", "--quiet", "--seed", "longrun");
    expect(again.status).toBe(0);
    expect(JSON.parse(twice.stdout).stages.map(({ reused }: { reused: boolean }) => reused)).toEqual(
      new Array(7).fill(true),
    );
  });

  it("gives the same bytes for the same seed in another folder with another number of threads", () => {
    const [one, two] = [fresh(), fresh()];
    expect(demo(one).status).toBe(0);
    expect(demo(two, "--threads", "1").status).toBe(0);
    const hashes = stageHashes(one);
    expect(Object.keys(hashes).length).toBeGreaterThan(30);
    const other = stageHashes(two);
    // Contact hashes are keyed by the project's own key, and everything ingested hangs on it.
    const differing = Object.keys(hashes).filter(
      (name) =>
        hashes[name] !== other[name] &&
        !/^(ingest|clean)\/(customers\.parquet|manifest\.json)|manifest\.json$/.test(name),
    );
    expect(differing).toEqual([]);
  });

  it("goes on after kill -9 at any moment, to the same result", async () => {
    const killed = fresh();
    for (const delayMs of [1500, 3500, 6000]) {
      const child = spawn(
        process.execPath,
        [command, "demo", "--project", killed, "--customers", "1000", "--seed", "test", "--no-open", "--quiet"],
        { stdio: "ignore" },
      );
      const ended = new Promise((resolve) => child.once("exit", resolve));
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      child.kill("SIGKILL");
      await ended;
    }
    const finished = demo(killed);
    expect(finished.status).toBe(0);
    const { plan, networks } = JSON.parse(finished.stdout);
    expect(plan).toEqual(JSON.parse(first.stdout).plan);
    expect(networks).toEqual(JSON.parse(first.stdout).networks);
    const stages = readdirSync(join(killed, ".longrun/stages"));
    expect(stages.filter((name) => !/^\w+$/.test(name))).toEqual([]); // nothing partial, replaced or to go on from
  });

  it("shows merged identities, takes one apart on request, and says what each rule did", () => {
    const project = mkdtempSync(join(tmpdir(), "longrun-identities-"));
    cpSync(folder, project, { recursive: true });
    const show = (subject: string) => longrun("show", subject, "--project", project, "--json", "--quiet");
    const merges = JSON.parse(show("identities").stdout);
    expect(merges.length).toBeGreaterThan(0);
    expect(merges[0]).toMatchObject({ merge_id: `email:${merges[0].from_customer_id}`, undone_at: null });
    const before = JSON.parse(show("clean").stdout);
    expect(before.rules[0]).toEqual({
      rule: "exact_repeats",
      effect: "set_aside",
      rows: expect.any(Number),
      money: expect.any(Number),
      clvEffect: expect.any(Number),
    });
    const rerun = (undone: string) => {
      const config = { language: "en", clean: { undoneMerges: [undone] } };
      writeFileSync(join(project, "longrun.config.json"), JSON.stringify(config));
      return longrun("run", "--project", project, "--json", "--quiet", "--seed", "test");
    };
    expect(rerun(merges[0].merge_id).status).toBe(0);
    expect(JSON.parse(show("clean").stdout).customers).toBe(before.customers + 1);
    expect(JSON.parse(show("identities").stdout)[0].undone_at).toMatch(/^\d{4}-\d\d-\d\dT/);
    const wrong = rerun("email:nobody");
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toContain("email:nobody");
  }, 120_000);

  it("speaks Chinese", () => {
    const { stdout } = longrun("show", "--project", folder, "--lang", "zh-CN");
    expect(stdout).toContain("位顾客");
    expect(stdout).not.toMatch(/\{\w+\}/);
  });
});

const header = "order_id,customer_id,ordered_at,status,currency,items_gross_minor,total_minor";
const order = (id: number, customer: string, date: string, amount = 1000) =>
  `o${id},${customer},${date},paid,USD,${amount},${amount}`;

function projectWith(content: string, name = "orders.csv"): { folder: string; path: string } {
  const folder = fresh();
  const path = join(folder, name);
  writeFileSync(path, content);
  return { folder, path };
}

describe("bad input gets one clear sentence and the right exit code", () => {
  const importOf = (content: string, ...given: string[]) => {
    const { folder, path } = projectWith(content);
    return { ...longrun("import", path, "--project", folder, "--quiet", ...given), folder };
  };
  const oneSentence = (stderr: string) => expect(stderr.trim().split("\n")).toHaveLength(1);

  it("missing file: 2", () => {
    const { status, stderr } = longrun("import", "nowhere.csv", "--project", fresh());
    expect(status).toBe(2);
    expect(stderr).toContain("nowhere.csv");
    oneSentence(stderr);
  });

  it.each([
    ["empty file", "", 3, "empty"],
    ["wrong header", "a,b\n1,2\n", 3, "a, b"],
    ["bad date in row 2", `${header}\no1,c1,someday,paid,USD,5,5\n`, 3, "someday"],
    ["bad number", `${header}\no1,c1,2023-01-01,paid,USD,five,5\n`, 3, "five"],
    ["negative amount", `${header}\no1,c1,2023-01-01,paid,USD,-5,5\n`, 3, "-5"],
    ["date in the future", `${header}\no1,c1,2999-01-01,paid,USD,5,5\n`, 3, "2999"],
  ])("%s: the sentence names the value", (_, content, code, value) => {
    const { status, stderr, folder } = importOf(content);
    expect(status).toBe(code);
    expect(stderr).toContain(value);
    oneSentence(stderr);
    expect(existsSync(join(folder, ".longrun"))).toBe(false);
  });

  it("unknown preset: 2, and the known ones are named", () => {
    const { status, stderr } = importOf(`${header}\n${order(1, "c1", "2023-01-01")}\n`, "--preset", "shopfy");
    expect([status, stderr.includes("uci-retail")]).toEqual([2, true]);
  });

  const runOf = (rows: string[], config?: object) => {
    const { folder, path } = projectWith([header, ...rows].join("\n"));
    if (config) writeFileSync(join(folder, "longrun.config.json"), JSON.stringify(config));
    expect(longrun("import", path, "--project", folder, "--quiet").status).toBe(0);
    return longrun("run", "--project", folder, "--quiet");
  };
  const day = (index: number) => new Date(Date.UTC(2022, 0, 1 + index)).toISOString().slice(0, 10);
  const shop = (customers: number, days: number) =>
    Array.from({ length: days }, (_, index) => order(index, `c${index % customers}`, day(index), 1000));

  it("one customer: 4", () => {
    const { status, stderr } = runOf(shop(1, 500));
    expect([status, stderr.includes("20")]).toEqual([4, true]);
  });

  it("too short a history: 4, with the days there are and needed", () => {
    const { status, stderr } = runOf(shop(30, 60));
    expect([status, stderr.includes("60 days"), stderr.includes("150")]).toEqual([4, true, true]);
  });

  it("all customers equal: a result, no crash", () => {
    const { status, stderr } = runOf(shop(40, 700));
    expect([status, stderr]).toEqual([0, ""]);
  });

  it("an asOf outside the data: 2", () => {
    const { status, stderr } = runOf(shop(30, 500), { asOf: "2030-01-01" });
    expect([status, stderr.includes("2030-01-01")]).toEqual([2, true]);
  });

  it("a negative budget: 2", () => {
    const { folder, path } = projectWith([header, ...shop(30, 100)].join("\n"));
    writeFileSync(join(folder, "longrun.config.json"), JSON.stringify({ plan: { budget: -5 } }));
    const { status, stderr } = longrun("import", path, "--project", folder, "--quiet");
    expect([status, stderr.includes("-5")]).toEqual([2, true]);
  });

  it("a setting that does not exist: 2, named", () => {
    const { folder, path } = projectWith([header, ...shop(30, 100)].join("\n"));
    writeFileSync(join(folder, "longrun.config.json"), JSON.stringify({ budgett: 5 }));
    const { status, stderr } = longrun("import", path, "--project", folder, "--quiet");
    expect([status, stderr.includes("budgett")]).toEqual([2, true]);
  });

  it("a folder locked by another longrun: 5", () => {
    const { folder, path } = projectWith([header, ...shop(30, 100)].join("\n"));
    expect(longrun("init", "--project", folder, "--yes", "--quiet").status).toBe(0);
    writeFileSync(join(folder, ".longrun/lock"), String(process.pid));
    const { status, stderr } = longrun("import", path, "--project", folder, "--quiet");
    expect([status, stderr.includes(String(process.pid))]).toEqual([5, true]);
  });

  it("a lock left by a process that was killed does not lock", () => {
    const { folder, path } = projectWith([header, ...shop(30, 100)].join("\n"));
    expect(longrun("init", "--project", folder, "--yes", "--quiet").status).toBe(0);
    writeFileSync(join(folder, ".longrun/lock"), "999999999");
    expect(longrun("import", path, "--project", folder, "--quiet").status).toBe(0);
  });

  it("a folder that cannot be written: 2", () => {
    const folder = fresh();
    const blocked = join(folder, "file");
    writeFileSync(blocked, "");
    // A file where the folder should be is refused for root too, whom permissions do not stop.
    const { status, stderr } = longrun("init", "--project", join(blocked, "shop"), "--yes", "--quiet");
    expect([status, stderr.includes(blocked)]).toEqual([2, true]);
    const readOnly = join(folder, "read-only");
    mkdirSync(readOnly);
    chmodSync(readOnly, 0o555);
    if (process.getuid?.() !== 0) expect(longrun("init", "--project", readOnly, "--yes", "--quiet").status).toBe(2);
  });

  it("no project, no sources, an unknown command, an unknown world", () => {
    expect(longrun("run", "--project", fresh()).status).toBe(2);
    const folder = fresh();
    longrun("init", "--project", folder, "--yes");
    expect(longrun("run", "--project", folder).status).toBe(3);
    expect(longrun("walk").status).toBe(2);
    expect(longrun("demo", "--project", fresh(), "--world", "flat", "--no-open").status).toBe(2);
  });
});

describe("a shop without randomised decisions", () => {
  it("gets forecasts and a proposed experiment, no invented effects; stated effects are planned with and marked", () => {
    const folder = fresh();
    const rows = Array.from({ length: 3000 }, (_, index) => {
      const date = new Date(Date.UTC(2021, 0, 1) + Math.floor((index * 900) / 3000) * 86_400_000)
        .toISOString()
        .slice(0, 10);
      return order(index, `c${(index * 7919) % 400}`, date, 500 + ((index * 31) % 900));
    });
    writeFileSync(join(folder, "orders.csv"), [header, ...rows].join("\n"));
    expect(longrun("import", join(folder, "orders.csv"), "--project", folder, "--quiet").status).toBe(0);
    const without = JSON.parse(longrun("run", "--project", folder, "--json", "--quiet").stdout);
    expect(without.plan.status).toBe("needs_experiment");
    expect(without.experiment.customers).toBeGreaterThan(0);
    expect(without.experiment.minimumDetectableEffect).toBeGreaterThan(0);
    writeFileSync(
      join(folder, "longrun.config.json"),
      JSON.stringify({
        assumedEffects: { gift: { shortShare: 0.2, longShare: 0.1, costPerCustomer: 0.5 } },
        plan: { budget: 50 },
      }),
    );
    const stated = JSON.parse(longrun("run", "--project", folder, "--json", "--quiet").stdout);
    expect(stated.plan).toMatchObject({ status: "ready", assumed: true });
    expect(stated.plan.cost).toBeLessThanOrEqual(50 + 1e-6);
    expect(longrun("show", "--project", folder).stdout).toContain("assumed");
  });
});
