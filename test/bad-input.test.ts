import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { runInProcess } from "./command-line.ts";

const fresh = () => mkdtempSync(join(tmpdir(), "longrun-bad-"));

const longrun = (...given: string[]) => runInProcess(given);

/** One sentence in each language that names all the `values`, the same exit code, and no bug's stack. */
async function refused(status: number, values: readonly string[], ...given: string[]) {
  for (const language of ["en", "zh-CN"]) {
    const said = await longrun(...given, "--quiet", "--lang", language);
    expect([said.status, said.stderr]).toEqual([status, expect.stringMatching(/^longrun: .+\n$/)]);
    expect(said.stderr).not.toMatch(/\{\w*\}|undefined|NaN|null|unparsable_|_required|_line\b|_date\b|_positive/);
    for (const value of values) expect(said.stderr).toContain(value);
    expect(/[\u4e00-\u9fff]/.test(said.stderr)).toBe(language === "zh-CN");
  }
}

const header = "order_id,customer_id,ordered_at,status,currency,items_gross_minor,total_minor";
const order = (id: number, customer = "c1", amount = "500") =>
  `o${id},${customer},2023-01-0${id},paid,USD,${amount},${amount}`;
const lineHeader = "order_id,line_no,product_id,quantity,unit_price_minor";

describe("a file that cannot be read is refused, and nothing is kept of it", () => {
  it.each<[what: string, content: string | Buffer, values: string[]]>([
    ["empty", "", []],
    ["a header alone", `${header}\n`, []],
    ["rows with another delimiter than the header", `${header.replaceAll(",", ";")}\n${order(1)}\n`, []],
    [
      "a required column missing",
      `${header}\n${order(1)}\n`.replaceAll(/,(ordered_at|2023-01-01)/g, ""),
      ["ordered_at"],
    ],
    [
      "a date that is none in row 3",
      `${header}\n${order(1)}\n${order(2).replace("01-02", "31-31")}\n`,
      ["3", "2023-31-31"],
    ],
    ["a number that is none in row 2", `${header}\n${order(1, "c1", "5x0")}\n`, ["2", "items_gross_minor", "5x0"]],
    ["a negative price", `${lineHeader}\no1,1,p1,1,-250\n`, ["2", "unit_price_minor", "-250"]],
    ["bytes of no encoding", Buffer.from(`${header}\n${order(1)}\n${order(2, "c\xff\xff")}\n`, "latin1"), []],
    ["binary", Buffer.concat([Buffer.from(header), Buffer.from([0, 1, 2, 0])]), []],
    ["a date in the future", `${header}\n${order(1).replace("2023", "2999")}\n`, ["2", "ordered_at", "2999-01-01"]],
  ])("%s", async (_, content, values) => {
    const folder = fresh();
    const path = join(folder, "orders.csv");
    writeFileSync(path, content);
    await refused(3, [path, ...values], "import", path, "--project", folder);
    const state = join(folder, ".longrun");
    if (!existsSync(state)) return;
    expect(JSON.parse(readFileSync(join(state, "sources.json"), "utf8"))).toEqual([]);
    expect(readdirSync(join(state, "stages"))).toEqual([]);
    expect(readdirSync(state).sort()).toEqual(["key", "sources.json", "stages"]);
  });

  it("no file, a folder, a preset there is not, a preset whose columns are missing", async () => {
    const folder = fresh();
    const path = join(folder, "orders.csv");
    await refused(2, [path], "import", path, "--project", folder);
    expect(readdirSync(folder)).toEqual([]);
    writeFileSync(path, `${header}\n${order(1)}\n`);
    await refused(2, ["shopfy", "uci-retail"], "import", path, "--preset", "shopfy", "--project", folder);
    await refused(3, [path, "InvoiceDate"], "import", path, "--preset", "uci-retail", "--project", folder);
  });
});

describe("a shop of which nothing can be learned", () => {
  it("has no customers: 3, with the reason in words, and no half of a stage", async () => {
    const folder = fresh();
    const path = join(folder, "orders.csv");
    writeFileSync(path, `${header}\n${order(1, "")}\n${order(2, "")}\n`);
    expect(await longrun("import", path, "--project", folder, "--quiet")).toMatchObject({ status: 0 });
    await refused(3, ["2"], "run", "--project", folder);
    expect((await longrun("run", "--project", folder, "--quiet")).stderr).toContain("no customer known (guest): 2");
    expect(readdirSync(join(folder, ".longrun/stages"))).toEqual(["ingest"]);
  });
});

describe("a wrong word on the command line or in the configuration", () => {
  it.each([
    ["a number of customers that is none", ["--customers", "many"], ["many", "200"]],
    ["too few customers", ["--customers", "5"], ["5", "200"]],
    ["a world there is not", ["--world", "flat"], ["flat", "no-conflict"]],
  ])("%s: 2, before anything is written", async (_, given, values) => {
    const folder = join(fresh(), "shop");
    await refused(2, values, "demo", "--no-open", "--project", folder, ...given);
    expect(existsSync(folder)).toBe(false);
  });

  it("a number of threads that is none, a subject there is not", async () => {
    const folder = fresh();
    await longrun("init", "--yes", "--project", folder, "--quiet");
    const path = join(folder, "orders.csv");
    writeFileSync(path, `${header}\n${order(1)}\n`);
    await refused(2, ["two"], "import", path, "--threads", "two", "--project", folder);
    await refused(2, ["plans", "frontier"], "show", "plans", "--project", folder);
  });

  it("a language there is not", async () => {
    const { status, stderr } = await longrun("show", "--lang", "fr");
    expect([status, stderr]).toEqual([2, expect.stringMatching(/fr.*zh-CN/)]);
  });

  it.each<[what: string, config: string, values: string[]]>([
    ["a setting there is not", '{"budgett": 5}', ["budgett", "plan"]],
    ["a setting there is not, in a section", '{"plan": {"budgett": 5}}', ["plan.budgett", "explorationShare"]],
    ["a value that cannot be", '{"plan": {"balance": 3}}', ["plan.balance", "3"]],
    ["a negative budget", '{"plan": {"budget": -5}}', ["-5"]],
    ["not JSON", '{"plan": ', ["longrun.config"]],
  ])("in the configuration, %s", async (_, config, values) => {
    const folder = fresh();
    const path = join(folder, "orders.csv");
    writeFileSync(path, `${header}\n${order(1)}\n`);
    writeFileSync(join(folder, "longrun.config.json"), config);
    await refused(2, values, "import", path, "--project", folder);
  });
});

describe("a folder that cannot be used", () => {
  // Permissions do not stop root, who runs the tests in many containers; these two stop everybody.
  const belowAFile = join(fresh(), "orders.csv/shop");
  const systemOnly = existsSync("/proc/self") ? ["/proc/longrun"] : [];
  it.each([belowAFile, ...systemOnly])("%s: 2, at once", async (path) => {
    if (path === belowAFile) writeFileSync(dirname(path), header);
    await refused(2, [path], "init", "--yes", "--project", path);
  });

  it("in which another longrun is at work: 5, with its process", async () => {
    const folder = fresh();
    mkdirSync(join(folder, ".longrun"));
    await longrun("init", "--yes", "--project", folder, "--quiet");
    writeFileSync(join(folder, ".longrun/lock"), String(process.pid));
    const path = join(folder, "orders.csv");
    writeFileSync(path, `${header}\n${order(1)}\n`);
    await refused(5, [folder, String(process.pid)], "import", path, "--project", folder);
  });
});
