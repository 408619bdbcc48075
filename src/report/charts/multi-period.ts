import { type Language, translate } from "../../language/catalogue.ts";
import { palette, renderChart } from "./chart.ts";

/** One series over the periods. */
export interface PeriodLine {
  readonly name: string;
  readonly values: readonly number[];
  readonly isDashed?: boolean;
}

const colours = [palette.now, palette.later, "#4f8f5b", "#8a5fa8", palette.marked, palette.neutral];

/** Lines over the periods; `scale` lets the axis begin above 0. */
export function periodChart(
  lines: readonly PeriodLine[],
  { language, axis, scale = false }: { language: Language; axis: string; scale?: boolean },
): string {
  const periods = lines[0].values.map((_, t) => String(t + 1));
  return renderChart({
    grid: { left: 70, right: 30, top: 70, bottom: 55 }, // names of levers may need two lines
    legend: { top: 0, data: lines.map(({ name }) => name) },
    xAxis: {
      type: "category",
      data: periods,
      name: translate(language, "label_period"),
      nameLocation: "middle",
      nameGap: 30,
    },
    yAxis: { type: "value", name: axis, scale },
    series: lines.map(({ name, values, isDashed }, at) => ({
      type: "line",
      name,
      data: values.map((value) => Number(value.toPrecision(6))),
      lineStyle: { color: colours[at % colours.length], type: isDashed ? "dashed" : "solid" },
      itemStyle: { color: colours[at % colours.length] },
    })),
  });
}

export interface ResponseLine {
  readonly name: string;
  readonly curve: readonly (readonly [number, number])[];
  readonly points: readonly (readonly [number, number])[];
}

/** What a lever brings by its effective intensity, a line a segment; dots are where the plan stands. */
export function responseChart(
  lines: readonly ResponseLine[],
  { language, unit, currency }: { language: Language; unit: string; currency: string },
): string {
  const label = translate(language, "label_intensity");
  const short = (pairs: readonly (readonly [number, number])[]) =>
    pairs.map((pair) => pair.map((value) => Number(value.toPrecision(5))));
  return renderChart(
    {
      legend: { top: 0, data: lines.map(({ name }) => name) },
      xAxis: {
        type: "value",
        name: unit === "" ? label : `${label}, ${unit}`,
        nameLocation: "middle",
        nameGap: 30,
      },
      yAxis: { type: "value", name: currency },
      series: lines.flatMap(({ name, curve, points }, at) => {
        const color = colours[at % colours.length];
        return [
          {
            type: "line" as const,
            name,
            data: short(curve),
            showSymbol: false,
            lineStyle: { color },
            itemStyle: { color },
          },
          { type: "scatter" as const, name, data: short(points), symbolSize: 8, itemStyle: { color } },
        ];
      }),
    },
    { height: 280 },
  );
}
