import { isoDate } from "../base/clock.ts";
import { type Progress, part } from "../base/progress.ts";
import type { Engine } from "../engine/engine.ts";
import { from, namedTable } from "../engine/sql/query.ts";
import { type PanelValues, readPanel } from "../panel/panel.ts";
import { type Artifact, openTable } from "../runs/artifact.ts";
import type { ColumnType } from "../schema/columns.ts";
import type { BacktestHorizon, BaselineMetrics, ForecastMetrics } from "../schema/summary.ts";
import { pairedBootstraps } from "../stats/bootstrap.ts";
import { decileError, normalizedGini, pearson, spearman } from "../stats/ranking.ts";
import { sampledRanks } from "../stats/sampled-spearman.ts";

/** What was forecast of each customer at the test origins, by everything that is compared, and what came. */
export interface Tested {
  origins: string[];
  actual: number[];
  network: number[];
  pastSpend: number[];
  /** NaN where no lifetime model could be fitted. */
  lifetimeModel: number[];
}

/** Feature that says what a customer was worth so far: the score every model has to beat. */
const pastSpendFeature = "valueTotal";

/** Compares each horizon's predictions with what happened, over all test origins, beside the baselines. */
export async function backtest(
  engine: Engine,
  featured: Artifact<PanelValues & { testOrigins: readonly number[] }>,
  predicted: Artifact,
  seed: string,
  progress: Progress,
): Promise<BacktestHorizon[]> {
  const { horizonsDays, testOrigins, featureNames } = featured.values;
  const tested = new Map<number, Tested>(
    horizonsDays.map((days) => [days, { origins: [], actual: [], network: [], pastSpend: [], lifetimeModel: [] }]),
  );
  for (const origin of testOrigins) {
    const panel = await readPanel(engine, featured, { earliest: origin, latest: origin });
    const spend = featureNames.indexOf(pastSpendFeature);
    const { numbers } = await readPredictions(engine, predicted, `backtest_${isoDate(origin)}`, horizonsDays);
    for (const days of horizonsDays) {
      const into = tested.get(days) as Tested;
      let used = false;
      for (let row = 0; row < panel.rows; row++) {
        const actual = numbers[`actual_${days}d`][row];
        if (Number.isNaN(actual)) continue;
        used = true;
        into.actual.push(actual);
        into.network.push(numbers[`mean_${days}d`][row]);
        into.pastSpend.push(panel.features[row * featureNames.length + spend] || 0);
        into.lifetimeModel.push(numbers[`lifetime_mean_${days}d`][row]);
      }
      if (used) into.origins.push(isoDate(origin));
    }
  }
  return horizonsDays.flatMap((days, index) => {
    const rows = tested.get(days) as Tested;
    return rows.actual.length > 1
      ? [judge(days, rows, seed, part(progress, index / horizonsDays.length, (index + 1) / horizonsDays.length))]
      : [];
  });
}

async function readPredictions(engine: Engine, predicted: Artifact, name: string, horizonsDays: readonly number[]) {
  const types: Record<string, ColumnType> = { customer_id: "text" };
  for (const days of horizonsDays) {
    types[`mean_${days}d`] = "double";
    types[`lifetime_mean_${days}d`] = "double";
    types[`actual_${days}d`] = "double";
  }
  const p = namedTable(await openTable(engine, predicted, name, types), types, "p");
  return engine.collect(from(p).select(p.columns).orderBy(p.columns.customer_id));
}

/** One horizon: the network's metrics, and those of each baseline with the difference in rank correlation to it. */
export function judge(horizonDays: number, tested: Tested, seed: string, progress: Progress): BacktestHorizon {
  const { actual, network, pastSpend, lifetimeModel } = tested;
  const baselines: { name: BaselineMetrics["name"]; scores: number[]; metrics: ForecastMetrics }[] = [
    { name: "pastSpend", scores: pastSpend, metrics: scoreMetrics(actual, pastSpend) },
  ];
  // Compared on the same customers or not at all.
  if (lifetimeModel.every(Number.isFinite))
    baselines.push({ name: "lifetimeModel", scores: lifetimeModel, metrics: forecastMetrics(actual, lifetimeModel) });
  const ranksOfActual = sampledRanks(actual);
  const ranksOf = [network, ...baselines.map(({ scores }) => scores)].map(sampledRanks);
  const intervals = pairedBootstraps(
    actual.length,
    (sample) => {
      const truth = ranksOfActual(sample);
      const [ofNetwork, ...ofBaselines] = ranksOf.map((ranks) => pearson(ranks(sample), truth));
      return ofBaselines.map((ofBaseline) => ofNetwork - ofBaseline);
    },
    {
      seed: `${seed}/backtest/${horizonDays}`,
      repetitions: 100,
      onRepetition: (done, total) => progress.report(done, total),
    },
  );
  return {
    horizonDays,
    origins: tested.origins,
    customers: actual.length,
    ...forecastMetrics(actual, network),
    baselines: baselines.map(({ name, metrics }, at) => {
      const { estimate, lower, upper, level, verdict } = intervals[at];
      return { name, ...metrics, difference: { estimate, low: lower, high: upper, level }, verdict };
    }),
  };
}

const totalOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

/** A score has no level: it is given the true total, so its decile error flatters it. */
function scoreMetrics(actual: readonly number[], score: readonly number[]): ForecastMetrics {
  const factor = totalOf(actual) / (totalOf(score) || 1);
  const scaled = score.map((value) => value * factor);
  return { ...forecastMetrics(actual, scaled), bias: null };
}

function forecastMetrics(actual: readonly number[], forecast: readonly number[]): ForecastMetrics & { bias: number } {
  return {
    spearman: spearman(forecast, actual),
    normalizedGini: normalizedGini(actual, forecast),
    decileMape: decileError(actual, forecast).mape,
    bias: totalOf(forecast) / totalOf(actual) - 1,
  };
}
