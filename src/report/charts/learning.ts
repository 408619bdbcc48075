import { type Language, translate } from "../../language/catalogue.ts";
import type { LearningCurve } from "../../schema/learning-curve.ts";
import { palette, renderChart } from "./chart.ts";

/** Losses of a network by epoch, a line for each member: validation solid with the kept epoch ringed, training dashed. */
export function learningChart(members: readonly LearningCurve[], language: Language): string {
  const points = (losses: readonly number[]) => losses.map((loss, epoch) => [epoch + 1, loss]);
  return renderChart(
    {
      xAxis: {
        type: "value",
        minInterval: 1,
        min: 1,
        name: translate(language, "axis_epoch"),
        nameLocation: "middle",
        nameGap: 32,
      },
      yAxis: { type: "value", scale: true, name: translate(language, "axis_loss") },
      series: members.flatMap(({ trainingLoss, validationLoss, bestEpoch }) => [
        {
          type: "line" as const,
          data: points(validationLoss),
          showSymbol: false,
          lineStyle: { color: palette.now },
        },
        {
          type: "line" as const,
          data: points(trainingLoss),
          showSymbol: false,
          lineStyle: { color: palette.neutral, type: "dashed" as const },
        },
        {
          type: "scatter" as const,
          data: [[bestEpoch, validationLoss[bestEpoch - 1]]],
          symbolSize: 12,
          itemStyle: { color: "transparent", borderColor: palette.marked, borderWidth: 2 },
        },
      ]),
    },
    { height: 260 },
  );
}
