import type { AllocationReport } from "../allocation/report.ts";
import type { Language } from "../language/catalogue.ts";
import { stepOf } from "./show/limits.ts";
import { wordsOf } from "./show/words.ts";
import { textTable } from "./text-table.ts";

/** Those that count most; `--json` has them all. */
const scenariosShown = 8;

/** What a plan is worth, who gets what, how its limits stand and what relaxing them would bring. */
export function allocationLines(report: AllocationReport, language: Language): string[] {
  const { say, name, number, share, left, right } = wordsOf(language);
  const amount = amountIn(language, report.currency);
  const { customers, balance, explorationShare } = report;
  return [
    say("allocate_title", {
      customers: number(customers),
      balance,
      total: amount(report.total),
      short: amount(report.short),
      long: amount(report.long),
      cost: amount(report.cost),
    }),
    certificate(report, language),
    "",
    ...textTable(
      [left("column_action"), right("column_customers")],
      Object.entries(report.actions).map(([action, count]) => [name("action", action), number(count)]),
    ),
    ...limitLines(report, language),
    ...report.rules.map(({ rule, price }) => say("allocate_rule", { rule, price: amount(price) })),
    ...(report.caution
      ? [say("allocate_caution", { deviations: report.caution.deviations, price: amount(report.caution.price) })]
      : []),
    ...riskLines(report, language),
    ...(explorationShare > 0
      ? [say("allocate_exploration", { share: share(explorationShare), price: amount(report.explorationCost) })]
      : []),
    ...streamedLines(report, language),
    ...frontierLines(report, language),
  ];
}

/** At balance ½ what is maximised is half of all, and all is what people know. */
function certificate(report: AllocationReport, language: Language): string {
  const { say, share } = wordsOf(language);
  const amount = amountIn(language, report.currency);
  const { balance, objective, bound } = report;
  // Rounded up, so that the promise holds.
  const gap = `${(Math.ceil(1e8 * report.gap) / 1e6).toFixed(6)} %`;
  if (balance === 0.5 && !report.caution && !report.risk)
    return say("allocate_certificate", { bound: amount(bound / balance), gap });
  return say("allocate_certificate_weighted", {
    now: share(1 - balance),
    later: share(balance),
    objective: amount(objective),
    bound: amount(bound),
    gap,
  });
}

function streamedLines({ streamed }: AllocationReport, language: Language): string[] {
  if (!streamed) return [];
  const { say, number } = wordsOf(language);
  return [say("allocate_streamed", { sample: number(streamed.sampleCustomers), open: number(streamed.openCustomers) })];
}

/** Money where its currency is known, else in the unit of the file; with decimals where amounts are small. */
function amountIn(language: Language, currency?: string): (value: number) => string {
  const { number, money } = wordsOf(language, currency);
  const shown = currency !== undefined && /^[A-Z]{3}$/.test(currency) ? money : number;
  return (value) => shown(value, Math.abs(value) < 1000 ? 2 : 0);
}

function limitLines({ rows, currency }: AllocationReport, language: Language): string[] {
  if (rows.length === 0) return [];
  const { say, name, number, left, right } = wordsOf(language);
  // A limit may be of money, contacts or anything else; what it brings is money.
  const decimals = amountIn(language);
  const amount = (value: number) => (Math.abs(value - Math.round(value)) < 1e-9 ? number(value) : decimals(value));
  const worth = amountIn(language, currency);
  const figures = ["column_limit_value", "column_limit_used", "column_binding", "column_objective_per_unit"] as const;
  const table = textTable(
    [left("column_limit"), ...figures.map(right)],
    rows.map(({ row, sense, limit, used, binding, price }) => [
      name("limit", row),
      `${sense === "at_most" ? "≤" : "≥"} ${amount(limit)}`,
      amount(used),
      binding ? say("word_yes") : "",
      number(price, 4),
    ]),
  );
  const sentences = rows.map(({ row, limit, binding, sensitivity }) => {
    if (!binding) return say("allocate_slack", { row: name("limit", row) });
    const step = stepOf(limit);
    return say("allocate_sensitivity", {
      row: name("limit", row),
      step: number(step),
      total: worth(step * sensitivity.total),
      short: worth(step * sensitivity.short),
      long: worth(step * sensitivity.long),
    });
  });
  return ["", ...table, "", ...sentences];
}

function riskLines({ risk, currency }: AllocationReport, language: Language): string[] {
  if (!risk) return [];
  const { say, share, left, right } = wordsOf(language);
  const amount = amountIn(language, currency);
  const sentence = say("allocate_cvar", {
    tail: share(risk.tailShare),
    cvar: amount(risk.cvar),
    mean: amount(risk.mean),
    price: amount(risk.price),
    gained: amount(risk.cvarGained),
  });
  const counted = risk.scenarios.filter(({ weight }) => weight > 0).sort((a, b) => b.weight - a.weight);
  return [
    "",
    sentence,
    ...textTable(
      [left("column_scenario"), right("column_probability"), right("column_objective"), right("column_weight")],
      counted
        .slice(0, scenariosShown)
        .map(({ scenario, probability, value, weight }) => [
          scenario,
          share(probability),
          amount(value),
          share(weight),
        ]),
    ),
  ];
}

function frontierLines({ frontier }: AllocationReport, language: Language): string[] {
  if (!frontier) return [];
  const { say, number, right } = wordsOf(language);
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
    say("allocate_frontier"),
    ...textTable(
      columns.map(right),
      frontier.map(({ balance, short, long, total, cost, priceOfLongTerm, knee }) => [
        balance.toFixed(2),
        ...[short, long, total, cost].map((value) => number(value)),
        priceOfLongTerm === undefined ? "–" : number(priceOfLongTerm, 3),
        knee ? "●" : "",
      ]),
    ),
  ];
}
