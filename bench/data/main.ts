/**
 * bench:data — the first three stages at scale, beside pandas and polars.
 *
 *   npm run bench:data -- --orders 1000000,3000000 --repeats 5
 *
 * For each size: a seeded shop is written as CSV (two events for each order, one customer for ten), ingested and cleaned
 * (once each), and then the catalogue of docs/features.md is computed for every customer at one cut-off from the cleaned
 * Parquet to one Parquet file: by longrun, by polars and by pandas in turn, each in a process of its own, `--repeats`
 * times. Printed are medians of seconds, processor seconds and peak resident memory (VmHWM of the process), the medians
 * of the ratios within each round, and in how many columns all values agree to 1e-9 (of 1 or of the value).
 *
 * The floor: whatever computes the catalogue reads the needed columns and writes the result. Its time is that of reading
 * each of those columns once and writing the finished table. On top comes the work itself: 15 aggregates of every order,
 * 11 more of the last year's, a category count of every line, 2 aggregates of the last year's events and 14 of the last
 * 90 days', at best some 10 ns each on one core.
 *
 * Options: --orders N,N…  --repeats N  --memory MB (of the engine, 1700)  --threads N (2)  --folder DIR (a folder
 * `longrun-bench` of the system's temporary folder; about 1.5 kB an order)  --reuse (what a former run ingested and cleaned).
 * The peers' environment is made in the folder from requirements.txt; that needs python3 and a package index.
 */
import { existsSync, mkdirSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openDuckdb } from "../../src/engine/duckdb/engine.ts";
import { measuredChild, median, pythonWith } from "../peers.ts";
import { disagreeingColumns } from "./agreement.ts";
import { end, writeShop } from "./shop.ts";

interface Measured {
  readonly seconds: number;
  readonly processorSeconds: number;
  readonly peakMb: number;
  readonly rows: number;
  readonly [more: string]: number;
}

const { values: options } = parseArgs({
  options: {
    orders: { type: "string", default: "100000,1000000" },
    repeats: { type: "string", default: "3" },
    memory: { type: "string", default: "1700" },
    threads: { type: "string", default: "2" },
    folder: { type: "string", default: join(tmpdir(), "longrun-bench") },
    reuse: { type: "boolean", default: false },
  },
});
const bytesPerOrder = 1500;
/** The sources, not their compiled copies: Python and requirements.txt are beside them. */
const here = fileURLToPath(new URL("../../../bench/data/", import.meta.url));
const stages = ["ingest", "clean"] as const;
const contenders = ["longrun", "polars", "pandas"] as const;

const lines = { stages: [] as string[], catalogue: [] as string[] };
const python = pythonWith(join(here, "requirements.txt"), join(options.folder, "venv"));
for (const orders of options.orders.split(",").map(Number)) await measureSize(orders);
console.log(
  [
    "",
    "| orders | stage | rows | seconds | processor s | rows/s | peak MB |",
    "|---|---|---|---|---|---|---|",
    ...lines.stages,
    "",
    "| orders | catalogue by | seconds | processor s | peak MB | time ÷ longrun's | processor ÷ longrun's | columns equal |",
    "|---|---|---|---|---|---|---|---|",
    ...lines.catalogue,
  ].join("\n"),
);

async function measureSize(orders: number): Promise<void> {
  const folder = join(options.folder, String(orders));
  mkdirSync(folder, { recursive: true });
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < orders * bytesPerOrder) throw new Error(`not enough room for ${orders} orders in ${folder}`);
  const files = await generated(orders, folder);
  for (const stage of stages) {
    if (options.reuse && existsSync(join(folder, "stages", stage, "manifest.json"))) continue;
    const measured = longrun(stage, folder, files);
    const { rows, seconds, processorSeconds, peakMb } = measured;
    lines.stages.push(
      row(orders, stage, rows, seconds.toFixed(1), processorSeconds.toFixed(1), rows / seconds, peakMb),
    );
  }
  const rounds = Array.from({ length: Number(options.repeats) }, () => ({
    longrun: longrun("catalogue", folder, files),
    polars: peer("polars", folder),
    pandas: peer("pandas", folder),
  }));
  const floor = longrun("floor", folder, files);
  console.error(
    `floor at ${orders} orders: ${(floor.bytesRead / 1e6).toFixed(0)} MB of columns in, ${(floor.bytesWritten / 1e6).toFixed(0)} MB out`,
  );
  lines.catalogue.push(
    row(orders, "floor", floor.seconds.toFixed(2), floor.processorSeconds.toFixed(2), "", "", "", ""),
  );
  for (const name of contenders) {
    const of = (what: string) => median(rounds.map((round) => round[name][what]));
    const ratio = (what: string) => median(rounds.map((round) => round[name][what] / round.longrun[what])).toFixed(2);
    const equal = name === "longrun" ? "" : await equalColumns(folder, name);
    lines.catalogue.push(
      row(
        orders,
        name,
        of("seconds").toFixed(2),
        of("processorSeconds").toFixed(2),
        of("peakMb"),
        ratio("seconds"),
        ratio("processorSeconds"),
        equal,
      ),
    );
  }
}

async function generated(orders: number, folder: string): Promise<string> {
  const engine = await openDuckdb({ temporaryDirectory: join(folder, "tmp"), memoryLimitMb: Number(options.memory) });
  const files = await writeShop(engine, { orders, seed: 1 }, join(folder, "csv"));
  await engine.close();
  return files.join(",");
}

async function equalColumns(folder: string, name: string): Promise<string> {
  const { compared, disagreeing } = await disagreeingColumns(
    join(folder, "longrun.parquet"),
    join(folder, `${name}.parquet`),
  );
  if (disagreeing.length > 0) console.error(`${name} disagrees in ${disagreeing.join(", ")}`);
  return `${compared - disagreeing.length} of ${compared}`;
}

function longrun(part: "ingest" | "clean" | "catalogue" | "floor", folder: string, files: string): Measured {
  const script = fileURLToPath(new URL("ours.js", import.meta.url));
  return child(process.execPath, [script, part, folder, files, options.memory, options.threads]);
}

function peer(name: "polars" | "pandas", folder: string): Measured {
  const script = join(here, `${name}_catalogue.py`);
  return child(python, [script, join(folder, "stages", "clean"), join(folder, `${name}.parquet`), String(end)]);
}

function child(command: string, given: readonly string[]): Measured {
  return measuredChild(command, given, { ...process.env, POLARS_MAX_THREADS: options.threads });
}

function row(...cells: readonly (string | number)[]): string {
  return `| ${cells.map((cell) => (typeof cell === "number" ? Math.round(cell) : cell)).join(" | ")} |`;
}
