import { spawn } from "node:child_process";
import { appendFileSync, cpSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../src/base/clock.ts";
import { silentProgress } from "../src/base/progress.ts";
import { createRandom } from "../src/base/random.ts";
import { type ConfigInput, checkConfig } from "../src/runs/config.ts";
import { Project } from "../src/runs/project.ts";
import { prepareFolds } from "../src/validation/folds.ts";
import type { Trial } from "../src/validation/study-file.ts";
import { runInProcess } from "./command-line.ts";

const command = join(import.meta.dirname, "../bin/longrun.js");
const fresh = () => mkdtempSync(join(tmpdir(), "longrun-tune-"));
const days = 700;
const start = Date.UTC(2022, 0, 1);
const at = (day: number) => new Date(start + day * 86_400_000).toISOString();

interface Order {
  readonly id: string;
  readonly customer: string;
  readonly day: number;
  readonly cents: number;
  readonly cancelledDay?: number;
}

/** A hundred and fifty customers who differ in how often they buy and for how much. */
function orders(): Order[] {
  const random = createRandom("tune-test");
  return Array.from({ length: 150 }, (_, customer) => {
    const gap = 12 + 90 * random.uniform();
    const level = 1500 + 6000 * random.uniform();
    const made: Order[] = [];
    for (let day = 100 * random.uniform(); day < days; day += gap * (0.3 + 1.4 * random.uniform())) {
      made.push({
        id: `o${customer}-${made.length}`,
        customer: `c${customer}`,
        day,
        cents: Math.round(level * (0.5 + random.uniform())),
      });
    }
    return made;
  })
    .flat()
    .concat({ id: "last", customer: "c0", day: days - 0.1, cents: 2000 });
}

/** A project with orders and refunds imported, small enough that a trial takes about a second. */
async function projectOf(made: readonly Order[], refunds: readonly (readonly [order: string, day: number])[] = []) {
  const folder = fresh();
  const rows = made.map(
    ({ id, customer, day, cents, cancelledDay }) =>
      `${id},${customer},${at(day)},${cancelledDay === undefined ? "paid," : `cancelled,${at(cancelledDay)}`},USD,${cents},${cents}`,
  );
  const header = "order_id,customer_id,ordered_at,status,cancelled_at,currency,items_gross_minor,total_minor";
  writeFileSync(join(folder, "orders.csv"), [header, ...rows, ""].join("\n"));
  const refundRows = refunds.map(([order, day], index) => `r${index},${order},${at(day)},USD,500`);
  writeFileSync(
    join(folder, "refunds.csv"),
    ["refund_id,order_id,refunded_at,currency,goods_minor", ...refundRows, ""].join("\n"),
  );
  const config = {
    clvHorizonDays: 90,
    train: { hiddenUnits: [4], members: 1, maxEpochs: 2, sequence: { members: 0 } },
  };
  writeFileSync(join(folder, "longrun.config.json"), JSON.stringify(config));
  const files = [join(folder, "orders.csv"), ...(refunds.length > 0 ? [join(folder, "refunds.csv")] : [])];
  const imported = await longrun("import", ...files, "--project", folder, "--quiet");
  expect([imported.status, imported.stderr]).toEqual([0, ""]);
  return folder;
}

const longrun = (...given: string[]) => runInProcess(given);

const small = ["--parameter", "train.learningRate=0.001..0.05:log", "--parameter", "train.maxEpochs=1..4"];

async function tuned(folder: string, ...given: string[]) {
  const { status, stdout, stderr } = await longrun("tune", "--project", folder, "--json", "--quiet", ...given);
  expect([status, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout);
}

const timeless = (trials: readonly Trial[]) => trials.map(({ seconds, ...trial }) => trial);

describe("longrun tune", { timeout: 300_000 }, () => {
  let folder: string;
  let whole: Awaited<ReturnType<typeof tuned>>;
  const study = (of: string) => join(of, ".longrun/tuning/default.jsonl");

  beforeAll(async () => {
    folder = await projectOf(orders());
    whole = await tuned(folder, "--trials", "6", ...small);
  }, 300_000);

  it("tries the present configuration and then the others, on folds that end before the test period", () => {
    expect(whole.trials).toHaveLength(7);
    expect(whole.trials[0].parameters).toEqual({ "train.learningRate": 0.006, "train.maxEpochs": 2 });
    expect(whole.objective).toBe("value90d.spearman");
    // 700 days, horizons of 30 and 90: a run tests from 610 and 520, so tuning reads what was known before 520.
    expect(whole.testBegins).toBe(at(520).slice(0, 10));
    expect(whole.folds.map(({ origin }: { origin: string }) => origin)).toEqual(
      [250, 340, 430].map((day) => at(day).slice(0, 10)),
    );
    for (const { value, folds } of whole.trials) {
      expect(value).toBeCloseTo(folds.reduce((sum: number, fold: number) => sum + fold, 0) / 3, 12);
      expect(value).toBeGreaterThan(0.2); // customers differ, so even a small network ranks them
    }
    const values = whole.trials.slice(1).map(({ value }: Trial) => value);
    expect(whole.best.value).toBe(Math.max(...values));
    expect(new Set(values).size).toBeGreaterThan(3);
    const { improvement, best, present } = whole;
    expect(improvement.estimate).toBeCloseTo(best.value - present.value, 10);
    improvement.folds.forEach((difference: number, fold: number) => {
      expect(difference).toBeCloseTo(best.folds[fold] - present.folds[fold], 12);
    });
    expect(improvement.lower).toBeLessThan(improvement.estimate);
    expect(improvement.upper).toBeGreaterThan(improvement.estimate);
  });

  it("searches upwards where higher is better: what the model proposes is better than what the design did", async () => {
    const wide = ["--parameter", "train.learningRate=0.00001..0.05:log", "--parameter", "train.maxEpochs=1..4"];
    const { trials } = await tuned(folder, "--study", "wide", "--trials", "9", ...wide);
    const mean = (from: number, to: number) =>
      trials.slice(from, to).reduce((sum: number, { value }: Trial) => sum + (value as number), 0) / (to - from);
    expect(mean(5, 10)).toBeGreaterThan(mean(1, 5)); // the design has four points
  });

  it("reads nothing of the test period: whatever happens there, the trials' values are the same to the last bit", async () => {
    const other = orders().flatMap((order, index): Order[] => {
      if (order.id === "last") return [order];
      if (order.day < 520) return [index % 9 === 0 ? { ...order, cancelledDay: 521 + (index % 150) } : order];
      return index % 3 === 0
        ? []
        : [{ ...order, cents: order.cents * 40, customer: index % 2 ? order.customer : `new${index}` }];
    });
    const before = other.filter(({ day }) => day < 520).map(({ id }) => id);
    const refunds = before.filter((_, index) => index % 5 === 0).map((id, index) => [id, 520 + (index % 170)] as const);
    const changed = await tuned(await projectOf(other, refunds), "--trials", "6", ...small);
    expect(changed.testBegins).toBe(whole.testBegins);
    expect(timeless(changed.trials)).toEqual(timeless(whole.trials));

    // One order more on the last day before the test period, and they are not: the folds see what they should.
    const sooner = orders().concat({ id: "one", customer: "c1", day: 425, cents: 900_000 });
    const seen = await tuned(await projectOf(sooner), "--trials", "1", ...small);
    expect(seen.trials[0].folds).not.toEqual(whole.trials[0].folds);
  });

  it("goes on after a kill with the trials it would have tried, whatever the threads, and drops a torn line aloud", async () => {
    const killed = fresh();
    cpSync(folder, killed, { recursive: true, filter: (path) => !path.includes("tuning") });
    const child = spawn(process.execPath, [command, "tune", "--project", killed, "--quiet", "--trials", "6", ...small]);
    await new Promise<void>((resolve) => {
      const watch = setInterval(() => {
        if (!existsSync(study(killed)) || readFileSync(study(killed), "utf8").split("\n").length < 5) return;
        clearInterval(watch);
        child.kill("SIGKILL");
      }, 5);
      child.once("close", () => resolve());
    });
    const kept = readFileSync(study(killed), "utf8").trimEnd().split("\n").length - 1;
    expect(kept).toBeLessThan(7);
    appendFileSync(study(killed), '{"trial":3,"parame');
    const { status, stdout, stderr } = await longrun(
      "tune",
      "--project",
      killed,
      "--json",
      "--threads",
      "1",
      "--trials",
      "6",
      ...small,
    );
    expect(status).toBe(0);
    expect(stderr).toContain("half written");
    expect(stderr).toContain(`goes on after ${kept - 1} trials`);
    const resumed = JSON.parse(stdout);
    expect(timeless(resumed.trials)).toEqual(timeless(whole.trials));
    expect(resumed.improvement).toEqual(whole.improvement);
    const lines = readFileSync(study(killed), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.slice(1).map(({ trial }) => trial)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it("refuses to go on with another space, seed or data under the same name, and says what differs", async () => {
    const project = ["--project", folder, "--trials", "2"];
    await refused(
      2,
      ["default", "parameters", "default.jsonl"],
      "tune",
      ...project,
      "--parameter",
      "train.maxEpochs=1..3",
    );
    await refused(2, ["default", "seed"], "tune", ...project, ...small, "--seed", "other");
    const grown = fresh();
    cpSync(folder, grown, { recursive: true });
    writeFileSync(
      join(grown, "more.csv"),
      `order_id,customer_id,ordered_at,status,currency,items_gross_minor\nx,c1,${at(300)},paid,USD,5000\n`,
    );
    await longrun("import", join(grown, "more.csv"), "--project", grown, "--quiet");
    await refused(2, ["default", "data"], "tune", "--project", grown, "--trials", "2", ...small);
    const named = await tuned(grown, "--trials", "1", "--study", "second", ...small);
    expect(named.trials).toHaveLength(2);
  });

  it("judges every cleaning by the same customers and the same outcomes", async () => {
    const upper = { method: "quantile", upper: 0.6 };
    const configWith = (cap: unknown) =>
      checkConfig({
        clvHorizonDays: 90,
        clean: { outliers: { "orders.value_minor": cap } },
        train: { hiddenUnits: [4], members: 1, maxEpochs: 1, sequence: { members: 0 } },
      } as ConfigInput);
    const doors = {
      clock: systemClock,
      signal: new AbortController().signal,
      progress: () => silentProgress,
      finished: () => {},
    };
    const project = new Project(folder);
    const totals = (forecasts: readonly { actual: Float64Array }[]) =>
      forecasts.map(({ actual }) => actual.reduce((sum, value) => sum + value, 0));
    const folds = await prepareFolds(project, configWith(false), doors);
    const [present, capped] = [await folds.forecast(configWith(false)), await folds.forecast(configWith(upper))];
    expect(capped.map(({ actual }) => actual)).toEqual(present.map(({ actual }) => actual));
    expect(capped.map(({ mean }) => mean)).not.toEqual(present.map(({ mean }) => mean));
    // Had each been judged by its own outcomes, capping would have made the truth itself smaller.
    const own = await prepareFolds(project, configWith(upper), doors);
    const ownTotals = totals(await own.forecast(configWith(upper)));
    totals(present).forEach((total, fold) => {
      expect(ownTotals[fold]).toBeLessThan(0.9 * total);
    });
  });

  it("searches a cleaning setting by grid, for an objective to be made small", async () => {
    const parameter = `clean.outliers.orders.value_minor=false,{"method":"quantile","upper":0.6}`;
    const given = ["--study", "caps", "--method", "grid", "--trials", "2", "--objective", "decileMape"];
    const result = await tuned(folder, ...given, "--parameter", parameter);
    const [present, uncapped, capped] = result.trials;
    expect(uncapped.folds).toEqual(present.folds);
    expect(capped.folds).not.toEqual(present.folds);
    expect(result.direction).toBe("minimise");
    expect(result.best.value).toBe(Math.min(uncapped.value, capped.value));
    expect(result.improvement.estimate).toBeCloseTo(present.value - result.best.value, 10);
  });

  it("shows the search in the user's language, and --apply writes what is better into the configuration", async () => {
    const applied = fresh();
    cpSync(folder, applied, { recursive: true });
    writeFileSync(study(applied), readFileSync(study(folder)));
    const said = await longrun("tune", "--project", applied, "--trials", "7", "--lang", "zh-CN", "--apply", ...small);
    expect(said.status).toBe(0);
    expect(said.stderr).toMatch(/试验 7\/7 {2}0\.\d{4} {2}最佳 0\.\d{4} {2}learningRate=[\d.]+ maxEpochs=\d/);
    expect(said.stdout).toMatch(/当前 +最佳 +改进/);
    const { best } = whole.improvement.estimate > 0 ? whole : { best: undefined };
    expect(best).toBeDefined();
    expect(said.stdout).toContain("longrun.config.json");
    const config = JSON.parse(readFileSync(join(applied, "longrun.config.json"), "utf8"));
    const last = JSON.parse(readFileSync(study(applied), "utf8").trimEnd().split("\n").at(-1) as string);
    const winner = last.value > best.value ? last : best;
    expect(config.train).toMatchObject({
      learningRate: winner.parameters["train.learningRate"],
      maxEpochs: winner.parameters["train.maxEpochs"],
      hiddenUnits: [4],
      members: 1,
    });
    expect(config.clvHorizonDays).toBe(90);
  });

  it.each<[what: string, status: number, values: string[], given: string[]]>([
    ["no project", 2, [], ["--project", join(tmpdir(), "longrun-nothing-here")]],
    ["an unknown setting", 2, ["train.learningrate", "learningRate"], ["--parameter", "train.learningrate=1..2"]],
    ["a setting that changes no forecast", 2, ["plan.balance", "train"], ["--parameter", "plan.balance=0..1"]],
    ["a range that cannot be read", 2, ["train.maxEpochs=1..x"], ["--parameter", "train.maxEpochs=1..x"]],
    ["no values", 2, ["train.maxEpochs"], ["--parameter", "train.maxEpochs"]],
    ["an empty range", 2, ["train.maxEpochs", "5..5"], ["--parameter", "train.maxEpochs=5..5"]],
    ["a reversed range", 2, ["train.learningRate", "0.1..0.01"], ["--parameter", "train.learningRate=0.1..0.01"]],
    ["a logarithm of nothing", 2, ["train.weightDecay", "0"], ["--parameter", "train.weightDecay=0..1:log"]],
    ["one choice", 2, ["train.members"], ["--parameter", "train.members=2"]],
    ["an end the configuration does not take", 2, ["train.members", "0"], ["--parameter", "train.members=0..3"]],
    ["a choice it does not take", 2, ["train.hiddenUnits", "wide"], ["--parameter", "train.hiddenUnits=[4],wide"]],
    [
      "a parameter twice",
      2,
      ["train.members"],
      ["--parameter", "train.members=1,2", "--parameter", "train.members=1,3"],
    ],
    ["no trials", 2, ["0"], ["--trials", "0"]],
    ["half a trial", 2, ["1.5"], ["--trials", "1.5"]],
    ["no folds", 2, ["0"], ["--folds", "0"]],
    ["a study outside its folder", 2, ["../x"], ["--study", "../x"]],
    ["an unknown objective", 2, ["value45d.spearman", "value90d.loss"], ["--objective", "value45d.spearman"]],
    ["a grid that does not fit", 2, ["4", "3"], ["--method", "grid", "--trials", "3", ...small]],
  ])("refuses %s", async (_, status, values, given) => {
    await refused(status, values, "tune", "--project", folder, "--study", "refusals", ...given);
  });

  it("refuses a history too short to have a back-test before the test period, with the days it needs", async () => {
    const short = await projectOf(orders().filter(({ day }) => day < 170));
    await refused(4, ["150"], "tune", "--project", short, "--trials", "2");
  });

  it("refuses to change a configuration that holds more than settings, before it searches", async () => {
    const written = fresh();
    cpSync(folder, written, { recursive: true, filter: (path) => !path.endsWith("config.json") });
    writeFileSync(
      join(written, "longrun.config.ts"),
      "// ours\nconst width = 4;\nexport default { train: { hiddenUnits: [width] } };\n",
    );
    await refused(2, ["longrun.config.ts", "train.maxEpochs"], "tune", "--project", written, "--apply", ...small);
  });
});

/** One sentence in each language that names all the `values`, and the same exit code. */
async function refused(status: number, values: readonly string[], ...given: string[]) {
  for (const language of ["en", "zh-CN"]) {
    const said = await longrun(...given, "--quiet", "--lang", language);
    expect([said.status, said.stderr]).toEqual([status, expect.stringMatching(/^longrun: .+\n$/)]);
    expect(said.stderr).not.toMatch(/\{\w*\}|undefined|NaN|null/);
    for (const value of values) expect(said.stderr).toContain(value);
    expect(/[\u4e00-\u9fff]/.test(said.stderr)).toBe(language === "zh-CN");
  }
}
