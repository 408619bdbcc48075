import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { whoGetsTheCoupon } from "../examples/allocate.ts";
import { createRandom } from "../src/base/random.ts";
import { bgNbd } from "../src/models/bg-nbd.ts";
import { writeRawExports } from "../src/simulate/export.ts";
import { simulateShop } from "../src/simulate/shop.ts";
import { smallNetworks } from "./command-line.ts";

const root = join(import.meta.dirname, "..");

it("looking only at this quarter gives Ann the coupon, looking further gives it to Bob", async () => {
  expect(await whoGetsTheCoupon(0)).toEqual(["ann"]);
  expect(await whoGetsTheCoupon(0.5)).toEqual(["bob"]);
});

/** The fenced snippets of a page in one language, as they stand. */
function snippets(page: string, language: string): string[] {
  const text = readFileSync(join(root, page), "utf8");
  return [...text.matchAll(/```(\w+)\n([\s\S]*?)```/g)]
    .filter((found) => found[1] === language)
    .map(([, , code]) => code);
}

const readmes = ["README.md", "README.zh-CN.md"];

it.each(readmes)("runs the library lines of %s as they stand", (page) => {
  const found = snippets(page, "ts");
  expect(found).toHaveLength(1);
  const file = join(mkdtempSync(join(tmpdir(), "longrun-readme-")), "example.mjs");
  const library = JSON.stringify(pathToFileURL(join(root, "dist/index.js")).href);
  writeFileSync(file, found[0].replace('"longrun"', library));
  const [plan, ...frontier] = execFileSync(process.execPath, [file]).toString().split("\n");
  expect(plan).toBe("[ 0, 1 ] 5 5 0.5");
  expect(frontier.join("\n").match(/balance: [\d.]+/g)).toEqual(["balance: 0", "balance: 0.5", "balance: 1"]);
});

/** Purchases of 300 customers whose lifetimes are known, as transactions.csv and as summary.csv. */
function writePurchases(folder: string): void {
  const random = createRandom("readme");
  const start = Date.UTC(2024, 0, 1);
  const drawn = Array.from({ length: 300 }, () => bgNbd.simulate(Float64Array.of(0.8, 30, 0.8, 2.4), 450, random));
  const date = (days: number) => new Date(start + days * 86_400_000).toISOString().slice(0, 10);
  const bought = drawn.flatMap(({ times }, customer) =>
    [0, ...times].map(
      (time) =>
        `${customer},${date(time)},${(10 + 20 * random.uniform()).toFixed(2)},${customer % 2},${customer % 3 > 0 ? 1 : 0}`,
    ),
  );
  writeFileSync(join(folder, "transactions.csv"), `customer_id,date,value,member,online\n${bought.join("\n")}\n`);
  const summary = drawn.map(({ frequency, recency, age }) => `${frequency},${recency},${age}`);
  writeFileSync(join(folder, "summary.csv"), `frequency,recency,age\n${summary.join("\n")}\n`);
}

/** What two offers by e-mail and one by advertisement would do to 300 customers. */
function writeValues(folder: string): void {
  const random = createRandom("readme values");
  const lines = ["customer_id,action,short,long,cost,channel"];
  for (let customer = 0; customer < 300; customer++) {
    lines.push(`${customer},nothing,0,0,0,`);
    for (const [action, channel, cost] of [
      ["mail", "email", 0.05],
      ["coupon", "email", 4],
      ["ad", "ads", 1.5],
    ]) {
      const effects = [random.normal(), random.normal()].map((effect) => (effect + 0.5).toFixed(2));
      lines.push(`${customer},${action},${effects.join(",")},${cost},${channel}`);
    }
  }
  writeFileSync(join(folder, "values.csv"), `${lines.join("\n")}\n`);
}

it("runs the commands of the README in their order, on a shop's exports", async () => {
  const folder = mkdtempSync(join(tmpdir(), "longrun-readme-"));
  const shop = simulateShop({ customers: 300, months: 48, seed: "readme", world: "default" });
  await writeRawExports(shop, join(folder, "exports"));
  writePurchases(folder);
  writeValues(folder);
  cpSync(join(root, "examples/plan"), join(folder, "examples/plan"), { recursive: true });
  // The commands are what is tested, not how well networks learn; `longrun init` leaves a configuration alone that is there.
  writeFileSync(join(folder, "longrun.config.ts"), `export default ${JSON.stringify({ train: smallNetworks })};\n`);
  const commands = snippets("README.md", "sh")
    .join("")
    .split("\n")
    .filter((line) => line.startsWith("longrun "))
    .map((line) => line.replace(/ *#.*/, "").replaceAll("'", ""));
  expect(commands).toHaveLength(13);
  for (const line of commands) {
    const [, ...given] = line.split(" ");
    const { status, stderr } = spawnSync(process.execPath, [join(root, "bin/longrun.js"), ...given, "--quiet"], {
      cwd: folder,
      encoding: "utf8",
    });
    expect([line, status, stderr]).toEqual([line, 0, ""]);
  }
}, 400_000);

it("says in both languages the same commands and the same npm scripts, all of which there are", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const [english, chinese] = readmes.map((page) => snippets(page, "sh").join("").replaceAll(/ *#.*/g, ""));
  expect(chinese).toBe(english);
  for (const [, script] of english.matchAll(/^npm (?:run )?(\w+)/gm)) expect(scripts).toHaveProperty(script);
});
