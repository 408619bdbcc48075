import type { Language, MessageKey } from "../../language/catalogue.ts";
import type { CustomerView } from "../../schema/customer.ts";
import type { ExplainedForecast } from "../../schema/reasons.ts";
import { textTable } from "../text-table.ts";
import { reasonSentence, valueText } from "./reasons.ts";
import { unknown, wordsOf } from "./words.ts";

/** Everything known of one customer: place, forecasts, reasons, what is planned, features. */
export function customerLines(view: CustomerView, language: Language): string[] {
  const { say, name, list } = wordsOf(language, view.currency);
  const { customerId, asOf, quadrant, earlierQuadrants } = view;
  const places = list(earlierQuadrants.map((earlier) => `${earlier.asOf} ${name("quadrant", earlier.quadrant)}`));
  return [
    quadrant
      ? say("customer_title", { customerId, asOf, quadrant: name("quadrant", quadrant) })
      : say("customer_title_no_quadrant", { customerId, asOf }),
    ...(earlierQuadrants.length > 0 ? [say("customer_earlier", { places })] : []),
    plannedSentence(view, language),
    "",
    say("customer_predictions"),
    "",
    ...forecastTable(view, language),
    ...view.reasons.flatMap((forecast) => ["", ...reasonLines(forecast, view.currency, language)]),
    "",
    say("customer_features"),
    "",
    ...featureTable(view, language),
  ];
}

function plannedSentence({ plan, currency }: CustomerView, language: Language): string {
  const { say, name, money, number, list } = wordsOf(language, currency);
  if (!plan) return say("customer_no_plan");
  if (plan.reason === "holdout") return say("customer_held_out");
  const planned = say("customer_planned", {
    action: name("action", plan.action),
    propensity: number(plan.propensity, 3),
    short: money(plan.short, 2),
    long: money(plan.long, 2),
    cost: money(plan.cost, 2),
  });
  const limits = list(plan.bindingLimits.map((limit) => name("limit", limit)));
  const isRounded = plan.reason === "within_limits" && limits === "";
  const why = `customer_why_${isRounded ? "within_rounding" : plan.reason}` as MessageKey;
  return `${planned} ${say(why, { limits })}`;
}

function forecastTable({ forecasts, currency }: CustomerView, language: Language): string[] {
  const { money, number, share, right } = wordsOf(language, currency);
  const columns = [
    "column_horizon",
    "column_mean",
    "column_low",
    "column_high",
    "column_chance",
    "column_expected_orders",
    "forecaster_network",
    "forecaster_lifetimeModel",
  ] as const;
  return textTable(
    columns.map(right),
    forecasts.map(({ horizonDays, mean, p10, p90, purchaseProbability, orders, networkMean, lifetimeModelMean }) => [
      String(horizonDays),
      ...[mean, p10, p90].map((value) => money(value, 2)),
      share(purchaseProbability),
      number(orders, 2),
      money(networkMean, 2),
      lifetimeModelMean === null ? unknown : money(lifetimeModelMean, 2),
    ]),
  );
}

const mostReasons = 3;

function reasonLines(
  { horizonDays, value, typicalValue, reasons }: ExplainedForecast,
  currency: string,
  language: Language,
) {
  const { say, money } = wordsOf(language, currency);
  const shown = reasons.slice(0, mostReasons).filter(({ effect }) => effect !== 0);
  const rest = reasons.slice(shown.length).reduce((sum, { effect }) => sum + effect, 0);
  return [
    say("customer_reasons", { days: horizonDays, value: money(value, 2), typical: money(typicalValue, 2) }),
    ...shown.map((reason) => `  ${reasonSentence(reason, language, currency)}`),
    `  ${say("reason_rest", { effect: money(rest, 2) })}`,
  ];
}

function featureTable({ features, currency }: CustomerView, language: Language): string[] {
  const { left, right } = wordsOf(language, currency);
  return textTable(
    [left("column_feature"), right("column_value"), right("column_typical")],
    features.map(({ name, word, own, typical, ...said }) => [
      word === undefined ? name : `${name} (${word})`,
      valueText(own, said, language, currency),
      valueText(typical, said, language, currency),
    ]),
  );
}
