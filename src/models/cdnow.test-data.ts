import { existsSync, readFileSync } from "node:fs";
import type { Purchases } from "./purchase-summary.ts";

/** Days since 1970 of an ISO date. */
export const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) / 86_400_000;

/** Rows of a small CSV whose cells hold no commas, by column name. */
export function readCsv(path: URL): Record<string, string>[] {
  const [header, ...lines] = readFileSync(path, "utf8").replaceAll('"', "").trim().split(/\r?\n/);
  const names = header.split(",");
  return lines.map((line) => Object.fromEntries(line.split(",").map((cell, at) => [names[at], cell])));
}

/** A data set beside the project, or undefined where it is absent. */
export function dataSet(path: string): URL | undefined {
  const url = new URL(`../../../shared/data/${path}`, import.meta.url);
  return existsSync(url) ? url : undefined;
}

/** CDNOW purchases (`cdnow_sample.csv` or `cdnow_master.csv`), customers numbered in order of appearance. */
export function cdnowPurchases(url: URL): Purchases & { ids: string[] } {
  const rows = readCsv(url);
  const numbers = new Map<string, number>();
  for (const { customer_id } of rows) if (!numbers.has(customer_id)) numbers.set(customer_id, numbers.size);
  return {
    customers: numbers.size,
    ids: [...numbers.keys()],
    customer: Int32Array.from(rows, ({ customer_id }) => numbers.get(customer_id) as number),
    day: Int32Array.from(rows, ({ date }) => dayOf(date)),
    value: Float64Array.from(rows, ({ dollar_value }) => Number(dollar_value)),
  };
}
