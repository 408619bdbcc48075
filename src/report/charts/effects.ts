import type { CustomSeriesRenderItem } from "echarts";
import { type Language, nameOf, translate } from "../../language/catalogue.ts";
import type { Interval, RunSummary } from "../../schema/summary.ts";
import { palette, renderChart } from "./chart.ts";

/** A dot and a whisker per offer and horizon; zero is marked. */
export function effectsChart({ effects, currency }: RunSummary, language: Language): string {
  const measured = effects.filter(({ short }) => short);
  const names = measured.map(({ action }) => nameOf(language, "action", action));
  const rows = (pick: "short" | "long", shift: number) =>
    measured.flatMap((effect, row): [number, Interval][] => {
      const interval = effect[pick];
      return interval ? [[row + shift, interval]] : [];
    });
  const series = (name: string, color: string, data: [number, Interval][]) => [
    {
      type: "custom" as const,
      name,
      renderItem: whisker(color),
      data: data.map(([row, { low, high }]) => [row, low, high]),
      itemStyle: { color },
    },
    {
      type: "scatter" as const,
      name,
      data: data.map(([row, { estimate }]) => [estimate, row]),
      symbolSize: 9,
      itemStyle: { color },
    },
  ];
  // A custom series does not stretch the axis by itself: whiskers would be cut off.
  const ends = measured.flatMap(({ short, long }) => [short, long]).flatMap((end) => (end ? [end.low, end.high] : []));
  const [short, long] = [translate(language, "column_short"), translate(language, "column_long")];
  return renderChart(
    {
      grid: { left: 150, right: 30, top: 40, bottom: 50 },
      legend: { top: 0, data: [short, long] },
      xAxis: {
        type: "value",
        min: Math.floor(Math.min(0, ...ends)),
        max: Math.ceil(Math.max(0, ...ends)),
        name: translate(language, "label_per_customer", { currency }),
        nameLocation: "middle",
        nameGap: 26,
        axisLine: { onZero: false },
      },
      yAxis: {
        type: "value",
        min: -0.5,
        max: Math.max(0.5, names.length - 0.5),
        interval: 0.5,
        inverse: true,
        splitLine: { show: false },
        axisTick: { show: false },
        axisLabel: { formatter: (value: number) => (Number.isInteger(value) ? (names[value] ?? "") : "") },
      },
      series: [...series(short, palette.now, rows("short", -0.12)), ...series(long, palette.later, rows("long", 0.12))],
    },
    { height: 90 + 60 * names.length },
  );
}

function whisker(color: string): CustomSeriesRenderItem {
  return (_, api) => {
    const row = api.value(0) as number;
    const [x1, y] = api.coord([api.value(1), row]);
    const [x2] = api.coord([api.value(2), row]);
    return { type: "line", shape: { x1, y1: y, x2, y2: y }, style: { stroke: color, lineWidth: 2 } };
  };
}
