import { type Clock, isoDate } from "./base/clock.ts";
import type { Progress } from "./base/progress.ts";
import { clean } from "./clean/index.ts";
import { type DuckdbEngine, withDuckdb } from "./engine/duckdb/engine.ts";
import { evaluate } from "./evaluate/index.ts";
import { features } from "./features/index.ts";
import { type IngestValues, ingest } from "./ingest/index.ts";
import { optimize } from "./optimize/index.ts";
import { readLimits } from "./optimize/stated-limits.ts";
import { type OriginOptions, originSpacing } from "./panel/origins.ts";
import { predict } from "./predict/index.ts";
import type { Artifact } from "./runs/artifact.ts";
import type { Config } from "./runs/config.ts";
import type { StageContext } from "./runs/context.ts";
import type { Project, RegisteredSource } from "./runs/project.ts";
import { ArtifactStore } from "./runs/store.ts";
import type { RunSummary, StageName } from "./schema/summary.ts";
import type { ShopOptions } from "./simulate/shop.ts";
import { train } from "./train/index.ts";

/** Part of every stage's input hash: raise it when a stage would write something else from the same inputs. */
const artifactVersion = 11;

export interface RunDoors {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Progress of one stage. */
  progress(stage: StageName): Progress;
  finished(stage: RunSummary["stages"][number]): void;
  /** The password of a database server that asks for one, by the source's URL. */
  readonly password?: (url: string) => Promise<string | undefined>;
}

export interface RunOptions {
  readonly until?: StageName;
  readonly simulation?: ShopOptions;
  readonly sources?: readonly RegisteredSource[];
  /** A validation: facts cut at an earlier instant instead of the sources, forecasts tested there, kept in a place apart. */
  readonly validation?: {
    readonly facts: Artifact<IngestValues>;
    readonly asOf: number;
    readonly testing: OriginOptions["testing"];
    readonly artifacts: string;
  };
}

/** The seven stages in order. A stage whose inputs did not change is not run again; `until` stops after one of them. */
export async function run(
  project: Project,
  config: Config,
  doors: RunDoors,
  options: RunOptions = {},
): Promise<RunSummary> {
  const { threads, memoryLimitMb } = config;
  return withDuckdb({ temporaryDirectory: project.temporary, threads, memoryLimitMb }, doors.signal, (engine) =>
    runStages(engine, project, config, doors, options),
  );
}

async function runStages(
  engine: DuckdbEngine,
  project: Project,
  config: Config,
  doors: RunDoors,
  options: RunOptions,
): Promise<RunSummary> {
  const { validation } = options;
  const store = new ArtifactStore(validation?.artifacts ?? project.artifacts);
  const stages: RunSummary["stages"] = [];

  async function stage<Values>(
    name: StageName,
    inputs: unknown,
    make: (context: StageContext) => Promise<Values>,
    // What it wrote, unless it says what it learned from or judged.
    rowsOf = (artifact: Artifact<Values>) => artifact.rows,
  ): Promise<Artifact<Values>> {
    doors.signal.throwIfAborted();
    const started = doors.clock.elapsedMs();
    const context = { ...doors, engine, seed: config.seed, threads: config.threads, progress: doors.progress(name) };
    const built = await store.build(name, { artifactVersion, seed: config.seed, inputs }, engine, (output) =>
      make({ ...context, output }),
    );
    const seconds = (doors.clock.elapsedMs() - started) / 1000;
    const done = { stage: name, rows: rowsOf(built.artifact), seconds, reused: built.reused };
    stages.push(done);
    doors.finished(done);
    return built.artifact;
  }

  const { shortHorizonDays, clvHorizonDays, annualDiscountRate } = config;
  const sources = options.sources ?? project.sources();
  const ingestOptions = { ...config.ingest, timezone: config.timezone, defaultCurrency: config.currency ?? "USD" };
  const read = () =>
    stage(
      "ingest",
      {
        sources: sources.map(({ sourceId, preset, mapping, sha256 }) => ({ sourceId, preset, mapping, sha256 })),
        ingestOptions,
      },
      (context) => ingest(sources, ingestOptions, project.key, { ...context, password: doors.password }),
    );
  const ingested = validation?.facts ?? (await read());
  if (options.until === "ingest") return partial(project, stages);

  const originOptions: OriginOptions = {
    asOf: validation?.asOf ?? (config.asOf === undefined ? undefined : Date.parse(config.asOf)),
    shortHorizonDays,
    clvHorizonDays,
    ...originSpacing,
    testing: validation?.testing,
  };
  const currency = config.currency ?? mainCurrency(ingested.values.sources);
  // Read here, so that a mistake in them is found before anything takes long.
  const limits = readLimits(config.plan, currency);
  const cleanOptions = {
    currency,
    timezone: config.timezone,
    valueBasis: config.valueBasis,
    marginShare: config.marginShare,
    ...config.clean,
    horizons: { ...originOptions, annualDiscountRate },
  };
  const cleaned = await stage("clean", { ingested: ingested.hash, cleanOptions }, (context) =>
    clean(ingested, cleanOptions, context),
  );
  if (options.until === "clean") return partial(project, stages);

  const featureOptions = { ...originOptions, annualDiscountRate };
  const featured = await stage("features", { cleaned: cleaned.hash, featureOptions }, (context) =>
    features(cleaned, featureOptions, context),
  );
  if (options.until === "features") return partial(project, stages);

  const trainOptions = { ...config.train, annualDiscountRate };
  const trained = await stage(
    "train",
    { featured: featured.hash, options: trainOptions },
    (context) => train({ cleaned, featured }, trainOptions, context),
    ({ values }) => sumOf(values.networks.map(({ rows }) => rows)),
  );

  const { balance, explorationShare, holdoutShare, ...plan } = config.plan;
  const predictOptions = {
    assumedEffects: config.assumedEffects,
    eligibleWithinDays: plan.eligibleWithinDays,
    minimumDaysBetweenOffers: plan.minimumDaysBetweenOffers,
    maximumOffersPer90Days: plan.maximumOffersPer90Days,
    shortHorizonDays,
    annualDiscountRate,
  };
  const predicted = await stage("predict", { trained: trained.hash, predictOptions }, (context) =>
    predict({ cleaned, featured, trained }, predictOptions, context),
  );

  const statedCosts = Object.fromEntries(
    Object.entries(config.assumedEffects).map(([action, { costPerCustomer }]) => [action, costPerCustomer]),
  );
  const planOptions = { balance, limits, explorationShare, holdoutShare, currency, shortHorizonDays, statedCosts };
  const planned = await stage("optimize", { predicted: predicted.hash, planOptions }, (context) =>
    optimize({ cleaned, featured, predicted }, planOptions, context),
  );

  const evaluateOptions = { shortHorizonDays, clvHorizonDays, annualDiscountRate, simulation: options.simulation };
  const evaluated = await stage(
    "evaluate",
    { planned: planned.hash, trained: trained.hash, evaluateOptions },
    (context) => evaluate({ ingested, cleaned, featured, trained, predicted, planned }, evaluateOptions, context),
    ({ values }) => sumOf(values.backtest.horizons.map(({ customers }) => customers)),
  );
  return {
    ...evaluated.values,
    project: project.directory,
    stages,
    networks: trained.values.networks.map(({ name, cutoff, rows, learning }) => ({
      name,
      asOf: isoDate(cutoff),
      rows,
      learning,
    })),
    files: { plan: planned.path("plan.csv") },
  };
}

const sumOf = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);

function partial(project: Project, stages: RunSummary["stages"]): RunSummary {
  return { project: project.directory, stages } as unknown as RunSummary;
}

/** The currency that most sales are in: what the workspace counts in unless the config says otherwise. */
function mainCurrency(sources: readonly { money: readonly { currency: string; keptMinor: number }[] }[]): string {
  const totals = new Map<string, number>();
  for (const { money } of sources) {
    for (const { currency, keptMinor } of money) totals.set(currency, (totals.get(currency) ?? 0) + keptMinor);
  }
  const [largest] = [...totals].sort((a, b) => b[1] - a[1]);
  return largest?.[0] ?? "USD";
}
