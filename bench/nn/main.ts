/**
 * bench:nn — training and serving networks beside PyTorch (eager and torch.compile) and TensorFlow.js (wasm).
 *
 *   npm run bench:nn -- --rounds 3
 *
 * Two networks: 64→128→64→3 with the ZILN loss on 100,000 rows, and a GRU (64 hidden, 32 steps of 16 inputs) on 4,096. Every
 * contender reads the same rows, first weights and order of rows from the same files and trains with Adam; the losses of its
 * epochs must agree with ours to four digits. Inference is the expected value of 1,000,000 customers from the ZILN network.
 * Each measurement runs in a process of its own, contenders in turn, `--rounds` times. Printed are medians: rows a second by
 * the clock, processor seconds for a million rows (other work on the machine moves those least), their ratio to longrun's
 * within each round, and peak resident memory. Two threads are two workers with a network (or the customers) each
 * for longrun, as an ensemble trains, and two intra-op threads for PyTorch; TensorFlow.js has none under Node.
 *
 * Then longrun alone at 10⁵, 10⁶ and 3·10⁶ rows, the floor, and whether Python's onnxruntime gives the same outputs for the
 * models that longrun writes (the bench fails when not).
 *
 * Options: --rounds N (3)  --only train|infer|growth|agreement (a list)  --without torch-compile,tfjs,…  --folder DIR (default
 * `longrun-bench-nn` in the system's temporary folder; peers are installed there, which needs python3, npm and their
 * registries; PyTorch with its libraries takes 6 GB).
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { measuredChild, median, pythonWith } from "../peers.ts";
import { writeModels } from "./agreement.ts";
import { tasks, writeTask } from "./tasks.ts";

interface Measured {
  readonly rowsPerSecond: number;
  readonly processorSecondsPerMillion: number;
  readonly peakMb: number;
  readonly losses?: readonly number[];
  readonly total?: number;
  readonly firstEpochSeconds?: number;
}

interface Contender {
  readonly name: string;
  readonly threads: number;
  readonly measure: (part: "train" | "infer", folder: string) => Measured;
}

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    only: { type: "string", default: "train,infer,growth,agreement" },
    without: { type: "string", default: "" },
    folder: { type: "string", default: join(tmpdir(), "longrun-bench-nn") },
  },
});
const wanted = (part: string) => options.only.split(",").includes(part);
const left = (peer: string) => !options.without.split(",").includes(peer);
/** The sources, not their compiled copies: Python and the requirements are beside them. */
const here = fileURLToPath(new URL("../../../bench/nn/", import.meta.url));
const ours = fileURLToPath(new URL("ours.js", import.meta.url));
/** PyTorch's idle threads otherwise spin, which slows it on a machine that does something else too. */
const passive = { ...process.env, OMP_WAIT_POLICY: "PASSIVE" };
mkdirSync(options.folder, { recursive: true });

const contenders = wanted("train") || wanted("infer") ? [...longrun(), ...torch(), ...tensorflow()] : [];
for (const task of tasks) writeTask(task, join(options.folder, task.name));
if (wanted("train")) for (const { name } of tasks) compare(`Training, ${name}`, "train", join(options.folder, name));
if (wanted("infer")) compare("Inference, 1,000,000 customers", "infer", join(options.folder, "ziln"));
if (wanted("growth")) printGrowth();
if (wanted("agreement")) await checkAgreement();

function longrun(): Contender[] {
  return [1, 2].map((threads) => ({
    name: "longrun",
    threads,
    measure: (part, folder) => measuredChild(process.execPath, [ours, part, folder, String(threads)]),
  }));
}

function torch(): Contender[] {
  const python = installed("PyTorch", () =>
    pythonWith(join(here, "requirements-torch.txt"), join(options.folder, "torch")),
  );
  if (python === undefined) return [];
  return ["eager", "compile"]
    .flatMap((mode) =>
      [1, 2].map((threads) => ({
        name: `torch-${mode}`,
        threads,
        measure: (part: string, folder: string) =>
          measuredChild<Measured>(python, [join(here, "torch_peer.py"), part, folder, String(threads), mode], passive),
      })),
    )
    .filter(({ name }) => left(name));
}

function tensorflow(): Contender[] {
  const modules = left("tfjs") ? installed("TensorFlow.js", () => npmWith(join(options.folder, "tfjs"))) : undefined;
  if (modules === undefined) return [];
  const measure = (part: string, folder: string) =>
    measuredChild<Measured>(process.execPath, [join(here, "tfjs-peer.js"), part, folder, modules]);
  return [{ name: "tfjs", threads: 1, measure }];
}

/** A peer that cannot be had is named and left out. */
function installed<Place>(name: string, install: () => Place): Place | undefined {
  try {
    return install();
  } catch (error) {
    console.log(`${name} could not be installed: ${error instanceof Error ? error.message : error}\n`);
    return undefined;
  }
}

function npmWith(folder: string): string {
  if (existsSync(join(folder, "node_modules/@tensorflow/tfjs-backend-wasm"))) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  const packages = ["@tensorflow/tfjs@4.22.0", "@tensorflow/tfjs-backend-wasm@4.22.0"];
  const { status } = spawnSync("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", ...packages], {
    cwd: folder,
    stdio: ["ignore", "inherit", "inherit"],
    shell: process.platform === "win32",
  });
  if (status !== 0) throw new Error(`npm install ended with ${status}`);
  return folder;
}

function compare(title: string, part: "train" | "infer", folder: string): void {
  const rounds = Array.from({ length: Number(options.rounds) }, () =>
    contenders.map((each) => tried(each, part, folder)),
  );
  console.log(`\n${title}; medians of ${rounds.length} rounds\n`);
  console.log("| by | threads | rows/s | processor s per million | rows/s ÷ longrun's | peak MB | agrees |");
  console.log("|---|---|---|---|---|---|---|");
  for (const index of contenders.keys()) console.log(`| ${cellsOf(index, rounds).join(" | ")} |`);
}

type Outcome = Measured | string;

function cellsOf(index: number, rounds: readonly (readonly Outcome[])[]): (string | number)[] {
  const { name, threads } = contenders[index];
  const beside = contenders.findIndex((each) => each.name === "longrun" && each.threads === threads);
  const runs = rounds.map((round) => round[index]);
  const failed = [...runs, ...rounds.map((round) => round[beside])].find((run) => typeof run === "string");
  if (failed !== undefined) return [name, threads, `failed: ${failed}`, "", "", "", ""];
  const measured = runs as Measured[];
  const own = rounds.map((round) => round[beside] as Measured);
  const ratios = measured.map(({ rowsPerSecond }, round) => rowsPerSecond / own[round].rowsPerSecond);
  return [
    name,
    threads,
    Math.round(middle(measured, "rowsPerSecond")).toLocaleString("en"),
    middle(measured, "processorSecondsPerMillion").toFixed(2),
    `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`,
    Math.round(middle(measured, "peakMb")),
    agreement(measured[0], own[0]),
  ];
}

function tried({ measure }: Contender, part: "train" | "infer", folder: string): Outcome {
  try {
    return measure(part, folder);
  } catch (error) {
    return (error as Error).message.trim().split("\n").at(-1) as string;
  }
}

type Measure = "rowsPerSecond" | "processorSecondsPerMillion" | "peakMb";

function middle(runs: readonly Measured[], key: Measure): number {
  return median(runs.map((run) => run[key]));
}

/** To how many digits the losses of all epochs both have, or the sum of the predictions, are equal. */
function agreement(theirs: Measured, expected: Measured): string {
  const pairs =
    theirs.losses && expected.losses
      ? theirs.losses.map((loss, epoch) => [loss, expected.losses![epoch]])
      : [[theirs.total as number, expected.total as number]];
  const worst = Math.max(...pairs.map(([a, b]) => Math.abs(a - b) / Math.abs(b)));
  return worst === 0 ? "all digits" : `${Math.floor(-Math.log10(worst))} digits`;
}

function printGrowth(): void {
  const { total: operations } = measuredChild<{ total: number }>(process.execPath, [ours, "floor"]);
  const perRow = 2 * (64 * 128 + 128 * 64 + 64 * 3) * 3 - 2 * 64 * 128; // forward, twice that backward, no gradient of the inputs
  const floorSeconds = (1e6 * perRow) / operations;
  console.log(
    `\nThe floor: ${perRow} operations a row in matrix products, ${(operations / 1e9).toFixed(0)} · 10⁹ a second`,
  );
  console.log(
    `in a product of this size: ${floorSeconds.toFixed(2)} processor s per million rows, and 260 bytes a row to read.\n`,
  );
  console.log(
    "| rows | rows/s | processor s per million | × floor | peak MB | MB of data |\n|---|---|---|---|---|---|",
  );
  for (const rows of [1e5, 1e6, 3e6]) {
    const run = measuredChild<Measured>(process.execPath, ["--max-old-space-size=8192", ours, "growth", String(rows)]);
    const cells = [
      rows.toLocaleString("en"),
      Math.round(run.rowsPerSecond).toLocaleString("en"),
      run.processorSecondsPerMillion.toFixed(2),
      (run.processorSecondsPerMillion / floorSeconds).toFixed(1),
      Math.round(run.peakMb),
      Math.round((rows * 65 * 4) / 2 ** 20),
    ];
    console.log(`| ${cells.join(" | ")} |`);
  }
}

async function checkAgreement(): Promise<void> {
  const folder = join(options.folder, "models");
  await writeModels(folder);
  const python = installed("onnxruntime", () =>
    pythonWith(join(here, "requirements-onnxruntime.txt"), join(options.folder, "onnxruntime")),
  );
  if (python === undefined) return;
  const script = join(here, "onnx_agreement.py");
  const { version, differences } = measuredChild<{ version: string; differences: Record<string, number> }>(python, [
    script,
    folder,
  ]);
  console.log(
    `\nPython's onnxruntime ${version}: largest difference relative to the values' size\n\n| model | difference |\n|---|---|`,
  );
  for (const [name, difference] of Object.entries(differences)) {
    console.log(`| ${name} | ${difference.toExponential(1)} |`);
    if (!(difference < 1e-5)) process.exitCode = 1;
  }
}
