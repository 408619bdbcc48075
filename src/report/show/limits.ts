import type { Language } from "../../language/catalogue.ts";
import type { Money, PlanRow, RunSummary } from "../../schema/summary.ts";
import { wordsOf } from "./words.ts";

export const limitColumns = [
  "column_limit",
  "column_limit_value",
  "column_limit_used",
  "column_limit_left",
  "column_binding",
  "column_objective_per_unit",
] as const;

/** A row of cells for each limit of the plan. */
export function limitRows({ plan, currency }: Pick<RunSummary, "plan" | "currency">, language: Language): string[][] {
  const { say, name, number } = wordsOf(language, currency);
  return plan.rows.map((row) => {
    const amount = amountOf(row, language, currency);
    return [
      name("limit", row.row),
      `${row.sense === "at_most" ? "≤" : "≥"} ${amount(row.limit)}`,
      amount(row.used),
      amount(row.left),
      row.binding ? say("word_yes") : "",
      number(row.price, 4),
    ];
  });
}

/** How every limit stands and what relaxing it would bring, and what every rule gives away. */
export function limitSentences(
  { plan, currency }: Pick<RunSummary, "plan" | "currency">,
  language: Language,
): string[] {
  const { say } = wordsOf(language, currency);
  // Half a cent of the objective is rounding.
  const rules = plan.rules.map(({ rule, price, ...gains }) =>
    price < 0.005 ? say("plan_rule_free", { rule }) : say("plan_rule", { rule, ...moneys(gains, language, currency) }),
  );
  return [...plan.rows.map((row) => limitSentence(row, language, currency)), ...rules];
}

function limitSentence(row: PlanRow, language: Language, currency: string): string {
  const { say, name } = wordsOf(language, currency);
  const amount = amountOf(row, language, currency);
  const step = stepOf(row.limit);
  const { short, long, total } = row.sensitivity;
  const gains = moneys({ short: step * short, long: step * long, total: step * total }, language, currency);
  const relaxed = row.sense === "at_most" ? "plan_limit_raised" : "plan_limit_lowered";
  return say(row.sense === "at_most" ? "plan_limit" : "plan_floor", {
    row: name("limit", row.row),
    allowed: say(`plan_allowed_${row.sense}`, { limit: amount(row.limit) }),
    used: amount(row.used),
    left: amount(row.left),
    effect: row.binding ? say(relaxed, { step: amount(step), ...gains }) : say("plan_limit_slack"),
  });
}

/** Now, later and in all; with cents where they are small. */
function moneys(gains: Pick<Money, "short" | "long" | "total">, language: Language, currency: string) {
  const { money } = wordsOf(language, currency);
  const { short, long, total } = gains;
  const isSmall = Math.max(Math.abs(short), Math.abs(long), Math.abs(total)) < 100;
  const [digits, least] = isSmall ? [2, 0.005] : [0, 0.5];
  const amount = (value: number) => money(Math.abs(value) < least ? 0 : value, digits);
  return { short: amount(short), long: amount(long), total: amount(total) };
}

function amountOf({ counts }: PlanRow, language: Language, currency: string): (value: number) => string {
  const { money, number } = wordsOf(language, currency);
  // What is left of a full limit may be minus nothing.
  return (value) => (counts ? number : money)(Math.abs(value) < 0.5 ? 0 : value);
}

/** About a hundredth of the limit, as a power of ten: small enough for the price to hold, large enough to picture. */
export function stepOf(limit: number): number {
  return 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, Math.abs(limit)) / 50)));
}
