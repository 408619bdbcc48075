import { type Language, translate } from "../../language/catalogue.ts";
import { ownParameters } from "../../models/covariates.ts";
import type { PurchaseFit } from "../../models/fit-purchases.ts";
import type { PurchaseSummary } from "../../models/purchase-summary.ts";
import { equalRows } from "../../stats/equal-rows.ts";
import { palette, renderChart } from "./chart.ts";

/** The last group of frequencies holds all above. */
const mostShown = 10;

/** Customers by repeat purchases in the calibration period: observed beside expected. */
export function frequencyChart(fit: PurchaseFit, summary: PurchaseSummary, language: Language): string {
  const observed = new Float64Array(mostShown + 1);
  const expected = new Float64Array(mostShown + 1);
  for (let row = 0; row < summary.rows; row++) observed[Math.min(mostShown, summary.frequency[row])]++;
  const own = ownParameters(fit, summary.covariates);
  const alike = equalRows(summary.rows, [summary.age, ...(summary.covariates?.columns ?? [])]);
  alike.first.forEach((row, group) => {
    const distribution = fit.model.countDistribution(own(row), mostShown - 1, summary.age[row]);
    let below = 0;
    for (let count = 0; count < mostShown; count++) {
      expected[count] += alike.counts[group] * distribution[count];
      below += distribution[count];
    }
    expected[mostShown] += alike.counts[group] * (1 - below);
  });
  const labels = Array.from(observed, (_, count) => (count < mostShown ? String(count) : `${count}+`));
  return bars(labels, observed, expected, translate(language, "label_repeat_purchases"), language);
}

/** Mean later purchases by purchases so far: what happened beside what was forecast. */
export function conditionalChart(summary: PurchaseSummary, expected: Float64Array, language: Language): string {
  const groups = Array.from({ length: mostShown + 1 }, () => ({ customers: 0, actual: 0, expected: 0 }));
  for (let row = 0; row < summary.rows; row++) {
    const group = groups[Math.min(mostShown, summary.frequency[row])];
    group.customers++;
    group.actual += summary.holdout?.frequency[row] ?? 0;
    group.expected += expected[row];
  }
  const shown = groups.map((group, count) => ({ ...group, count })).filter(({ customers }) => customers > 0);
  const mean = (sum: number, customers: number) => Math.round((1000 * sum) / customers) / 1000;
  return bars(
    shown.map(({ count }) => (count < mostShown ? String(count) : `${count}+`)),
    shown.map(({ actual, customers }) => mean(actual, customers)),
    shown.map((group) => mean(group.expected, group.customers)),
    translate(language, "label_repeat_purchases"),
    language,
  );
}

/** Mean of forecast and outcome by tenth of the forecast, lowest first. */
export function calibrationChart(actual: readonly number[], predicted: readonly number[], language: Language): string {
  const labels = actual.map((_, tenth) => String(tenth + 1));
  return bars(labels, actual, predicted, translate(language, "label_tenth_rising"), language);
}

function bars(
  labels: readonly string[],
  observed: ArrayLike<number>,
  expected: ArrayLike<number>,
  axis: string,
  language: Language,
): string {
  const rounded = (values: ArrayLike<number>) => Array.from(values, (value) => Math.round(100 * value) / 100);
  const names = [translate(language, "column_observed"), translate(language, "column_fitted")];
  return renderChart({
    legend: { top: 0, data: names },
    xAxis: { type: "category", data: [...labels], name: axis, nameLocation: "middle", nameGap: 30 },
    yAxis: { type: "value" },
    series: [
      { type: "bar", name: names[0], data: rounded(observed), itemStyle: { color: palette.neutral } },
      { type: "bar", name: names[1], data: rounded(expected), itemStyle: { color: palette.now } },
    ],
  });
}

export interface Tracking {
  /** Repeat purchases of the cohort in each unit of time, and the model's expectation of them. */
  readonly actual: Float64Array;
  readonly expected: Float64Array;
  /** Units of time in the calibration period: a line marks its end. */
  readonly calibration: number;
}

/** Repeat purchases over time, per unit or added up; the line marks the end of the calibration period. */
export function trackingChart(
  { actual, expected, calibration }: Tracking,
  isCumulative: boolean,
  language: Language,
): string {
  const shape = (values: Float64Array) => {
    let sum = 0;
    return Array.from(values, (value, at) => {
      sum += value;
      return [at + 1, Math.round(10 * (isCumulative ? sum : value)) / 10];
    });
  };
  const names = [translate(language, "column_observed"), translate(language, "column_fitted")];
  return renderChart({
    legend: { top: 0, data: names },
    xAxis: {
      type: "value",
      min: 0,
      max: actual.length,
      name: translate(language, "label_time"),
      nameLocation: "middle",
      nameGap: 30,
    },
    yAxis: { type: "value", name: translate(language, "label_repeat_purchases") },
    series: [
      {
        type: "line",
        name: names[0],
        data: shape(actual),
        showSymbol: false,
        lineStyle: { color: palette.neutral },
        itemStyle: { color: palette.neutral },
        markLine: { symbol: "none", silent: true, label: { show: false }, data: [{ xAxis: calibration }] },
      },
      {
        type: "line",
        name: names[1],
        data: shape(expected),
        showSymbol: false,
        lineStyle: { color: palette.now, type: "dashed" },
        itemStyle: { color: palette.now },
      },
    ],
  });
}

/** A value for every frequency and recency of a customer of the oldest age: the darker, the higher; `label` names it at the colour bar. */
export function historyMatrix(
  summary: PurchaseSummary,
  value: (history: { frequency: number; recency: number; age: number }) => number,
  { digits, label, language }: { digits: number; label: string; language: Language },
): string {
  const age = summary.age.reduce((most, one) => Math.max(most, one), 0);
  const most = Math.min(
    20,
    Math.max(
      3,
      summary.frequency.reduce((highest, one) => Math.max(highest, one), 0),
    ),
  );
  const steps = 20;
  const cells: [number, number, number][] = [];
  for (let x = 1; x <= most; x++) {
    for (let step = 0; step <= steps; step++) {
      const recency = (age * step) / steps;
      if (recency === 0) continue;
      cells.push([x - 1, step, Number(value({ frequency: x, recency, age }).toFixed(digits))]);
    }
  }
  const highest = Math.max(10 ** -digits, ...cells.map(([, , cell]) => cell));
  return renderChart(
    {
      grid: { left: 70, right: 30, top: 30, bottom: 100 },
      xAxis: {
        type: "category",
        data: Array.from({ length: most }, (_, x) => String(x + 1)),
        name: translate(language, "label_repeat_purchases"),
        nameLocation: "middle",
        nameGap: 26,
      },
      yAxis: {
        type: "category",
        data: Array.from({ length: steps + 1 }, (_, step) => ((age * step) / steps).toFixed(0)),
        name: translate(language, "label_recency"),
      },
      visualMap: {
        min: 0,
        max: highest,
        text: [highest.toFixed(digits), `${label}  0`], // the ends of the colour bar
        textGap: 8,
        orient: "horizontal",
        left: "center",
        bottom: 0,
        inRange: { color: ["#eef3f7", palette.now] },
      },
      series: [{ type: "heatmap", data: cells }],
    },
    { height: 420 },
  );
}
