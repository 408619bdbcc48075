import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { millisecondsPerDay } from "../base/clock.ts";
import { silentProgress } from "../base/progress.ts";
import { type DuckdbEngine, openDuckdb } from "../engine/duckdb/engine.ts";
import type { NewColumn } from "../engine/engine.ts";
import type { StageContext } from "../runs/context.ts";
import { ArtifactStore } from "../runs/store.ts";
import type { PlanRow } from "../schema/summary.ts";
import { noLimits, writtenArtifact } from "./artifact.test-data.ts";
import { type OptimizeInput, optimize } from "./index.ts";
import { usedBefore } from "./periods.ts";
import { readLimits, type StatedLimits } from "./stated-limits.ts";

const asOf = Date.UTC(2024, 10, 28);
const actions = ["nothing", "gift", "mail"];
const customerIds = Array.from({ length: 100 }, (_, at) => `c${String(at).padStart(3, "0")}`);
const cells = customerIds.flatMap((id) => actions.map((action) => ({ id, action })));
/** Every fourth customer may not get the gift, and is expected to order most. */
const isBarred = (customer: number) => customer % 4 === 0;
const ordersOf = (customer: number) => (isBarred(customer) ? 9 : 0.2 * (customer % 4));
const worth = (id: string) => 1 + Number(id.slice(1)) / 1000;

const folder = mkdtempSync(join(tmpdir(), "longrun-day-"));
const store = new ArtifactStore(join(folder, "stages"));
const text = (name: string, values: (string | null)[]): NewColumn => ({ name, type: "text", values });
const number = (name: string, values: number[]): NewColumn => ({ name, type: "double", values });
const cents = (name: string, values: number[]): NewColumn => ({ name, type: "integer", values });
const time = (daysAgo: number[]): NewColumn => ({
  name: "known_at",
  type: "timestamp",
  values: daysAgo.map((days) => asOf - days * millisecondsPerDay),
});
const texts = <Row>(rows: readonly Row[], columns: Readonly<Record<string, (row: Row) => string | null>>) =>
  Object.entries(columns).map(([name, of]) => text(name, rows.map(of)));
const numbers = <Row>(rows: readonly Row[], columns: Readonly<Record<string, (row: Row) => number>>) =>
  Object.entries(columns).map(([name, of]) => number(name, rows.map(of)));
let engine: DuckdbEngine;
let input: OptimizeInput;

/** 200 gifts of 120 days ago, every fifth redeemed 20 days ago for 2.00 each; 40 mails of ten days ago. */
const decisions = [
  ...[...customerIds, ...customerIds].map((id, at) => ({ id, at, action: "gift", daysAgo: 120 })),
  ...customerIds.slice(0, 40).map((id, at) => ({ id, at: 200 + at, action: "mail", daysAgo: 10 })),
];
const redeemed = decisions.filter(({ at, action }) => action === "gift" && at % 5 === 0);

beforeAll(async () => {
  engine = await openDuckdb({ temporaryDirectory: join(folder, "tmp") });
  input = {
    cleaned: await writtenArtifact(
      { store, engine },
      "clean",
      { currency: "EUR" },
      {
        treatments: [
          text("treatment_id", actions),
          text("type", ["none", "gift", "message"]),
          ...["percent_bps", "valid_days"].map((name) => cents(name, [0, 0, 0])),
          text("channel", [null, "email", "email"]),
          cents("contact_cost_minor", [0, 10, 50]),
        ],
        assignments: [
          ...texts(decisions, {
            assignment_id: ({ at }) => `decision${at}`,
            customer_id: ({ id }) => id,
            treatment_id: ({ action }) => action,
            eligible_treatment_ids: () => null,
          }),
          ...numbers(decisions, { propensity: () => 0.5 }),
          time(decisions.map(({ daysAgo }) => daysAgo)),
        ],
        exposures: [
          ...texts(redeemed, {
            exposure_id: ({ at }) => `exposure${at}`,
            assignment_id: ({ at }) => `decision${at}`,
            customer_id: ({ id }) => id,
            treatment_id: () => "gift",
            kind: () => "redeemed",
          }),
          cents("cost_minor", new Array<number>(redeemed.length).fill(200)),
          time(redeemed.map(() => 20)),
        ],
      },
    ),
    featured: { values: { asOf, horizonsDays: [30, 90, 365] } } as unknown as OptimizeInput["featured"],
    predicted: await writtenArtifact(
      { store, engine },
      "predict",
      { actions, effectsFrom: "decisions" as const, customers: customerIds.length, recentNetSales: 1e6 },
      {
        predictions: [
          text("customer_id", [...customerIds].reverse()),
          number("orders_90d", customerIds.map((_, at) => ordersOf(at)).reverse()),
        ],
        action_values: [
          ...texts(cells, { customer_id: ({ id }) => id, action: ({ action }) => action }),
          {
            name: "eligible",
            type: "boolean",
            values: cells.map(({ id, action }) => Number(action !== "gift" || !isBarred(Number(id.slice(1))))),
          },
          ...numbers(cells, {
            short: ({ id, action }) => ({ nothing: 0, gift: 2, mail: 1 })[action]! * worth(id),
            long: ({ action }) => Number(action !== "nothing"),
            cost: ({ action }) => (action === "nothing" ? 0 : 0.5),
            shortSd: () => 0.1,
            longSd: () => 0.1,
          }),
        ],
      },
    ),
  };
});
afterAll(() => engine.close());

let runs = 0;
async function plan(some: Partial<StatedLimits>, explorationShare = 0.1) {
  const limits = readLimits({ ...noLimits, ...some }, "EUR");
  const context = { engine, seed: "s", progress: silentProgress } as unknown as StageContext;
  const shop = { holdoutShare: 0, currency: "EUR", shortHorizonDays: 90, statedCosts: {} };
  const built = await store.build(`optimize${runs++}`, {}, engine, (output) =>
    optimize(input, { balance: 0.5, limits, explorationShare, ...shop }, { ...context, output }),
  );
  const lines = readFileSync(built.artifact.path("plan.csv"), "utf8").trim().split("\n").slice(1);
  return { ...built.artifact.values.plan, given: lines.map((line) => line.split(",")[1]) };
}
const rowOf = ({ rows }: { rows: readonly PlanRow[] }, name: string) => rows.find(({ row }) => row === name)!;
const usedOf = (column: "cost" | "contacts", days: number, statedCosts = {}) =>
  usedBefore({ name: "any", column, limit: 0, days }, "nothing", { ...input, engine, statedCosts });

describe("a limit per period", () => {
  it("has used what logged offers cost and what was redeemed in its days, or the stated cost", async () => {
    // 40 mails at 0.50; gifts at 0.10, and 40 of them redeemed at 2.00.
    expect(await usedOf("cost", 10)).toBeCloseTo(40 * 0.5, 9);
    expect(await usedOf("cost", 20)).toBeCloseTo(40 * 0.5 + 40 * 2, 9);
    expect(await usedOf("cost", 120)).toBeCloseTo(40 * 0.5 + 40 * 2 + 200 * 0.1, 9);
    expect(await usedOf("cost", 120, { gift: 3 })).toBeCloseTo(40 * 0.5 + 200 * 3, 9);
    expect(await usedOf("contacts", 9)).toBe(0);
    expect(await usedOf("contacts", 120)).toBe(240);
  });

  it("leaves the plan the rest, stands in for the default budget, and is a budget's equal", async () => {
    const chosen = await plan({ budgetPerPeriod: { amount: "130 EUR", days: 20 } });
    expect(chosen.rows.map(({ row }) => row)).toEqual(["budget_per_period"]);
    expect(chosen.rows[0]).toMatchObject({ limit: 30, period: { days: 20, limit: 130, usedBefore: 100 } });
    const same = await plan({ budget: 30 });
    expect(chosen).toMatchObject({ budget: 30, objective: same.objective, shadowPrice: same.shadowPrice });
    expect(chosen.shadowPrice).toBeGreaterThan(0);
  });

  it("of which nothing is left gives nobody anything and says what that costs, floors set aside", async () => {
    const idle = await plan({ budgetPerPeriod: { amount: 90, days: 20 }, minimumLong: 20, maximumContacts: 50 });
    expect(new Set(idle.given)).toEqual(new Set(["nothing"]));
    expect(idle).toMatchObject({ explorationShare: 0, cost: 0, budget: 0, limitsSetAside: ["long"] });
    expect(rowOf(idle, "budget_per_period")).toMatchObject({ limit: 0, used: 0, left: 0 });
    expect(idle.rules).toMatchObject([
      { rule: "*[budget_per_period=0]", heldBack: { reason: "used_up", limit: "budget_per_period" } },
    ]);
    // Half of now and half of later, for the fifty to whom their best offer brings most.
    const best = customerIds.map((id, at) => 0.5 * ((isBarred(at) ? 1 : 2) * worth(id) + 1));
    const most = best.sort((one, other) => other - one).slice(0, 50);
    expect(idle.rules[0].price).toBeCloseTo(
      most.reduce((sum, value) => sum + value, 0),
      6,
    );
  });

  it("that would not cover the exploration draws nothing at random and still plans", async () => {
    const short = await plan({ budget: 1000, maximumContactsPerPeriod: { contacts: 43, days: 10 } });
    expect(short.rows.map(({ row, limit, counts }) => [row, limit, counts])).toEqual([
      ["budget", 1000, false],
      ["contacts_per_period", 3, true],
    ]);
    expect(short).toMatchObject({ explorationShare: 0, explorationLeftOutFor: "contacts_per_period" });
    expect(short.given.filter((action) => action !== "nothing")).toHaveLength(3);
  });
});

describe("a stock", () => {
  it("is used by expected redemptions: the logged share, of each customer as expected orders go", async () => {
    const { rows, given } = await plan({ stock: { gift: 10 } }, 0);
    const stock = rowOf({ rows }, "stock of gift");
    expect(stock).toMatchObject({ counts: true, binding: true, limit: 10 });
    expect(stock.stock).toEqual({ action: "gift", redemptionsPerOffer: 0.2, decisions: 200 });
    expect(stock.used).toBeLessThanOrEqual(10 + 1e-9);
    // Those who may get it are expected to make 0.2, 0.4 and 0.6 orders: they take 0.1, 0.2 and 0.3 gifts each.
    const takers = customerIds.flatMap((_, at) => (given[at] === "gift" ? [at % 4] : []));
    const taken = takers.reduce((sum, orders) => sum + 0.1 * orders, 0);
    expect(stock.used).toBeCloseTo(taken, 9);
    const everybody = await plan({ stock: { gift: 1000 } }, 0);
    expect(rowOf(everybody, "stock of gift").used).toBeCloseTo(0.2 * 75, 9);
  });

  it("is used by everybody who gets the offer where the log says nothing of redemptions", async () => {
    const mails = rowOf(await plan({ stock: { mail: 30 }, forbid: ["gift"] }, 0), "stock of mail");
    expect(mails).toMatchObject({ stock: { action: "mail" }, binding: true });
    expect(mails.used).toBe(30);
  });

  it("of which there is none takes the offer away, with its price", async () => {
    const { rows, rules, given } = await plan({ stock: { gift: 0 } });
    expect(given).not.toContain("gift");
    expect(rows.map(({ row }) => row)).toEqual(["budget"]);
    expect(rules).toMatchObject([{ rule: "gift[stock=0]", heldBack: { action: "gift", reason: "out_of_stock" } }]);
    expect(rules[0].price).toBeGreaterThan(0);
  });
});

describe("the day of a plan", () => {
  it("holds an offer back outside its dates and says what that costs; inside them nothing is said", async () => {
    const held = await plan({ sendDates: { gift: { from: "2024-11-29" } } });
    expect(held.given).not.toContain("gift");
    expect(held.given).toContain("mail");
    const [rule] = held.rules;
    expect(rule.heldBack).toEqual({ action: "gift", reason: "not_yet", date: "2024-11-29" });
    // A gift brings half of `worth` more now than a mail, for each of the 75 who may get it.
    const lost = customerIds.reduce((sum, id, at) => sum + (isBarred(at) ? 0 : worth(id)), 0);
    expect(rule.short).toBeCloseTo(lost, 6);
    const open = await plan({ sendDates: { gift: { from: "2024-11-28", until: "2024-11-28" } } });
    expect(open.given).toContain("gift");
    expect(open.rules).toEqual([]);
  });

  it("may be quiet: everybody gets nothing, whatever floors ask, at a price", async () => {
    const quiet = await plan({ quietDates: ["2024-12-25", "2024-11-28"], minimumTotal: 5 });
    expect(new Set(quiet.given)).toEqual(new Set(["nothing"]));
    expect(quiet).toMatchObject({ total: 0, explorationShare: 0, limitsSetAside: ["total"] });
    expect(quiet.rules[0].heldBack).toEqual({ reason: "quiet_day", date: "2024-11-28" });
    expect(quiet.rules[0].total).toBeCloseTo((await plan({}, 0)).total, 6);
    const other = await plan({ quietDates: ["2024-12-25"], minimumTotal: 5 });
    expect(other.rules).toEqual([]);
    expect(other.limitsSetAside).toBeUndefined();
  });
});
