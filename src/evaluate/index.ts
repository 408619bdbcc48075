import { isoDate } from "../base/clock.ts";
import { toMajor } from "../base/money.ts";
import { part } from "../base/progress.ts";
import type { Blend } from "../blend/blend.ts";
import { count } from "../engine/sql/functions.ts";
import { from, namedTable } from "../engine/sql/query.ts";
import type { AverageEffect, EffectModel } from "../models/doubly-robust-effects.ts";
import type { PanelValues } from "../panel/panel.ts";
import { type Artifact, openTable } from "../runs/artifact.ts";
import type { StageContext } from "../runs/context.ts";
import type { LifetimeModel } from "../schema/lifetime-model.ts";
import type { PlanRules } from "../schema/limit.ts";
import type { ReasonValues } from "../schema/reasons.ts";
import type { QuadrantCuts } from "../schema/relation.ts";
import type { ActionSummary, Interval, PlanSummary, RunSummary } from "../schema/summary.ts";
import type { ShopOptions } from "../simulate/shop.ts";
import { backtest } from "./backtest.ts";
import { readChosenActions } from "./conflict.ts";
import { valueDistribution } from "./distribution.ts";
import { heldOutValue } from "./held-out-value.ts";
import { reasonsSummary } from "./reasons.ts";
import { relationSummary } from "./relation.ts";
import { retention } from "./retention.ts";
import { type ReplaySettings, truth } from "./truth.ts";

export interface EvaluateInput {
  ingested: Artifact<{
    sources: readonly { file: string; preset: string; rows: number; kept: number; setAside: number }[];
  }>;
  cleaned: Artifact<{
    currency: string;
    valueBasis: string;
    assumed: boolean;
    rules: { rule: string; table: string; rowsBefore: number; rowsTouched: number; moneyTouchedMinor: number }[];
    ruleEffects: RunSummary["data"]["ruleEffects"];
    clv: RunSummary["data"]["clv"];
  }>;
  featured: Artifact<
    PanelValues & {
      testOrigins: readonly number[];
      longestProvableHorizonDays: number;
      clvStatus: "proved" | "untested" | "withheld";
      historyDays: number;
      customers: number;
      catalogue: readonly { name: string; unit: string; word?: string }[];
      categories: readonly { name: string; unit: string; words: readonly string[] }[];
    }
  >;
  trained: Artifact<{
    lifetimeModels: readonly (LifetimeModel & { cutoff: number })[];
    blends: readonly Blend[];
    effects?: { averages: AverageEffect[]; status: EffectModel["status"] };
  }>;
  predicted: Artifact<{ effectsFrom: string; actions: string[]; relation?: QuadrantCuts; reasons: ReasonValues }>;
  planned: Artifact<{
    plan: PlanSummary;
    planRules?: PlanRules;
    frontier: RunSummary["frontier"];
    experiment?: RunSummary["experiment"];
  }>;
}

export type EvaluateOptions = ReplaySettings & { simulation?: ShopOptions };
export type EvaluateValues = Omit<RunSummary, "project" | "stages" | "files" | "networks">;

/** Judges everything the run produced: predictions against what happened, promises against held-out decisions, and, for a simulated shop, against the truth. */
export async function evaluate(
  input: EvaluateInput,
  options: EvaluateOptions,
  context: StageContext,
): Promise<EvaluateValues> {
  const { engine, seed, output, progress } = context;
  // Only a simulated shop has a truth, and replaying it takes longer than everything else here.
  const testing = part(progress, 0, options.simulation ? 0.35 : 0.9);
  const { cleaned, featured, trained, predicted, planned } = input;
  const { plan, planRules, frontier, experiment } = planned.values;
  const horizons = await backtest(engine, { featured, trained, predicted }, seed, testing);
  const { horizonsDays } = featured.values;
  const longest = horizonsDays[horizonsDays.length - 1];
  const { asOf, testOrigins } = featured.values;
  const chosen = await readChosenActions(engine, planned);
  const values: EvaluateValues = {
    currency: cleaned.values.currency,
    valueBasis: cleaned.values.valueBasis,
    assumedMargin: cleaned.values.assumed,
    asOf: isoDate(featured.values.asOf),
    customers: featured.values.customers,
    data: {
      sources: input.ingested.values.sources.map(({ file, preset, rows, kept, setAside }) => ({
        file,
        preset,
        rows,
        kept,
        setAside,
      })),
      setAsideReasons: [
        ...(await setAsideReasons(engine, input.ingested)),
        ...(await setAsideReasons(engine, cleaned)),
      ],
      rules: cleaned.values.rules.map(({ rule, table, rowsBefore, rowsTouched, moneyTouchedMinor }) => ({
        rule,
        table,
        rowsBefore,
        rowsTouched,
        moneyTouched: toMajor(moneyTouchedMinor, cleaned.values.currency),
      })),
      ruleEffects: cleaned.values.ruleEffects,
      clv: cleaned.values.clv,
    },
    horizons: {
      horizonsDays: [...horizonsDays],
      longestProvableHorizonDays: featured.values.longestProvableHorizonDays,
      clvStatus: featured.values.clvStatus,
      historyDays: featured.values.historyDays,
      clvHorizonDays: options.clvHorizonDays,
    },
    lifetimeModels: trained.values.lifetimeModels.map(
      ({ cutoff, customers, purchases, value, setAside, nettedAway }) => ({
        asOf: isoDate(cutoff),
        customers,
        purchases,
        value,
        setAside,
        nettedAway,
      }),
    ),
    blends: trained.values.blends.map(({ cutoff, horizons: blended }) => ({
      asOf: isoDate(cutoff),
      horizons: blended.map(({ conformal, empirical, ...horizon }) => horizon),
    })),
    backtest: {
      value90d: horizons.find(({ horizonDays }) => horizonDays === options.shortHorizonDays),
      clv: horizons.find(({ horizonDays }) => horizonDays === options.clvHorizonDays),
      horizons,
    },
    relation: await relationSummary(engine, { predicted, asOf, testOrigins, chosen }, seed),
    reasons: await reasonsSummary(engine, {
      predicted,
      catalogue: [...featured.values.catalogue, ...featured.values.categories],
    }),
    distribution: await valueDistribution(engine, predicted, longest),
    retention: await retention(engine, cleaned, featured.values.asOf),
    effects: effectSummaries(trained, predicted.values),
    plan: {
      ...plan,
      heldOutValue: planRules ? await heldOutValue(engine, trained, plan, planRules) : undefined,
    },
    frontier,
    experiment,
    truth:
      options.simulation && plan.status === "ready"
        ? await truth(engine, planned, options.simulation, options, part(progress, 0.4, 1))
        : undefined,
  };
  await output.writeFile("evaluation.json", `${JSON.stringify(values, null, 1)}\n`);
  return values;
}

async function setAsideReasons(
  engine: StageContext["engine"],
  artifact: Artifact,
): Promise<RunSummary["data"]["setAsideReasons"]> {
  if (!artifact.has("set_aside")) return [];
  const types = { table_name: "text", reason: "text" } as const;
  const s = namedTable(await openTable(engine, artifact, "set_aside", types), types, "s");
  const { rows, texts, numbers } = await engine.collect(
    from(s)
      .select({ table: s.columns.table_name, reason: s.columns.reason, count: count() })
      .groupBy(s.columns.table_name, s.columns.reason)
      .orderBy(s.columns.table_name, s.columns.reason),
  );
  return Array.from({ length: rows }, (_, row) => ({
    table: texts.table[row] as string,
    reason: texts.reason[row] as string,
    rows: numbers.count[row],
  }));
}

function effectSummaries(
  trained: EvaluateInput["trained"],
  predicted: { effectsFrom: string; actions: string[] },
): ActionSummary[] {
  const { effects } = trained.values;
  if (!effects) {
    const status = predicted.effectsFrom === "assumptions" ? ("assumed" as const) : ("refused" as const);
    return predicted.actions.slice(1).map((action) => ({ action, status, decisions: 0 }));
  }
  return effects.averages.map(({ action, treatedRows, short, long, total }) => {
    const stated = effects.status.find((status) => status.action === action);
    const refusal = [stated?.short, stated?.long].find((status) => status?.status === "refused");
    return {
      action,
      status: refusal ? "refused" : "estimated",
      reason: refusal?.status === "refused" ? refusal.reason : undefined,
      decisions: treatedRows,
      short: ninety(short),
      long: ninety(long),
      total: ninety(total),
      minimumDetectableEffect: total?.minimumDetectableEffect,
    };
  });
}

function ninety(effect: AverageEffect["short"]): Interval | undefined {
  if (!effect) return undefined;
  return { estimate: effect.estimate, low: effect.interval90.lower, high: effect.interval90.upper, level: 0.9 };
}
