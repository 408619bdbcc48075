import { DataError, InputError } from "../../base/errors.ts";
import type { Preset } from "../preset.ts";
import { ga4Bigquery } from "./ga4-bigquery.ts";
import { googleAds } from "./google-ads.ts";
import { hillstrom } from "./hillstrom.ts";
import { jdOrders } from "./jd-orders.ts";
import { longrun } from "./longrun.ts";
import { matchesName } from "./matches-name.ts";
import { metaAds } from "./meta-ads.ts";
import { olist } from "./olist.ts";
import { segment } from "./segment.ts";
import { shopifyCustomers } from "./shopify-customers.ts";
import { shopifyOrders } from "./shopify-orders.ts";
import { tmallLines } from "./tmall-lines.ts";
import { tmallOrders } from "./tmall-orders.ts";
import { uciRetail } from "./uci-retail.ts";
import { woocommerceAnalytics } from "./woocommerce-analytics.ts";
import { woocommerceRest } from "./woocommerce-rest.ts";
import { woocommerceSuite } from "./woocommerce-suite.ts";
import { youzanOrders } from "./youzan-orders.ts";

export const presets: readonly Preset[] = [
  ga4Bigquery,
  googleAds,
  hillstrom,
  jdOrders,
  metaAds,
  olist,
  segment,
  shopifyCustomers,
  shopifyOrders,
  tmallLines,
  tmallOrders,
  uciRetail,
  woocommerceAnalytics,
  woocommerceRest,
  woocommerceSuite,
  youzanOrders,
  longrun,
];

/** Whether a line of a file is the header of some kind of export. */
export function isKnownHeader(fields: readonly string[]): boolean {
  return presets.some((preset) => recognises(preset, fields));
}

/** Whether a header has the columns of a kind of export. */
export function recognises({ recognisedBy }: Preset, header: readonly string[]): boolean {
  return recognisedBy.some((columns) => missingColumns(columns, header).length === 0);
}

/** The preset that was asked for, or the one whose columns the header has. */
export function findPreset(path: string, header: readonly string[], name?: string): Preset {
  const named = presets.find((preset) => preset.name === name);
  if (name !== undefined && !named)
    throw new InputError("unknown_preset", { preset: name, known: presets.map((preset) => preset.name) });
  const candidates = named ? [named] : presets;
  const recognised = candidates.find((preset) => recognises(preset, header));
  if (recognised?.refusedFor)
    throw new DataError("export_without_customers", { path, preset: recognised.name, instead: recognised.refusedFor });
  if (recognised) return recognised;
  const nearest = candidates
    .flatMap(({ recognisedBy }) => recognisedBy.map((columns) => missingColumns(columns, header)))
    .sort((a, b) => a.length - b.length)[0];
  if (named)
    throw new DataError("missing_column", { path, preset: named.name, missing: nearest, found: header.slice(0, 12) });
  throw new DataError("unrecognised_header", {
    path,
    found: header.slice(0, 12),
    known: presets.map((preset) => preset.name),
    missing: nearest,
  });
}

function missingColumns(columns: readonly string[], header: readonly string[]): string[] {
  return columns.filter((column) => !header.some((name) => matchesName(column, name)));
}
