/**
 * bench:optimize — the allocation's certificate and time, alone at scale and beside general solvers where they are comfortable.
 *
 *   npm run bench:optimize -- --customers 1000000 --peers 10000 --repeats 3
 *
 * Eight actions a customer, nothing among them. longrun: one budget, four binding limits, the frontier of 21 balances, and a
 * new plan after the balance moved, from the prices of the old one; each in a process of its own, medians. Peers solve the
 * relaxation under one budget: HiGHS (WebAssembly, dual simplex), OR-Tools' GLOP and cvxpy's default; building the model is not
 * counted. The gap is (longrun's bound − the peer's objective) ÷ bound.
 *
 * The floor of one plan: reading value and cost of every pair once, 128 bytes a customer, about 0.02 s for a million. Under four limits a
 * look at all choices reads 384 bytes a customer, 0.06 s for a million (measured: plain sums of five arrays); with the arithmetic it takes 0.1 s. A first plan
 * needs two such looks and reads all once to check and scale, one at another balance needs one; both solve half a dozen linear programmes.
 *
 * Options: --customers N,N… (one budget)  --limits N (four limits, frontier, re-plan)  --actions K,K… (one budget, other than 8)  --peers N,N…  --repeats N  --folder DIR
 */
import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { measuredChild, median, pythonWith } from "../peers.ts";

interface Measured {
  readonly seconds: number;
  readonly processorSeconds?: number;
  readonly peakMb: number;
  readonly objective: number;
  readonly gap?: number;
  readonly relaxationGap?: number;
  readonly solver?: string;
}

const { values: options } = parseArgs({
  options: {
    customers: { type: "string", default: "100000,1000000" },
    limits: { type: "string", default: "1000000" },
    actions: { type: "string", default: "2,4,16" },
    peers: { type: "string", default: "3000,30000" },
    repeats: { type: "string", default: "3" },
    folder: { type: "string", default: join(tmpdir(), "longrun-bench-optimize") },
  },
});
const usualActions = "8";
mkdirSync(options.folder, { recursive: true });
const here = fileURLToPath(new URL("../../../bench/optimize/", import.meta.url));
const lines: string[] = [];

for (const part of ["one budget", "one budget, effects in 32 bits"])
  for (const customers of options.customers.split(",")) report(part, customers);
for (const actions of options.actions.split(",")) report("one budget", options.limits, actions);
for (const part of ["four limits", "re-plan", "re-plan, warm code", "frontier"]) report(part, options.limits);

const against: string[] = [];
const python = pythonWith(join(here, "requirements.txt"), join(options.folder, "venv"));
for (const customers of options.peers.split(",")) {
  const file = join(options.folder, `${customers}.f64`);
  ours("write", customers, usualActions, file);
  const exact = repeated(() => ours("one budget", customers));
  for (const peer of ["highs", "ortools", "cvxpy"]) {
    const found =
      peer === "highs"
        ? ours("highs", customers)
        : measuredChild<Measured>(python, [join(here, "peers.py"), peer, customers, file]);
    const bound = exact.objective + (exact.gap ?? 0) * Math.max(1, Math.abs(exact.objective));
    const gap = ((bound - found.objective) / bound).toExponential(1);
    const cells = [
      customers,
      `${peer} ${found.solver ?? ""}`,
      found.seconds.toFixed(2),
      (found.seconds / exact.seconds).toFixed(1),
      gap,
    ];
    against.push(`| ${[...cells, Math.round(found.peakMb), Math.round(exact.peakMb)].join(" | ")} |`);
  }
}
console.log(
  [
    "",
    "| part | customers | actions | seconds | processor s | gap | relaxation gap | peak MB |",
    "|---|---|---|---|---|---|---|---|",
    ...lines,
    "",
    "| customers | peer | seconds | ÷ longrun's | gap to longrun's bound | peak MB | longrun's |",
    "|---|---|---|---|---|---|---|",
    ...against,
  ].join("\n"),
);

function report(part: string, customers: string, actions = usualActions): void {
  const { seconds, processorSeconds, gap, relaxationGap, peakMb } = repeated(() => ours(part, customers, actions));
  const share = (value: number | undefined) => value?.toExponential(1) ?? "";
  const cells = [
    part,
    customers,
    actions,
    seconds.toFixed(2),
    processorSeconds?.toFixed(2),
    share(gap),
    share(relaxationGap),
    Math.round(peakMb),
  ];
  lines.push(`| ${cells.join(" | ")} |`);
}

/** The run whose seconds are the median. */
function repeated(run: () => Measured): Measured {
  const runs = Array.from({ length: Number(options.repeats) }, run);
  const middle = median(runs.map(({ seconds }) => seconds));
  return runs.reduce((best, next) => (Math.abs(next.seconds - middle) < Math.abs(best.seconds - middle) ? next : best));
}

function ours(part: string, customers: string, actions = usualActions, file = ""): Measured {
  const script = fileURLToPath(new URL("ours.js", import.meta.url));
  return measuredChild(process.execPath, ["--max-old-space-size=8000", script, part, customers, actions, file]);
}
