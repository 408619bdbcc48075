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

describe("refunds linked to their order", () => {
  const days = (day: number) => `2024-01-${String(day).padStart(2, "0")}T10:00:00Z`;
  const orders = [
    order("o1", 1000, { ordered_at: days(1) }),
    order("o2", 1000, { ordered_at: days(5) }),
    order("o3", 700, { ordered_at: days(9) }),
    order("other", 1000, { ordered_at: days(6), customer_id: "bob" }),
  ];
  const order_lines = orders.map(({ order_id, items_gross_minor }) => ({
    order_id,
    product_id: order_id === "o3" ? "P2" : "P1",
    unit_price_minor: items_gross_minor,
  }));
  const linkOf = async (refund: Row) => {
    const refunds = [{ refund_id: "r1", customer_id: "anna", goods_minor: 400, refunded_at: days(20), ...refund }];
    const [row] = await (await room.clean({ orders, order_lines, refunds })).rows("refunds");
    return row.order_id;
  };

  it("believes a stated order", async () => expect(await linkOf({ order_id: "o1", reason: "P2" })).toBe("o1"));
  it("takes the latest earlier order with the product", async () => {
    expect(await linkOf({ reason: "P1" })).toBe("o2");
    expect(await linkOf({ reason: "P1", refunded_at: days(4) })).toBe("o1");
    expect(await linkOf({ reason: "P2", goods_minor: 1000 })).toBe("o3");
  });
  it("takes the latest earlier order of that amount where no product is known", async () => {
    expect(await linkOf({ reason: "damaged", goods_minor: 1000 })).toBe("o2");
    expect(await linkOf({ goods_minor: 700 })).toBe("o3");
  });
  it("keeps a refund of a purchase before the window, without an order", async () => {
    expect(await linkOf({ reason: "P2", refunded_at: days(2) })).toBe(null);
    expect(await linkOf({ goods_minor: 401 })).toBe(null);
    expect(await linkOf({ order_id: "unheard of" })).toBe(null);
  });
});
