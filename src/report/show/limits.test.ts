import { describe, expect, it } from "vitest";
import type { PlanRow, PlanSummary, RunSummary } from "../../schema/summary.ts";
import { ready } from "../summary.test-data.ts";
import { summaryLines } from "../summary-text.ts";
import { limitRows } from "./limits.ts";

const row: PlanRow = {
  row: "budget_per_period",
  counts: false,
  sense: "at_most",
  limit: 700,
  used: 600,
  left: 100,
  binding: false,
  price: 0,
  sensitivity: { short: 0, long: 0, total: 0 },
  period: { days: 30, limit: 5000, usedBefore: 4300 },
};
const free = { price: 0, short: 0, long: 0, total: 0, cost: 0 };
const withPlan = (some: Partial<PlanSummary>): RunSummary => ({ ...ready, plan: { ...ready.plan, ...some } });
const english = (some: Partial<PlanSummary>) => summaryLines(withPlan(some), "en").join("\n");
const chinese = (some: Partial<PlanSummary>) => summaryLines(withPlan(some), "zh-CN").join("\n");

describe("the words of a plan's limits", () => {
  it("say of a limit per period what was used before, by this plan, and what is left", () => {
    const rows = [row];
    expect(english({ rows })).toContain(
      "Limit “budget per period”: at most $5,000 in 30 days, of which $4,300 was used before; $600 used by this plan, $100 left.",
    );
    expect(limitRows(withPlan({ rows }), "en")[0].slice(0, 4)).toEqual([
      "budget per period",
      "≤ $5,000",
      "$4,300 + $600",
      "$100",
    ]);
    expect(chinese({ rows })).toContain("30 天内最多 US$5,000，此前已用 US$4,300；本方案使用 US$600，剩余 US$100。");
  });

  it("say that nothing is left, what that costs, and name no price that is none", () => {
    const rows = [{ ...row, limit: 0, used: 0, left: 0, period: { days: 30, limit: 4000, usedBefore: 4300 } }];
    const rules = [
      { ...free, rule: "*", price: 9, total: 18, heldBack: { reason: "used_up", limit: row.row } as const },
    ];
    const said = english({ rows, rules, explorationLeftOutFor: row.row, limitsSetAside: ["long", "mine"] });
    expect(said).toContain("“budget per period” ($4,000 in 30 days) $4,300 was used before, so nothing is left");
    expect(said).toContain("so they do not count on this day: value later, mine.");
    expect(said).toContain("Without the rule “budget per period used up” the plan would bring $18.00 more");
    expect(said).not.toContain("drawn at random: this plan");
    expect(said).not.toContain("Limit “budget per period”");
    expect(limitRows(withPlan({ rows }), "en")[0].slice(3)).toEqual(["$0", "yes", "—"]);
    expect(english({ rows: [row], explorationLeftOutFor: row.row })).toContain(
      "What is left of the limit “budget per period” would not cover offers drawn at random",
    );
  });

  it("say what a stock counts, with tenths of expected redemptions", () => {
    const stock = { ...row, period: undefined, row: "stock of small_coupon", counts: true, limit: 20, used: 19.7 };
    const known = {
      ...stock,
      left: 0.3,
      stock: { action: "small_coupon", redemptionsPerOffer: 0.19, decisions: 3004 },
    };
    expect(english({ rows: [known] })).toMatch(
      /“stock of small coupon”: at most 20, 19\.7 used, 0\.3 left\. .*redemptions: 0\.19 per offer, as in 3,004 logged/,
    );
    const unknown = { ...stock, used: 12, left: 8, stock: { action: "small_coupon" } };
    expect(english({ rows: [unknown] })).toMatch(/at most 20, 12 used, 8 left\. .*It counts every customer who gets/);
    expect(chinese({ rows: [known] })).toMatch(/“小额优惠券 的库存”.*每次发放 0\.19 次/);
  });

  it("say why an offer is held back, and that a quiet day sends nothing", () => {
    const rules = [
      { ...free, rule: "*", heldBack: { reason: "quiet_day", date: "2026-12-25" } },
      { ...free, rule: "*", heldBack: { action: "small_coupon", reason: "not_yet", date: "2026-12-27" } },
      { ...free, rule: "*", heldBack: { action: "mine", reason: "no_longer", date: "2026-12-24" } },
      { ...free, rule: "*", heldBack: { action: "mine", reason: "out_of_stock" } },
    ] as const;
    const said = english({ rules: [...rules], actions: [{ action: "nothing", customers: 950, ...free }] });
    for (const part of [
      "Nothing is sent on 2026-12-25, the day of this plan",
      "“nothing is sent on 2026-12-25”",
      "“small coupon held back until 2026-12-27”",
      "“mine sent until 2026-12-24 only”",
      "“mine out of stock”",
    ])
      expect(said).toContain(part);
    // Nobody gets anything: there is no list of offers to begin.
    expect(said).not.toMatch(/^Offer /m);
    expect(chinese({ rules: [...rules] })).toContain("小额优惠券 暂停至 2026-12-27");
  });
});
