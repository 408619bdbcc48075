import type { Clock } from "./base/clock.ts";
import type { Progress } from "./base/progress.ts";
import { clean } from "./clean/index.ts";
import { openDuckdb } from "./engine/duckdb/engine.ts";
import { evaluate } from "./evaluate/index.ts";
import { features } from "./features/index.ts";
import { ingest } from "./ingest/index.ts";
import { optimize } from "./optimize/index.ts";
import { predict } from "./predict/index.ts";
import type { Artifact } from "./runs/artifact.ts";
import type { Config } from "./runs/config.ts";
import type { StageContext } from "./runs/context.ts";
import type { Project } from "./runs/project.ts";
import { ArtifactStore } from "./runs/store.ts";
import type { RunSummary, StageName } from "./schema/summary.ts";
import type { ShopOptions } from "./simulate/shop.ts";
import { train } from "./train/index.ts";

/** Part of every stage's input hash: raise it when a stage would write something else from the same inputs. */
const artifactVersion = 3;

export interface RunDoors {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Progress of one stage. */
  progress(stage: StageName): Progress;
  finished(stage: RunSummary["stages"][number]): void;
  /** The password of a database server that asks for one, by the source's URL. */
  readonly password?: (url: string) => Promise<string | undefined>;
}

/** The seven stages in order. A stage whose inputs did not change is not run again; `until` stops after one of them. */
export async function run(
  project: Project,
  config: Config,
  doors: RunDoors,
  options: { until?: StageName; simulation?: ShopOptions } = {},
): Promise<RunSummary> {
  const engine = await openDuckdb({
    temporaryDirectory: project.temporary,
    threads: config.threads,
    memoryLimitMb: config.memoryLimitMb,
  });
  const interrupt = () => engine.interrupt();
  doors.signal.addEventListener("abort", interrupt);
  const store = new ArtifactStore(project.artifacts);
  const stages: RunSummary["stages"] = [];

  async function stage<Values>(
    name: StageName,
    inputs: unknown,
    make: (context: StageContext) => Promise<Values>,
  ): Promise<Artifact<Values>> {
    doors.signal.throwIfAborted();
    const started = doors.clock.elapsedMs();
    const context = { ...doors, engine, seed: config.seed, threads: config.threads, progress: doors.progress(name) };
    const built = await store.build(name, { artifactVersion, seed: config.seed, inputs }, engine, (output) =>
      make({ ...context, output }),
    );
    const seconds = (doors.clock.elapsedMs() - started) / 1000;
    const done = { stage: name, rows: built.artifact.rows, seconds, reused: built.reused };
    stages.push(done);
    doors.finished(done);
    return built.artifact;
  }

  try {
    const { shortHorizonDays, clvHorizonDays, annualDiscountRate } = config;
    const sources = project.sources().map((source) => ({ ...source, key: source.sourceId }));
    const ingestOptions = { ...config.ingest, timezone: config.timezone, defaultCurrency: config.currency ?? "USD" };
    const ingested = await stage(
      "ingest",
      { sources: sources.map(({ sourceId, preset, sha256 }) => ({ sourceId, preset, sha256 })), ingestOptions },
      (context) => ingest(sources, ingestOptions, project.key, { ...context, password: doors.password }),
    );
    if (options.until === "ingest") return partial(project, stages);

    const currency = config.currency ?? mainCurrency(ingested.values.sources);
    const cleanOptions = {
      currency,
      valueBasis: config.valueBasis,
      marginShare: config.marginShare,
      rules: config.clean.rules,
    };
    const cleaned = await stage("clean", { ingested: ingested.hash, cleanOptions }, (context) =>
      clean(ingested, cleanOptions, context),
    );

    const featureOptions = {
      asOf: config.asOf === undefined ? undefined : Date.parse(config.asOf),
      shortHorizonDays,
      clvHorizonDays,
      annualDiscountRate,
      minimumHistoryDays: 90,
      originSpacingDays: 90,
      maximumOrigins: 14,
    };
    const featured = await stage("features", { cleaned: cleaned.hash, featureOptions }, (context) =>
      features(cleaned, featureOptions, context),
    );

    const trained = await stage("train", { featured: featured.hash, options: config.train }, (context) =>
      train({ cleaned, featured }, config.train, context),
    );

    const predictOptions = {
      assumedEffects: config.assumedEffects,
      eligibleWithinDays: config.plan.eligibleWithinDays,
      shortHorizonDays,
    };
    const predicted = await stage("predict", { trained: trained.hash, predictOptions }, (context) =>
      predict({ cleaned, featured, trained }, predictOptions, context),
    );

    const planOptions = { ...config.plan, currency, shortHorizonDays };
    const planned = await stage("optimize", { predicted: predicted.hash, planOptions }, (context) =>
      optimize({ featured, predicted }, planOptions, context),
    );

    const evaluateOptions = { shortHorizonDays, clvHorizonDays, annualDiscountRate, simulation: options.simulation };
    const evaluated = await stage(
      "evaluate",
      { planned: planned.hash, trained: trained.hash, evaluateOptions },
      (context) => evaluate({ ingested, cleaned, featured, trained, predicted, planned }, evaluateOptions, context),
    );
    return { ...evaluated.values, project: project.directory, stages, files: { plan: planned.path("plan.csv") } };
  } finally {
    doors.signal.removeEventListener("abort", interrupt);
    await engine.close();
  }
}

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
