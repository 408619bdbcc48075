import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ConfigInput } from "../../src/runs/config.ts";
import type { RunSummary } from "../../src/schema/summary.ts";

const command = fileURLToPath(new URL("../../../bin/longrun.js", import.meta.url));

/** Runs the command as a user would; what it printed. */
export function longrun(...given: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...given, "--quiet"], {
    encoding: "utf8",
    maxBuffer: 256 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`longrun ${given.join(" ")} ended with ${status}:\n${stderr}`);
  return stdout;
}

/** A project of one file, made anew and run to the end. */
export function runProject(
  folder: string,
  { file, preset, config }: { file: string; preset: string; config: ConfigInput },
): RunSummary {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "longrun.config.json"), JSON.stringify(config));
  longrun("import", file, "--preset", preset, "--project", folder);
  return JSON.parse(longrun("run", "--project", folder, "--json")) as RunSummary;
}
