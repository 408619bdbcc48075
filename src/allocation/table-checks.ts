import { DataError, InputError } from "../base/errors.ts";
import { quote } from "../engine/duckdb/dialect.ts";
import { type DuckdbEngine, textLiteral } from "../engine/duckdb/engine.ts";
import type { AllocationFileOptions } from "./table.ts";

/** Throws DataError effect_not_a_number, repeated_customer_action. */
export async function refuseBadRows(engine: DuckdbEngine, path: string, numbers: readonly string[]): Promise<void> {
  for (const name of numbers) {
    const [bad] = await engine.rows(
      `SELECT CAST(customer_id AS VARCHAR) AS customer, CAST(action AS VARCHAR) AS action, CAST(${quote(name)} AS VARCHAR) AS value
       FROM allocation_table WHERE NOT coalesce(isfinite(TRY_CAST(${quote(name)} AS DOUBLE)), false) LIMIT 1`,
    );
    if (bad) {
      const { customer, action, value } = bad;
      throw new DataError("effect_not_a_number", {
        path,
        column: name,
        customer: String(customer ?? ""),
        action: String(action ?? ""),
        value: String(value ?? ""),
      });
    }
  }
  const [twice] = await engine.rows(
    `SELECT CAST(customer_id AS VARCHAR) AS customer, CAST(action AS VARCHAR) AS action FROM allocation_table
     GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL LIMIT 1`,
  );
  if (twice) {
    throw new DataError("repeated_customer_action", {
      path,
      customer: String(twice.customer),
      action: String(twice.action),
    });
  }
}

/**
 * The currency in which all amounts are: that of the column `currency`, of the options, or of the first limit that names one; undefined
 * where none is named. No rate is known here, so amounts of several cannot be added up. Throws DataError several_currencies,
 * InputError amount_in_other_currency.
 */
export async function currencyOf(
  engine: DuckdbEngine,
  path: string,
  header: readonly string[],
  { currency: asked, limits }: Pick<AllocationFileOptions, "currency" | "limits">,
): Promise<string | undefined> {
  const named = [
    ...(asked === undefined ? [] : [{ setting: "--currency", stated: asked, currency: asked }]),
    ...limits.flatMap(({ name, limit, currency }) =>
      currency === undefined ? [] : [{ setting: name, stated: `${limit} ${currency}`, currency }],
    ),
  ];
  const currency = (await columnCurrency(engine, path, header)) ?? named[0]?.currency;
  for (const { currency: other, ...place } of named)
    if (currency !== undefined && other !== currency)
      throw new InputError("amount_in_other_currency", { ...place, currency });
  return currency;
}

async function columnCurrency(engine: DuckdbEngine, path: string, header: readonly string[]) {
  if (!header.includes("currency")) return undefined;
  const found = await engine.rows(
    `SELECT DISTINCT upper(trim(CAST(currency AS VARCHAR))) AS currency FROM allocation_table
     WHERE coalesce(trim(CAST(currency AS VARCHAR)), '') <> '' ORDER BY 1`,
  );
  const currencies = found.map(({ currency }) => String(currency));
  if (currencies.length > 1) throw new DataError("several_currencies", { path, currencies });
  return currencies[0];
}

/** The action whose short, long and cost are 0 for everybody. Throws DataError no_nothing. */
export async function actionOfNothing(engine: DuckdbEngine, path: string): Promise<string> {
  const found = await engine.rows(
    `SELECT CAST(action AS VARCHAR) AS action FROM allocation_table GROUP BY CAST(action AS VARCHAR)
     HAVING max(abs(CAST(short AS DOUBLE)) + abs(CAST(long AS DOUBLE)) + abs(CAST(cost AS DOUBLE))) = 0
     ORDER BY count(*) DESC, CAST(action AS VARCHAR) <> 'nothing', 1 LIMIT 1`,
  );
  if (found.length === 0) throw new DataError("no_nothing", { path });
  return String(found[0].action);
}

/** How many customers there are, each with a row for doing nothing. Throws InputError unknown_action, DataError customer_without_nothing. */
export async function countCustomers(engine: DuckdbEngine, path: string, nothing: string): Promise<number> {
  const [{ customers, lacking, first }] = await engine.rows(
    `SELECT count(*) AS customers, count(*) FILTER (NOT has_nothing) AS lacking, min(customer) FILTER (NOT has_nothing) AS first
     FROM (SELECT CAST(customer_id AS VARCHAR) AS customer, bool_or(CAST(action AS VARCHAR) = ${textLiteral(nothing)}) AS has_nothing
       FROM allocation_table GROUP BY 1)`,
  );
  if (lacking === customers) throw new InputError("unknown_action", { action: nothing, actions: [] });
  if (Number(lacking) > 0)
    throw new DataError("customer_without_nothing", {
      path,
      customer: String(first),
      customers: Number(lacking),
      nothing,
    });
  return Number(customers);
}
