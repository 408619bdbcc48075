import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");

it("installs from a packed file into an empty folder and runs the demo there", () => {
  const folder = mkdtempSync(join(tmpdir(), "longrun-package-"));
  execFileSync("npm", ["pack", "--silent", "--pack-destination", folder], { cwd: root });
  const [packed] = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  const environment = { ...process.env, ONNXRUNTIME_NODE_INSTALL: "skip" };
  execFileSync("npm", ["install", "--no-audit", "--no-fund", "--silent", `./${packed}`], {
    cwd: folder,
    env: environment,
  });
  const output = execFileSync(
    join(folder, "node_modules/.bin/longrun"),
    ["demo", "--customers", "1500", "--no-open", "--json", "--quiet"],
    {
      cwd: folder,
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  const summary = JSON.parse(output.toString());
  expect(summary.stages.map(({ stage }: { stage: string }) => stage)).toEqual([
    "ingest",
    "clean",
    "features",
    "train",
    "predict",
    "optimize",
    "evaluate",
  ]);
  expect(summary.frontier).toHaveLength(21);
  expect(summary.truth.policies).toHaveLength(7);
});
