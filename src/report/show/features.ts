import { isoDate } from "../../base/clock.ts";
import type { FeatureValues } from "../../features/index.ts";
import type { Language } from "../../language/catalogue.ts";
import { textTable } from "../text-table.ts";
import { unknown, wordsOf } from "./words.ts";

/** The catalogue with what today's customers say in it. */
export function featureLines(values: FeatureValues, language: Language): string[] {
  const { say, number, share, left, right } = wordsOf(language);
  const digits = (value: number | undefined) =>
    value === undefined ? unknown : number(value, Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : 2);
  return [
    say("show_features", {
      features: number(values.catalogue.length),
      used: number(values.featureNames.length),
      customers: number(values.customers),
      asOf: isoDate(values.asOf),
      currency: values.currency,
    }),
    "",
    ...textTable(
      [
        left("column_feature"),
        left("column_family"),
        left("column_unit"),
        left("column_used"),
        right("column_missing"),
        ...(["column_minimum", "column_median", "column_mean", "column_maximum"] as const).map(right),
      ],
      values.catalogue.map(({ name, word, family, unit, used, missing, minimum, median, mean, maximum }) => [
        word === undefined ? name : `${name} (${word})`,
        say(`family_${family}`),
        say(`unit_${unit}`),
        used ? say("yes") : "",
        share(missing),
        ...[minimum, median, mean, maximum].map(digits),
      ]),
    ),
    "",
    say("show_feature_definitions"),
  ];
}
