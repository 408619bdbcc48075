import { type LimitText, parseLimit, parseRule, type RuleText } from "../allocation/limit-text.ts";
import { InputError } from "../base/errors.ts";
import { amountIn } from "../base/money.ts";
import { type SummedColumn, summedColumns } from "../schema/limit.ts";
import { customerColumns, offerColumns } from "./segments.ts";

/** The first and the last day on which an offer may be sent, ISO dates; any day where absent. */
export interface SendDates {
  readonly from?: string;
  readonly until?: string;
}

/** What a configuration says of limits; amounts may name their currency. */
export interface StatedLimits {
  readonly budget?: number | string;
  readonly budgetPerPeriod?: { readonly amount: number | string; readonly days: number };
  readonly maximumContacts?: number;
  readonly maximumContactsPerPeriod?: { readonly contacts: number; readonly days: number };
  readonly minimumLong?: number | string;
  readonly minimumTotal?: number | string;
  readonly limits: readonly string[];
  /** By offer, the units there are. */
  readonly stock: Readonly<Record<string, number>>;
  readonly forbid: readonly string[];
  readonly force: readonly string[];
  /** By offer. */
  readonly sendDates: Readonly<Record<string, SendDates>>;
  readonly quietDates: readonly string[];
}

/** A limit on what all plans of the last `days` days use together. */
export interface PeriodLimit {
  readonly name: string;
  readonly column: "cost" | "contacts";
  /** Major units, or customers. */
  readonly limit: number;
  readonly days: number;
}

/** The same, read. */
export interface PlanLimits extends Pick<StatedLimits, "stock" | "sendDates" | "quietDates"> {
  readonly budget?: number;
  readonly limits: readonly LimitText[];
  readonly periods: readonly PeriodLimit[];
  readonly forbid: readonly RuleText[];
  readonly force: readonly RuleText[];
}

/** The name of an offer's stock among the limits. */
export const stockName = (action: string) => `stock of ${action}`;

/**
 * Reads the configuration's limits and rules before anything is computed. Throws InputError unreadable_limit,
 * unreadable_rule, repeated_limit, unknown_limit_column, amount_in_other_currency, send_dates_reversed.
 */
export function readLimits(stated: StatedLimits, currency: string): PlanLimits {
  const amount = (setting: string, value: number | string | undefined) =>
    value === undefined ? undefined : amountIn(currency, value, `plan.${setting}`);
  const budget = amount("budget", stated.budget);
  const limits = [
    ...named("contacts", "at_most", stated.maximumContacts),
    ...named("long", "at_least", amount("minimumLong", stated.minimumLong)),
    ...named("total", "at_least", amount("minimumTotal", stated.minimumTotal)),
    ...stated.limits.map((text) => inCurrency(parseLimit(text), currency, text)),
  ];
  const { budgetPerPeriod: cost, maximumContactsPerPeriod: contacts, stock, sendDates, quietDates } = stated;
  const periods = [
    ...perPeriod("cost", amount("budgetPerPeriod.amount", cost?.amount), cost?.days),
    ...perPeriod("contacts", contacts?.contacts, contacts?.days),
  ];
  refuseRepeated(["budget", ...[...limits, ...periods].map(({ name }) => name), ...Object.keys(stock).map(stockName)]);
  const [forbid, force] = [stated.forbid.map(parseRule), stated.force.map(parseRule)];
  for (const { name, terms } of limits) {
    for (const { column, where } of terms) {
      refuseUnknownColumn(name, column, summedColumns);
      for (const filter of where) refuseUnknownColumn(name, filter.column, [...offerColumns, ...customerColumns]);
    }
  }
  for (const { text, where } of [...forbid, ...force])
    for (const filter of where) refuseUnknownColumn(text, filter.column, [...offerColumns, ...customerColumns]);
  for (const [action, { from, until }] of Object.entries(sendDates))
    if (from !== undefined && until !== undefined && until < from)
      throw new InputError("send_dates_reversed", { action, from, until });
  return { budget, limits, periods, stock, sendDates, quietDates, forbid, force };
}

function named(column: SummedColumn, sense: LimitText["sense"], limit: number | undefined): LimitText[] {
  return limit === undefined ? [] : [{ name: column, sense, limit, terms: [{ factor: 1, column, where: [] }] }];
}

function perPeriod(column: PeriodLimit["column"], limit: number | undefined, days: number | undefined): PeriodLimit[] {
  if (limit === undefined || days === undefined) return [];
  return [{ name: column === "cost" ? "budget_per_period" : "contacts_per_period", column, limit, days }];
}

function refuseRepeated(names: readonly string[]): void {
  const repeated = names.find((name, at) => names.indexOf(name) < at);
  if (repeated !== undefined) throw new InputError("repeated_limit", { name: repeated });
}

/** The same limit; one that names another currency than the shop's is refused. */
function inCurrency(limit: LimitText, currency: string, text: string): LimitText {
  if (limit.currency !== undefined) amountIn(currency, `${limit.limit} ${limit.currency}`, text);
  return limit;
}

function refuseUnknownColumn(limit: string, column: string, known: readonly string[]): void {
  if (!known.includes(column)) throw new InputError("unknown_limit_column", { limit, column, known });
}
