import { DataError, InputError } from "../base/errors.ts";
import type { DuckdbEngine } from "../engine/duckdb/engine.ts";
import { fitSpending, groupSpending } from "../models/fit-spending.ts";
import { impossibleBecause } from "../models/history-checks.ts";
import type { Priors } from "../models/priors.ts";
import type { PurchaseSummary } from "../models/purchase-summary.ts";
import { estimateOf, type FitReport } from "./fit.ts";
import { readNumbers } from "./read-file.ts";

/** Days; longer histories are in another unit than the one stated. */
const century = 36_525;
const mostCustomers = 20_000_000;

/**
 * A file that is a summary already: one row per customer (or per group of `customers` equal ones) with x, tₓ, T and, for
 * spending, the mean value m. Throws InputError column_not_stated, invalid_customer_count; DataError invalid_history,
 * too_many_customers.
 */
export async function readSummary(
  engine: DuckdbEngine,
  path: string,
  columns: Readonly<Record<string, string>>,
  { unitDays, covariates = [] }: { unitDays: number; covariates?: readonly string[] },
): Promise<{ summary: PurchaseSummary; ids: string[] }> {
  for (const needed of ["x", "tx", "T"]) {
    if (columns[needed] === undefined)
      throw new InputError("column_not_stated", { path, option: `--columns ${needed}=…` });
  }
  const others = Object.fromEntries(covariates.map((name) => [`covariate ${name}`, name]));
  const numbers = await readNumbers(engine, path, { ...columns, ...others } as Record<string, string>);
  const { x, tx, T, m, customers } = numbers;
  const repeat = customers ?? new Float64Array(x.length).fill(1);
  const wrong = repeat.findIndex((count) => !(count >= 0) || !Number.isInteger(count));
  if (wrong >= 0) throw new InputError("invalid_customer_count", { row: wrong + 1, value: repeat[wrong] });
  x.forEach((frequency, row) => {
    const history = { frequency, recency: tx[row], age: T[row] };
    const reason = impossibleBecause(history) ?? (T[row] * unitDays > century ? "longer_than_a_century" : undefined);
    if (reason) throw new DataError("invalid_history", { row: row + 1, reason, ...history });
  });
  const total = repeat.reduce((sum, count) => sum + count, 0);
  if (total > mostCustomers) throw new DataError("too_many_customers", { path, customers: total, most: mostCustomers });
  const rows: number[] = [];
  repeat.forEach((count, row) => {
    for (let i = 0; i < count; i++) rows.push(row);
  });
  const pick = (values: Float64Array) => Float64Array.from(rows, (row) => values[row]);
  const meanValue = m ? pick(m) : new Float64Array(rows.length).fill(Number.NaN);
  const frequency = pick(x);
  return {
    ids: rows.map((row) => String(row + 1)),
    summary: {
      rows: rows.length,
      customer: Int32Array.from(rows),
      frequency,
      recency: pick(tx),
      age: pick(T),
      meanValue,
      pastSpend: meanValue.map((value, row) => value * (frequency[row] + 1)),
      ...(covariates.length > 0
        ? { covariates: { names: covariates, columns: covariates.map((name) => pick(numbers[`covariate ${name}`])) } }
        : {}),
      daysNettedAway: 0,
    },
  };
}

/** Gamma–Gamma alone. Throws InputError amounts_needed. */
export function fitSpendingFile(
  { frequency, meanValue, rows }: PurchaseSummary,
  priors: Priors = {},
): NonNullable<FitReport["spending"]> & { model: string } {
  if (rows === 0 || Number.isNaN(meanValue[0])) throw new InputError("amounts_needed", { model: "gamma-gamma" });
  const fit = fitSpending(groupSpending(frequency, meanValue), { priors });
  return {
    model: "gamma-gamma",
    customers: fit.customers,
    ...estimateOf(fit, ["p", "q", "v"]),
    diagnostics: fit.diagnostics,
    populationMean: Number.isFinite(fit.populationMean) ? fit.populationMean : null,
  };
}
