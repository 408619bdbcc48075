import { formatNumber, type Language, translate } from "../language/catalogue.ts";
import type { ConfigInput } from "../runs/config.ts";
import { type ParameterValue, type ParameterValues, type Space, valueCount } from "../tuning/space.ts";
import { configWith } from "../validation/parameters.ts";
import type { TuneResult } from "../validation/tune.ts";
import { aligned } from "./text-table.ts";

const digits = 4;

/** The settings as JSON, nested as the configuration is. */
export function settingsText(parameters: ParameterValues): string {
  return JSON.stringify(configWith({} as ConfigInput, parameters));
}

export function valueText(value: ParameterValue | undefined): string {
  if (typeof value === "number") return String(Number(value.toPrecision(digits)));
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "–");
}

/** The last words of the paths, as long as they differ. */
export function shortNames(space: Space): string[] {
  const last = space.map(({ name }) => name.slice(name.lastIndexOf(".") + 1));
  return new Set(last).size === last.length ? last : space.map(({ name }) => name);
}

/** What a search came to: the best trial beside the present configuration, fold by fold, and what to do with it. */
export function tuneLines(
  result: TuneResult,
  options: { language: Language; trials: number; space: Space; applied?: string; wantsApply: boolean },
): string[] {
  const { language, applied, wantsApply } = options;
  const number = (value: number) => formatNumber(language, value, digits);
  const signed = (value: number) => `${value > 0 ? "+" : ""}${number(value)}`;
  const { best, present, improvement, objective } = result;
  const tried = result.trials.length - 1;
  const say = (key: Parameters<typeof translate>[1], values: Parameters<typeof translate>[2] = {}) =>
    translate(language, key, values);
  const folds = result.folds.map(({ origin, customers }, fold) => [
    origin,
    formatNumber(language, customers),
    number(present.folds[fold]),
    number(best.folds[fold]),
    signed(improvement.folds[fold]),
  ]);
  const mean = [
    say("tune_mean"),
    "",
    number(present.value ?? 0),
    number(best.value ?? 0),
    signed(improvement.estimate),
  ];
  const header = ["column_fold", "column_customers", "column_present", "column_best", "column_better_by"] as const;
  const isExhausted =
    tried < options.trials && Number.isFinite(options.space.map(valueCount).reduce((a, b) => a * b, 1));
  const range = {
    estimate: signed(improvement.estimate),
    low: signed(improvement.lower),
    high: signed(improvement.upper),
  };
  return [
    say("tune_best", {
      trial: best.trial,
      trials: tried,
      objective,
      value: number(best.value ?? 0),
      present: number(present.value ?? 0),
    }),
    ...(isExhausted ? [say("tune_exhausted")] : []),
    "",
    ...aligned(
      header.map((key) => say(key)),
      [...folds, mean],
      { right: 4 },
    ),
    "",
    say(`tune_${improvement.verdict}`, { ...range, trials: tried }),
    ...(applied
      ? [say("tune_applied", { path: applied })]
      : [
          ...(wantsApply ? [say("tune_nothing_to_apply")] : [say("tune_put")]),
          `  ${settingsText(best.parameters).slice(1, -1)}`,
        ]),
    say("tune_study", { path: result.file }),
    say("next_command", { command: "longrun run" }),
  ];
}
