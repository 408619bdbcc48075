import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, vi } from "vitest";
import { main } from "../src/cli/main.ts";

export const command = join(import.meta.dirname, "../bin/longrun.js");

/** Networks so small that a run is over soon: for tests of anything but how well they forecast. */
export const smallNetworks = {
  hiddenUnits: [8],
  members: 1,
  maxEpochs: 2,
  sequence: { members: 1, baskets: 3, stateUnits: 2, hiddenUnits: [4] },
};

/** The command line as a shop runs it: a process of its own. */
export function longrun(...given: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...given], { encoding: "utf8" });
  return { status, stdout, stderr };
}

/** The command line in this process (another one for each of many calls would only cost time): what it returns and writes. */
export async function runInProcess(
  given: readonly string[],
): Promise<{ status: number; stdout: string; stderr: string }> {
  const [stdout, stderr] = [process.stdout, process.stderr].map((stream) => {
    const written: string[] = [];
    const spy = vi.spyOn(stream, "write").mockImplementation((text) => written.push(String(text)) > 0);
    return { text: () => written.join(""), restore: () => spy.mockRestore() };
  });
  try {
    const status = await main(given);
    return { status, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    stdout.restore();
    stderr.restore();
  }
}

/** `longrun allocate` in this process. */
export const allocate = (...given: string[]) => runInProcess(["allocate", ...given, "--quiet"]);

/** Its one JSON document; it says nothing else. */
export async function allocateJson(...given: string[]) {
  const { status, stdout, stderr } = await allocate(...given, "--json");
  expect([status, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout);
}

/** Exit code and sentence of a refusal, which prints nothing on stdout. */
export async function allocateRefused(...given: string[]): Promise<string> {
  const { status, stdout, stderr } = await allocate(...given);
  expect(stdout).toBe("");
  return `${status} ${stderr}`;
}
