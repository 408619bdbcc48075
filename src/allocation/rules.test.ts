import { describe, expect, it } from "vitest";
import { allocate } from "./allocation.ts";
import { parseRule } from "./limit-text.ts";
import { type AllocationProblem, budgetLimit } from "./problem.ts";
import { reasonsOf } from "./reasons.ts";
import { ruleOf, rulePrices, underRules } from "./rules.ts";

const actions = ["nothing", "coupon", "gift"];

/** Each customer's worth of coupon and gift now; both cost 1. */
function shop(...worths: (readonly [coupon: number, gift: number])[]): AllocationProblem {
  const cells = (of: (customer: number, action: number) => number) =>
    Float64Array.from({ length: 3 * worths.length }, (_, at) => of(Math.floor(at / 3), at % 3));
  return {
    customerIds: worths.map((_, index) => `c${index}`),
    actions,
    short: cells((customer, action) => (action === 0 ? 0 : worths[customer][action - 1])),
    long: cells(() => 0),
    cost: cells((_, action) => Number(action > 0)),
  };
}

const problem = shop([5, 1], [3, 2], [4, 0.5]);
const options = { balance: 0, explorationShare: 0, limits: budgetLimit(problem, 2) };
const cells = problem.short.length;
const first = (at: number) => at < 3;
const rule = (text: string, kind: "forbid" | "force", meets = first) =>
  ruleOf(parseRule(text), kind, { actions, cells, meets });

describe("rules", () => {
  it("take an action, every action, or every other action away from those they mean, and nothing from nobody", () => {
    const left = (...rules: Parameters<typeof underRules>[1]) => [...(underRules(problem, rules).eligible ?? [])];
    const others = [1, 1, 1, 1, 1, 1];
    expect(left()).toEqual([1, 1, 1, ...others]);
    expect(left(rule("coupon", "forbid"))).toEqual([1, 0, 1, ...others]);
    expect(left(rule("*", "forbid"))).toEqual([1, 0, 0, ...others]);
    expect(left(rule("gift", "force"))).toEqual([1, 0, 1, ...others]);
    expect(left(rule("coupon", "forbid"), rule("gift", "forbid"))).toEqual([1, 0, 0, ...others]);
    expect(() => rule("voucher", "forbid")).toThrow(/unknown_action.*voucher/);
    expect(() => rule("*", "force")).toThrow(/unknown_action/);
  });

  it("cost what the plan would bring more without them, the others kept", async () => {
    const rules = [rule("coupon", "forbid"), rule("gift", "forbid", () => true)];
    const plan = await allocate(underRules(problem, rules), options);
    expect(plan.totals.total).toBe(3 + 4);
    expect(await rulePrices(problem, rules, { ...options, explorationShare: 0.05 })).toEqual([
      { rule: "coupon", price: 2, short: 2, long: 0, total: 2, cost: 0 },
      { rule: "gift", price: 0, short: 0, long: 0, total: 0, cost: 0 },
    ]);
  });
});

describe("reasons", () => {
  it("say of every customer whether it got its best, or what stood in the way, and name the limit that did", async () => {
    const forbidden = underRules(problem, [rule("coupon", "forbid")]);
    const gifts = Float64Array.from(problem.short, (_, at) => Number(at % 3 === 2));
    const limits = [...options.limits, { name: "gifts", sense: "at_most" as const, limit: 3, weight: gifts }];
    const plan = await allocate(forbidden, { ...options, limits });
    expect([...plan.choice]).toEqual([0, 1, 1]);
    const given = { asGiven: problem, problem: forbidden, limits };
    const { reasons, bindingLimits } = reasonsOf(given, plan, { drawn: plan.choice, balance: 0 });
    expect(reasons).toEqual(["within_limits", "best", "best"]);
    expect(bindingLimits).toEqual(["budget", "", ""]);
    const drawn = reasonsOf(given, plan, { drawn: [0, 2, 1], balance: 0 });
    expect(drawn.reasons).toEqual(["within_limits", "exploration", "best"]);
    const ample = await allocate(forbidden, { ...options, limits: budgetLimit(problem, 3) });
    const ruled = reasonsOf({ ...given, limits: budgetLimit(problem, 3) }, ample, { drawn: ample.choice, balance: 0 });
    expect(ruled.reasons).toEqual(["rule", "best", "best"]);
  });
});
