import type { Language } from "../../language/catalogue.ts";
import { type BlendHorizon, memberNames, type NetworkName, networkNames } from "../../schema/blend.ts";
import type { BacktestHorizon, RunSummary } from "../../schema/summary.ts";
import { type TextColumn, textTable } from "../text-table.ts";
import { unknown, wordsOf } from "./words.ts";

/** The weights of every day and horizon with what they rest on, and in words where the network has none. */
export function blendLines(summary: Pick<RunSummary, "blends">, language: Language): string[] {
  const { say, left, right, name } = wordsOf(language);
  const columns: TextColumn[] = [
    left("column_known_until"),
    right("column_horizon"),
    ...memberNames.map((member) => ({ header: name("forecaster", member), align: "right" as const })),
    left("column_rests_on"),
  ];
  return [
    say("show_blends"),
    "",
    ...textTable(columns, weightRows(summary, language)),
    ...blendSentences(summary, language).flatMap((sentence, at) => (at === 0 ? ["", sentence] : [sentence])),
  ];
}

/** Day, horizon, a weight for each member, what they rest on. */
export function weightRows({ blends }: Pick<RunSummary, "blends">, language: Language): string[][] {
  const { share } = wordsOf(language);
  return blends.flatMap(({ asOf, horizons }) =>
    horizons.map((horizon, at) => [
      at === 0 ? asOf : "",
      String(horizon.horizonDays),
      ...memberNames.map((member) => share(horizon.weights[member], 0)),
      basisOf(horizon, language),
    ]),
  );
}

function basisOf({ way, evidence }: BlendHorizon, language: Language): string {
  const { say, number } = wordsOf(language);
  return evidence
    ? say(`rests_on_${way}`, { ...evidence, customers: number(evidence.customers) })
    : say("rests_on_no_earlier_origin");
}

/** Where a network has no weight, and where intervals are not calibrated: for each day, the horizons with one story together. */
export function blendSentences({ blends }: Pick<RunSummary, "blends">, language: Language): string[] {
  const { say, list } = wordsOf(language);
  const told = (horizons: readonly BlendHorizon[], words: (days: string) => string) =>
    horizons.length > 0 ? [words(list(horizons.map(({ horizonDays }) => String(horizonDays))))] : [];
  return blends.flatMap(({ asOf, horizons }) => [
    ...horizons
      .filter(({ way }) => way === "earlier_origin")
      .flatMap((horizon) =>
        networkNames
          .filter((network) => horizon.weights[network] === 0)
          .flatMap((network) => weightless(network, asOf, horizon, language)),
      ),
    ...told(
      horizons.filter(({ way }) => way === "no_earlier_origin"),
      (days) => say("network_unproved", { days, asOf }),
    ),
    ...told(
      horizons.filter(({ quantiles }) => quantiles === "network"),
      (days) => say("quantiles_uncalibrated", { days, asOf }),
    ),
  ]);
}

function weightless(network: NetworkName, asOf: string, horizon: BlendHorizon, language: Language): string[] {
  const { evidence } = horizon;
  const proof = horizon.againstPastSpend[network];
  // Weightless though it passed: the mix had no use for it.
  if (!evidence || !proof || proof.verdict === "better") return [];
  const { estimate, low, high } = proof.difference;
  const [difference, from, to] = [estimate, low, high].map((value) => value.toFixed(3));
  const { say, name } = wordsOf(language);
  return [
    say("network_weightless", {
      forecaster: name("forecaster", network),
      days: horizon.horizonDays,
      asOf,
      origin: evidence.origin,
      estimate: difference,
      low: from,
      high: to,
    }),
  ];
}

/** What today's forecast of a horizon is made of. */
export function blendSentence({ blends }: RunSummary, horizonDays: number, language: Language): string[] {
  const { say, share, name, list } = wordsOf(language);
  const horizon = blends.at(-1)?.horizons.find((candidate) => candidate.horizonDays === horizonDays);
  if (!horizon) return [];
  const shares = memberNames
    .filter((member) => horizon.weights[member] > 0)
    .map((member) =>
      say("blend_share", { share: share(horizon.weights[member], 0), forecaster: name("forecaster", member) }),
    );
  return [say("blend_today", { days: horizonDays, shares: list(shares), basis: basisOf(horizon, language) })];
}

export const intervalColumns = [
  "column_horizon",
  "column_quantile",
  "column_below",
  "column_at_or_below",
  "column_worst_tenth",
  "column_pinball",
  "column_pinball_baseline",
] as const;

/** How the quantiles did, horizon by horizon, with their width and, where there is one, the reason why they could not know better. */
export function intervalLines({ backtest, currency }: RunSummary, language: Language): string[] {
  if (backtest.horizons.length === 0) return [];
  const { say, right } = wordsOf(language);
  return [
    say("show_intervals"),
    "",
    ...textTable(
      intervalColumns.map(right),
      backtest.horizons.flatMap((tested) => intervalRows(tested, language, currency)),
    ),
    "",
    ...backtest.horizons.flatMap((tested) => intervalSentences(tested, language, currency)),
  ];
}

/** A row for each quantile of a horizon. */
export function intervalRows(
  { horizonDays, intervals }: BacktestHorizon,
  language: Language,
  currency: string,
): string[][] {
  const { share, money } = wordsOf(language, currency);
  return intervals.quantiles.map((quantile, at) => [
    at === 0 ? String(horizonDays) : "",
    `p${Math.round(100 * quantile.probability)}`,
    share(quantile.shareBelow),
    share(quantile.shareAtOrBelow),
    share(quantile.worstTenth),
    money(quantile.pinballLoss, 2),
    quantile.baselinePinballLoss === undefined ? unknown : money(quantile.baselinePinballLoss, 2),
  ]);
}

/** The width of a horizon's intervals, and whether their season had been seen. */
export function intervalSentences(
  { horizonDays: days, origins, intervals, seasonSeen }: BacktestHorizon,
  language: Language,
  currency: string,
): string[] {
  const { say, money, list } = wordsOf(language, currency);
  const width = money(intervals.width);
  const widths =
    intervals.baselineWidth === undefined
      ? say("interval_width_alone", { days, width })
      : say("interval_width", { days, width, baseline: money(intervals.baselineWidth) });
  return seasonSeen ? [widths] : [widths, say("season_unseen", { days, origins: list(origins) })];
}
