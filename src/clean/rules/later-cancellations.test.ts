import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CleaningRoom, type Row } from "../small-shop.test-data.ts";

const room = new CleaningRoom();
beforeAll(() => room.open());
afterAll(() => room.close());

const order = (order_id: string, gross = 1000, more: Row = {}): Row => ({
  order_id,
  items_gross_minor: gross,
  ...more,
});

describe("orders cancelled long after they were placed", () => {
  const later = { status: "cancelled", cancelled_at: "2024-01-20T12:00:00Z" };
  const shop = {
    orders: [
      order("kept"),
      order("later", 800, { ...later, discount_minor: 100, shipping_minor: 50 }),
      order("soon", 700, { status: "cancelled", cancelled_at: "2024-01-02T09:59:59Z" }),
      order("undated", 600, { status: "cancelled" }),
      order("to come", 500, { status: "cancelled", cancelled_at: "2099-01-01" }),
      order("failed", 400, { status: "failed", cancelled_at: "2024-01-20" }),
    ],
    refunds: [
      { refund_id: "r1", order_id: "later", goods_minor: 700 },
      { refund_id: "r2", order_id: "kept", goods_minor: 10 },
    ],
  };

  it("stay sales until then, and their value is taken back on that day", async () => {
    const cleaned = await room.clean(shop, { valueBasis: "revenue" });
    expect(await cleaned.rows("orders")).toMatchObject([
      { order_id: "kept", value_minor: 1000 },
      { order_id: "later", net_minor: 700, value_minor: 750, known_at: "2024-01-01T10:00:00.000Z" },
    ]);
    expect(await cleaned.rows("refunds")).toMatchObject([
      {
        refund_id: "cancelled:later",
        order_id: "later",
        customer_id: "anna",
        known_at: "2024-01-20T12:00:00.000Z",
        net_minor: 700,
        value_minor: 750,
      },
      { refund_id: "r2" },
    ]);
    expect((await cleaned.setAside()).filter((row) => row.startsWith("refunds"))).toEqual(["refunds r1 cancelled"]);
    expect(cleaned.values.rules.filter(({ rule }) => rule === "later_cancellations")).toMatchObject([
      { effect: "dated", table: "orders", rowsTouched: 1, moneyTouchedMinor: 800 },
      { table: "refunds", rowsTouched: 1, moneyTouchedMinor: 700 },
    ]);
    expect(cleaned.values.reconciliation[0]).toMatchObject({ keptMinor: 1800, cancelledMinor: 2200 });
  });

  it("take back exactly their margin on the margin basis: the goods never left", async () => {
    const order_lines = shop.orders.map(({ order_id, items_gross_minor }) => ({
      order_id: String(order_id),
      unit_price_minor: Number(items_gross_minor),
      unit_cost_minor: 300,
    }));
    const cleaned = await room.clean({ ...shop, order_lines }, { valueBasis: "margin" });
    expect(await cleaned.rows("orders")).toMatchObject([{}, { order_id: "later", value_minor: 450 }]);
    expect(await cleaned.rows("refunds")).toMatchObject([{ net_minor: 700, value_minor: 450 }, {}]);
  });

  it("follow the setting, and go like the others where the rule is off", async () => {
    const goneWith = async (setting: boolean | { afterHours: number }) => {
      const { rows } = await room.clean(shop, { rules: { later_cancellations: setting } });
      return (await rows("orders")).map(({ order_id }) => order_id);
    };
    expect(await goneWith({ afterHours: 23 })).toEqual(["kept", "later", "soon"]);
    expect(await goneWith({ afterHours: 24 * 30 })).toEqual(["kept"]);
    expect(await goneWith(false)).toEqual(["kept"]);
  });
});
