import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DuckdbEngine } from "../../src/engine/duckdb/engine.ts";
import { compareForecasts } from "../../src/evaluate/backtest.ts";
import { forecastLifetime } from "../../src/lifetime/lifetime-model.ts";
import { readPurchasesBefore } from "../../src/panel/purchases-before.ts";
import { Project } from "../../src/runs/project.ts";
import { ArtifactStore } from "../../src/runs/store.ts";
import { type MemberName, memberColumn, memberNames } from "../../src/schema/blend.ts";
import type { TrainValues } from "../../src/train/index.ts";
import { longrun, runProject } from "./project.ts";

const cutoff = "1997-10-01";
/** Longest label that ends before the cut-off, and the 39 weeks that are forecast. */
const [labelDays, horizonDays] = [90, 273];

/**
 * CDNOW as it stood on 1997-10-01: everything is fitted on earlier facts, networks on labels of at most 13 weeks, and the forecast of 90
 * days is extended to 39 weeks by the fitted lifetime model, customer by customer: × its own 273 days ÷ its own 90.
 */
export async function judgeCdnow(file: string, folder: string, engine: DuckdbEngine) {
  const project = join(folder, "cdnow");
  const source = join(folder, "cdnow-orders.csv");
  writeOrders(file, source);
  runProject(project, {
    file: source,
    preset: "longrun",
    config: {
      asOf: cutoff,
      shortHorizonDays: labelDays,
      clvHorizonDays: horizonDays,
      valueBasis: "net",
      annualDiscountRate: 0,
    },
  });
  const store = new ArtifactStore(new Project(project).artifacts);
  const [cleaned, trained, predicted] = ["clean", "train", "predict"].map((name) => store.find(name));
  if (!cleaned || !trained || !predicted) throw new Error("the run left no artifacts");
  const asOf = Date.parse(cutoff);
  const purchases = await readPurchasesBefore(asOf, cleaned as never, engine);
  const { lifetimeModels } = trained.values as TrainValues;
  const model = lifetimeModels.at(-1);
  if (!model) throw new Error("no lifetime model was fitted");
  const lifetime = forecastLifetime(model, purchases, {
    horizonsDays: [labelDays, horizonDays],
    annualDiscountRate: 0,
  });
  const rows = await engine.rows(
    `SELECT * FROM read_parquet('${predicted.path("predictions.parquet")}') ORDER BY customer_id`,
  );
  const bought = spentAfter(file);
  const actual = rows.map(({ customer_id }) => bought.get(String(customer_id)) ?? 0);
  const extended = (name: string) =>
    rows.map((row, at) => (Number(row[name]) * lifetime[2 * at + 1]) / lifetime[2 * at]);
  const ofMember = (name: MemberName) => extended(memberColumn(name, labelDays));
  const show = JSON.parse(longrun("show", "train", "--project", project, "--json"));
  return {
    customers: rows.length,
    model: `${model.purchases?.model} × ${model.value.model}`,
    weights: (show as TrainValues).blends.at(-1)?.horizons.find((horizon) => horizon.horizonDays === labelDays)
      ?.weights,
    ...compareForecasts(
      actual,
      extended(`mean_${labelDays}d`),
      memberNames.map((name) => ({ name, forecast: ofMember(name) })),
      { seed: "bench-accuracy/cdnow", repetitions: 200 },
    ),
  };
}

const records = (file: string) =>
  readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(","));

/** The master file (customer_id, date, number_of_cds, dollar_value) as canonical orders. */
function writeOrders(file: string, target: string): void {
  const lines = records(file).map(([customer, date, , dollars], at) => {
    const minor = Math.round(100 * Number(dollars));
    return `o${at},c${customer},${date},paid,USD,${minor},${minor}`;
  });
  const header = "order_id,customer_id,ordered_at,status,currency,items_gross_minor,total_minor";
  writeFileSync(target, `${[header, ...lines].join("\n")}\n`);
}

function spentAfter(file: string): Map<string, number> {
  const spent = new Map<string, number>();
  for (const [customer, date, , dollars] of records(file)) {
    if (date >= cutoff) spent.set(`c${customer}`, (spent.get(`c${customer}`) ?? 0) + Number(dollars));
  }
  return spent;
}
