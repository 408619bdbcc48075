import { isoDate } from "../base/clock.ts";
import { type Progress, part } from "../base/progress.ts";
import type { Engine } from "../engine/engine.ts";
import { from, namedTable } from "../engine/sql/query.ts";
import { type PanelValues, readPanel } from "../panel/panel.ts";
import { type Artifact, openTable } from "../runs/artifact.ts";
import type { ColumnType } from "../schema/columns.ts";
import type { BacktestHorizon, RankingMetrics } from "../schema/summary.ts";
import { pairedBootstrap } from "../stats/bootstrap.ts";
import { decileError, normalizedGini, spearman } from "../stats/ranking.ts";
import { sampledSpearman } from "../stats/sampled-spearman.ts";

/** Predictions made from what was known at each test origin, what came true, and past spend as of then. */
interface Tested {
  origins: string[];
  predicted: number[];
  actual: number[];
  pastSpend: number[];
}

/** Feature that says what a customer was worth so far: the score every model has to beat. */
const pastSpendFeature = "valueTotal";

/** Compares each horizon's predictions with what happened, over all test origins, beside the past-spend baseline. */
export async function backtest(
  engine: Engine,
  featured: Artifact<PanelValues & { testOrigins: readonly number[] }>,
  predicted: Artifact,
  seed: string,
  progress: Progress,
): Promise<BacktestHorizon[]> {
  const { horizonsDays, testOrigins, featureNames } = featured.values;
  const tested = new Map<number, Tested>(
    horizonsDays.map((days) => [days, { origins: [], predicted: [], actual: [], pastSpend: [] }]),
  );
  for (const origin of testOrigins) {
    const panel = await readPanel(engine, featured, { earliest: origin, latest: origin });
    const spend = featureNames.indexOf(pastSpendFeature);
    const predictions = await readPredictions(engine, predicted, `backtest_${isoDate(origin)}`, horizonsDays);
    for (const days of horizonsDays) {
      const into = tested.get(days) as Tested;
      let used = false;
      for (let row = 0; row < panel.rows; row++) {
        const actual = predictions.numbers[`actual_${days}d`][row];
        if (Number.isNaN(actual)) continue;
        used = true;
        into.predicted.push(predictions.numbers[`mean_${days}d`][row]);
        into.actual.push(actual);
        into.pastSpend.push(panel.features[row * featureNames.length + spend] || 0);
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
    types[`actual_${days}d`] = "double";
  }
  const p = namedTable(await openTable(engine, predicted, name, types), types, "p");
  return engine.collect(from(p).select(p.columns).orderBy(p.columns.customer_id));
}

function judge(horizonDays: number, rows: Tested, seed: string, progress: Progress): BacktestHorizon {
  const ofPrediction = sampledSpearman(rows.predicted, rows.actual);
  const ofPastSpend = sampledSpearman(rows.pastSpend, rows.actual);
  const difference = pairedBootstrap(rows.actual.length, (sample) => ofPrediction(sample) - ofPastSpend(sample), {
    seed: `${seed}/backtest/${horizonDays}`,
    repetitions: 100,
    onRepetition: (done, total) => progress.report(done, total),
  });
  return {
    horizonDays,
    origins: rows.origins,
    customers: rows.actual.length,
    ...metrics(rows.actual, rows.predicted),
    baseline: { name: "pastSpend", ...metrics(rows.actual, scaledToTotal(rows.pastSpend, rows.actual)) },
    difference: {
      estimate: difference.estimate,
      low: difference.lower,
      high: difference.upper,
      level: difference.level,
    },
    verdict: difference.verdict,
  };
}

/** Past spend is a score, not a forecast; it is given the true total, so its decile error flatters it. */
function scaledToTotal(score: readonly number[], truth: readonly number[]): number[] {
  const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
  const factor = total(truth) / (total(score) || 1);
  return score.map((value) => value * factor);
}

function metrics(actual: readonly number[], predicted: readonly number[]): RankingMetrics {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    spearman: spearman(predicted, actual),
    normalizedGini: normalizedGini(actual, predicted),
    decileMape: decileError(actual, predicted).mape,
    bias: sum(predicted) / sum(actual) - 1,
  };
}
