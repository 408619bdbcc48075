import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { quantiles } from "../src/stats/quantile.ts";

/** A Python with the pinned peers of a requirements file in it, made once; needs python3 and a package index. */
export function pythonWith(requirements: string, environment: string): string {
  const interpreter = join(environment, "bin", "python");
  if (!existsSync(interpreter)) {
    mkdirSync(environment, { recursive: true });
    run("python3", ["-m", "venv", environment]);
  }
  run(interpreter, ["-m", "pip", "install", "--quiet", "-r", requirements]);
  return interpreter;
}

/** A measured part in a process of its own, so that its peak memory is its own too; its last line is the result as JSON. */
export function measuredChild<Result>(command: string, given: readonly string[], environment = process.env): Result {
  const { status, stdout, stderr } = spawnSync(command, given, { env: environment, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${given.join(" ")} ended with ${status}:\n${stderr}`);
  const last = stdout.trim().split("\n").at(-1) as string;
  console.error(`${given[0].split("/").at(-1)} ${last}`);
  return JSON.parse(last) as Result;
}

export const median = (values: readonly number[]): number => quantiles(values, [0.5])[0];

function run(command: string, given: readonly string[]): void {
  const { status } = spawnSync(command, given, { stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0) throw new Error(`${command} ${given.join(" ")} ended with ${status}`);
}
