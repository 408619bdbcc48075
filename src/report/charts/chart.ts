import type { EChartsOption } from "echarts";
// The library as one file: its several hundred modules take a second longer to load.
import { init } from "echarts/dist/echarts.esm.min";

export const palette = {
  now: "#2f6f9f",
  later: "#d07a2d",
  neutral: "#8a8f98",
  marked: "#b3372f",
  axis: "#6b7280",
} as const;

const font = { fontFamily: "system-ui, sans-serif", color: palette.axis };

/** Draws a chart as SVG text; nothing moves and nothing is fetched. */
export function renderChart(option: EChartsOption, { width = 760, height = 340 } = {}): string {
  const chart = init(null, null, { renderer: "svg", ssr: true, width, height });
  chart.setOption({ animation: false, textStyle: font, grid: { left: 70, right: 30, top: 30, bottom: 55 }, ...option });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}
