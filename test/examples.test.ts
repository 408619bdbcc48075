import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { whoGetsTheCoupon } from "../examples/allocate.ts";

const root = join(import.meta.dirname, "..");

it("looking only at this quarter gives Ann the coupon, looking further gives it to Bob", () => {
  expect(whoGetsTheCoupon(0)).toEqual(["ann"]);
  expect(whoGetsTheCoupon(0.5)).toEqual(["bob"]);
});

it("runs the README's library lines as they stand", () => {
  const [, code] = readFileSync(join(root, "README.md"), "utf8").match(/```ts\n([\s\S]*?)```/) as RegExpMatchArray;
  const file = join(mkdtempSync(join(tmpdir(), "longrun-readme-")), "example.mjs");
  writeFileSync(file, code.replace('"longrun"', JSON.stringify(pathToFileURL(join(root, "dist/index.js")).href)));
  const output = execFileSync(process.execPath, [file]).toString();
  expect(output.split("\n")[0]).toBe("[ 0, 1 ] 5 5 0.5");
});
