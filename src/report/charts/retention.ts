import type { RunSummary } from "../../schema/summary.ts";
import { palette, renderChart } from "./chart.ts";

/** Cohorts by row, periods since the first order by column; the darker, the more came back. */
export function retentionChart({ retention }: RunSummary): string {
  const longest = Math.max(...retention.map(({ shares }) => shares.length));
  const cells = retention.flatMap(({ shares }, row) =>
    shares.slice(1).map((share, age) => [age, row, Math.round(1000 * share) / 10]),
  );
  return renderChart(
    {
      grid: { left: 130, right: 30, top: 20, bottom: 80 },
      xAxis: { type: "category", data: Array.from({ length: Math.max(1, longest - 1) }, (_, age) => String(age + 1)) },
      yAxis: {
        type: "category",
        inverse: true,
        data: retention.map(({ cohort, customers }) => `${cohort} (${customers})`),
      },
      visualMap: {
        min: 0,
        max: Math.max(1, ...cells.map(([, , share]) => share)),
        orient: "horizontal",
        left: "center",
        bottom: 0,
        inRange: { color: ["#eef3f7", palette.now] },
        text: ["%", ""],
      },
      series: [
        {
          type: "heatmap",
          data: cells,
          label: { show: true, fontSize: 9, formatter: ({ value }) => String(Math.round((value as number[])[2])) },
        },
      ],
    },
    { height: 120 + 24 * retention.length },
  );
}
