/**
 * bench:models — BG/NBD beside lifetimes and PyMC-Marketing, on CDNOW and on a million simulated customers.
 *
 *   npm run bench:models -- --cdnow cdnow_master.csv --customers 1000000 --repeats 3
 *
 * Every contender reads the same x, tₓ, T (weeks) from the same files, fits (reading is not counted), and forecasts 39 weeks and
 * P(alive) for every customer, in a process of its own, in turn, `--repeats` times. Printed are medians of seconds and processor
 * seconds, the medians of the ratios of the latter within each round (other work on the machine moves them least), peak resident memory (VmHWM), parameters and the sum of the forecasts. PyMC-Marketing
 * has flat priors, so that its MAP is the maximum of the likelihood. At the end longrun's whole command is measured on the
 * simulated customers' transactions: read, fit counts and money, forecast the CLV of each, write Parquet.
 *
 * Options: --cdnow FILE (left out without it)  --customers N  --repeats N  --folder DIR (default a folder
 * `longrun-bench-models` of the system's temporary folder)  --without pymc-marketing,…
 * Each peer's environment is made in the folder from its requirements file; that needs python3 and a package index.
 */
import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { measuredChild, median, pythonWith } from "../peers.ts";
import { writeCdnow, writeSimulated } from "./customers.ts";

interface Measured {
  readonly fitSeconds: number;
  readonly fitProcessorSeconds: number;
  readonly predictSeconds: number;
  readonly predictProcessorSeconds: number;
  readonly peakMb: number;
  readonly parameters: readonly number[];
  readonly expected: number;
}

type Measure = Exclude<keyof Measured, "parameters" | "expected">;

const { values: options } = parseArgs({
  options: {
    cdnow: { type: "string" },
    customers: { type: "string", default: "1000000" },
    repeats: { type: "string", default: "3" },
    folder: { type: "string", default: join(tmpdir(), "longrun-bench-models") },
    without: { type: "string", default: "" },
  },
});
/** The sources, not their compiled copies: Python and its requirements are beside them. */
const here = fileURLToPath(new URL("../../../bench/models/", import.meta.url));
const ours = fileURLToPath(new URL("ours.js", import.meta.url));
const peers = ["lifetimes", "pymc-marketing"].filter((name) => !options.without.split(",").includes(name));
const contenders = ["longrun", ...peers];
mkdirSync(options.folder, { recursive: true });
const pythons = Object.fromEntries(
  peers.map((name) => [name, pythonWith(join(here, `requirements-${name}.txt`), join(options.folder, name))]),
);

const lines: string[] = [];
if (options.cdnow !== undefined) {
  const folder = join(options.folder, "cdnow");
  compare("CDNOW", writeCdnow(options.cdnow, folder), folder);
}
const simulated = join(options.folder, "simulated");
compare("simulated", writeSimulated(Number(options.customers), simulated), simulated);
const commands = repeated(() =>
  measuredChild<{ commandSeconds: number; peakMb: number }>(process.execPath, [ours, "command", simulated]),
);
console.log(
  [
    "| customers | by | fit s | processor s | ÷ longrun | predict s | processor s | ÷ longrun | peak MB | r | α | a | b | Σ forecast |",
    "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|",
    ...lines,
    "",
    `whole command on the simulated customers: ${median(commands.map(({ commandSeconds }) => commandSeconds)).toFixed(1)} s, ` +
      `${median(commands.map(({ peakMb }) => peakMb)).toFixed(0)} MB at most`,
  ].join("\n"),
);

function compare(name: string, customers: number, folder: string): void {
  const rounds = repeated(() =>
    Object.fromEntries(contenders.map((contender) => [contender, measure(contender, folder)])),
  );
  for (const contender of contenders) {
    const of = (what: Measure) => median(rounds.map((round) => round[contender][what]));
    const times = (what: "fit" | "predict") => {
      const processor = `${what}ProcessorSeconds` as const;
      const ratio = median(rounds.map((round) => round[contender][processor] / round.longrun[processor]));
      return [of(`${what}Seconds`).toFixed(3), of(processor).toFixed(3), ratio.toFixed(1)];
    };
    const { parameters, expected } = rounds[0][contender];
    const cells = [
      `${name}, ${customers}`,
      contender,
      ...times("fit"),
      ...times("predict"),
      of("peakMb").toFixed(0),
      ...parameters.map((parameter) => parameter.toFixed(4)),
      expected.toFixed(1),
    ];
    lines.push(`| ${cells.join(" | ")} |`);
  }
}

function measure(contender: string, folder: string): Measured {
  if (contender === "longrun") return measuredChild(process.execPath, [ours, "fit", folder]);
  return measuredChild(pythons[contender], [join(here, `${contender.replace("-", "_")}_fit.py`), folder]);
}

function repeated<Round>(work: () => Round): Round[] {
  return Array.from({ length: Number(options.repeats) }, work);
}
