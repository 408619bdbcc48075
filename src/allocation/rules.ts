import { InputError } from "../base/errors.ts";
import { type AllocationOptions, optimalPlan } from "./allocation.ts";
import type { RuleText } from "./limit-text.ts";
import type { AllocationProblem, Totals } from "./problem.ts";

/** A manual rule as what it takes away; doing nothing is never taken away. */
export interface Rule {
  readonly text: string;
  /** 1 = may not be given. */
  readonly forbids: Uint8Array; // (customers, actions)
}

/** What a plan without the rule would bring more: objective (`price`), and the sums behind it. */
export interface RulePrice extends Totals {
  readonly rule: string;
  readonly price: number;
}

/**
 * A rule on the customers and actions for which `meets` holds: "forbid" takes its action (or every one) away from them,
 * "force" takes every other one. Throws InputError unknown_action.
 */
export function ruleOf(
  { text, action }: RuleText,
  kind: "forbid" | "force",
  { actions, cells, meets }: { actions: readonly string[]; cells: number; meets: (at: number) => boolean },
): Rule {
  const width = actions.length;
  const index = action === undefined ? undefined : actions.indexOf(action);
  const isForced = kind === "force";
  if (index === -1 || (isForced && index === undefined))
    throw new InputError("unknown_action", { action: action ?? "*", actions });
  const forbids = new Uint8Array(cells);
  for (let row = 0; row < cells; row += width) {
    const isNamed = isForced ? meets(row + (index as number)) : true;
    for (let at = row; at < row + width; at++) {
      const isIt = index === undefined ? at > row : at === row + index;
      if (isForced ? isNamed && !isIt : isIt && meets(at)) forbids[at] = 1;
    }
  }
  return { text, forbids };
}

/** The problem with everything not eligible that a rule forbids; nothing may always be done. */
export function underRules<Problem extends AllocationProblem>(problem: Problem, rules: readonly Rule[]): Problem {
  const eligible = Uint8Array.from(problem.eligible ?? new Uint8Array(problem.short.length).fill(1));
  for (const { forbids } of rules) for (let at = 0; at < forbids.length; at++) if (forbids[at] === 1) eligible[at] = 0;
  for (let row = 0; row < eligible.length; row += problem.actions.length) eligible[row] = 1;
  return { ...problem, eligible };
}

/**
 * What each rule gives away, the others kept. Exploration is left out: a rule also spares what would be tried on those it
 * names, and its price is what the best plan loses.
 */
export async function rulePrices(
  problem: AllocationProblem,
  rules: readonly Rule[],
  given: AllocationOptions,
): Promise<RulePrice[]> {
  if (rules.length === 0) return [];
  const options = { ...given, explorationShare: 0, known: undefined };
  const plan = await optimalPlan(underRules(problem, rules), options);
  const prices: RulePrice[] = [];
  for (const rule of rules) {
    const others = rules.filter((other) => other !== rule);
    const { bound, totals } = await optimalPlan(underRules(problem, others), { ...options, known: plan.choice });
    prices.push(rulePrice(rule, plan, { bound, totals }));
  }
  return prices;
}

/** What a plan without the rule, of the given bound and totals, brings more than one with it. */
export function rulePrice(
  { text }: Pick<Rule, "text">,
  plan: { readonly bound: number; readonly totals: Totals },
  without: { readonly bound: number; readonly totals: Totals },
): RulePrice {
  const more = (name: keyof Totals) => without.totals[name] - plan.totals[name];
  return {
    rule: text,
    price: Math.max(0, without.bound - plan.bound),
    short: more("short"),
    long: more("long"),
    total: more("total"),
    cost: more("cost"),
  };
}
