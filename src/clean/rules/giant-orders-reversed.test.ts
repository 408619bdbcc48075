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

const ids = async (rows: Promise<Row[]>, column: string) => (await rows).map((row) => row[column]);

describe("giant orders reversed within minutes", () => {
  const at = (minute: number) => new Date(Date.UTC(2024, 0, 18, 10, minute)).toISOString();
  const everyday = ["o1", "o2", "o3"].map((id) => order(id));
  const giant = order("giant", 7_718_360, { customer_id: "12346", ordered_at: at(1) });
  const refund = { refund_id: "r1", customer_id: "12346", goods_minor: 7_718_360, refunded_at: at(17) };
  const gone = async (orders: Row[], refunds: Row[], options = {}) =>
    (await room.clean({ orders: [...everyday, ...orders], refunds }, options)).touched("giant_orders_reversed");

  it("nets out order and refund of the same customer and amount (customer 12346 of Online Retail)", async () => {
    const cleaned = await room.clean({ orders: [...everyday, giant], refunds: [refund] });
    expect(await ids(cleaned.rows("orders"), "order_id")).toEqual(["o1", "o2", "o3"]);
    expect(await cleaned.rows("refunds")).toEqual([]);
    expect(cleaned.values.customers).toBe(1);
  });

  it("leaves alone what is late, of another amount, of another customer, before the order, or of usual size", async () => {
    expect(
      await gone([giant], [{ ...refund, refunded_at: new Date(Date.UTC(2024, 0, 18, 11, 2)).toISOString() }]),
    ).toBe(0);
    expect(await gone([giant], [{ ...refund, goods_minor: 7_718_359 }])).toBe(0);
    expect(await gone([giant], [{ ...refund, customer_id: "anna" }])).toBe(0);
    expect(await gone([giant], [{ ...refund, refunded_at: at(0) }])).toBe(0);
    expect(await gone([{ ...giant, items_gross_minor: 19_999 }], [{ ...refund, goods_minor: 19_999 }])).toBe(0);
    expect(await gone([{ ...giant, items_gross_minor: 20_000 }], [{ ...refund, goods_minor: 20_000 }])).toBe(2);
    expect(await gone([giant], [refund], { rules: { giant_orders_reversed: { withinMinutes: 15 } } })).toBe(0);
    expect(await gone([giant], [refund], { rules: { giant_orders_reversed: { multiple: 10_000 } } })).toBe(0);
  });

  it("measures a giant by the median order of before the first test origin", async () => {
    const days = (day: number) => new Date(Date.UTC(2022, 0, 1 + day, 10)).toISOString();
    // Half a year of orders of 10, then a year of twice as many a day of 50, which would make 777 an ordinary order.
    const early = Array.from({ length: 30 }, (_, index) => order(`e${index}`, 1000, { ordered_at: days(6 * index) }));
    const late = Array.from({ length: 90 }, (_, index) =>
      order(`l${index}`, 5000, { ordered_at: days(340 + 2 * index) }),
    );
    const slip = order("slip", 77_777, { ordered_at: days(400) });
    const back = { refund_id: "r1", order_id: "slip", goods_minor: 77_777, refunded_at: days(400.01) };
    const cleaned = await room.clean({ orders: [...early, ...late, slip], refunds: [back] });
    expect(cleaned.values.fitBefore).toBeLessThan(Date.parse(days(340)));
    expect(cleaned.touched("giant_orders_reversed")).toBe(2);
  });

  it("lets one refund reverse one order only", async () => {
    const twice = [giant, { ...giant, order_id: "again", ordered_at: at(5) }];
    const cleaned = await room.clean({ orders: [...everyday, ...twice], refunds: [refund] });
    expect(await cleaned.setAside()).toEqual(["orders again reversed_giant_order", "refunds r1 reversed_giant_order"]);
  });

  it("takes one giant line out of an order that stays", async () => {
    const cleaned = await room.clean({
      orders: [...everyday, { ...giant, items_gross_minor: 7_718_360 + 500 }],
      order_lines: [
        { order_id: "giant", line_no: 1, product_id: "23166", quantity: 74_215, unit_price_minor: 104 },
        { order_id: "giant", line_no: 2, product_id: "22423", quantity: 1, unit_price_minor: 500 },
      ],
      refunds: [{ ...refund, reason: "23166" }],
    });
    expect((await cleaned.rows("orders")).find(({ order_id }) => order_id === "giant")).toMatchObject({
      gross_minor: 500,
      units: 1,
    });
    expect(cleaned.values.reconciliation[0]).toMatchObject({ keptMinor: 3500, notGoodsMinor: 7_718_360 });
    const wrongProduct = await room.clean({
      orders: [...everyday, { ...giant, items_gross_minor: 7_718_360 + 500 }],
      order_lines: [
        { order_id: "giant", line_no: 1, product_id: "23166", quantity: 74_215, unit_price_minor: 104 },
        { order_id: "giant", line_no: 2, product_id: "22423", quantity: 1, unit_price_minor: 500 },
      ],
      refunds: [{ ...refund, reason: "22423" }],
    });
    expect(wrongProduct.touched("giant_orders_reversed")).toBe(0);
  });
});
