import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { missing } from "../engine/sql/expression.ts";
import { from } from "../engine/sql/query.ts";
import type { CleanConfigInput } from "../runs/clean-config.ts";
import { capped } from "./outliers.ts";
import { CleaningRoom, type Row, type Shop } from "./small-shop.test-data.ts";

const room = new CleaningRoom();
beforeAll(() => room.open());
afterAll(() => room.close());

const at = (day: number) => new Date(Date.UTC(2023, 0, 1 + day, 10)).toISOString();
const amounts = [100, 200, 300, 400, 500, 600, 700, 800, 900, 10_000];
const shop: Shop = {
  orders: amounts.map((gross, index) => ({
    order_id: `o${index}`,
    ordered_at: at(index),
    items_gross_minor: gross,
    discount_minor: 10,
  })),
};
type Outliers = NonNullable<CleanConfigInput["outliers"]>;
const clean = (outliers: Outliers, of = shop) => room.clean(of, { outliers });
const net = amounts.map((gross) => gross - 10);

async function values(outliers: Outliers, of = shop) {
  const rows = await (await clean(outliers, of)).rows("orders");
  return rows.map(({ value_minor }) => Number(value_minor));
}

describe("outliers", () => {
  it("are left alone unless the project says so", async () => {
    const { values, rows } = await clean({});
    expect((await rows("orders")).map(({ value_minor }) => value_minor)).toEqual(net);
    expect(values.rules.filter(({ effect }) => effect === "capped")).toEqual([]);
  });

  it("are capped at exact quantiles, Tukey's fences, or medians of deviations", async () => {
    const last = async (capping: Outliers["orders.value_minor"]) => {
      const list = await values({ "orders.value_minor": capping });
      expect(list.slice(1, -1)).toEqual(net.slice(1, -1));
      return [list[0], list[list.length - 1]];
    };
    // 90 % of the way from the ninth to the tenth: 890 + 0.1 × 9100.
    expect(await last({ method: "quantile", upper: 0.9 })).toEqual([90, 1800]);
    expect(await last({ method: "quantile", lower: 0.1, upper: 0.9 })).toEqual([180, 1800]);
    // Quartiles 315 and 765.
    expect(await last({ method: "iqr", multiple: 3 })).toEqual([90, 765 + 3 * 450]);
    // Median 540; distances 50 50 150 150 250 250 350 350 450 9450, so the median distance is 250.
    expect(await last({ method: "mad", multiple: 5 })).toEqual([90, Math.round(540 + 5 * 1.4826 * 250)]);
    expect(await last({ method: "iqr", multiple: 0.4, sides: "both" })).toEqual([315 - 180, 765 + 180]);
  });

  it("are reported in rows and money, and the amount as it came reconciles to the cent", async () => {
    const cleaned = await clean({ "orders.value_minor": { method: "quantile", upper: 0.9 } });
    expect(cleaned.values.rules.find(({ rule }) => rule === "capped_order_values")).toEqual({
      rule: "capped_order_values",
      effect: "capped",
      table: "orders",
      rowsBefore: 10,
      rowsTouched: 1,
      moneyTouchedMinor: 8190,
    });
    const rows = await cleaned.rows("orders");
    const total = (name: string) => rows.reduce((sum, row) => sum + Number(row[name]), 0);
    expect(total("value_minor") + total("value_capped_minor")).toBe(total("net_minor"));
    expect(total("gross_minor")).toBe(cleaned.values.reconciliation[0].keptMinor);
    const effect = cleaned.values.ruleEffects.find(({ rule }) => rule === "capped_order_values")!;
    expect(effect.clvEffect).toBeCloseTo((-81.9 * ((365 * (0.1 / 1.1)) / Math.log(1.1))) / 90, 2);
  });

  it("are fitted before the first test origin: later values move no cap", async () => {
    const long = (late: number): Shop => ({
      orders: Array.from({ length: 60 }, (_, index) => ({
        order_id: `o${String(index).padStart(2, "0")}`,
        ordered_at: at(9 * index),
        items_gross_minor: index > 45 ? late : 100 + 7 * (index % 13),
      })),
    });
    const capping = { "orders.value_minor": { method: "quantile", upper: 1 } } as const;
    const [before, after] = [await clean(capping, long(100)), await clean(capping, long(90_000))];
    expect(Date.parse(at(9 * 46))).toBeGreaterThan(before.values.fitBefore);
    expect(await after.rows("cleaning_fits")).toEqual(await before.rows("cleaning_fits"));
    expect(Math.max(...(await values(capping, long(90_000))))).toBe(184);
  });

  it("say nothing where half the values are equal", async () => {
    const equal: Shop = {
      orders: shop.orders!.map((row, index) => (index < 7 ? { ...row, items_gross_minor: 500 } : row)),
    };
    const unchanged = await values({}, equal);
    expect(await values({ "orders.value_minor": { method: "mad" } }, equal)).toEqual(unchanged);
    const same: Shop = { orders: shop.orders!.map((row) => ({ ...row, items_gross_minor: 500 })) };
    expect(await values({ "orders.value_minor": { method: "iqr" } }, same)).toEqual(await values({}, same));
  });

  it("can be pieces of orders and lines, and costs of contacts; a missing cost is not the lower cap", async () => {
    const outliers: Outliers = {
      "orders.units": { method: "quantile", upper: 0.75 },
      "order_lines.units": { method: "quantile", upper: 0.75 },
      "exposures.cost_minor": { method: "quantile", lower: 0.25, upper: 0.75 },
    };
    const cost = (id: string, cost_minor: number | null): Row => ({ exposure_id: id, customer_id: "anna", cost_minor });
    const cleaned = await clean(outliers, {
      orders: ["o1", "o2", "o3"].map((order_id) => ({ order_id, items_gross_minor: 5000 })),
      order_lines: [1, 4, 90].map((quantity, index) => ({
        order_id: `o${index + 1}`,
        quantity,
        unit_price_minor: 10,
      })),
      exposures: [cost("x1", 10), cost("x2", 20), cost("x3", 30), cost("x4", 40), cost("x5", 900), cost("x6", null)],
    });
    expect((await cleaned.rows("orders")).map(({ units }) => units)).toEqual([1, 4, 47]);
    expect((await cleaned.rows("order_lines")).map(({ units }) => units)).toEqual([1, 4, 47]);
    expect((await cleaned.rows("exposures")).map(({ cost_minor }) => cost_minor)).toEqual([20, 20, 30, 40, 40, 0]);
    expect(cleaned.values.rules.find(({ rule }) => rule === "capped_exposure_costs")).toMatchObject({
      rowsTouched: 2,
      moneyTouchedMinor: 870,
    });
  });

  it("leave NULL what is NULL", async () => {
    const value = capped(missing("integer"), { lower: 5, upper: 10 });
    const { numbers } = await room.engine.collect(from().select({ value }));
    expect([...numbers.value]).toEqual([Number.NaN]);
  });
});
