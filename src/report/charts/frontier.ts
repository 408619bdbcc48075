import { type Language, translate } from "../../language/catalogue.ts";
import type { RunSummary } from "../../schema/summary.ts";
import { palette, renderChart } from "./chart.ts";

/** Short- against long-term value of the best plan for each balance, the chosen one ringed, the knee a diamond. */
export function frontierChart({ frontier, plan, currency }: RunSummary, language: Language): string {
  const points = frontier.map(({ long, short }) => [long, short]);
  const knee = frontier.filter(({ knee: isKnee }) => isKnee).map(({ long, short }) => [long, short]);
  const word = (key: Parameters<typeof translate>[1]) => translate(language, key);
  return renderChart({
    xAxis: {
      type: "value",
      scale: true,
      name: `${word("column_long")}, ${currency}`,
      nameLocation: "middle",
      nameGap: 32,
    },
    yAxis: { type: "value", scale: true, name: `${word("column_short")}, ${currency}` },
    legend: { top: 0, data: [word("label_chosen"), word("label_knee")] },
    series: [
      {
        type: "line",
        data: points,
        symbolSize: 6,
        lineStyle: { color: palette.now },
        itemStyle: { color: palette.now },
      },
      {
        type: "scatter",
        name: word("label_knee"),
        data: knee,
        symbol: "diamond",
        symbolSize: 16,
        itemStyle: { color: palette.later },
      },
      {
        type: "scatter",
        name: word("label_chosen"),
        data: [[plan.long, plan.short]],
        symbolSize: 18,
        itemStyle: { color: "transparent", borderColor: palette.marked, borderWidth: 3 },
      },
    ],
  });
}
