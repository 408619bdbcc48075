import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const command = join(import.meta.dirname, "../bin/longrun.js");

/** Runs a command and presses Ctrl-C once, as soon as `isTime`; `said` is what it has said on stderr. */
function interrupted(given: readonly string[], isTime: (said: string) => boolean) {
  const child = spawn(process.execPath, [command, ...given], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (text) => {
    said += text;
  });
  const watch = setInterval(() => {
    if (!isTime(said)) return;
    clearInterval(watch);
    child.kill("SIGINT");
  }, 2);
  return new Promise<{ code: number | null; said: string }>((resolve) =>
    child.once("close", (code) => {
      clearInterval(watch);
      resolve({ code, said });
    }),
  );
}

/** A shop's orders, so many that reading them takes a second or two. */
function orders(count: number): string {
  const days = 800;
  const rows = Array.from({ length: count }, (_, index) => {
    const at = new Date(Date.UTC(2022, 0, 1) + ((index * 7919) % days) * 86_400_000).toISOString();
    return `o${index},c${index % 500},${at},paid,USD,${1000 + (index % 97)},${1000 + (index % 97)}`;
  });
  return ["order_id,customer_id,ordered_at,status,currency,items_gross_minor,total_minor", ...rows, ""].join("\n");
}

describe("Ctrl-C", () => {
  it("ends with 130 in any stage, leaves nothing locked or half done, and the next run goes on from there", {
    timeout: 240_000,
  }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "longrun-interrupt-"));
    const path = join(folder, "orders.csv");
    writeFileSync(path, orders(30_000));
    const project = ["--project", folder];
    const finished = () => {
      const stages = join(folder, ".longrun/stages");
      return readdirSync(stages).filter((name) => existsSync(join(stages, name, "manifest.json")));
    };

    const reading = join(folder, ".longrun/stages/ingest.partial/reading");
    const imported = await interrupted(["import", path, ...project], () => existsSync(join(reading, "source0.txt")));
    expect(imported.code).toBe(130);
    expect(imported.said).toContain("Stopped.");
    // The copies hold contacts in the clear.
    expect(existsSync(reading)).toBe(false);
    expect(existsSync(join(folder, ".longrun"))).toBe(false); // the project was made for this import
    expect(spawnSync(process.execPath, [command, "import", path, ...project]).status).toBe(0);

    const first = await interrupted(["run", ...project], (said) => /^ingest/m.test(said));
    expect(first.code).toBe(130);
    expect(first.said).toMatch(/^ingest.*unchanged/m);
    expect(first.said).not.toMatch(/^clean/m);
    expect(finished()).toEqual(["ingest"]);
    expect(existsSync(join(folder, ".longrun/lock"))).toBe(false);
    expect(existsSync(join(folder, ".longrun/tmp"))).toBe(false);

    const second = await interrupted(["run", ...project], (said) => /^clean/m.test(said));
    expect(second.code).toBe(130);
    expect(second.said).not.toMatch(/^clean.*unchanged/m);
    expect(finished()).toEqual(["clean", "ingest"]);

    const third = await interrupted(["run", ...project], (said) => /^features/m.test(said));
    expect(third.code).toBe(130);
    expect(third.said).toMatch(/^clean.*unchanged/m);
    expect(finished()).toEqual(["clean", "features", "ingest"]);

    const checkpoints = join(folder, ".longrun/stages/train.checkpoints");
    const isSaved = () =>
      existsSync(checkpoints) &&
      readdirSync(checkpoints, { recursive: true }).some((name) => String(name).endsWith(".safetensors"));
    const fourth = await interrupted(["run", ...project], isSaved);
    expect(fourth.code).toBe(130);
    expect(finished()).toEqual(["clean", "features", "ingest"]);
    expect(isSaved()).toBe(true);
  });
});
