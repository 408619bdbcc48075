import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { paired, policy, runWorld } from "./worlds.ts";

const customers = 4000;
const seeds = Array.from({ length: 10 }, (_, index) => `proof-${index + 1}`);

/** The verdicts in the table of the document. */
function statedVerdicts(): string[][] {
  const page = readFileSync(join(import.meta.dirname, "../../docs/claims.md"), "utf8");
  return [...page.matchAll(/^\| (\w+) \| [\d−-]+ \| \d+ \| (shown|not shown) \|$/gm)].map(([, rival, verdict]) => [
    rival,
    verdict,
  ]);
}

describe(`the demo's claim, ${customers} customers, seeds ${seeds[0]} to ${seeds.at(-1)}`, () => {
  it("agrees with docs/claims.md on which rivals the plan beats by two standard errors in the default world", async () => {
    const runs = [];
    for (const seed of seeds) runs.push(await runWorld("default", seed, customers));
    const measured: [string, string][] = [];
    for (const rival of ["nobody", "everyone", "everyoneSameBudget", "greedy"] as const) {
      const differences = runs.map((run) => policy(run, "plan").total - policy(run, rival).total);
      const { mean, standardError } = paired(differences);
      console.log(
        `plan − ${rival}: ${mean.toFixed(1)} (standard error ${standardError.toFixed(1)}); ${differences.map((value) => value.toFixed(0)).join(" ")}`,
      );
      measured.push([rival, mean > 2 * standardError ? "shown" : "not shown"]);
      expect(mean, `the mean difference against ${rival} has the wrong sign`).toBeGreaterThan(0);
    }
    expect(measured).toEqual(statedVerdicts());
    for (const run of runs) expect(run.plan.gap).toBeLessThan(1e-4);
  });

  it("loses in the world of zero effects no more than its exploration costs", async () => {
    const losses: number[] = [];
    const lines: string[] = [];
    for (const seed of seeds.slice(0, 4)) {
      const run = await runWorld("zero-effects", seed, customers);
      const { total } = policy(run, "plan");
      lines.push(
        `${seed}: true total ${total.toFixed(1)}, printed exploration cost ${run.plan.explorationCost.toFixed(1)}`,
      );
      losses.push(-total - 2 * run.plan.explorationCost);
    }
    console.log(lines.join("\n"));
    // explorationCost is in objective units (half of total at balance ½), hence the factor 2.
    const { mean, standardError } = paired(losses);
    expect(mean, lines.join("; ")).toBeLessThan(2 * standardError);
  });
});
