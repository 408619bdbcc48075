import type { AllocationReport } from "../allocation/allocate-file.ts";
import {
  formatNumber,
  formatShare,
  type Language,
  type MessageKey,
  type MessageValues,
  nameOf,
  translate,
} from "../language/catalogue.ts";
import { textTable } from "./text-table.ts";

/** What a plan is worth, who gets what, how its limits stand and what relaxing them would bring. */
export function allocationLines(report: AllocationReport, language: Language): string[] {
  const say = (key: MessageKey, values: MessageValues = {}) => translate(language, key, values);
  const amount = (value: number) => formatNumber(language, value, Math.abs(value) < 1000 ? 2 : 0);
  const { customers, balance, explorationShare } = report;
  return [
    say("allocate_title", {
      customers: formatNumber(language, customers),
      balance,
      total: amount(report.total),
      short: amount(report.short),
      long: amount(report.long),
      cost: amount(report.cost),
    }),
    // Rounded up, so that the promise holds.
    say("allocate_certificate", {
      bound: amount(report.bound),
      gap: `${(Math.ceil(1e8 * report.gap) / 1e6).toFixed(6)} %`,
    }),
    "",
    ...textTable(
      [{ header: say("column_action") }, { header: say("column_customers"), align: "right" }],
      Object.entries(report.actions).map(([action, count]) => [
        nameOf(language, "action", action),
        formatNumber(language, count),
      ]),
    ),
    ...limitLines(report, language),
    ...report.rules.map(({ rule, price }) => say("allocate_rule", { rule, price: amount(price) })),
    ...(report.caution
      ? [say("allocate_caution", { deviations: report.caution.deviations, price: amount(report.caution.price) })]
      : []),
    ...(explorationShare > 0
      ? [
          say("allocate_exploration", {
            share: formatShare(language, explorationShare),
            price: amount(report.explorationCost),
          }),
        ]
      : []),
    ...frontierLines(report, language),
  ];
}

function limitLines({ rows }: AllocationReport, language: Language): string[] {
  if (rows.length === 0) return [];
  const say = (key: MessageKey, values: MessageValues = {}) => translate(language, key, values);
  const amount = (value: number) => formatNumber(language, value, Math.abs(value) < 1000 ? 2 : 0);
  const right = ["column_limit_value", "column_limit_used", "column_binding", "column_objective_per_unit"] as const;
  const table = textTable(
    [{ header: say("column_limit") }, ...right.map((key) => ({ header: say(key), align: "right" as const }))],
    rows.map(({ row, sense, limit, used, binding, price }) => [
      nameOf(language, "limit", row),
      `${sense === "at_most" ? "≤" : "≥"} ${amount(limit)}`,
      amount(used),
      binding ? say("word_yes") : "",
      formatNumber(language, price, 4),
    ]),
  );
  const sentences = rows.map(({ row, limit, binding, sensitivity }) => {
    const name = nameOf(language, "limit", row);
    if (!binding) return say("allocate_slack", { row: name });
    const step = stepOf(limit);
    return say("allocate_sensitivity", {
      row: name,
      step: formatNumber(language, step),
      total: amount(step * sensitivity.total),
      short: amount(step * sensitivity.short),
      long: amount(step * sensitivity.long),
    });
  });
  return ["", ...table, "", ...sentences];
}

/** About a hundredth of the limit, as a power of ten: small enough for the price to hold, large enough to picture. */
function stepOf(limit: number): number {
  return 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, Math.abs(limit)) / 50)));
}

function frontierLines({ frontier }: AllocationReport, language: Language): string[] {
  if (!frontier) return [];
  const columns = [
    "column_balance",
    "column_short",
    "column_long",
    "column_total",
    "column_cost",
    "column_price_of_later",
    "column_knee",
  ] as const;
  return [
    "",
    translate(language, "allocate_frontier"),
    ...textTable(
      columns.map((key) => ({ header: translate(language, key), align: "right" as const })),
      frontier.map(({ balance, short, long, total, cost, priceOfLongTerm, knee }) => [
        balance.toFixed(2),
        ...[short, long, total, cost].map((value) => formatNumber(language, value)),
        priceOfLongTerm === undefined ? "–" : formatNumber(language, priceOfLongTerm, 3),
        knee ? "●" : "",
      ]),
    ),
  ];
}
