import { type LimitText, parseLimit, parseRule, type RuleText, type Term } from "../allocation/limit-text.ts";
import { type AllocationProblem, budgetLimit, type Limit } from "../allocation/problem.ts";
import { type Rule, ruleOf } from "../allocation/rules.ts";
import { InputError } from "../base/errors.ts";
import { amountIn } from "../base/money.ts";
import type { Engine } from "../engine/engine.ts";
import { type PlanRules, type SummedColumn, summedColumns } from "../schema/limit.ts";
import {
  type CustomerColumn,
  channelsOf,
  customerColumns,
  offerColumns,
  readSegments,
  type SegmentInput,
  type Segments,
  unknown,
} from "./segments.ts";

/** What a configuration says of limits; amounts may name their currency. */
export interface StatedLimits {
  readonly budget?: number | string;
  readonly maximumContacts?: number;
  readonly minimumLong?: number | string;
  readonly minimumTotal?: number | string;
  readonly limits: readonly string[];
  readonly forbid: readonly string[];
  readonly force: readonly string[];
}

/** The same, read. */
export interface PlanLimits {
  readonly budget?: number;
  readonly limits: readonly LimitText[];
  readonly forbid: readonly RuleText[];
  readonly force: readonly RuleText[];
}

/**
 * Reads the configuration's limits and rules before anything is computed. Throws InputError unreadable_limit,
 * unreadable_rule, repeated_limit, unknown_limit_column, amount_in_other_currency.
 */
export function readLimits(stated: StatedLimits, currency: string): PlanLimits {
  const amount = (setting: "budget" | "minimumLong" | "minimumTotal") => {
    const value = stated[setting];
    return value === undefined ? undefined : amountIn(currency, value, `plan.${setting}`);
  };
  const named = (column: SummedColumn, sense: LimitText["sense"], limit: number | undefined): LimitText[] =>
    limit === undefined ? [] : [{ name: column, sense, limit, terms: [{ factor: 1, column, where: [] }] }];
  const limits = [
    ...named("contacts", "at_most", stated.maximumContacts),
    ...named("long", "at_least", amount("minimumLong")),
    ...named("total", "at_least", amount("minimumTotal")),
    ...stated.limits.map((text) => parseLimit(withoutCurrency(text, currency))),
  ];
  const names = ["budget", ...limits.map(({ name }) => name)];
  const [repeated] = names.filter((name, at) => names.indexOf(name) < at);
  if (repeated !== undefined) throw new InputError("repeated_limit", { name: repeated });
  const [forbid, force] = [stated.forbid.map(parseRule), stated.force.map(parseRule)];
  for (const { name, terms } of limits) {
    for (const { column, where } of terms) {
      refuseUnknownColumn(name, column, summedColumns);
      for (const filter of where) refuseUnknownColumn(name, filter.column, [...offerColumns, ...customerColumns]);
    }
  }
  for (const { text, where } of [...forbid, ...force])
    for (const filter of where) refuseUnknownColumn(text, filter.column, [...offerColumns, ...customerColumns]);
  return { budget: amount("budget"), limits, forbid, force };
}

/** "ads=cost[channel=ads]<=500 EUR" → "ads=cost[channel=ads]<=500" in a shop that counts in EUR. */
function withoutCurrency(text: string, currency: string): string {
  const [, before, stated] = /^(.*[<>]=)\s*([^<>]*[A-Z]{3})\s*$/.exec(text) ?? [];
  return stated === undefined ? text : `${before}${amountIn(currency, stated, text)}`;
}

function refuseUnknownColumn(limit: string, column: string, known: readonly string[]): void {
  if (!known.includes(column)) throw new InputError("unknown_limit_column", { limit, column, known });
}

/** Limits and rules of one problem's customers and actions. */
export interface AppliedLimits {
  readonly limits: readonly Limit[];
  /** Of each limit: whether it counts customers, not money. */
  readonly counts: readonly boolean[];
  readonly rules: readonly Rule[];
  readonly planRules: PlanRules;
}

/** Applies what was read to the customers of a problem. Throws InputError unknown_action, unknown_limit_word, no_quadrants. */
export async function applyLimits(
  problem: AllocationProblem,
  { limits, forbid, force }: PlanLimits,
  budget: number,
  { engine, ...input }: SegmentInput & { engine: Engine },
): Promise<AppliedLimits> {
  const { actions } = problem;
  const rules = [...forbid, ...force];
  const filters = [...limits.flatMap(({ terms }) => terms), ...rules].flatMap(({ where }) => where);
  const channels = filters.some(({ column }) => column === "channel")
    ? await channelsOf(actions, input.cleaned, engine)
    : [];
  const segments = new Map<string, Segments>();
  for (const column of customerColumns)
    if (filters.some((filter) => filter.column === column))
      segments.set(column, await readSegments(column, input, engine));
  const asked = new Filters(problem, channels, segments);
  for (const { name, terms } of limits) for (const { where } of terms) asked.refuseUnknownWords(name, where);
  for (const { text, where } of rules) asked.refuseUnknownWords(text, where);

  const cells = problem.short.length;
  const rule = (kind: "forbid" | "force") => (stated: RuleText) =>
    ruleOf(stated, kind, { actions, cells, meets: asked.matcher(stated.where) });
  const everyAction = actions.map(() => true);
  return {
    limits: [
      ...budgetLimit(problem, budget),
      ...limits.map(({ name, sense, limit, terms }) => ({
        name,
        sense,
        limit,
        weight: weightOf(problem, terms, asked),
      })),
    ],
    counts: [false, ...limits.map(({ terms }) => terms.every(({ column }) => column === "contacts"))],
    rules: [...forbid.map(rule("forbid")), ...force.map(rule("force"))],
    planRules: {
      limits: [
        { name: "budget", terms: [{ factor: 1, column: "cost", actions: everyAction }], ofSegments: false },
        ...limits.map(({ name, terms }) => ({
          name,
          terms: terms.map(({ factor, column, where }) => ({
            factor,
            column: column as SummedColumn,
            actions: asked.actionsOf(where),
          })),
          ofSegments: terms.some(({ where }) => namesCustomers(where)),
        })),
      ],
      forbidden: actions.map(
        (name, index) =>
          index > 0 &&
          (forbid.some(({ action = name, where }) => action === name && asked.actionsOf(where)[index]) ||
            force.some(
              ({ action, where }) => action !== name && asked.actionsOf(where)[actions.indexOf(action ?? "")],
            )),
      ),
      forSegments: rules.some(({ where }) => namesCustomers(where)),
    },
  };
}

const namesCustomers = (where: Term["where"]) =>
  where.some(({ column }) => customerColumns.includes(column as CustomerColumn));

function weightOf({ actions, short, long, cost }: AllocationProblem, terms: readonly Term[], asked: Filters) {
  const width = actions.length;
  const amounts: Record<SummedColumn, (at: number) => number> = {
    cost: (at) => cost[at],
    short: (at) => short[at],
    long: (at) => long[at],
    total: (at) => short[at] + long[at],
    contacts: (at) => Number(at % width > 0),
  };
  const weight = new Float64Array(short.length); // (customers, actions)
  for (const { factor, column, where } of terms) {
    const meets = asked.matcher(where);
    const amount = amounts[column as SummedColumn];
    for (let at = 0; at < weight.length; at++) if (meets(at)) weight[at] += factor * amount(at);
  }
  return weight;
}

/** Which customers and actions the filters of limits and rules mean. */
class Filters {
  readonly #problem: AllocationProblem;
  readonly #channels: readonly string[];
  readonly #segments: ReadonlyMap<string, Segments>;

  constructor(problem: AllocationProblem, channels: readonly string[], segments: ReadonlyMap<string, Segments>) {
    this.#problem = problem;
    this.#channels = channels;
    this.#segments = segments;
  }

  refuseUnknownWords(limit: string, where: Term["where"]): void {
    const { actions } = this.#problem;
    for (const { column, values } of where) {
      const segments = this.#segments.get(column);
      const known = segments?.words ?? [...new Set(column === "channel" ? this.#channels.slice(1) : actions)];
      for (const word of values)
        if (!known.includes(word)) throw new InputError("unknown_limit_word", { limit, column, word, known });
    }
  }

  /** Whether the filters let each action through, whoever the customer is. */
  actionsOf(where: Term["where"]): boolean[] {
    return this.#problem.actions.map((action, index) =>
      where.every(({ column, values }) => {
        if (this.#segments.has(column)) return true;
        return values.includes(column === "channel" ? this.#channels[index] : action);
      }),
    );
  }

  /** Whether the filters hold at a place of a (customers, actions) matrix. */
  matcher(where: Term["where"]): (at: number) => boolean {
    const { customerIds, actions } = this.#problem;
    const width = actions.length;
    const ofActions = this.actionsOf(where);
    const ofCustomers = where.flatMap(({ column, values }) => {
      const segments = this.#segments.get(column);
      if (!segments) return [];
      return [Uint8Array.from(customerIds, (id) => Number(values.includes(segments.of.get(id) ?? unknown)))];
    });
    return (at) => ofActions[at % width] && ofCustomers.every((holds) => holds[Math.floor(at / width)] === 1);
  }
}
