import { type LimitText, type RuleText, sumOfTerms, type Term } from "../allocation/limit-text.ts";
import { type AllocationProblem, budgetLimit } from "../allocation/problem.ts";
import { type Rule, ruleOf } from "../allocation/rules.ts";
import { isoDate } from "../base/clock.ts";
import type { HeldBack, PlanRules, SummedColumn } from "../schema/limit.ts";
import { Filters } from "./filters.ts";
import { asRule, heldBackOn } from "./held-back.ts";
import { type PeriodInput, usedBefore } from "./periods.ts";
import type { Row } from "./row.ts";
import { type CustomerColumn, channelsOf, customerColumns, readSegments, type Segments } from "./segments.ts";
import type { PeriodLimit, PlanLimits } from "./stated-limits.ts";
import { type StockInput, stockRows } from "./stock.ts";

export type LimitInput = PeriodInput & StockInput;

/** A rule, and what the day holds back by it: absent for one that the configuration states for every day. */
export interface DayRule extends Rule {
  readonly heldBack?: HeldBack;
}

/** Limits and rules of one problem's customers and actions on one day. */
export interface AppliedLimits {
  readonly rows: readonly Row[];
  readonly rules: readonly DayRule[];
  readonly planRules: PlanRules;
  /** Whether the day, or a period that is used up, leaves nothing to give: floors that a plan of nothing misses do not count. */
  readonly isIdle: boolean;
  /** Names of these floors. */
  readonly limitsSetAside: readonly string[];
}

/**
 * Applies what was read to the customers of a problem, without a budget where that is undefined. Throws InputError
 * unknown_action, unknown_limit_word, no_quadrants.
 */
export async function applyLimits(
  problem: AllocationProblem,
  stated: PlanLimits,
  budget: number | undefined,
  input: LimitInput,
): Promise<AppliedLimits> {
  const { actions } = problem;
  const held = heldBackOn(isoDate(input.featured.values.asOf), stated, actions.slice(1));
  const forbid = [...held.map(asRule), ...stated.forbid];
  const asked = await readFilters(problem, stated.limits, [...forbid, ...stated.force], input);
  const rows = [
    ...budgetRows(problem, budget),
    ...stated.limits.map((limit) => rowOf(problem, limit, asked)),
    ...(await periodRows(problem, stated.periods, asked, input)),
    ...(await stockRows(problem, stated.stock, input)),
  ];
  const usedUp = rows.filter(isUsedUp);
  const isIdle = usedUp.length > 0 || held.some(({ reason }) => reason === "quiet_day");
  const kept = isIdle ? rows.filter(keptByNothing) : rows;
  const rule = (kind: "forbid" | "force") => (text: RuleText) =>
    ruleOf(text, kind, { actions, cells: problem.short.length, meets: asked.matcher(text.where) });
  const standing = [...stated.forbid.map(rule("forbid")), ...stated.force.map(rule("force"))];
  return {
    rows: kept,
    rules: [
      ...usedUp.map((row) => ({ ...nothingOf(row), heldBack: { reason: "used_up", limit: row.limit.name } as const })),
      ...held.map((heldBack) => ({ ...rule("forbid")(asRule(heldBack)), heldBack })),
      ...standing,
    ],
    planRules: {
      limits: kept.map(({ limit, rule: meaning }) => ({ name: limit.name, ...meaning })),
      forbidden: forbiddenForAll(actions, { forbid, force: stated.force }, asked).map(
        (isForbidden, index) => isForbidden || (index > 0 && usedUp.length > 0),
      ),
      forSegments: [...stated.forbid, ...stated.force].some(({ where }) => namesCustomers(where)),
    },
    isIdle,
    limitsSetAside: rows.filter((row) => !kept.includes(row)).map(({ limit }) => limit.name),
  };
}

/** Whether earlier plans left nothing of a limit per period. */
export const isUsedUp = ({ limit, meaning }: Row) => meaning.period !== undefined && limit.limit === 0;

/** Takes away what would use any of a limit. */
const nothingOf = ({ limit: { name, weight } }: Row): Rule => ({
  text: `*[${name}=0]`,
  forbids: Uint8Array.from(weight, (use) => Number(use > 0)),
});

const keptByNothing = ({ limit: { sense, limit } }: Row) => (sense === "at_most" ? limit >= 0 : limit <= 0);

/** What the filters need to know of offers and customers; words that never occur are refused. */
async function readFilters(
  problem: AllocationProblem,
  limits: readonly LimitText[],
  rules: readonly RuleText[],
  { engine, ...input }: LimitInput,
): Promise<Filters> {
  const filters = [...limits.flatMap(({ terms }) => terms), ...rules].flatMap(({ where }) => where);
  const names = (name: string) => filters.some(({ column }) => column === name);
  const channels = names("channel") ? await channelsOf(problem.actions, input.cleaned, engine) : [];
  const segments = new Map<string, Segments>();
  for (const column of customerColumns)
    if (names(column)) segments.set(column, await readSegments(column, input, engine));
  const asked = new Filters(problem, channels, segments);
  for (const { name, terms } of limits) for (const { where } of terms) asked.refuseUnknownWords(name, where);
  for (const { text, where } of rules) asked.refuseUnknownWords(text, where);
  return asked;
}

function budgetRows(problem: AllocationProblem, budget = Number.POSITIVE_INFINITY): Row[] {
  const actions = problem.actions.map(() => true);
  return budgetLimit(problem, budget).map((limit) => ({
    limit,
    meaning: { counts: false },
    rule: { terms: [{ factor: 1, column: "cost", actions }], ofSegments: false },
  }));
}

function rowOf(problem: AllocationProblem, { name, sense, limit, terms }: LimitText, asked: Filters): Row {
  return {
    limit: { name, sense, limit, weight: weightOf(problem, terms, asked) },
    meaning: { counts: terms.every(({ column }) => column === "contacts") },
    rule: {
      terms: terms.map(({ factor, column, where }) => ({
        factor,
        column: column as SummedColumn,
        actions: asked.actionsOf(where),
      })),
      ofSegments: terms.some(({ where }) => namesCustomers(where)),
    },
  };
}

/** What earlier plans left of each limit per period, as limits of this one. */
async function periodRows(
  problem: AllocationProblem,
  periods: readonly PeriodLimit[],
  asked: Filters,
  input: LimitInput,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const period of periods) {
    const { name, column, limit, days } = period;
    const used = await usedBefore(period, problem.actions[0], input);
    const terms = [{ factor: 1, column, where: [] }];
    const row = rowOf(problem, { name, sense: "at_most", limit: Math.max(0, limit - used), terms }, asked);
    rows.push({ ...row, meaning: { ...row.meaning, period: { days, limit, usedBefore: used } } });
  }
  return rows;
}

/** The actions that rules take away from everybody. */
function forbiddenForAll(
  actions: readonly string[],
  { forbid, force }: { forbid: readonly RuleText[]; force: readonly RuleText[] },
  asked: Filters,
): boolean[] {
  return actions.map(
    (name, index) =>
      index > 0 &&
      (forbid.some(({ action = name, where }) => action === name && asked.actionsOf(where)[index]) ||
        force.some(({ action, where }) => action !== name && asked.actionsOf(where)[actions.indexOf(action ?? "")])),
  );
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
  return sumOfTerms(terms, short.length, {
    amount: (column) => amounts[column as SummedColumn],
    meets: (where) => asked.matcher(where),
  });
}
