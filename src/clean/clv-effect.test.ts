import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ruleNames } from "../runs/clean-config.ts";
import { discountedDays } from "../stats/own-rate.ts";
import { CleaningRoom, type Row, type Shop } from "./small-shop.test-data.ts";

const room = new CleaningRoom();
beforeAll(() => room.open());
afterAll(() => room.close());

const at = (day: number) => new Date(Date.UTC(2024, 0, 1 + day, 10)).toISOString();
const order = (order_id: string, customer_id: string, day: number, gross: number, more: Row = {}): Row => ({
  order_id,
  customer_id,
  ordered_at: at(day),
  items_gross_minor: gross,
  ...more,
});

/** Every rule that can move money finds something, and no row is found by two. */
const shop: Shop = {
  customers: [
    { customer_id: "anna", created_at: at(0), email_hmac: "e1" },
    { customer_id: "anna-2", created_at: at(5), email_hmac: "e1" },
    { customer_id: "bob", created_at: at(0), phone_hmac: "p1" },
    { customer_id: "bob-2", created_at: at(9), phone_hmac: "p1" },
    { customer_id: "carl" },
    { customer_id: "tester", is_test: true },
  ],
  orders: [
    order("a1", "anna", 0, 4000),
    order("a2", "anna-2", 200, 3000, { discount_minor: 500 }),
    order("b1", "bob", 10, 2500),
    order("b2", "bob-2", 210, 1500),
    order("c1", "carl", 20, 5000),
    order("c1", "carl", 20, 5000),
    order("c2", "carl", 220, 2000, { status: "pending" }),
    order("c2", "carl", 221, 2200, { status: "paid" }),
    order("c3", "carl", 300, 900, { status: "cancelled" }),
    order("c4", "carl", 305, 1100, { status: "cancelled", cancelled_at: at(315) }),
    order("old", "dora", -20_000, 70_000),
    order("wrong", "bob", 50, 3000, { discount_minor: 9000 }),
    order("test", "tester", 60, 8000),
    order("post", "anna", 100, 1800),
    order("giant", "bob", 120, 900_000),
  ],
  order_lines: [
    { order_id: "a1", line_no: 1, product_id: "P1", unit_price_minor: 3600 },
    { order_id: "a1", line_no: 2, product_id: "POST", unit_price_minor: 400 },
    { order_id: "post", line_no: 1, product_id: "P1", unit_price_minor: 1800 },
    { order_id: "b1", line_no: 1, product_id: "P2", unit_price_minor: 1250 },
    { order_id: "b1", line_no: 2, product_id: "P2", unit_price_minor: 1250 },
  ],
  refunds: [
    { refund_id: "r1", order_id: "a1", goods_minor: 300, refunded_at: at(30) },
    { refund_id: "r2", order_id: "c3", customer_id: "carl", goods_minor: 900, refunded_at: at(301) },
    { refund_id: "r3", order_id: "giant", goods_minor: 900_000, refunded_at: at(120.01) },
    { refund_id: "r4", order_id: "test", customer_id: "tester", goods_minor: 100, refunded_at: at(70) },
    { refund_id: "r5", customer_id: "carl", goods_minor: 5000, refunded_at: at(40) },
    { refund_id: "r6", customer_id: "stranger", goods_minor: 70, refunded_at: at(40) },
  ],
};
const set = { repeated_lines: { action: "set_aside" } } as const;

describe("the effect of a rule on total CLV", () => {
  it("is the own rate of every customer carried on, to the cent", async () => {
    const { values } = await room.clean({
      orders: [order("o1", "anna", 0, 10_000), order("o2", "anna", 99, 5000), order("o3", "bob", 95, 700)],
      refunds: [{ refund_id: "r1", order_id: "o1", goods_minor: 1000, refunded_at: at(50) }],
    });
    // The data end at the midnight after day 99: 99 days and 14 hours after day 0, and 90 at the least.
    const days = discountedDays(365, 0.1);
    const [anna, bob] = [(14_000 * days) / (100 - 10 / 24), (700 * days) / 90];
    expect(values.clv).toEqual({
      horizonDays: 365,
      asItCame: (Math.round(anna) + Math.round(bob)) / 100,
      cleaned: (Math.round(anna) + Math.round(bob)) / 100,
    });
    expect(values.ruleEffects.map(({ clvEffect }) => clvEffect)).toEqual(values.ruleEffects.map(() => 0));
  });

  it("is what leaving the rule out changes, where no other rule would have caught its rows", async () => {
    const { values } = await room.clean(shop, { rules: set });
    const moving = values.ruleEffects.filter(({ clvEffect }) => clvEffect !== 0).map(({ rule }) => rule);
    expect(moving.length).toBeGreaterThanOrEqual(9);
    const effects = new Map(values.ruleEffects.map(({ rule, clvEffect }) => [rule, clvEffect]));
    const alone = ruleNames.filter((rule) => !/repeat|cancel/.test(rule)).map((rule) => [rule]);
    // A row that is repeated exactly repeats its id as well; an order cancelled later would go with those cancelled soon.
    const pairs = [
      ["exact_repeats", "repeated_order_ids"],
      ["cancelled_orders", "later_cancellations"],
    ];
    for (const rules of [...pairs, ["repeated_lines"], ["cancelled_orders"], ...alone]) {
      const off = Object.fromEntries(rules.map((rule) => [rule, false]));
      const without = await room.clean(shop, { rules: { ...set, ...off } });
      const printed = rules.reduce((sum, rule) => sum + effects.get(rule)!, 0);
      // Every customer's CLV is rounded to the cent before and after.
      expect([rules, values.clv.cleaned - without.values.clv.cleaned]).toEqual([rules, expect.closeTo(printed, 1)]);
    }
  });

  it("adds up over all rules to cleaned less as it came in", async () => {
    const { values } = await room.clean(shop, { rules: set });
    const sum = values.ruleEffects.reduce((total, { clvEffect }) => total + clvEffect, 0);
    expect(sum).toBeCloseTo(values.clv.cleaned - values.clv.asItCame, 6);
    expect(values.ruleEffects.find(({ rule }) => rule === "test_and_staff_orders")).toMatchObject({
      rows: 3,
      money: 80,
      clvEffect: expect.closeTo((-(8000 - 100) * discountedDays(365, 0.1)) / (306 - 60 - 10 / 24) / 100, 2),
    });
  });

  it("discounts the horizon: ∫ (1 + r)^(−t/365) dt over a year at 10 % is 365 × 0.1/1.1 ÷ ln 1.1", () => {
    expect(discountedDays(365, 0.1)).toBeCloseTo((365 * (0.1 / 1.1)) / Math.log(1.1), 9);
    expect(discountedDays(400, 0)).toBe(400);
  });
});
