import type { Language } from "../../language/catalogue.ts";
import type { HeldBack } from "../../schema/limit.ts";
import type { Money, PlanRow, RunSummary } from "../../schema/summary.ts";
import { unknown, wordsOf } from "./words.ts";

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
    const { sense, period } = row;
    const amount = amountOf(row, language, currency);
    return [
      name("limit", row.row),
      `${sense === "at_most" ? "≤" : "≥"} ${amount(period?.limit ?? row.limit)}`,
      period ? `${amount(period.usedBefore)} + ${amount(row.used)}` : amount(row.used),
      amount(row.left),
      row.binding || isUsedUp(row) ? say("word_yes") : "",
      isUsedUp(row) ? unknown : number(row.price, 4),
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
  const rules = plan.rules.map(({ rule: stated, heldBack, price, ...gains }) => {
    const rule = heldBack ? heldBackWords(heldBack, language) : stated;
    return price < 0.005
      ? say("plan_rule_free", { rule })
      : say("plan_rule", { rule, ...moneys(gains, language, currency) });
  });
  const rows = plan.rows.filter((row) => !isUsedUp(row));
  return [...rows.map((row) => limitSentence(row, language, currency)), ...rules];
}

function heldBackWords({ action = "", reason, date = "", limit = "" }: HeldBack, language: Language): string {
  const { say, name } = wordsOf(language);
  return say(`held_back_${reason}`, { action: name("action", action), date, row: name("limit", limit) });
}

/** Whether earlier plans left nothing of a limit per period. */
const isUsedUp = ({ period, limit }: PlanRow) => period !== undefined && limit === 0;

/** Why a plan gives nothing, or draws nothing at random; no sentence where it may do both. */
export function idleSentences({ plan, currency }: Pick<RunSummary, "plan" | "currency">, language: Language): string[] {
  const { say, name, list } = wordsOf(language, currency);
  const quiet = plan.rules.flatMap(({ heldBack }) => (heldBack?.reason === "quiet_day" ? [heldBack] : []));
  const usedUp = plan.rows.filter(isUsedUp);
  const { limitsSetAside = [], explorationLeftOutFor } = plan;
  const row = name("limit", explorationLeftOutFor ?? "");
  const names = list(limitsSetAside.map((limit) => name("limit", limit)));
  return [
    ...quiet.map(({ date = "" }) => say("plan_quiet_day", { date })),
    ...usedUp.map((row) => usedUpSentence(row, language, currency)),
    ...(explorationLeftOutFor !== undefined && usedUp.length === 0 ? [say("plan_exploration_left_out", { row })] : []),
    ...(limitsSetAside.length > 0 ? [say("plan_limits_set_aside", { limits: names })] : []),
  ];
}

function usedUpSentence(row: PlanRow, language: Language, currency: string): string {
  const { say, name } = wordsOf(language, currency);
  const amount = amountOf(row, language, currency);
  const { days = 0, limit = 0, usedBefore = 0 } = row.period ?? {};
  return say("plan_period_used_up", {
    row: name("limit", row.row),
    days,
    limit: amount(limit),
    before: amount(usedBefore),
  });
}

function limitSentence(row: PlanRow, language: Language, currency: string): string {
  const { say, name, number } = wordsOf(language, currency);
  const { sense, period, stock } = row;
  const amount = amountOf(row, language, currency);
  const step = stepOf(row.limit);
  const { short, long, total } = row.sensitivity;
  const gains = moneys({ short: step * short, long: step * long, total: step * total }, language, currency);
  const relaxed = sense === "at_most" ? "plan_limit_raised" : "plan_limit_lowered";
  const sentence = say(period ? "plan_limit_period" : sense === "at_most" ? "plan_limit" : "plan_floor", {
    row: name("limit", row.row),
    allowed: say(`plan_allowed_${sense}`, { limit: amount(period?.limit ?? row.limit) }),
    days: period?.days ?? "",
    before: amount(period?.usedBefore ?? 0),
    used: amount(row.used),
    left: amount(row.left),
    effect: row.binding ? say(relaxed, { step: amount(step), ...gains }) : say("plan_limit_slack"),
  });
  if (!stock) return sentence;
  const { redemptionsPerOffer, decisions = 0 } = stock;
  const counted =
    redemptionsPerOffer === undefined
      ? say("plan_stock_customers")
      : say("plan_stock_redemptions", { perOffer: number(redemptionsPerOffer, 2), decisions: number(decisions) });
  return `${sentence}${language === "zh-CN" ? "" : " "}${counted}`;
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

function amountOf({ counts, stock }: PlanRow, language: Language, currency: string): (value: number) => string {
  const { money, number } = wordsOf(language, currency);
  // Expected redemptions are no whole numbers.
  const finest = stock?.redemptionsPerOffer === undefined ? 0 : 1;
  // What is left of a full limit may be minus nothing.
  const shown = (value: number) => (Math.abs(value) < 0.5 * 10 ** -finest ? 0 : value);
  return (value) => (counts ? number : money)(shown(value), Number.isInteger(shown(value)) ? 0 : finest);
}

/** About a hundredth of the limit, as a power of ten: small enough for the price to hold, large enough to picture. */
export function stepOf(limit: number): number {
  return 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, Math.abs(limit)) / 50)));
}
