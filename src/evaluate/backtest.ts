import { isoDate, millisecondsPerDay } from "../base/clock.ts";
import { type Progress, part } from "../base/progress.ts";
import type { FittedHorizon } from "../blend/blend.ts";
import type { Engine } from "../engine/engine.ts";
import { from, namedTable } from "../engine/sql/query.ts";
import type { PanelValues } from "../panel/panel.ts";
import { type Artifact, openTable } from "../runs/artifact.ts";
import { type MemberName, memberColumn, memberNames } from "../schema/blend.ts";
import type { ColumnType } from "../schema/columns.ts";
import type { BacktestHorizon, BaselineMetrics, ForecastMetrics } from "../schema/summary.ts";
import type { BootstrapOptions } from "../stats/bootstrap.ts";
import { compareRanks } from "../stats/rank-comparison.ts";
import { decileError, normalizedGini, spearman } from "../stats/ranking.ts";
import { testBehaviour } from "./behaviour.ts";
import { testIntervals } from "./intervals.ts";

/** What was forecast of each customer at the test origins, by everything that is compared, and what came. */
export interface Tested {
  origins: string[];
  actual: number[];
  blend: number[];
  /** NaN where a member has no forecast. */
  members: Record<MemberName, number[]>;
  /** At each origin the forecasts of the member that was best before. */
  chosen: number[];
  /** p10, p50 and p90 of each customer, and the same for everybody; the latter NaN where no earlier outcome is known. */
  quantiles: number[][];
  empirical: number[][];
  /** Chances of an order and numbers of orders, and how many came; NaN where no network forecast them. */
  chance: number[];
  orders: number[];
  actualOrders: number[];
  seasonSeen: boolean;
}

interface Blended {
  readonly blends: readonly { readonly cutoff: number; readonly horizons: readonly FittedHorizon[] }[];
}

const quantileNames = ["p10", "p50", "p90"] as const;
const daysOfYear = 365;

/** Compares each horizon's forecasts with what happened, over all test origins, beside the members and the one chosen before. */
export async function backtest(
  engine: Engine,
  {
    featured,
    trained,
    predicted,
  }: {
    featured: Artifact<PanelValues & { testOrigins: readonly number[]; historyDays: number }>;
    trained: Artifact<Blended>;
    predicted: Artifact;
  },
  seed: string,
  progress: Progress,
): Promise<BacktestHorizon[]> {
  const { horizonsDays, testOrigins, asOf, historyDays } = featured.values;
  const tested = new Map(horizonsDays.map((days) => [days, nothingTested()]));
  const firstDay = asOf - historyDays * millisecondsPerDay;
  for (const origin of testOrigins) {
    const numbers = await readPredictions(engine, predicted, `backtest_${isoDate(origin)}`, horizonsDays);
    const blend = trained.values.blends.find(({ cutoff }) => cutoff === origin);
    for (const horizon of blend?.horizons ?? []) {
      const into = tested.get(horizon.horizonDays) as Tested;
      if (addRows(into, numbers, horizon)) {
        into.origins.push(isoDate(origin));
        into.seasonSeen &&= origin - daysOfYear * millisecondsPerDay >= firstDay;
      }
    }
  }
  return horizonsDays.flatMap((days, index) => {
    const rows = tested.get(days) as Tested;
    return rows.actual.length > 1
      ? [judge(days, rows, seed, part(progress, index / horizonsDays.length, (index + 1) / horizonsDays.length))]
      : [];
  });
}

function nothingTested(): Tested {
  const members = Object.fromEntries(memberNames.map((name) => [name, [] as number[]]));
  const empty = () => quantileNames.map(() => [] as number[]);
  return {
    origins: [],
    actual: [],
    blend: [],
    members: members as Tested["members"],
    chosen: [],
    quantiles: empty(),
    empirical: empty(),
    chance: [],
    orders: [],
    actualOrders: [],
    seasonSeen: true,
  };
}

/** Whether any outcome was known. */
function addRows(
  into: Tested,
  numbers: Readonly<Record<string, Float64Array>>,
  { horizonDays, chosen, empirical }: FittedHorizon,
): boolean {
  const column = (stem: string) => numbers[`${stem}_${horizonDays}d`];
  const actual = column("actual");
  const known = [...actual.keys()].filter((row) => !Number.isNaN(actual[row]));
  for (const row of known) {
    into.actual.push(actual[row]);
    into.blend.push(column("mean")[row]);
    into.chance.push(column("purchase_probability")[row]);
    into.orders.push(column("orders")[row]);
    into.actualOrders.push(column("actual_orders")[row]);
    for (const name of memberNames) into.members[name].push(numbers[memberColumn(name, horizonDays)][row]);
    into.chosen.push(numbers[memberColumn(chosen, horizonDays)][row]);
    quantileNames.forEach((name, at) => {
      into.quantiles[at].push(column(name)[row]);
      into.empirical[at].push(empirical?.[at] ?? Number.NaN);
    });
  }
  return known.length > 0;
}

async function readPredictions(engine: Engine, predicted: Artifact, name: string, horizonsDays: readonly number[]) {
  const types: Record<string, ColumnType> = { customer_id: "text" };
  for (const days of horizonsDays) {
    for (const stem of ["mean", "actual", "purchase_probability", "orders", "actual_orders", ...quantileNames])
      types[`${stem}_${days}d`] = "double";
    for (const member of memberNames) types[memberColumn(member, days)] = "double";
  }
  const p = namedTable(await openTable(engine, predicted, name, types), types, "p");
  return (await engine.collect(from(p).select(p.columns).orderBy(p.columns.customer_id))).numbers;
}

/** In the order in which they are shown. */
const baselineOrder = [
  "pastSpend",
  "lifetimeModel",
  "ownRate",
  "network",
  "sequence",
] as const satisfies readonly MemberName[];

/** One horizon: the blend's metrics, those of each baseline with the difference in rank correlation to it, and the intervals'. */
export function judge(horizonDays: number, tested: Tested, seed: string, progress: Progress): BacktestHorizon {
  const { actual, blend, members, chosen } = tested;
  const rivals: Rival[] = [
    ...baselineOrder.map((name) => ({ name, forecast: members[name] })),
    { name: "chosenMember" as const, forecast: chosen },
  ];
  const options = {
    seed: `${seed}/backtest/${horizonDays}`,
    repetitions: 100,
    onRepetition: (done: number, total: number) => progress.report(done, total),
  };
  const behaviourOptions = { seed: `${seed}/behaviour/${horizonDays}`, repetitions: 100 };
  return {
    horizonDays,
    origins: tested.origins,
    customers: actual.length,
    ...compareForecasts(actual, blend, rivals, options),
    intervals: testIntervals(tested),
    ...(canTestBehaviour(tested)
      ? { behaviour: testBehaviour({ ...tested, pastSpend: members.pastSpend }, behaviourOptions) }
      : {}),
    seasonSeen: tested.seasonSeen,
  };
}

const canTestBehaviour = ({ chance, actualOrders }: Tested) =>
  chance.every(Number.isFinite) && actualOrders.some((count) => count > 0) && actualOrders.some((count) => count === 0);

interface Rival {
  readonly name: BaselineMetrics["name"];
  readonly forecast: readonly number[];
}

/** A forecast's metrics beside those of its rivals; one without a forecast of every customer is left out. */
export function compareForecasts(
  actual: readonly number[],
  forecast: readonly number[],
  rivals: readonly Rival[],
  options: BootstrapOptions,
): ForecastMetrics & { baselines: BaselineMetrics[] } {
  // Compared on the same customers or not at all.
  const whole = rivals.filter((rival) => rival.forecast.every(Number.isFinite));
  const differences = compareRanks(
    actual,
    forecast,
    whole.map((rival) => rival.forecast),
    options,
  );
  return {
    ...forecastMetrics(actual, forecast),
    baselines: whole.map(({ name, forecast: of }, at) => {
      const { estimate, lower, upper, level, verdict } = differences[at];
      const difference = { estimate, low: lower, high: upper, level };
      return { name, ...forecastMetrics(actual, of), difference, verdict };
    }),
  };
}

const totalOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

function forecastMetrics(actual: readonly number[], forecast: readonly number[]): ForecastMetrics {
  return {
    spearman: spearman(forecast, actual),
    normalizedGini: normalizedGini(actual, forecast),
    decileMape: decileError(actual, forecast).mape,
    bias: totalOf(forecast) / totalOf(actual) - 1,
  };
}
