import { type Language, translate } from "../../language/catalogue.ts";
import type { RunSummary } from "../../schema/summary.ts";
import { palette, renderChart } from "./chart.ts";

/** How many customers lie in each range of predicted value. */
export function histogramChart({ distribution, currency }: RunSummary, language: Language): string {
  const { histogram } = distribution;
  return renderChart({
    xAxis: {
      type: "category",
      data: histogram.map(({ from }) => String(Math.round(from))),
      name: `${translate(language, "label_value")}, ${currency}`,
      nameLocation: "middle",
      nameGap: 32,
    },
    yAxis: { type: "value", name: translate(language, "column_customers") },
    series: [
      {
        type: "bar",
        data: histogram.map(({ customers }) => customers),
        barCategoryGap: "5%",
        itemStyle: { color: palette.now },
      },
    ],
  });
}

/** The share of all predicted value that each tenth of customers holds, richest first. */
export function concentrationChart({ distribution }: RunSummary, language: Language): string {
  const { deciles } = distribution;
  return renderChart({
    xAxis: {
      type: "category",
      data: deciles.map(({ decile }) => String(decile)),
      name: translate(language, "label_tenth"),
      nameLocation: "middle",
      nameGap: 32,
    },
    yAxis: { type: "value", name: `${translate(language, "label_share")} %` },
    series: [
      {
        type: "bar",
        data: deciles.map(({ share }) => Math.round(1000 * share) / 10),
        itemStyle: { color: palette.later },
        label: { show: true, position: "top", fontSize: 10 },
      },
    ],
  });
}
