import { formatNumber, formatShare, type Language, type MessageKey, translate } from "../language/catalogue.ts";
import type { ResponseFit } from "../plan/fit-response.ts";
import { textTable } from "./text-table.ts";

/** A fitted response curve: its parameters and what spends bring, with intervals, and what to put into a plan. */
export function responseLines(fit: ResponseFit, language: Language): string[] {
  const { parameters, curve, response, carryOver } = fit;
  const number = (value: number) => formatNumber(language, Number(value.toPrecision(5)), digitsOf(value));
  const say = (key: MessageKey, values: Record<string, string | number> = {}) => translate(language, key, values);
  const interval = (lower: number, upper: number) => `${number(lower)} … ${number(upper)}`;
  const right = (header: MessageKey) => ({ header: say(header), align: "right" as const });
  return [
    say("response_title", {
      shape: response.shape,
      rows: formatNumber(language, fit.rows),
      level: formatShare(language, fit.level, 0),
      rSquared: fit.rSquared.toFixed(3),
      error: number(fit.residualStandardError),
    }),
    ...textTable(
      [{ header: say("column_parameter") }, right("column_estimate"), right("column_interval")],
      Object.entries(parameters).map(([name, { estimate, lower, upper }]) => [
        name,
        number(estimate),
        interval(lower, upper),
      ]),
    ),
    "",
    say("response_brings"),
    ...textTable(
      [right("column_effective_spend"), right("column_brings"), right("column_interval")],
      curve.map(({ spend, estimate, lower, upper }) => [number(spend), number(estimate), interval(lower, upper)]),
    ),
    say("response_note"),
    ...(response.shape === "hill" && parameters.carryOver ? [say("response_hill_note")] : []),
    say("response_use", { json: JSON.stringify({ carryOver, response }) }),
  ];
}

const digitsOf = (value: number) => (Math.abs(value) < 100 ? 3 : 0);
