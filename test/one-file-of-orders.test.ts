import { chmodSync, existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { longrun, smallNetworks } from "./command-line.ts";

const fresh = () => mkdtempSync(join(tmpdir(), "longrun-cli-"));

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
    writeFileSync(join(folder, "longrun.config.json"), JSON.stringify({ train: smallNetworks, ...config }));
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
    writeFileSync(join(folder, "longrun.config.json"), JSON.stringify({ train: smallNetworks }));
    expect(longrun("import", join(folder, "orders.csv"), "--project", folder, "--quiet").status).toBe(0);
    const without = JSON.parse(longrun("run", "--project", folder, "--json", "--quiet").stdout);
    expect(without.plan.status).toBe("needs_experiment");
    expect(without.experiment.customers).toBeGreaterThan(0);
    expect(without.experiment.minimumDetectableEffect).toBeGreaterThan(0);
    writeFileSync(
      join(folder, "longrun.config.json"),
      JSON.stringify({
        train: smallNetworks,
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
