import {
  formatNumber,
  formatShare,
  type Language,
  type MessageKey,
  type MessageValues,
  nameOf,
  translate,
} from "../language/catalogue.ts";
import type { Comparison, Difference } from "../lifetime/compare.ts";
import type { ContractReport } from "../lifetime/contracts.ts";
import type { FitReport } from "../lifetime/fit.ts";
import type { Holdout } from "../lifetime/judge.ts";
import type { Diagnostic } from "../models/maximum-likelihood.ts";
import { describePrior } from "../models/priors.ts";
import { textTable } from "./text-table.ts";

/** A fitted model as a table of parameters, what to mind, and how it did in the holdout period. */
export function fitLines(report: FitReport, language: Language): string[] {
  const say = (key: MessageKey, values: MessageValues = {}) => translate(language, key, values);
  return [
    say("fit_title", {
      model: report.model,
      customers: formatNumber(language, report.customers),
      logLikelihood: report.logLikelihood.toFixed(3),
    }),
    ...parameterTable(report, language),
    ...(report.priors ? [say("fit_map_note")] : []),
    ...diagnosticLines(report.diagnostics, language),
    ...(report.spending ? ["", ...spendingLines({ model: "gamma-gamma", ...report.spending }, language)] : []),
    ...(report.holdout ? ["", ...holdoutLines(report.holdout, language)] : []),
  ];
}

export function spendingLines(
  report: NonNullable<FitReport["spending"]> & { model: string },
  language: Language,
): string[] {
  return [
    translate(language, "fit_title", {
      model: report.model,
      customers: formatNumber(language, report.customers),
      logLikelihood: report.logLikelihood.toFixed(3),
    }),
    ...parameterTable(report, language),
    translate(language, "fit_population_mean", { mean: report.populationMean?.toFixed(2) ?? "∞" }),
    ...diagnosticLines(report.diagnostics, language),
  ];
}

export function contractLines(report: ContractReport, language: Language): string[] {
  const survival = report.survival.map(({ renewal, observed, fitted }) => [
    String(renewal),
    observed === null ? "–" : formatShare(language, observed),
    formatShare(language, fitted),
  ]);
  const columns = ["column_renewal", "column_observed", "column_fitted"] as const;
  return [
    translate(language, "fit_title", {
      model: report.model,
      customers: formatNumber(language, report.customers),
      logLikelihood: report.logLikelihood.toFixed(3),
    }),
    ...parameterTable(report, language),
    ...diagnosticLines(report.diagnostics, language),
    "",
    ...aligned([columns.map((key) => translate(language, key)), ...survival]),
  ];
}

export function comparisonLines({ models, recommended, level }: Comparison, language: Language): string[] {
  const say = (key: MessageKey, values: MessageValues = {}) => translate(language, key, values);
  const difference = (found: Difference | undefined) =>
    found
      ? `${found.estimate.toFixed(3)} (${found.low.toFixed(3)} … ${found.high.toFixed(3)}) ${say(`verdict_${found.verdict}`)}`
      : "–";
  const rows = models.map(({ model, logLikelihood, holdout, errorAgainstOwnRate, rankAgainstBaseline }) => [
    model,
    logLikelihood.toFixed(1),
    holdout ? formatNumber(language, holdout.predictedTransactions, 1) : "–",
    holdout ? holdout.mae.toFixed(3) : "–",
    difference(errorAgainstOwnRate),
    difference(rankAgainstBaseline),
  ]);
  const head = [
    "column_lifetime_model",
    "column_log_likelihood",
    "column_forecast",
    "column_error",
    "column_error_difference",
    "column_rank_difference",
  ] as const;
  const judged = models[0]?.holdout;
  return [
    ...(judged
      ? [
          say("fit_holdout_actual", {
            actual: formatNumber(language, judged.actualTransactions),
            baseline: judged.baselines.ownRate.mae.toFixed(3),
          }),
        ]
      : []),
    ...aligned([head.map((key) => say(key)), ...rows]),
    judged
      ? recommended === null
        ? say("fit_none_beats_baseline", { level: formatShare(language, level, 0) })
        : say("fit_recommended", { model: recommended, level: formatShare(language, level, 0) })
      : say("fit_no_holdout"),
    ...models.flatMap(({ model, diagnostics }) =>
      diagnosticLines(diagnostics, language).map((line) => `${model}: ${line}`),
    ),
  ];
}

export function holdoutLines(holdout: Holdout, language: Language): string[] {
  const say = (key: MessageKey, values: MessageValues = {}) => translate(language, key, values);
  const number = (value: number, digits = 1) => formatNumber(language, value, digits);
  const rank = (value: number | null) => value?.toFixed(3) ?? "–";
  const share = (value: number | null) => (value === null ? "–" : formatShare(language, value));
  const { ownRate, pastSpend } = holdout.baselines;
  const rows = [
    [
      "",
      say("column_forecast"),
      say("column_actual"),
      say("column_error"),
      say("column_spearman"),
      say("column_gini"),
      say("column_mape"),
    ],
    [
      say("fit_transactions"),
      number(holdout.predictedTransactions),
      number(holdout.actualTransactions, 0),
      holdout.mae.toFixed(3),
      rank(holdout.spearman),
      "–",
      "–",
    ],
    [
      say("fit_own_rate"),
      number(ownRate.predictedTransactions),
      number(holdout.actualTransactions, 0),
      ownRate.mae.toFixed(3),
      rank(ownRate.spearman),
      "–",
      "–",
    ],
  ];
  if (holdout.value) {
    const { predicted, actual, mae, spearman, normalizedGini, decileMape } = holdout.value;
    rows.push([
      say("label_value"),
      number(predicted),
      number(actual),
      mae.toFixed(2),
      rank(spearman),
      rank(normalizedGini),
      share(decileMape),
    ]);
  }
  if (pastSpend) {
    rows.push([
      say("forecaster_pastSpend"),
      "–",
      "–",
      "–",
      rank(pastSpend.spearman),
      rank(pastSpend.normalizedGini),
      share(pastSpend.decileMape),
    ]);
  }
  return [say("fit_holdout_title"), ...aligned(rows)];
}

export function diagnosticLines(diagnostics: readonly Diagnostic[], language: Language): string[] {
  return diagnostics.map(({ code, details }) => {
    const shown = Object.entries(details).map(([name, value]) => [
      name,
      typeof value === "number"
        ? Number(value.toPrecision(4))
        : name === "status"
          ? nameOf(language, "solver", value)
          : value,
    ]);
    return `! ${translate(language, `diagnostic_${code}`, Object.fromEntries(shown))}`;
  });
}

function parameterTable(
  { parameters, standardErrors, priors }: Pick<FitReport, "parameters" | "standardErrors" | "priors">,
  language: Language,
): string[] {
  const rows = Object.entries(parameters).map(([name, value]) => [
    name,
    Number(value.toPrecision(6)).toString(),
    standardErrors[name] === null ? "–" : Number(standardErrors[name].toPrecision(3)).toString(),
    ...(priors ? [priors[name] ? describePrior(priors[name]) : "–"] : []),
  ]);
  const columns = [
    "column_parameter",
    "column_estimate",
    "column_standard_error",
    ...(priors ? (["column_prior"] as const) : []),
  ] as const;
  return aligned([columns.map((key) => translate(language, key)), ...rows]);
}

/** The first row is the header; the first column stands left, the others right. */
function aligned([header, ...rows]: readonly (readonly string[])[]): string[] {
  const columns = header.map((text, at) => ({
    header: text,
    align: at === 0 ? ("left" as const) : ("right" as const),
  }));
  return textTable(columns, rows);
}
