import {
  formatMoney,
  formatNumber,
  formatShare,
  type Language,
  type MessageKey,
  type MessageValues,
  nameOf,
  translate,
} from "../language/catalogue.ts";
import type { ArticlePlan, LeverPlanReport, PlanReport, SolverReport } from "../plan/plan.ts";
import { readingLines } from "./reading-text.ts";
import { textTable } from "./text-table.ts";

/** A multi-period plan as a table, what binds and what that costs, how sure the optimum is, and the article's readings. */
export function planLines(report: PlanReport, language: Language): string[] {
  return report.kind === "article" ? articleLines(report, language) : leverPlanLines(report, language);
}

function articleLines(report: ArticlePlan, language: Language): string[] {
  const { solution, input } = report;
  const say = (key: MessageKey, values: MessageValues = {}) => translate(language, key, values);
  const number = (value: number, digits = 2) => formatNumber(language, value, digits);
  const rows = solution.x.map((x, t) => [
    String(t + 1),
    number(x, 6),
    number(input.revenue[t], 0),
    number(solution.revenue[t]),
    number(solution.clv[t]),
  ]);
  const head = ["column_period", "column_lever", "column_response", "column_plan_revenue", "column_clv_after"] as const;
  return [
    say("article_title"),
    ...table(
      head.map((key) => say(key)),
      rows,
    ),
    say("article_sums", {
      discountedRevenue: number(solution.discountedRevenue, 4),
      shortTermRevenue: number(solution.shortTermRevenue),
      shortPeriods: input.shortPeriods,
      imbalance: number(solution.imbalance, 3),
      objective: number(solution.objective, 4),
    }),
    ...(input.terminalGrowth === null
      ? []
      : [
          say("article_terminal", {
            multiple: number(input.terminalGrowth / (input.rate - input.terminalGrowth), 4),
            terminalValue: number(solution.terminalValue, 4),
          }),
        ]),
    ...orNone(articleBinding(report, language), language),
    ...solverLines(report.solver, report.kkt.residual, language, number),
    "",
    say("plan_readings"),
    ...report.readings.flatMap((reading) => ["", ...readingLines(reading, language)]),
  ];
}

function articleBinding({ multipliers, input }: ArticlePlan, language: Language): string[] {
  const number = (value: number) => formatNumber(language, value, 4);
  const ofBounds = (["max", "min"] as const).flatMap((side) =>
    multipliers[side].flatMap((price, t) =>
      price > 1e-9 ? [translate(language, `article_binding_${side}`, { period: t + 1, price: number(price) })] : [],
    ),
  );
  const floor = { floor: number(input.floor ?? 0), price: number(multipliers.floor) };
  return multipliers.floor > 1e-9 ? [translate(language, "article_binding_floor", floor), ...ofBounds] : ofBounds;
}

function leverPlanLines(report: LeverPlanReport, language: Language): string[] {
  const { solution, input } = report;
  const say = (key: MessageKey, values: MessageValues = {}) => translate(language, key, values);
  const money = moneyOf(report, language);
  const intensity = (value: number) => formatNumber(language, value, Math.abs(value) < 100 ? 2 : 0);
  const levers = Object.entries(solution.x);
  const rows = solution.revenue.map((revenue, t) => [
    String(t + 1),
    ...levers.map(([, x]) => intensity(x[t])),
    money(solution.spend[t]),
    money(revenue),
    money(solution.baseline[t]),
    money(solution.clv[t]),
  ]);
  const named = input.levers.map(({ name, unit }) => (unit === "" ? name : `${name} (${unit})`));
  const head = ["column_spend", "column_plan_revenue", "column_without_levers", "column_clv_after"] as const;
  return [
    say("plan_title", {
      periods: input.periods,
      levers: input.levers.length,
      objective: money(solution.objective),
      gain: money(solution.objective - solution.objectiveOfBaseline),
      objectiveOfBaseline: money(solution.objectiveOfBaseline),
    }),
    ...table([say("column_period"), ...named, ...head.map((key) => say(key))], rows),
    say("plan_sums", {
      discountedRevenue: money(solution.discountedRevenue),
      discountedSpend: money(solution.discountedSpend),
      terminalValue: money(solution.terminalValue),
      shortPeriods: input.shortPeriods,
      shortTermRevenue: money(solution.shortTermRevenue),
      imbalance: formatNumber(language, solution.imbalance, 4),
    }),
    ...orNone([...rowBinding(report, language), ...leverBinding(report, language)], language),
    ...solverLines(report.solver, report.kkt.residual, language, money),
  ];
}

/** Money in the plan's currency, or as a plain number; cents where amounts are small. */
export function moneyOf({ input }: LeverPlanReport, language: Language): (value: number) => string {
  const { currency } = input;
  return (value) => {
    const digits = Math.abs(value) < 100 ? 2 : 0;
    return currency === undefined
      ? formatNumber(language, value, digits)
      : formatMoney(language, value, currency, digits);
  };
}

function rowBinding(report: LeverPlanReport, language: Language): string[] {
  const money = moneyOf(report, language);
  const limits = report.multipliers.limits
    .filter(({ binding }) => binding)
    .map(({ name, period, kind, limit, multiplier }) =>
      translate(language, kind === "atMost" ? "plan_binding_at_most" : "plan_binding_at_least", {
        name,
        when: period === null ? "" : translate(language, "plan_in_period", { period }),
        limit: formatNumber(language, limit, 0),
        price: money(multiplier),
      }),
    );
  const floors = report.multipliers.floors
    .filter(({ binding }) => binding)
    .map(({ segment, after, limit, multiplier }) =>
      translate(language, "plan_binding_floor", {
        segment: segment ?? translate(language, "plan_all_segments"),
        when: after === 0 ? "" : translate(language, "plan_after_period", { period: after }),
        limit: money(limit),
        price: money(multiplier),
      }),
    );
  return [...floors, ...limits];
}

/** A lever's bounds in one sentence: in which periods they bind, and the most that a unit is worth there. */
function leverBinding(report: LeverPlanReport, language: Language): string[] {
  const money = moneyOf(report, language);
  return (["max", "min"] as const).flatMap((side) =>
    Object.entries(report.multipliers[side]).flatMap(([lever, prices]) => {
      const periods = prices.flatMap((price, t) => (price > 1e-9 ? [t + 1] : []));
      if (periods.length === 0) return [];
      const values = { lever, periods: periods.join(", "), price: money(Math.max(...prices)) };
      return [translate(language, `plan_binding_lever_${side}`, values)];
    }),
  );
}

function orNone(lines: readonly string[], language: Language): readonly string[] {
  return lines.length > 0 ? lines : [translate(language, "plan_none_binds")];
}

function solverLines(
  solver: SolverReport,
  residual: number,
  language: Language,
  money: (value: number) => string,
): string[] {
  const { name, status, iterations, optimum, starts, bound, gap } = solver;
  const said = {
    solver: name,
    status: nameOf(language, "solver", status),
    iterations: formatNumber(language, iterations),
    residual: residual.toExponential(1),
  };
  const { tried, atBest, worst } = starts;
  return [
    translate(language, "plan_solver", said),
    translate(language, `plan_${optimum}`, { tried, atBest, worst: money(worst) }),
    ...(bound === null || gap === null
      ? []
      : [translate(language, "plan_gap", { gap: shareText(gap, language), bound: money(bound) })]),
  ];
}

/** Shares below what a percentage can show in their own notation. */
function shareText(share: number, language: Language): string {
  return share >= 1e-4 ? formatShare(language, share, 2) : share === 0 ? "0 %" : share.toExponential(1);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return textTable(
    head.map((header) => ({ header, align: "right" as const })),
    rows,
  );
}
