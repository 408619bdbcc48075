import { join } from "node:path";
import { isoDate, millisecondsPerDay } from "../base/clock.ts";
import { ModelError } from "../base/errors.ts";
import { inLanes } from "../base/lanes.ts";
import { silentProgress } from "../base/progress.ts";
import type { CleanValues } from "../clean/index.ts";
import { type DuckdbEngine, withDuckdb } from "../engine/duckdb/engine.ts";
import type { FeatureValues } from "../features/index.ts";
import type { IngestValues } from "../ingest/index.ts";
import { predictValueNetwork } from "../models/value-network-prediction.ts";
import { originSpacing, planOrigins } from "../panel/origins.ts";
import { featuresAndWords, type Panel, readPanel, selectRows } from "../panel/panel.ts";
import { type RunDoors, run } from "../pipeline.ts";
import type { Artifact } from "../runs/artifact.ts";
import type { Config } from "../runs/config.ts";
import type { Project } from "../runs/project.ts";
import { ArtifactStore, hashOf } from "../runs/store.ts";
import { trainingTable } from "../train/training-table.ts";
import { valueNetworkAt } from "../train/value-network.ts";
import { factsBefore } from "./facts-before.ts";
import { type Forecast, forecastColumns, noForecast, type Objective, objectiveOf } from "./objective.ts";

/** Folds at most; each is a training of the value network. */
const mostFolds = 3;

/** Who is judged at one fold, and what came of them: the same for every configuration. */
interface Truth {
  readonly origin: number;
  readonly customerIds: readonly string[];
  readonly actual: Float64Array;
}

/** The rolling-origin back-test before the test period: what a configuration would have forecast there. */
export interface Folds {
  readonly objective: Objective;
  /** The instants from which forecasts are tested, rising. */
  readonly origins: readonly number[];
  /** First test origin of a run: nothing known from then on was read. */
  readonly before: number;
  /** Content of the facts that are read. */
  readonly factsHash: string;
  /** Who is judged at each fold. */
  readonly customerIds: readonly (readonly string[])[];
  /** Forecasts of a configuration at each fold. Throws what cleaning, features or training throw. */
  forecast(config: Config): Promise<Forecast[]>;
}

interface FoldOptions {
  readonly objective?: string;
  readonly folds?: number;
}

/**
 * Prepares the folds of a project from the configuration it has: the facts known before a run's first test origin, the
 * fold's origins, and the outcomes that every configuration is judged by, since cleaning can change what counts as one.
 * Throws ModelError not_enough_history_to_tune; InputError unknown_objective.
 */
export async function prepareFolds(
  project: Project,
  config: Config,
  doors: RunDoors,
  options: FoldOptions = {},
): Promise<Folds> {
  await run(project, config, doors, { until: "clean" });
  const store = new ArtifactStore(project.artifacts);
  const ingested = store.find<IngestValues>("ingest") as Artifact<IngestValues>;
  const cleaned = (store.find<CleanValues>("clean") as Artifact<CleanValues>).values;
  const before = cleaned.fitBefore;
  const objective = objectiveBefore(before, cleaned, config, options.objective);
  const facts = await withEngine(project, config, doors, (engine) =>
    factsBefore(before, ingested, engine, new ArtifactStore(join(project.state, "tuning"))),
  );
  const validation = {
    // Ingest's account of the files stays; the rows are those of the copy.
    facts: { ...facts, values: ingested.values } as unknown as Artifact<IngestValues>,
    asOf: before,
    testing: { count: options.folds ?? mostFolds, horizonDays: objective.horizonDays },
  };
  const presentCleaning = hashOf(config.clean);

  let latest: (Described & { readonly cleaning: string }) | undefined;

  /** The panel of a configuration; those that clean differently have a place of their own, the last one kept. */
  async function panelOf(chosen: Config): Promise<Described> {
    const cleaning = hashOf(chosen.clean);
    if (latest?.cleaning === cleaning) return latest;
    const place = cleaning === presentCleaning ? "present" : "other";
    const artifacts = join(project.state, "tuning", place);
    const silent = { ...doors, progress: () => silentProgress, finished: () => {} };
    await run(project, chosen, silent, { until: "features", validation: { ...validation, artifacts } });
    const featured = new ArtifactStore(artifacts).find<FeatureValues>("features") as Artifact<FeatureValues>;
    const read = (engine: DuckdbEngine) => readPanel(engine, featured, { earliest: 0, latest: before - 1 });
    latest = { cleaning, values: featured.values, panel: await withEngine(project, chosen, doors, read) };
    return latest;
  }

  const present = await panelOf(config);
  const truths = present.values.testOrigins.map((origin) => truthAt(origin, present, objective.horizonDays));
  return {
    objective,
    origins: truths.map(({ origin }) => origin),
    before,
    factsHash: facts.hash,
    customerIds: truths.map(({ customerIds }) => customerIds),
    async forecast(chosen) {
      const described = await panelOf(chosen);
      const lanes = Math.min(chosen.threads, truths.length);
      return inLanes(truths, lanes, (truth) =>
        forecastAt(truth, described, objective.horizonDays, chosen, {
          threads: Math.max(1, Math.floor(chosen.threads / lanes)),
          signal: doors.signal,
        }),
      );
    },
  };
}

/** What the history before the test period can carry, and of that the objective asked for. */
function objectiveBefore(before: number, cleaned: CleanValues, config: Config, name: string | undefined): Objective {
  const { shortHorizonDays, clvHorizonDays } = config;
  const facts = { first: cleaned.firstOrderAt, last: before };
  const days = Math.floor((before - facts.first) / millisecondsPerDay);
  try {
    const { horizonsDays } = planOrigins(facts, { asOf: before, shortHorizonDays, clvHorizonDays, ...originSpacing });
    return objectiveOf(name, { horizonsDays, shortHorizonDays });
  } catch (cause) {
    if (!(cause instanceof ModelError)) throw cause;
    const needed = cause.details["needed"];
    throw new ModelError("not_enough_history_to_tune", { days, needed, before: isoDate(before) }, { cause });
  }
}

interface Described {
  readonly values: FeatureValues;
  readonly panel: Panel;
}

function truthAt(origin: number, { values, panel }: Described, horizonDays: number): Truth {
  const horizon = values.horizonsDays.indexOf(horizonDays);
  const rows = rowsAt(origin, panel);
  return {
    origin,
    customerIds: rows.map((row) => panel.customerIds[row]),
    actual: Float64Array.from(rows, (row) => panel.outcomes[row * values.horizonsDays.length + horizon]),
  };
}

const rowsAt = (origin: number, { asOf }: Panel) => [...asOf.keys()].filter((row) => asOf[row] === origin);

async function forecastAt(
  { origin, customerIds, actual }: Truth,
  { values, panel }: Described,
  horizonDays: number,
  config: Config,
  running: { threads: number; signal: AbortSignal },
): Promise<Forecast> {
  const network = await valueNetworkAt(origin, trainingTable(panel, values, origin), values, config.train, {
    seed: config.seed,
    ...running,
  });
  const rows = rowsAt(origin, panel);
  const width = network.card.featureNames.length;
  const features = selectRows(featuresAndWords(panel, values), width, rows);
  const predicted = await predictValueNetwork(network, { rows: rows.length, features });
  const horizon = values.horizonsDays.indexOf(horizonDays);
  const columns = forecastColumns(predicted, horizon, values.horizonsDays.length);
  const place = new Map(rows.map((row, index) => [panel.customerIds[row], index]));
  const places = customerIds.map((id) => place.get(id));
  const judged = (name: keyof typeof noForecast) =>
    Float64Array.from(places, (at) => (at === undefined ? noForecast[name] : columns[name][at]));
  return {
    actual,
    mean: judged("mean"),
    valueProbability: judged("valueProbability"),
    mu: judged("mu"),
    sigma: judged("sigma"),
  };
}

function withEngine<T>(
  project: Project,
  { threads, memoryLimitMb }: Config,
  { signal }: RunDoors,
  work: (engine: DuckdbEngine) => Promise<T>,
): Promise<T> {
  return withDuckdb({ temporaryDirectory: project.temporary, threads, memoryLimitMb }, signal, work);
}
