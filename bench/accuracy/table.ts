import type { BacktestHorizon, BaselineMetrics, ForecastMetrics } from "../../src/schema/summary.ts";

const words: Readonly<Record<BaselineMetrics["name"], string>> = {
  pastSpend: "past spend",
  lifetimeModel: "lifetime model",
  ownRate: "own rate",
  network: "value network",
  sequence: "sequence network",
  chosenMember: "best on earlier days",
};

export const tableHead = [
  "| data, days from | by | Spearman | normalised Gini | decile MAPE | total off by | blend − it, Spearman (95 %) |",
  "|---|---|---|---|---|---|---|",
];

/** The blend and everything it is held against, a row each. */
export function tableRows(
  label: string,
  { baselines, ...blend }: ForecastMetrics & { baselines: readonly BaselineMetrics[] },
): string[] {
  const metrics = ({ spearman, normalizedGini, decileMape, bias }: ForecastMetrics) =>
    [spearman.toFixed(3), normalizedGini.toFixed(3), decileMape.toFixed(3), percent(bias)].join(" | ");
  return [
    `| ${label} | **blend** | ${metrics(blend)} | |`,
    ...baselines.map(({ name, difference: { estimate, low, high }, verdict, ...rest }) => {
      const difference = `${verdict}: ${signed(estimate)} (${signed(low)} … ${signed(high)})`;
      return `| ${label} | ${words[name]} | ${metrics(rest)} | ${difference} |`;
    }),
  ];
}

export const intervalHead = [
  "| data, days | p10: below, at or below | p50 | p90 | worst tenth | pinball p10, p50, p90 | same for everybody | mean width | same for everybody |",
  "|---|---|---|---|---|---|---|---|---|",
];

/** How the quantiles of a horizon did. */
export function intervalRow(label: string, { intervals }: BacktestHorizon): string {
  const { quantiles, width, baselineWidth } = intervals;
  const cells = [
    ...quantiles.map(({ shareBelow, shareAtOrBelow }) => `${shareBelow.toFixed(3)}, ${shareAtOrBelow.toFixed(3)}`),
    Math.max(...quantiles.map(({ worstTenth }) => worstTenth)).toFixed(3),
    quantiles.map(({ pinballLoss }) => pinballLoss.toFixed(2)).join(", "),
    quantiles.map(({ baselinePinballLoss }) => baselinePinballLoss?.toFixed(2) ?? "–").join(", "),
    width.toFixed(0),
    baselineWidth?.toFixed(0) ?? "–",
  ];
  return `| ${label} | ${cells.join(" | ")} |`;
}

const signed = (value: number) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(4)}`;
const percent = (value: number) => `${value < 0 ? "−" : "+"}${Math.abs(100 * value).toFixed(1)} %`;
