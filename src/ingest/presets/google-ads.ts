import { Fields } from "../fields.ts";
import type { Preset, PresetReading } from "../preset.ts";
import { adSpend } from "./ad-spend.ts";

/** Google Ads report, downloaded as CSV by day: two title lines above the header, total lines below the rows, `--` for nothing. */
export const googleAds: Preset = {
  name: "google-ads",
  recognisedBy: [["Day", "Campaign", "Cost", "Currency code", "Impr.", "Clicks"]],
  read(context): PresetReading {
    const fields = new Fields(context);
    const isTotal = `coalesce(starts_with(raw."Day", 'Total') OR starts_with(raw."Campaign", 'Total: '), false)`;
    fields.problem("total_row", "Day", isTotal);
    const currency = fields.currency("Currency code", context.defaultCurrency);
    fields.problem("missing_required", "Currency code", `${currency} IS NULL`);
    const date = fields.date("Day", { required: true });
    const campaign = fields.text("Campaign", { required: true });
    const spend = fields.money("Cost", currency, { required: true });
    return {
      table: "ad_spend",
      derived: fields.derived,
      problems: fields.problems,
      expectedReasons: ["total_row"],
      money: { minor: `CASE WHEN NOT ${isTotal} THEN ${spend} END`, currency },
      mappings: [
        adSpend("google", context.timezone, {
          date,
          campaign: `coalesce(${fields.text("Campaign ID")}, ${campaign})`,
          account: fields.text(["Customer ID", "Account"]),
          adset: `coalesce(${fields.text("Ad group ID")}, ${fields.text("Ad group")})`,
          ad: fields.text("Ad ID"),
          country: fields.text("Country/Territory (User location)"),
          spend,
          currency,
          impressions: fields.integer("Impr."),
          clicks: fields.integer("Clicks"),
          conversions: fields.double("Conversions"),
          value: fields.money("Conv. value", currency),
        }),
      ],
    };
  },
};
