import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ChosenOptions, CleaningRoom, type Row } from "../small-shop.test-data.ts";

const room = new CleaningRoom();
beforeAll(() => room.open());
afterAll(() => room.close());

const at = (day: number) => new Date(Date.UTC(2023, 0, 1 + day, 10)).toISOString();

/** Retail orders of 8 to 32 dollars over 600 days; their quartiles are 11.31 and 22.63, so the fence is near 181. */
const retail: Row[] = Array.from({ length: 300 }, (_, index) => ({
  order_id: `o${String(index).padStart(3, "0")}`,
  customer_id: `c${index % 12}`,
  ordered_at: at(2 * index),
  items_gross_minor: Math.round(800 * 4 ** (((index * 7) % 60) / 59)),
}));
const bulk = (order_id: string, customer_id: string, day: number, gross = 30_000): Row => ({
  order_id,
  customer_id,
  ordered_at: at(day),
  items_gross_minor: gross,
});
const shop = {
  customers: [{ customer_id: "reseller" }, { customer_id: "wedding" }],
  orders: [
    ...retail,
    bulk("b1", "reseller", 100),
    bulk("b2", "reseller", 200),
    bulk("b3", "reseller", 300),
    bulk("b4", "wedding", 150),
    bulk("b5", "c1", 160, 15_000),
    bulk("b6", "c1", 170, 15_000),
  ],
  refunds: [{ refund_id: "r1", order_id: "b1", goods_minor: 5, refunded_at: at(120) }],
  events: [{ event_id: "e1", customer_id: "reseller", occurred_at: at(99) }],
};
const clean = (orders: Row[], options: ChosenOptions = {}) => room.clean({ ...shop, orders }, options);

describe("wholesale customers", () => {
  it("are flagged from the second far-out order on, and kept", async () => {
    const cleaned = await clean(shop.orders);
    expect(await cleaned.rows("customer_flags")).toEqual([
      { customer_id: "reseller", flag: "wholesale", known_at: at(200) },
    ]);
    expect(cleaned.values.orders).toBe(306);
    expect(cleaned.values.rules.filter(({ rule }) => rule === "wholesale_customers")).toMatchObject([
      { effect: "flagged", table: "orders", rowsTouched: 3, moneyTouchedMinor: 90_000 },
    ]);
    expect(cleaned.values.ruleEffects.find(({ rule }) => rule === "wholesale_customers")).toMatchObject({
      clvEffect: 0,
    });
  });

  it("go with all that is theirs where the project says so", async () => {
    const cleaned = await clean(shop.orders, { rules: { wholesale_customers: { action: "set_aside" } } });
    expect(await cleaned.setAside()).toEqual([
      "customers reseller wholesale",
      "events e1 wholesale",
      "orders b1 wholesale",
      "orders b2 wholesale",
      "orders b3 wholesale",
      "refunds r1 wholesale",
    ]);
    expect(cleaned.values.ruleEffects.find(({ rule }) => rule === "wholesale_customers")!.clvEffect).toBeLessThan(0);
    const { rules } = cleaned.values;
    expect(rules.find(({ rule }) => rule === "wholesale_customers")).toMatchObject({ effect: "set_aside" });
  });

  it("are measured by a fence fitted before the first test origin, whatever comes later", async () => {
    const fenceOf = async (orders: Row[]) => {
      const cleaned = await clean(orders);
      const fits = (await cleaned.rows("cleaning_fits")).filter(({ method }) => method === "iqr_of_logarithm");
      return { fits, before: cleaned.values.fitBefore };
    };
    const { fits, before } = await fenceOf(shop.orders);
    expect(fits).toMatchObject([{ subject: "orders.goods_minor", statistic: "upper_fence", group_key: "" }]);
    expect(before).toBe(Date.parse(String(fits[0].known_before)));
    const known = shop.orders.filter(({ ordered_at }) => Date.parse(String(ordered_at)) < before);
    expect(fits[0].reference_rows).toBe(known.length);
    const logs = known.map(({ items_gross_minor }) => Math.log(Number(items_gross_minor))).sort((a, b) => a - b);
    const quantile = (share: number) => {
      const place = share * (logs.length - 1);
      const low = Math.floor(place);
      return logs[low] + (place - low) * ((logs[low + 1] ?? 0) - logs[low]);
    };
    expect(fits[0].value).toBeCloseTo(Math.exp(quantile(0.75) + 3 * (quantile(0.75) - quantile(0.25))), 6);
    const later = shop.orders.map((row) =>
      Date.parse(String(row.ordered_at)) < before ? row : { ...row, items_gross_minor: 50_000 },
    );
    expect((await fenceOf(later)).fits).toEqual(fits);
  });

  it("can be nobody: in a small shop, where all orders are alike, or with another fence", async () => {
    const flagsOf = async (orders: Row[], options: ChosenOptions = {}) =>
      (await (await clean(orders, options)).rows("customer_flags")).map(({ customer_id }) => customer_id);
    expect(await flagsOf([...shop.orders.slice(290), bulk("b7", "c1", 590), bulk("b8", "c1", 595)])).toEqual([]);
    expect(await flagsOf(shop.orders.map((row) => ({ ...row, items_gross_minor: 1000 })))).toEqual([]);
    const settings = (wholesale_customers: object) => ({ rules: { wholesale_customers } });
    expect(await flagsOf(shop.orders, settings({ minimumOrders: 1 }))).toEqual(["reseller", "wedding"]);
    expect(await flagsOf(shop.orders, settings({ fenceMultiple: 1.5 }))).toEqual(["c1", "reseller"]);
  });
});
