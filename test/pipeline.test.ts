import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { main } from "../src/cli/main.ts";
import { subjects } from "../src/cli/subjects.ts";
import { openDuckdb } from "../src/engine/duckdb/engine.ts";
import { hashOfFile } from "../src/runs/store.ts";
import { command, longrun, runInProcess, smallNetworks } from "./command-line.ts";

const fresh = () => mkdtempSync(join(tmpdir(), "longrun-cli-"));

const config = { train: smallNetworks };

const demo = (folder: string, ...given: string[]) => {
  writeFileSync(join(folder, "longrun.config.json"), JSON.stringify(config));
  return longrun(
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
};

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
      baselines: ["pastSpend", "lifetimeModel", "ownRate", "network", "sequence", "chosenMember"].map((name) => ({
        name,
      })),
    });
    expect(summary.backtest.clv.behaviour.boughtShare).toBeGreaterThan(0);
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
      const { network, sequence, lifetimeModel, pastSpend, ownRate } = year.weights;
      expect(network + sequence + lifetimeModel + pastSpend + ownRate).toBeCloseTo(1, 9);
      const [{ off, crossing, contradicting }] = await engine.rows(
        `SELECT max(abs(mean_365d - ${network} * network_mean_365d - ${sequence} * sequence_mean_365d - ${lifetimeModel} * lifetime_mean_365d
             - ${pastSpend} * past_spend_mean_365d - ${ownRate} * own_rate_mean_365d) / (1 + mean_365d)) AS off,
           count(*) FILTER (WHERE p10_365d > p50_365d OR p50_365d > p90_365d)::INTEGER AS crossing,
           count(*) FILTER (WHERE purchase_probability_90d > purchase_probability_365d OR orders_90d > orders_365d
             OR purchase_probability_365d > orders_365d)::INTEGER AS contradicting
         FROM read_parquet('${join(folder, `.longrun/stages/predict/${table}.parquet`)}')`,
      );
      expect(Number(off)).toBeLessThan(1e-9);
      expect([crossing, contradicting]).toEqual([0, 0]);
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
    expect(header).toBe(
      "customer_id,action,propensity,expected_short,expected_long,expected_cost,reason,binding_limits",
    );
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
    const again = longrun("run", "--project", folder, "--json", "--quiet", "--seed", "test");
    expect(again.status).toBe(0);
    expect(JSON.parse(again.stdout).stages.map(({ reused }: { reused: boolean }) => reused)).toEqual(
      new Array(7).fill(true),
    );
  });

  it("gives the same bytes for the same seed in another folder, with another number of threads, killed (-9) three times on the way", async () => {
    const another = fresh();
    writeFileSync(join(another, "longrun.config.json"), JSON.stringify(config));
    const shop = ["--customers", "1000", "--seed", "test", "--threads", "1"];
    for (const delayMs of [1500, 3500, 6000]) {
      const child = spawn(process.execPath, [command, "demo", "--project", another, ...shop, "--no-open", "--quiet"], {
        stdio: "ignore",
      });
      const ended = new Promise((resolve) => child.once("exit", resolve));
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      child.kill("SIGKILL");
      await ended;
    }
    const finished = demo(another, "--threads", "1");
    expect(finished.status).toBe(0);
    const { plan, networks } = JSON.parse(finished.stdout);
    expect(plan).toEqual(JSON.parse(first.stdout).plan);
    expect(networks).toEqual(JSON.parse(first.stdout).networks);
    const stages = readdirSync(join(another, ".longrun/stages"));
    expect(stages.filter((name) => !/^\w+$/.test(name))).toEqual([]); // nothing partial, replaced or to go on from
    const hashes = stageHashes(folder);
    expect(Object.keys(hashes).length).toBeGreaterThan(30);
    const other = stageHashes(another);
    // Contact hashes are keyed by the project's own key, and everything ingested hangs on it.
    const differing = Object.keys(hashes).filter(
      (name) =>
        hashes[name] !== other[name] &&
        !/^(ingest|clean)\/(customers\.parquet|manifest\.json)|manifest\.json$/.test(name),
    );
    expect(differing).toEqual([]);
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
      const changed = { ...config, language: "en", clean: { undoneMerges: [undone] } };
      writeFileSync(join(project, "longrun.config.json"), JSON.stringify(changed));
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
