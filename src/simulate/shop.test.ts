import { describe, expect, it } from "vitest";
import { eligibleMask } from "./actions.ts";
import { secondsPerDay } from "./calendar.ts";
import { randomisedShare } from "./history.ts";
import { simulateShop } from "./shop.ts";
import { cleanTables, eventRows, exportIds } from "./tables.ts";
import { orderMarginDollars } from "./truth.ts";

const shop = simulateShop({ customers: 2000, months: 48, seed: "ranges", world: "default" });

describe("simulateShop", () => {
  it("makes the same shop from the same seed and another one from another", () => {
    const options = { customers: 200, months: 48, world: "default" } as const;
    const rows = (seed: string) => {
      const small = simulateShop({ ...options, seed });
      return JSON.stringify([cleanTables(small, exportIds(small)), [...eventRows(small)]]);
    };
    expect(rows("a")).toBe(rows("a"));
    expect(rows("a")).not.toBe(rows("b"));
  });

  it("gives a customer the same life whatever the number of customers", () => {
    const few = simulateShop({ customers: 20, months: 48, seed: "ranges", world: "default" });
    const own = few.history.orders.filter((order) => order.customer < 20);
    expect(own.length).toBeGreaterThan(20);
    expect(shop.history.orders.filter((order) => order.customer < 20)).toEqual(own);
  });

  it("keeps 90-day purchases, margins and refunds of the eligible inside the documented ranges", () => {
    const { share, logSd } = ninetyDays();
    expect(share).toBeGreaterThan(0.1);
    expect(share).toBeLessThan(0.35);
    expect(logSd).toBeGreaterThan(0.8);
    expect(logSd).toBeLessThan(1.2);
    const paid = shop.history.orders.filter((order) => !order.cancelled);
    const refunded = paid.filter((order) => order.refund !== undefined).length / paid.length;
    expect(refunded).toBeGreaterThan(0.04);
    expect(refunded).toBeLessThan(0.08);
  });

  it("starts with a third of its customers in the first six months", () => {
    const early = shop.customers.filter((traits) => traits.arrivalStep < 30).length / shop.customers.length;
    expect(early).toBeGreaterThan(0.35);
    expect(early).toBeLessThan(0.5);
  });

  it("logs at most 25 events per customer and year", () => {
    const years = shop.customers.reduce((sum, traits) => sum + (240 - traits.arrivalStep) / 60, 0);
    expect(shop.history.events.count / years).toBeGreaterThan(8);
    expect(shop.history.events.count / years).toBeLessThan(25);
  });

  it("randomises 30 % of the eligible evenly over their own actions, in months 12 to 36", () => {
    const randomised = shop.history.assignments.filter((row) => row.randomised);
    const share = randomised.length / shop.history.assignments.length;
    expect(Math.abs(share - randomisedShare)).toBeLessThan(0.015);
    const both = randomised.filter((row) => row.eligible === 63);
    for (let action = 0; action < 6; action++) {
      const part = both.filter((row) => row.action === action).length / both.length;
      // Five standard errors of a share of one sixth.
      expect(Math.abs(part - 1 / 6)).toBeLessThan(5 * Math.sqrt(((1 / 6) * (5 / 6)) / both.length));
    }
    for (const { customer, action, eligible, step } of shop.history.assignments) {
      const { consentEmail, consentAds } = shop.customers[customer]!;
      expect(eligible).toBe(eligibleMask(consentEmail, consentAds));
      expect((eligible >> action) & 1).toBe(1);
      expect(step >= 60 && step < 180 && step % 5 === 0).toBe(true);
    }
  });

  it("shows price sensitivity in the share of discounted orders", () => {
    const discounted = (low: number, high: number) => {
      const orders = shop.history.orders.filter((order) => {
        const { priceSensitivity } = shop.customers[order.customer]!;
        return priceSensitivity >= low && priceSensitivity < high;
      });
      return orders.filter((order) => order.discount > 0).length / orders.length;
    };
    expect(discounted(0.7, 1)).toBeGreaterThan(1.4 * discounted(0, 0.3));
  });

  it("rejects sizes that cannot be", () => {
    for (const customers of [0, -1, 1.5, 100_001]) {
      expect(() => simulateShop({ customers, months: 48, seed: "1", world: "default" })).toThrow("invalid_shop_size");
    }
    expect(() => simulateShop({ customers: 1, months: 48, seed: "1", world: "paradise" as "default" })).toThrow(
      "unknown_world",
    );
  });
});

describe("the truth", () => {
  it("reconciles with the clean exports: margin from orders, lines, refunds and rates", () => {
    const tables = cleanTables(shop, exportIds(shop));
    const rate = new Map(tables.fx_rates.map((row) => [row.date, row.rate as number]));
    const lineCosts = new Map<string, number>();
    const lineSums = new Map<string, number>();
    for (const line of tables.order_lines) {
      const id = line.order_id as string;
      lineCosts.set(id, (lineCosts.get(id) ?? 0) + (line.quantity as number) * (line.unit_cost_minor as number));
      lineSums.set(id, (lineSums.get(id) ?? 0) + (line.quantity as number) * (line.unit_price_minor as number));
    }
    const refunded = new Map(
      tables.refunds.map((row) => [row.order_id, (row.goods_minor as number) + (row.shipping_minor as number)]),
    );
    let total = 0;
    for (const row of tables.orders) {
      const cell = (name: string) => row[name] as number;
      const id = row.order_id as string;
      expect(lineSums.get(id)).toBe(cell("items_gross_minor"));
      const net = cell("items_gross_minor") - cell("discount_minor") + cell("shipping_minor");
      expect(cell("total_minor")).toBe(net + cell("tax_minor"));
      if (row.status === "cancelled") continue;
      const costs = lineCosts.get(id)! + cell("shipping_cost_minor") + cell("payment_fee_minor");
      const dollars = row.currency === "EUR" ? rate.get((row.ordered_at as string).slice(0, 10))! : 1;
      total += ((net - costs - (refunded.get(id) ?? 0)) / 100) * dollars;
    }
    const truth = shop.history.orders.reduce((sum, order) => sum + orderMarginDollars(shop, order), 0);
    expect(total).toBeGreaterThan(10_000);
    expect(total).toBeCloseTo(truth, 4);
  });

  it("books every redeemed discount as an exposure of the offer it came from", () => {
    const tables = cleanTables(shop, exportIds(shop));
    const assignment = new Map(tables.assignments.map((row) => [row.assignment_id, row]));
    const redeemed = tables.exposures.filter((row) => row.kind === "redeemed");
    expect(redeemed.length).toBeGreaterThan(100);
    for (const row of redeemed) {
      const source = assignment.get(row.assignment_id!)!;
      expect([source.customer_id, source.treatment_id]).toEqual([row.customer_id, row.treatment_id]);
      const days = (Date.parse(row.exposed_at as string) - Date.parse(source.assigned_at as string)) / 86_400_000;
      expect(days).toBeGreaterThanOrEqual(0);
      expect(days).toBeLessThan(30);
    }
  });
});

/** Purchase share and log-sd of the margin per buyer over 90 days, at all waves. */
function ninetyDays(): { share: number; logSd: number } {
  const ordersOf = shop.customers.map(() => [] as { day: number; margin: number }[]);
  for (const order of shop.history.orders) {
    if (order.cancelled) continue;
    ordersOf[order.customer]!.push({ day: order.second / secondsPerDay, margin: orderMarginDollars(shop, order) });
  }
  const logs: number[] = [];
  let buyers = 0;
  for (const { customer, step } of shop.history.assignments) {
    const day = shop.calendar.stepStartDay[step]!;
    const inside = ordersOf[customer]!.filter((order) => order.day >= day && order.day < day + 90);
    if (inside.length === 0) continue;
    buyers++;
    const margin = inside.reduce((sum, order) => sum + order.margin, 0);
    if (margin > 0) logs.push(Math.log(margin));
  }
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  const variance = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / logs.length;
  return { share: buyers / shop.history.assignments.length, logSd: Math.sqrt(variance) };
}
