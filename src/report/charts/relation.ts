import type { CustomSeriesRenderItem } from "echarts";
import { formatNumber, type Language, nameOf, translate } from "../../language/catalogue.ts";
import { quadrants, type RelationSummary } from "../../schema/relation.ts";
import { palette, renderChart } from "./chart.ts";

const size = { width: 760, height: 480 };
const grid = { left: 75, right: 40, top: 45, bottom: 95 };

/** The plane of short-term value × CLV as cells of a logarithmic grid, cut into its four quadrants. */
export function relationChart(relation: RelationSummary, currency: string, language: Language): string {
  const { plane, cuts, shortDays, clvDays } = relation;
  const { shortEdges, clvEdges, cells } = plane;
  const axis = (edges: readonly number[], days: number) => ({
    type: "log" as const,
    min: edges[0],
    max: edges[edges.length - 1],
    name: `${translate(language, "label_short_value", { days })}, ${currency}`,
    splitLine: { show: false },
    axisLabel: { formatter: (value: number) => plain(value), showMinLabel: false, showMaxLabel: false },
  });
  const counts = cells.map(({ customers }) => customers);
  return renderChart(
    {
      grid,
      xAxis: { ...axis(shortEdges, shortDays), nameLocation: "middle", nameGap: 28 },
      yAxis: axis(clvEdges, clvDays),
      visualMap: {
        dimension: 4,
        min: 0,
        max: Math.log10(Math.max(2, ...counts)),
        orient: "horizontal",
        left: "center",
        bottom: 0,
        inRange: { color: ["#d6e4ee", palette.now, "#12324a"] },
        text: [
          `${formatNumber(language, Math.max(...counts))} ${translate(language, "column_customers")}`,
          formatNumber(language, 1),
        ],
        seriesIndex: 0,
      },
      series: [
        {
          type: "custom",
          renderItem: rectangle,
          data: cells.map(({ short, clv, customers }) => [
            shortEdges[short],
            clvEdges[clv],
            shortEdges[short + 1],
            clvEdges[clv + 1],
            Math.log10(customers),
          ]),
        },
        ...cutLines(cuts, plane),
      ],
      graphic: cornerLabels(relation, language),
    },
    size,
  );
}

/** 0.1, 1, 10 … as they are written by hand. */
const plain = (value: number) => String(Number(value.toPrecision(2)));

const rectangle: CustomSeriesRenderItem = (_, api) => {
  const [left, bottom] = api.coord([api.value(0), api.value(1)]);
  const [right, top] = api.coord([api.value(2), api.value(3)]);
  return {
    type: "rect",
    shape: { x: left, y: top, width: right - left, height: bottom - top },
    style: { fill: api.visual("color") as string },
  };
};

function cutLines({ short, clv }: RelationSummary["cuts"], { shortEdges, clvEdges }: RelationSummary["plane"]) {
  const last = shortEdges.length - 1;
  return [
    [
      [short, clvEdges[0]],
      [short, clvEdges[last]],
    ],
    [
      [shortEdges[0], clv],
      [shortEdges[last], clv],
    ],
  ].map((data) => ({
    type: "line" as const,
    data,
    symbol: "none",
    lineStyle: { color: palette.later, width: 2 },
  }));
}

/** Name and number of customers of each quadrant, in its own corner. */
function cornerLabels({ quadrants: found }: RelationSummary, language: Language) {
  const places = {
    steady_regulars: { right: grid.right + 8, top: grid.top - 20 },
    passing_spenders: { right: grid.right + 8, bottom: grid.bottom + 8 },
    late_bloomers: { left: grid.left + 100, top: grid.top - 20 },
    occasional_buyers: { left: grid.left + 100, bottom: grid.bottom + 8 },
  };
  return quadrants.map((quadrant, index) => ({
    type: "text" as const,
    ...places[quadrant],
    style: {
      text: `${nameOf(language, "quadrant", quadrant)} ${formatNumber(language, found[index].customers)}`,
      font: "bold 13px system-ui, sans-serif",
      fill: palette.marked,
    },
  }));
}
