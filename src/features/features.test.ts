import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { millisecondsPerDay, systemClock } from "../base/clock.ts";
import { silentProgress } from "../base/progress.ts";
import { type DuckdbEngine, openDuckdb } from "../engine/duckdb/engine.ts";
import { ArtifactStore } from "../runs/store.ts";
import { cleanTables } from "../schema/clean-tables.ts";
import { features as catalogue } from "./catalogue.ts";
import { type FeatureValues, features } from "./index.ts";

type Row = Record<string, string | number | null>;
type Tables = Partial<Record<keyof typeof cleanTables, Row[]>>;

const start = Date.UTC(2021, 0, 1);
const at = (days: number) => start + days * millisecondsPerDay;
const span = 400;

let engine: DuckdbEngine;
const folder = mkdtempSync(join(tmpdir(), "longrun-features-"));
let count = 0;
beforeAll(async () => {
  engine = await openDuckdb({ temporaryDirectory: join(folder, "tmp") });
});
afterAll(() => engine.close());

const order = (id: string, customer: string, days: number, value: number, more: Row = {}): Row => ({
  order_id: id,
  customer_id: customer,
  known_at: at(days),
  gross_minor: value,
  discount_minor: 0,
  net_minor: value,
  value_minor: value,
  shipping_minor: 0,
  units: 1,
  has_coupon: 0,
  ...more,
});

/** Twenty-five customers with an order every forty days, so that the shop is large and long enough. */
function crowd(): Row[] {
  return Array.from({ length: 25 }, (_, customer) =>
    Array.from({ length: 10 }, (_, k) =>
      order(`x${customer}-${k}`, `x${customer}`, customer / 10 + 40 * k, 1000 + customer),
    ),
  ).flat();
}

interface Built {
  values: FeatureValues;
  panel: Record<string, number | string>[];
  decisions: Record<string, number | string>[];
}

async function build(tables: Tables): Promise<Built> {
  const store = new ArtifactStore(join(folder, `stages${count++}`));
  const context = {
    engine,
    clock: systemClock,
    seed: "s",
    threads: 1,
    progress: silentProgress,
    signal: new AbortController().signal,
  };
  const { artifact: cleaned } = await store.build("clean", {}, engine, async (output) => {
    for (const [name, definition] of Object.entries(cleanTables)) {
      const rows = tables[name as keyof Tables] ?? [];
      const columns = Object.entries(definition.columns).map(([column, { type }]) => ({
        name: column,
        type,
        values: rows.map((row) => row[column] ?? null),
      }));
      await output.writeColumns(name, columns);
    }
    return { currency: "USD", valueBasis: "margin", firstOrderAt: start, lastOrderAt: at(span - 0.5) };
  });
  const options = {
    shortHorizonDays: 90,
    clvHorizonDays: 365,
    annualDiscountRate: 0.1,
    minimumHistoryDays: 90,
    originSpacingDays: 90,
    maximumOrigins: 6,
  };
  const { artifact } = await store.build("features", {}, engine, (output) =>
    features(cleaned, options, { ...context, output }),
  );
  const read = async (name: string) =>
    (await engine.rows(
      `SELECT *, epoch_ms(as_of)::DOUBLE AS at FROM read_parquet('${artifact.path(`${name}.parquet`)}')`,
    )) as Record<string, number | string>[];
  const decisions = artifact.has("decisions") ? await read("decisions") : [];
  return { values: artifact.values, panel: await read("panel"), decisions };
}

const of = (panel: Record<string, number | string>[], customer: string, days: number) =>
  panel.find((row) => row.customer_id === customer && row.at === at(days)) as Record<string, number>;

describe("features", () => {
  it("says what five hand-written facts say, and labels with what followed, discounted to the day", async () => {
    const orders = [
      ...crowd(),
      order("a1", "ann", 200, 2000, { discount_minor: 500, gross_minor: 2500, has_coupon: 1 }),
      order("a2", "ann", 230, 4000, { units: 3 }),
      order("a3", "ann", 300, 1000),
    ];
    const refunds = [
      { refund_id: "r1", order_id: "a1", customer_id: "ann", known_at: at(240), net_minor: 600, value_minor: 600 },
      { refund_id: "r2", order_id: "a2", customer_id: "ann", known_at: at(320), net_minor: 400, value_minor: 400 },
    ];
    const { values, panel } = await build({ orders, refunds });
    const origin = values.testOrigins[0];
    const days = (origin - start) / millisecondsPerDay;
    expect(days).toBe(250); // 400 days − the longest provable horizon of 150
    const ann = of(panel, "ann", days);
    expect(ann).toMatchObject({
      ordersTotal: 2,
      orders30d: 1,
      orders90d: 2,
      valueTotal: 54,
      value30d: 34,
      valuePerOrder: 30,
      daysSinceLastOrder: 20,
      tenureDays: 50,
      meanGapDays: 30,
      unitsPerOrder: 2,
      couponShare: 0.5,
      refundRate: 0.5,
      daysSinceLastRefund: 10,
    });
    expect(ann.discountShare).toBeCloseTo(500 / 6500, 12);
    expect(ann.valueDeviation).toBeCloseTo(20 / Math.SQRT2, 9);
    expect(ann.gapDeviationDays).toBeNull();
    expect(ann.daysSinceLastEvent).toBeNull();
    const expected = 10 * 1.1 ** (-50 / 365) - 4 * 1.1 ** (-70 / 365);
    expect(ann.value_90d).toBeCloseTo(expected, 5);
    expect(ann.value_30d).toBe(0);
    expect(of(panel, "ann", span).value_90d).toBeNull();
  });

  it("labels a decision with the orders and the value beyond the short horizon, and leaves both open where it is too young", async () => {
    const orders = [
      ...crowd(),
      order("d0", "dora", 5, 700),
      order("d1", "dora", 60, 900), // inside the short horizon
      order("d2", "dora", 100, 2000),
      order("d3", "dora", 374, 3000),
      order("d4", "dora", 375, 4000), // 365 days after the decision: beyond
    ];
    const refunds = [
      { refund_id: "r1", order_id: "d2", customer_id: "dora", known_at: at(120), net_minor: 500, value_minor: 500 },
    ];
    const decided = (assignment_id: string, days: number): Row => ({
      assignment_id,
      customer_id: "dora",
      treatment_id: "mail",
      eligible_treatment_ids: "mail;none",
      propensity: 0.5,
      known_at: at(days),
    });
    const { decisions } = await build({ orders, refunds, assignments: [decided("old", 10), decided("young", 200)] });
    const [old, young] = [of(decisions, "dora", 10), of(decisions, "dora", 200)];
    expect(old.longOrders).toBe(2);
    expect(old.long).toBeCloseTo(20 * 1.1 ** (-90 / 365) - 5 * 1.1 ** (-110 / 365) + 30 * 1.1 ** (-364 / 365), 3);
    expect(young).toMatchObject({ longOrders: null, long: null });
  });

  it("describes baskets, categories, events, offers and words, each by hand", async () => {
    const days = 250;
    const orders = [
      ...crowd(),
      order("b1", "bob", 100, 1000, { net_minor: 2000 }),
      order("b2", "bob", 245, 3000, { net_minor: 3000 }),
      order("b3", "bob", days, 9000),
    ];
    const line = (order_id: string, line_no: number, at_days: number, category: string | null): Row => ({
      order_id,
      line_no,
      customer_id: "bob",
      known_at: at(at_days),
      category,
      units: 1,
      net_minor: 1,
    });
    const order_lines = [
      line("b1", 1, 100, "tea"),
      line("b1", 2, 100, "tea"),
      line("b2", 1, 245, "cups"),
      line("b2", 2, 245, null),
      line("b3", 1, days, "trays"),
    ];
    const event = (index: number, at_days: number, name: string, category: string | null = null): Row => ({
      event_id: `e${index}`,
      customer_id: "bob",
      session_id: `s${Math.floor(at_days)}`,
      known_at: at(at_days),
      name,
      category,
    });
    const events = [
      event(0, 50, "product_view", "tea"), // before the first training origin: the vocabulary
      event(1, 50, "product_view", "tea"),
      event(2, 51, "product_view", "cups"),
      event(3, 200, "product_view", "tea"),
      event(4, 200, "product_view", "trays"),
      event(5, 240, "product_view", "cups"),
      event(6, 240, "product_view", "tea"),
      event(7, 240, "add_to_cart"),
      event(8, 240, "begin_checkout"),
      event(9, 241, "email_open"),
      event(10, 241, "email_open"),
      event(11, 241, "email_click"),
    ];
    const exposure = (index: number, at_days: number, treatment_id: string, kind: string): Row => ({
      exposure_id: `x${index}`,
      customer_id: "bob",
      treatment_id,
      kind,
      known_at: at(at_days),
      cost_minor: 1,
    });
    const exposures = [
      exposure(0, 100, "mail", "sent"),
      exposure(1, 240, "ad", "sent"),
      exposure(2, 241, "ad", "click"),
      exposure(3, 242, "ad", "redeemed"),
    ];
    const treatments = [
      { treatment_id: "mail", type: "message", channel: "email", contact_cost_minor: 0 },
      { treatment_id: "ad", type: "ad_audience", channel: "ads", contact_cost_minor: 0 },
    ];
    const customers: Row[] = [
      { customer_id: "bob", created_at: at(90), country: "FR", acquisition_channel: "search", consent_ads: "granted" },
      { customer_id: "x1", created_at: at(0), country: "DE" },
      { customer_id: "x2", created_at: at(days), country: "DE" },
      { customer_id: "x3", country: "IT" },
      { customer_id: "late", country: "XX" },
    ];
    const { values, panel } = await build({ orders, order_lines, events, exposures, treatments, customers });
    expect(values.vocabulary.category).toEqual(["tea", "cups"]);
    expect(values.vocabulary.country).toEqual([
      { word: "DE", share: 2 / 3 },
      { word: "IT", share: 1 / 3 },
    ]);
    const bob = of(panel, "bob", days);
    expect(bob).toMatchObject({
      orders7d: 1,
      value7d: 30,
      netTotal: 50,
      valueShareOfNet: 0.8,
      longestGapDays: 145,
      linesPerOrder: 2,
      categoryBreadth: 2,
      seasonShare: 0.5,
      checkouts90d: 1,
      viewToCart90d: 1 / 4,
      cartToCheckout90d: 1,
      checkoutToOrder90d: 1,
      emailClickRate90d: 0.5,
      viewsPerSession90d: 4 / 3,
      viewedCategories90d: 2,
      viewsCategory1: 0.5,
      viewsCategory2: 0.25,
      viewToBuy90d: 0.25,
      daysSinceLastView: 10,
      offers90d: 1,
      offers365d: 2,
      redemptionRate365d: 0.5,
      adTouches90d: 2,
      accountAgeDays: 160,
      acceptsAds: 1,
      country1: 0,
      countryShare: 0,
    });
    expect(bob.categoryEntropy).toBeCloseTo(Math.log2(3) - 2 / 3, 8);
    expect(bob.viewsCategory3).toBeNull();
    expect(of(panel, "x1", days)).toMatchObject({
      country1: 1,
      country2: 0,
      countryShare: 2 / 3,
      accountAgeDays: days,
    });
    expect(of(panel, "x2", days).accountAgeDays).toBeNull();
    expect(of(panel, "x3", days)).toMatchObject({ country1: 0, country2: 1 });
    expect(of(panel, "x4", days).countryShare).toBeNull();
    const summary = Object.fromEntries(values.catalogue.map((feature) => [feature.name, feature]));
    expect(summary.country1).toMatchObject({ word: "DE", maximum: 1, family: "customer" });
    expect(summary.accountAgeDays.missing).toBeCloseTo(1 - 3 / 26, 12);
    expect(summary.ordersTotal).toMatchObject({ missing: 0, minimum: 3, median: 10, maximum: 10, used: true });
    expect(summary.viewsCategory3).toMatchObject({ missing: 1, used: false });
    expect(summary.viewsCategory3).not.toHaveProperty("mean");
  });

  it("does not change by anything that happens at or after the cut-off, refunds of earlier orders among it", async () => {
    const { values, panel: before } = await build({ orders: crowd() });
    const origin = values.testOrigins[0];
    const originDays = (origin - start) / millisecondsPerDay;
    const later = fc.record({
      kind: fc.constantFrom("order", "refund", "event", "exposure"),
      days: fc.double({ min: originDays, max: span - 1, noNaN: true }),
      value: fc.integer({ min: 1, max: 1e6 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(later, { minLength: 1, maxLength: 8 }), async (facts) => {
        const tables = { orders: crowd(), refunds: [] as Row[], events: [] as Row[], exposures: [] as Row[] };
        facts.forEach(({ kind, days, value }, index) => {
          const fact = { customer_id: "x3", known_at: Math.ceil(at(days)) };
          if (kind === "order") tables.orders.push({ ...order(`late${index}`, "x3", 0, value), ...fact });
          if (kind === "refund")
            tables.refunds.push({
              refund_id: `r${index}`,
              order_id: "x3-1",
              net_minor: value,
              value_minor: value,
              ...fact,
            });
          if (kind === "event")
            tables.events.push({ event_id: `e${index}`, session_id: "s", name: "product_view", ...fact });
          if (kind === "exposure")
            tables.exposures.push({
              exposure_id: `p${index}`,
              treatment_id: "t",
              kind: "sent",
              cost_minor: 5,
              ...fact,
            });
        });
        const { panel: after } = await build(tables);
        const then = of(before, "x3", originDays);
        const now = of(after, "x3", originDays);
        for (const name of values.featureNames) expect([name, now[name]]).toEqual([name, then[name]]);
      }),
      { numRuns: 8, seed: 11 },
    );
  });

  it("does not depend on the order of the rows", async () => {
    const { panel } = await build({ orders: crowd() });
    const { panel: shuffled } = await build({ orders: crowd().reverse() });
    expect(shuffled).toEqual(panel);
  });
});

describe("the catalogue", () => {
  it("stands in docs/features.md, line by line and in this order, and nothing else does", () => {
    const path = join(import.meta.dirname, "../../docs/features.md");
    const lines = catalogue.map(
      ({ name, definition, unit, family, source }) =>
        `| \`${name}\` | ${definition} | ${unit} | ${family} | ${source} |`,
    );
    const isLine = (line: string) => line.startsWith("| `");
    if (process.env.UPDATE_GOLDEN) {
      const text = readFileSync(path, "utf8").trimEnd().split("\n");
      writeFileSync(path, `${[...text.filter((line) => !isLine(line)), ...lines].join("\n")}\n`);
    }
    expect(readFileSync(path, "utf8").split("\n").filter(isLine)).toEqual(lines);
  });

  it("names each feature once", () => {
    expect(new Set(catalogue.map(({ name }) => name)).size).toBe(catalogue.length);
  });
});
