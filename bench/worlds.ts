/**
 * Every world of the simulator, many seeds: what the plan and its rivals really earn. Prints a Markdown table.
 * `npm run bench:worlds`; LONGRUN_SEEDS sets how many seeds (20).
 */
import { it } from "vitest";
import type { RunSummary } from "../src/schema/summary.ts";
import { paired, policy, runWorld } from "../test/simulation/worlds.ts";

const worlds = ["default", "zero-effects", "no-conflict", "no-heterogeneity", "strong-drift"];
const rivals = ["nobody", "everyone", "everyoneSameBudget", "greedy", "farSighted", "oracle"] as const;
const seeds = Number(process.env.LONGRUN_SEEDS ?? 20);
const customers = 4000;

it(`true total value of the plan less that of each rival, ${customers} customers, ${seeds} seeds`, async () => {
  const lines = [`| world | ${rivals.join(" | ")} | exploration cost |`, `|---|${"---|".repeat(rivals.length + 1)}`];
  for (const world of worlds) {
    const runs: RunSummary[] = [];
    for (let seed = 1; seed <= seeds; seed++) runs.push(await runWorld(world, `bench-${seed}`, customers));
    const cells = rivals.map((rival) => {
      const { mean, standardError } = paired(runs.map((run) => policy(run, "plan").total - policy(run, rival).total));
      return `${mean.toFixed(0)} ± ${standardError.toFixed(0)}`;
    });
    const exploration = runs.reduce((sum, run) => sum + 2 * run.plan.explorationCost, 0) / runs.length;
    console.log(`${world}: ${seeds} seeds done`);
    lines.push(`| ${world} | ${cells.join(" | ")} | ${exploration.toFixed(0)} |`);
  }
  console.log(lines.join("\n"));
});
