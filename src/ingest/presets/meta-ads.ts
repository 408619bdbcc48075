import { textLiteral } from "../../engine/duckdb/engine.ts";
import { Fields } from "../fields.ts";
import type { Preset, PresetReading } from "../preset.ts";
import { adSpend } from "./ad-spend.ts";
import { matchesName } from "./matches-name.ts";

const spendColumns = ["Amount spent (*)", "花费金额 (*)"];

/**
 * Meta Ads Manager, Export table data, English or Chinese header. The currency stands inside the header. Rows must be days:
 * a row over several days cannot be laid beside orders.
 */
export const metaAds: Preset = {
  name: "meta-ads",
  recognisedBy: [
    ["Reporting starts", "Reporting ends", "Campaign name", "Amount spent (*)"],
    ["报告开始日期", "报告结束日期", "广告系列名称", "花费金额 (*)"],
  ],
  read(context): PresetReading {
    const fields = new Fields(context);
    const spendColumn = context.header.find((name) => spendColumns.some((expected) => matchesName(expected, name)))!;
    const currency = textLiteral(/\((.*)\)$/.exec(spendColumn)![1]);
    const campaignColumn = fields.named(["Campaign name", "广告系列名称"])!;
    const campaignName = fields.text(campaignColumn);
    // The first or last row sums up the others.
    fields.problem("total_row", campaignColumn, `${campaignName} IS NULL`);
    const start = fields.date(["Reporting starts", "报告开始日期"], { required: true });
    const end = fields.date(["Reporting ends", "报告结束日期"], { required: true });
    fields.problem("not_daily", fields.named(["Reporting ends", "报告结束日期"]), `${start} <> ${end}`);
    const spend = fields.money(spendColumn, currency, { required: true });
    const either = (id: readonly string[], name: readonly string[]) =>
      `coalesce(${fields.text(id)}, ${fields.text(name)})`;
    return {
      table: "ad_spend",
      derived: fields.derived,
      problems: fields.problems,
      expectedReasons: ["total_row"],
      money: { minor: `CASE WHEN ${campaignName} IS NOT NULL THEN ${spend} END`, currency },
      mappings: [
        adSpend("meta", context.timezone, {
          date: start,
          account: either(["Account ID", "帐户编号"], ["Account name", "帐户名称"]),
          campaign: either(["Campaign ID", "广告系列编号"], [campaignColumn]),
          adset: either(["Ad set ID", "Ad Set ID", "广告组编号"], ["Ad set name", "Ad Set Name", "广告组名称"]),
          ad: either(["Ad ID", "广告编号"], ["Ad name", "Ad Name", "广告名称"]),
          country: fields.text(["Country", "国家/地区"]),
          spend,
          currency,
          impressions: fields.integer(["Impressions", "展示次数"]),
          clicks: fields.integer(["Link clicks", "Clicks (all)", "链接点击量"]),
          conversions: fields.double(["Purchases", "Results", "购物次数"]),
          value: fields.money(["Purchases conversion value", "购物转化价值"], currency),
        }),
      ],
    };
  },
};
