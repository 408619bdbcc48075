/**
 * bench:tune — search beside Optuna: how far from the best after 50 trials.
 *
 *   npm run bench:tune -- --seeds 30
 *
 * Five functions whose minimum is known (`objectives.ts`), searched by longrun's Bayesian and random search and by Optuna's
 * default sampler (TPE). Optuna only proposes; both see the same function, computed here, with the same noise. The regret is
 * the noiseless value where the best value was seen, less the minimum. Printed: median and quartiles over the seeds, and
 * the seconds that the proposals of one search took.
 *
 * Options: --seeds N (30)  --trials N (50)  --only NAME (a function whose name contains it)  --folder DIR (of Optuna's
 * environment, made from requirements.txt; needs python3 and a package index; default: `longrun-bench-tune` in the
 * system's temporary folder).
 */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { quantiles } from "../../src/stats/quantile.ts";
import type { Observation } from "../../src/tuning/sampler.ts";
import { samplerOf } from "../../src/tuning/search.ts";
import { type ParameterValues, pointOf, valuesAt } from "../../src/tuning/space.ts";
import { median, pythonWith } from "../peers.ts";
import { seenValue, type TuneObjective, tuneObjectives } from "./objectives.ts";

const { values: options } = parseArgs({
  options: {
    seeds: { type: "string", default: "30" },
    trials: { type: "string", default: "50" },
    only: { type: "string", default: "" },
    folder: { type: "string", default: join(tmpdir(), "longrun-bench-tune") },
  },
});
const trials = Number(options.trials);
const seeds = Array.from({ length: Number(options.seeds) }, (_, index) => index + 1);
/** The sources, not their compiled copies: Python and requirements.txt are beside them. */
const here = fileURLToPath(new URL("../../../bench/tune/", import.meta.url));

/** Proposes the next trial after the value of the last one (undefined before the first). */
type Proposer = (lastValue?: number) => Promise<ParameterValues>;
type Contender = (objective: TuneObjective, seed: number) => Proposer;

function ours(method: "bayesian" | "random"): Contender {
  return ({ space }, seed) => {
    const sampler = samplerOf(method, space, { seed: String(seed), trials });
    const observed: Observation[] = [];
    let values: ParameterValues;
    return async (lastValue) => {
      if (lastValue !== undefined) observed.push({ point: pointOf(space, values)!, value: lastValue });
      values = valuesAt(space, sampler(observed.length + 1, observed)!);
      return values;
    };
  };
}

/** Optuna in a process of its own, one line in and out for each trial. */
function optuna(python: ChildProcessWithoutNullStreams): Contender {
  const lines = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
  return ({ space }, seed) =>
    async (lastValue) => {
      const message = lastValue === undefined ? { space, seed, sampler: "tpe" } : { value: lastValue };
      python.stdin.write(`${JSON.stringify(message)}\n`);
      return JSON.parse((await lines.next()).value) as ParameterValues;
    };
}

async function search(objective: TuneObjective, seed: number, propose: Proposer) {
  let best = { seen: Number.POSITIVE_INFINITY, regret: Number.NaN };
  let seconds = 0;
  let seen: number | undefined;
  for (let trial = 1; trial <= trials; trial++) {
    const started = performance.now();
    const values = await propose(seen);
    seconds += (performance.now() - started) / 1000;
    seen = seenValue(objective, values, seed, trial);
    if (seen < best.seen) best = { seen, regret: objective.value(values) - objective.least };
  }
  return { regret: best.regret, seconds };
}

const python = spawn(pythonWith(join(here, "requirements.txt"), join(options.folder, "venv")), [
  join(here, "optuna_search.py"),
]);
python.stderr.pipe(process.stderr);
const contenders: readonly (readonly [string, Contender])[] = [
  ["longrun, Bayesian", ours("bayesian")],
  ["Optuna, TPE", optuna(python)],
  ["longrun, random", ours("random")],
];
console.log(
  `${seeds.length} seeds, ${trials} trials; Node ${process.version}, ${readFileSync(join(here, "requirements.txt"), "utf8").trim()}\n`,
);
console.log("| function | search | median regret | quartiles | seconds a search |\n|---|---|---|---|---|");
for (const objective of tuneObjectives.filter(({ name }) => name.includes(options.only))) {
  for (const [name, contender] of contenders) {
    const runs = [];
    for (const seed of seeds) runs.push(await search(objective, seed, contender(objective, seed)));
    const [lower, middle, upper] = quantiles(
      Float64Array.from(runs, ({ regret }) => regret),
      [0.25, 0.5, 0.75],
    ).map(short);
    const seconds = median(runs.map((run) => run.seconds));
    console.log(`| ${objective.name} | ${name} | ${middle} | ${lower} to ${upper} | ${seconds.toFixed(1)} |`);
  }
}
python.stdin.end();

function short(value: number): string {
  return value >= 0.01 ? value.toFixed(3) : value.toExponential(1);
}
