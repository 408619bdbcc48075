/**
 * One measured part of longrun in a process of its own. Called by `main.ts`: `ours.js PART CUSTOMERS ACTIONS [FILE]`; prints one JSON
 * line. `write` leaves the problem in FILE for the peers: values, then costs, row by row, as 64-bit floats.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { type AllocationOptions, Allocator } from "../../src/allocation/allocation.ts";
import { balanceFrontier } from "../../src/allocation/frontier.ts";
import { budgetLimit } from "../../src/allocation/problem.ts";
import { openLinearProgramSolver } from "../../src/solvers/linear-program.ts";
import { fourLimits, shop } from "./problem.ts";

const [part, size, width, file] = process.argv.slice(2);
const [customers, actions] = [Number(size), Number(width)];
const problem = part.endsWith("32 bits") ? shop(customers, actions, Float32Array) : shop(customers, actions);
const budget = 0.3 * customers;

const one: AllocationOptions = { balance: 0.5, limits: budgetLimit(problem, budget), explorationShare: 0 };
const parts: Record<string, () => Promise<Record<string, unknown>>> = {
  "one budget": async () => certificate(await new Allocator(problem, one).plan(one)),
  "one budget, effects in 32 bits": async () => certificate(await new Allocator(problem, one).plan(one)),
  "four limits": async () => {
    const limits = fourLimits(problem);
    return timed(async () => certificate(await new Allocator(problem, { ...one, limits }).plan(one)));
  },
  "re-plan": async () => (await replans())[0],
  "re-plan, warm code": async () => {
    const later = (await replans()).slice(1).sort((one, other) => Number(one.seconds) - Number(other.seconds));
    return later[Math.floor(later.length / 2)];
  },
  frontier: async () => {
    const points = await balanceFrontier(problem, { limits: one.limits, explorationShare: 0 });
    return { gap: Math.max(...points.map(({ gap }) => gap)), objective: points[10].objective };
  },
  highs: wholeProgramme,
  write: async () => {
    const value = Float64Array.from(problem.short, (now, at) => (now + problem.long[at]) / 2);
    writeFileSync(file, Buffer.concat([Buffer.from(value.buffer), Buffer.from(problem.cost.buffer)]));
    return {};
  },
};

const measured = await timed(parts[part]);
const peakMb = Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) / 1024;
console.log(JSON.stringify({ ...measured, peakMb }));

async function timed(work: () => Promise<Record<string, unknown>>): Promise<Record<string, unknown>> {
  const before = process.cpuUsage();
  const started = performance.now();
  const found = await work();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (performance.now() - started) / 1000, processorSeconds: (user + system) / 1e6, ...found };
}

/** New plans under four limits as the balance is moved, each from the prices of the last. */
async function replans(): Promise<Record<string, unknown>[]> {
  const allocator = new Allocator(problem, { ...one, limits: fourLimits(problem) });
  let plan = await allocator.plan(one);
  const measured: Record<string, unknown>[] = [];
  for (const balance of [0.55, 0.6, 0.55, 0.5, 0.45, 0.5]) {
    const warmPrices = Object.fromEntries(plan.rows.map(({ name, price }) => [name, price]));
    measured.push(
      await timed(async () => {
        plan = await allocator.plan({ balance, warmPrices });
        return certificate(plan);
      }),
    );
  }
  return measured;
}

function certificate({ objective, gap, relaxationGap, rows }: Awaited<ReturnType<Allocator["plan"]>>) {
  return { objective, gap, relaxationGap, binding: rows.filter(({ binding }) => binding).length };
}

/** The relaxation under one budget as one linear programme of every customer, by HiGHS in WebAssembly. */
async function wholeProgramme() {
  const solveLinear = await openLinearProgramSolver();
  const columns = customers * (actions - 1);
  const at = (column: number) => Math.floor(column / (actions - 1)) * actions + 1 + (column % (actions - 1));
  const program = {
    gain: Float64Array.from(
      { length: columns },
      (_, column) => (problem.short[at(column)] + problem.long[at(column)]) / 2,
    ),
    lower: new Float64Array(columns),
    upper: new Float64Array(columns).fill(1),
    limit: new Float64Array(customers + 1).fill(1),
    start: Int32Array.from({ length: columns + 1 }, (_, column) => 2 * column),
    row: Int32Array.from({ length: 2 * columns }, (_, entry) =>
      entry % 2 === 0 ? 0 : 1 + Math.floor(entry / 2 / (actions - 1)),
    ),
    coefficient: Float64Array.from({ length: 2 * columns }, (_, entry) =>
      entry % 2 === 0 ? problem.cost[at(entry / 2)] : 1,
    ),
  };
  program.limit[0] = budget;
  return timed(async () => {
    const { x } = solveLinear(program);
    return { objective: x.reduce((sum, share, column) => sum + share * program.gain[column], 0) };
  });
}
