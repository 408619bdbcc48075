import { createReadStream, existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { isoDate } from "../base/clock.ts";
import { InputError } from "../base/errors.ts";
import { readTrainedModels } from "../blend/trained-models.ts";
import { openDuckdb } from "../engine/duckdb/engine.ts";
import type { ColumnBatch, Engine } from "../engine/engine.ts";
import { instant } from "../engine/sql/expression.ts";
import { from, namedTable } from "../engine/sql/query.ts";
import type { FeatureValues } from "../features/index.ts";
import { explainForecasts, reasonsOf } from "../models/reasons.ts";
import type { OptimizeValues } from "../optimize/index.ts";
import type { PredictValues } from "../predict/index.ts";
import { conceptGroups } from "../predict/reasons.ts";
import { type Artifact, openTable } from "../runs/artifact.ts";
import type { Project } from "../runs/project.ts";
import { ArtifactStore } from "../runs/store.ts";
import type { ColumnType } from "../schema/columns.ts";
import type { Concept } from "../schema/concepts.ts";
import type { CustomerView } from "../schema/customer.ts";
import type { ExplainedForecast } from "../schema/reasons.ts";
import type { Quadrant } from "../schema/relation.ts";
import type { TrainValues } from "../train/index.ts";

interface Stages {
  featured: Artifact<FeatureValues>;
  trained: Artifact<TrainValues>;
  predicted: Artifact<PredictValues>;
  planned: Artifact<OptimizeValues>;
}

/**
 * Everything known of one customer. Reasons are worked out here, so that every customer has them; they are those of
 * `reasons.parquet` to the digit. Throws InputError unknown_stage_output, unknown_customer.
 */
export async function customerView(project: Project, customerId: string): Promise<CustomerView> {
  const stages = finishedStages(project);
  const { featured, predicted } = stages;
  const { asOf, featureNames, currency, catalogue, categories } = featured.values;
  const names = [...featureNames, ...categories.map(({ name }) => name)];
  const engine = await openDuckdb({ temporaryDirectory: project.temporary });
  try {
    const numbersOf = (names: readonly string[]) => ({
      as_of: "timestamp" as const,
      ...Object.fromEntries(names.map((name) => [name, "double" as const])),
    });
    const panel = await rowsOf(engine, featured, "panel", numbersOf(names), customerId, asOf);
    if (panel.rows === 0) throw new InputError("unknown_customer", { customer: customerId, asOf: isoDate(asOf) });
    const own = Float32Array.from(names, (name) => panel.numbers[name][0]);
    const { typical } = predicted.values.reasons;
    const known = new Map<string, Pick<CustomerView["features"][number], "unit" | "word" | "words">>(
      [...catalogue, ...categories].map((feature) => [feature.name, feature]),
    );
    const features = names.map((name, column) => ({
      name,
      unit: known.get(name)?.unit ?? "ratio",
      word: known.get(name)?.word,
      words: known.get(name)?.words,
      own: nullIfMissing(own[column]),
      typical: typical[column],
    }));
    const places = await placesOf(engine, predicted, customerId);
    return {
      customerId,
      currency,
      asOf: isoDate(asOf),
      quadrant: places.find((place) => place.asOf === isoDate(asOf))?.quadrant ?? null,
      earlierQuadrants: places.filter((place) => place.asOf !== isoDate(asOf)),
      forecasts: await forecastsOf(engine, stages, customerId),
      reasons: await reasons(stages, own, features),
      plan: await plannedLine(stages.planned, customerId),
      features,
    };
  } finally {
    await engine.close();
  }
}

function finishedStages(project: Project): Stages {
  const store = new ArtifactStore(project.artifacts);
  const find = <Values>(stage: string): Artifact<Values> => {
    const artifact = store.find<Values>(stage);
    if (!artifact) throw new InputError("unknown_stage_output", { stage, path: project.directory });
    return artifact;
  };
  return { featured: find("features"), trained: find("train"), predicted: find("predict"), planned: find("optimize") };
}

const nullIfMissing = (value: number) => (Number.isFinite(value) ? value : null);

/** The rows of one customer, the earliest first; all of them, or those of one instant. */
async function rowsOf(
  engine: Engine,
  artifact: Artifact,
  tableName: string,
  columns: Readonly<Record<string, ColumnType>> & { as_of: "timestamp" },
  customerId: string,
  asOf?: number,
): Promise<ColumnBatch> {
  const types: Readonly<Record<string, ColumnType>> = { ...columns, customer_id: "text" };
  const t = namedTable(await openTable(engine, artifact, tableName, types), types, "t");
  const { customer_id, as_of } = t.columns;
  const rows = from(t).where(customer_id.equals(customerId as never));
  const wanted = asOf === undefined ? rows : rows.where(as_of.equals(instant(asOf)));
  return engine.collect(wanted.select(t.columns).orderBy(as_of));
}

async function placesOf(engine: Engine, predicted: Stages["predicted"], customerId: string) {
  if (!predicted.values.relation) return [];
  const types = { as_of: "timestamp", quadrant: "text" } as const;
  const { rows, numbers, texts } = await rowsOf(engine, predicted, "relation", types, customerId);
  return Array.from({ length: rows }, (_, row) => ({
    asOf: isoDate(numbers.as_of[row]),
    quadrant: texts.quadrant[row] as Quadrant,
  }));
}

async function forecastsOf(
  engine: Engine,
  { featured, predicted }: Stages,
  customerId: string,
): Promise<CustomerView["forecasts"]> {
  const figures = ["mean", "p10", "p90", "purchase_probability", "orders", "network_mean", "lifetime_mean"] as const;
  const { horizonsDays } = featured.values;
  const types = {
    as_of: "timestamp" as const,
    ...Object.fromEntries(
      horizonsDays.flatMap((days) => figures.map((name) => [`${name}_${days}d`, "double" as const])),
    ),
  };
  const { numbers } = await rowsOf(engine, predicted, "predictions", types, customerId);
  return horizonsDays.map((horizonDays) => {
    const figure = (name: (typeof figures)[number]) => numbers[`${name}_${horizonDays}d`][0];
    return {
      horizonDays,
      mean: figure("mean"),
      p10: figure("p10"),
      p90: figure("p90"),
      purchaseProbability: figure("purchase_probability"),
      orders: figure("orders"),
      networkMean: figure("network_mean"),
      lifetimeModelMean: nullIfMissing(figure("lifetime_mean")),
    };
  });
}

async function reasons(
  { featured, trained, predicted }: Stages,
  own: Float32Array,
  features: CustomerView["features"],
): Promise<ExplainedForecast[]> {
  const { catalogue, categories, horizonsDays, asOf } = featured.values;
  const { network } = readTrainedModels(trained, asOf).models;
  const baseline = Float32Array.from(predicted.values.reasons.typical, (value) => value ?? Number.NaN);
  const compared = { rows: 1, width: own.length, features: own, baseline };
  const explained = await explainForecasts(
    network,
    compared,
    conceptGroups(network.card.featureNames, [...catalogue, ...categories]),
  );
  const { predictions, baseline: typicalValues } = explained.attributions;
  return predicted.values.reasons.horizonsDays.map((horizonDays) => {
    const horizon = horizonsDays.indexOf(horizonDays);
    return {
      horizonDays,
      value: predictions[horizon],
      typicalValue: typicalValues[horizon],
      reasons: reasonsOf(explained, 0, horizon).map(({ concept, feature, effect, standardError }) => {
        const { name, ...said } = features[feature];
        return { concept: concept as Concept, feature: name, ...said, effect, standardError };
      }),
    };
  });
}

/** The customer's line of plan.csv; null where there is none. */
async function plannedLine(planned: Stages["planned"], customerId: string): Promise<CustomerView["plan"]> {
  const path = planned.path("plan.csv");
  if (planned.values.plan.status !== "ready" || !existsSync(path)) return null;
  const quoted = `"${customerId.replaceAll('"', '""')}"`;
  // Ids that a spreadsheet would take for a formula stand behind an apostrophe.
  const starts = [customerId, `'${customerId}`, quoted, `"'${quoted.slice(1)}`].map((start) => `${start},`);
  for await (const line of createInterface({ input: createReadStream(path, "utf8") })) {
    const start = starts.find((candidate) => line.startsWith(candidate));
    if (start === undefined) continue;
    const cells = line.slice(start.length).split(",");
    const [propensity, short, long, cost] = cells.slice(-6, -2).map(Number);
    const [reason, bindingLimits] = cells.slice(-2);
    const limits = bindingLimits === "" ? [] : bindingLimits.split(";");
    return { action: cells.slice(0, -6).join(","), propensity, short, long, cost, reason, bindingLimits: limits };
  }
  return null;
}
