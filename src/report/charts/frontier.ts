import { type Language, translate } from "../../language/catalogue.ts";
import { palette, renderChart } from "./chart.ts";

interface FrontierPicture {
  readonly frontier: readonly { readonly short: number; readonly long: number; readonly knee: boolean }[];
  readonly plan: { readonly short: number; readonly long: number };
  /** Absent where nobody stated it. */
  readonly currency?: string;
}

/** Short- against long-term value of the best plan for each balance, the chosen one ringed, the knee a diamond. */
export function frontierChart({ frontier, plan, currency }: FrontierPicture, language: Language): string {
  const points = frontier.map(({ long, short }) => [long, short]);
  const knee = frontier.filter(({ knee: isKnee }) => isKnee).map(({ long, short }) => [long, short]);
  const word = (key: Parameters<typeof translate>[1]) => translate(language, key);
  const axis = (key: Parameters<typeof translate>[1]) => [word(key), ...(currency ? [currency] : [])].join(", ");
  return renderChart({
    xAxis: {
      type: "value",
      scale: true,
      name: axis("column_long"),
      nameLocation: "middle",
      nameGap: 32,
    },
    yAxis: { type: "value", scale: true, name: axis("column_short") },
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

/** What one more unit of long-term value costs in short-term value on the way to each balance, the knee a diamond. */
export function priceOfLaterChart(
  frontier: readonly { readonly balance: number; readonly priceOfLongTerm?: number; readonly knee: boolean }[],
  language: Language,
): string {
  const priced = frontier.flatMap(({ balance, priceOfLongTerm, knee }) =>
    priceOfLongTerm === undefined ? [] : [{ point: [balance, priceOfLongTerm], knee }],
  );
  return renderChart({
    xAxis: {
      type: "value",
      min: 0,
      max: 1,
      name: translate(language, "column_balance"),
      nameLocation: "middle",
      nameGap: 32,
    },
    yAxis: { type: "value", scale: true, name: translate(language, "column_price_of_later") },
    legend: { top: 0, data: [translate(language, "label_knee")] },
    series: [
      {
        type: "line",
        data: priced.map(({ point }) => point),
        symbolSize: 6,
        lineStyle: { color: palette.later },
        itemStyle: { color: palette.later },
      },
      {
        type: "scatter",
        name: translate(language, "label_knee"),
        data: priced.filter(({ knee }) => knee).map(({ point }) => point),
        symbol: "diamond",
        symbolSize: 16,
        itemStyle: { color: palette.marked },
      },
    ],
  });
}
