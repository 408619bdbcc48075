/**
 * bench:accuracy — every member, baseline and the blend on real and simulated shops, on periods that nothing was tuned on.
 *
 *   npm run bench:accuracy -- --cdnow cdnow_master.csv --online-retail online_retail.csv.gz --seeds 2 --customers 4000
 *
 * Online Retail is run as any project (net of refunds, 100 days from 2011-09-01), after past spend's published figures are
 * reproduced on the plain preparation; CDNOW as it stood on 1997-10-01, 39 weeks; simulated shops in the default world, all horizons
 * and test origins. Prints Markdown.
 *
 * Options: --cdnow FILE, --online-retail FILE (left out without them)  --seeds N (0: no simulated shop)  --customers N
 * --folder DIR (default `longrun-bench-accuracy` in the system's temporary folder)
 */
import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { withDuckdb } from "../../src/engine/duckdb/engine.ts";
import type { RunSummary } from "../../src/schema/summary.ts";
import { judgeCdnow } from "./cdnow.ts";
import { giniAgainstPastSpend, pastSpendOnPlainPreparation } from "./online-retail.ts";
import { longrun, runProject } from "./project.ts";
import { intervalHead, intervalRow, tableHead, tableRows } from "./table.ts";

const { values: options } = parseArgs({
  options: {
    cdnow: { type: "string" },
    "online-retail": { type: "string" },
    seeds: { type: "string", default: "2" },
    customers: { type: "string", default: "4000" },
    folder: { type: "string", default: join(tmpdir(), "longrun-bench-accuracy") },
  },
});
mkdirSync(options.folder, { recursive: true });
const notes: string[] = [];
const table: string[] = [];
const intervals: string[] = [];

await withDuckdb(
  { temporaryDirectory: join(options.folder, "tmp"), threads: 2, memoryLimitMb: 600 },
  new AbortController().signal,
  async (engine) => {
    if (options["online-retail"] !== undefined) {
      const file = resolve(options["online-retail"]);
      const plain = await pastSpendOnPlainPreparation(file, engine);
      notes.push(
        `past spend on the plain preparation: ${plain.customers} customers, sales ${plain.sales.toFixed(2)}, ` +
          `Spearman ${plain.spearman.toFixed(3)}, normalised Gini ${plain.normalizedGini.toFixed(3)} (published: 0.531, 0.643)`,
      );
      const config = { timezone: "Europe/London", currency: "GBP", valueBasis: "net", clvHorizonDays: 100 } as const;
      const project = join(options.folder, "retail");
      const summary = runProject(project, { file, preset: "uci-retail", config });
      addRun("Online Retail", summary);
      const [origin] = summary.backtest.horizons.at(-1)?.origins ?? [];
      const gini = await giniAgainstPastSpend(project, { origin, days: 100 }, engine);
      notes.push(
        `Online Retail, 100 days, blend − past spend in normalised Gini: ${gini.estimate.toFixed(4)} ` +
          `(95 % ${gini.lower.toFixed(4)} … ${gini.upper.toFixed(4)}): ${gini.verdict}`,
      );
    }
    if (options.cdnow !== undefined) {
      const { customers, model, weights, ...metrics } = await judgeCdnow(
        resolve(options.cdnow),
        options.folder,
        engine,
      );
      notes.push(
        `CDNOW: ${customers} customers, lifetime model ${model}, weights on 90 days ${JSON.stringify(weights)}; ` +
          "39 weeks are extrapolated by the lifetime model and no label that long was trained on",
      );
      table.push(...tableRows("CDNOW master, 273 from 1997-10-01", metrics));
    }
  },
);
for (let seed = 1; seed <= Number(options.seeds); seed++) {
  const project = join(options.folder, `shop-${seed}`);
  const given = ["--seed", `accuracy-${seed}`, "--customers", options.customers, "--no-open", "--json"];
  addRun(`simulated ${seed}`, JSON.parse(longrun("demo", "--project", project, ...given)) as RunSummary);
}
console.log([...notes, "", ...tableHead, ...table, "", ...intervalHead, ...intervals].join("\n"));

function addRun(name: string, { backtest }: RunSummary): void {
  for (const tested of backtest.horizons) {
    const unseen = tested.seasonSeen ? "" : ", season never seen";
    table.push(...tableRows(`${name}, ${tested.horizonDays} from ${tested.origins.join(", ")}`, tested));
    intervals.push(intervalRow(`${name}, ${tested.horizonDays}${unseen}`, tested));
  }
}
