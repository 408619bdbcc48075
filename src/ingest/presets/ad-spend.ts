import { textLiteral } from "../../engine/duckdb/engine.ts";
import type { Mapping } from "../preset.ts";

interface AdColumns {
  readonly date: string;
  readonly campaign: string;
  readonly adset: string;
  readonly ad: string;
  readonly account: string;
  readonly country: string;
  readonly spend: string;
  readonly currency: string;
  readonly impressions: string;
  readonly clicks: string;
  readonly conversions: string;
  readonly value: string;
}

/** Rows of `ad_spend` from SQL of an export's fields; what the export breaks down further (age, device) is added up. */
export function adSpend(channel: string, timezone: string, columns: AdColumns): Mapping {
  const { date, campaign, adset, ad, account, country, currency } = columns;
  const keys = {
    date,
    account_id: `coalesce(${account}, ${textLiteral(channel)})`,
    campaign_id: campaign,
    adset_id: `coalesce(${adset}, '')`,
    ad_id: `coalesce(${ad}, '')`,
    country: `coalesce(${country}, '')`,
    currency,
  };
  const sum = (value: string) => `CAST(sum(${value}) AS BIGINT)`;
  return {
    table: "ad_spend",
    groupBy: Object.values(keys).filter((key) => !key.startsWith("'")),
    columns: {
      ...keys,
      channel: textLiteral(channel),
      spend_minor: sum(columns.spend),
      impressions: sum(columns.impressions),
      clicks: sum(columns.clicks),
      platform_conversions: `sum(${columns.conversions})`,
      platform_value_minor: sum(columns.value),
      account_timezone: textLiteral(timezone),
    },
  };
}
