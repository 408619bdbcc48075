import { writeFileSync } from "node:fs";
import { InputError } from "../base/errors.ts";
import type { DuckdbEngine } from "../engine/duckdb/engine.ts";
import { checkTablePath } from "../engine/duckdb/table-file.ts";
import { comparedModels, compareModels } from "../lifetime/compare.ts";
import { fitContractFile } from "../lifetime/contracts.ts";
import {
  type FitOptions,
  type FittedModel,
  fitSummary,
  mostHorizonDays,
  type PurchaseModelName,
  parametersOf,
  purchaseModels,
} from "../lifetime/fit.ts";
import { writePredictions } from "../lifetime/predictions-file.ts";
import { dayOfDate, readTransactions, type TransactionFile } from "../lifetime/read-file.ts";
import { fitSpendingFile, readSummary } from "../lifetime/summary-file.ts";
import { contractModels } from "../models/contract-churn.ts";
import { gammaGammaParameters } from "../models/gamma-gamma.ts";
import { type Priors, parsePrior } from "../models/priors.ts";
import { type PurchaseSummary, type SummaryOptions, summarisePurchases } from "../models/purchase-summary.ts";
import { renderFitPage } from "../report/fit-page.ts";
import { comparisonLines, contractLines, fitLines, spendingLines } from "../report/fit-text.ts";
import { type CommandContext, printResult } from "./options.ts";
import { withEngine } from "./with-engine.ts";

export interface FitFlags {
  customer?: string;
  date?: string;
  amount?: string;
  unit: "day" | "week" | "month";
  calibrationEnd?: string;
  holdoutEnd?: string;
  columns?: string;
  covariates?: string;
  prior?: string[];
  horizonDays?: number;
  discountRate: number;
  predictions?: string;
  report?: string;
}

/** A period may end this long after the last purchase seen: shops have quiet weeks. */
const mostDaysBeyondData = 31;
const unitDays = { day: 1, week: 7, month: 365 / 12 } as const;

/** `longrun fit MODEL FILE`: a lifetime model on any file, without a project. */
export async function fit(context: CommandContext, model: string, file: string, flags: FitFlags): Promise<void> {
  const known = [...purchaseModels, "gamma-gamma", ...contractModels.map(({ name }) => name), "compare"];
  if (!known.includes(model)) throw new InputError("unknown_model", { model, known });
  checkNumber("horizon-days", flags.horizonDays, { least: 0, most: mostHorizonDays });
  checkNumber("discount-rate", flags.discountRate, { least: 0, most: 10 });
  if (flags.predictions !== undefined) checkTablePath(flags.predictions);
  await withEngine(context, async (engine) => {
    const contract = contractModels.find(({ name }) => name === model);
    if (contract) {
      const report = await fitContractFile(
        engine,
        contract,
        file,
        pairs(flags.columns),
        priorsOf(flags, contract.parameterNames),
      );
      printResult(context, report, () => contractLines(report, context.language));
      return;
    }
    const read = await readSource(engine, file, flags, context);
    if (model === "gamma-gamma") {
      const report = fitSpendingFile(read.summary, priorsOf(flags, gammaGammaParameters));
      printResult(context, report, () => spendingLines(report, context.language));
      return;
    }
    await fitPurchaseModel(context, engine, model as PurchaseModelName | "compare", file, read, flags);
  });
}

interface ReadSource {
  readonly summary: PurchaseSummary;
  readonly options: FitOptions;
  readonly ids: readonly string[];
  /** Absent for files that are summaries already. */
  readonly transactions?: { readonly file: TransactionFile; readonly summaryOptions: SummaryOptions };
}

async function readSource(
  engine: DuckdbEngine,
  file: string,
  flags: FitFlags,
  context: CommandContext,
): Promise<ReadSource> {
  const days = unitDays[flags.unit];
  const covariates = (flags.covariates ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  const options: FitOptions = {
    discounting: { unitDays: days, annualDiscountRate: flags.discountRate },
    ...(flags.horizonDays === undefined ? {} : { horizon: flags.horizonDays / days }),
  };
  if (flags.columns !== undefined)
    return { ...(await readSummary(engine, file, pairs(flags.columns), { unitDays: days, covariates })), options };
  const transactions = await readTransactions(engine, file, { ...flags, covariates });
  const calibrationEnd =
    flags.calibrationEnd === undefined ? transactions.lastDay : dayOfDate("--calibration-end", flags.calibrationEnd);
  if (calibrationEnd < transactions.firstDay) {
    throw new InputError("calibration_before_data", { date: flags.calibrationEnd, path: file });
  }
  if (calibrationEnd > transactions.lastDay + mostDaysBeyondData) {
    throw new InputError("calibration_after_data", { date: flags.calibrationEnd, path: file });
  }
  const holdoutEnd =
    flags.holdoutEnd !== undefined
      ? dayOfDate("--holdout-end", flags.holdoutEnd)
      : flags.calibrationEnd !== undefined && transactions.lastDay > calibrationEnd
        ? transactions.lastDay
        : undefined;
  if (holdoutEnd !== undefined && holdoutEnd > transactions.lastDay + mostDaysBeyondData) {
    throw new InputError("holdout_after_data", { date: flags.holdoutEnd, path: file });
  }
  const summaryOptions = { calibrationEnd, holdoutEnd, unitDays: days };
  const summary = summarisePurchases(transactions, summaryOptions);
  context.terminal.line(
    `${file}: ${transactions.rows} rows, ${transactions.setAside} set aside, ${summary.rows} customers`,
  );
  const ids = Array.from(summary.customer, (customer) => transactions.ids[customer]);
  return { summary, options, ids, transactions: { file: transactions, summaryOptions } };
}

async function fitPurchaseModel(
  context: CommandContext,
  engine: DuckdbEngine,
  model: PurchaseModelName | "compare",
  file: string,
  { summary, options: read, ids, transactions }: ReadSource,
  flags: FitFlags,
): Promise<void> {
  const names = model === "compare" ? comparedModels(summary) : [model];
  const known = [...new Set(names.flatMap((name) => parametersOf(name, summary)))];
  const options = { ...read, priors: priorsOf(flags, known) };
  const seed = context.options.seed ?? "longrun";
  let fitted: readonly FittedModel[];
  let document: unknown;
  let lines: () => string[];
  if (model === "compare") {
    const { fits, ...comparison } = compareModels(summary, { ...options, seed });
    fitted = fits;
    document = comparison;
    lines = () => comparisonLines(comparison, context.language);
  } else {
    const one = fitSummary(model, summary, options);
    fitted = [one];
    document = one.report;
    lines = () => fitLines(one.report, context.language);
  }
  const files: Record<string, string> = {};
  if (flags.predictions !== undefined) {
    await writePredictions(engine, flags.predictions, ids, fitted[0].predictions);
    files.predictions = flags.predictions;
  }
  if (flags.report !== undefined) {
    writeFileSync(flags.report, renderFitPage({ file, summary, fitted, transactions }, context.language));
    files.report = flags.report;
  }
  const complete = Object.keys(files).length > 0 ? { ...(document as object), files } : document;
  printResult(context, complete, () => [...lines(), ...Object.values(files)]);
}

function checkNumber(
  option: string,
  value: number | undefined,
  { least, most }: { least: number; most: number },
): void {
  if (value === undefined || (value >= least && value <= most)) return;
  throw new InputError("invalid_horizon", { option, value, least, most });
}

function priorsOf({ prior = [] }: FitFlags, known: readonly string[]): Priors {
  return Object.fromEntries(prior.map((text) => parsePrior(text, known)));
}

/** `x=x,tx=t_x,T=T` as { x: "x", tx: "t_x", T: "T" }. Throws InputError invalid_columns. */
function pairs(text: string | undefined): Record<string, string> {
  if (text === undefined) return {};
  return Object.fromEntries(
    text.split(",").map((pair) => {
      const [name, column, ...rest] = pair.split("=");
      if (!name || !column || rest.length > 0) throw new InputError("invalid_columns", { value: pair });
      return [name.trim(), column.trim()];
    }),
  );
}
