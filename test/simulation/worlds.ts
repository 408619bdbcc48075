import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { RunSummary, TruthPolicy } from "../../src/schema/summary.ts";

const command = join(import.meta.dirname, "../../bin/longrun.js");

/** Runs the demo of one world and seed as a user would, and returns its summary. */
export async function runWorld(world: string, seed: string, customers: number): Promise<RunSummary> {
  const folder = mkdtempSync(join(tmpdir(), "longrun-world-"));
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        command,
        "demo",
        "--project",
        folder,
        "--world",
        world,
        "--seed",
        seed,
        "--customers",
        String(customers),
        "--no-open",
        "--json",
        "--quiet",
      ],
      { maxBuffer: 256 * 1024 * 1024 },
    );
    return JSON.parse(stdout) as RunSummary;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function policy(summary: RunSummary, name: TruthPolicy["name"]): TruthPolicy {
  const found = summary.truth?.policies.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`no truth for ${name}`);
  return found;
}

/** Mean of paired differences and its standard error. */
export function paired(differences: readonly number[]): { mean: number; standardError: number } {
  const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
  const squares = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardError: Math.sqrt(squares / (differences.length - 1) / differences.length) };
}
