import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { millisecondsPerDay } from "../base/clock.ts";
import { type DuckdbEngine, openDuckdb } from "../engine/duckdb/engine.ts";
import type { NewColumn } from "../engine/engine.ts";
import type { Artifact } from "../runs/artifact.ts";
import { ArtifactStore } from "../runs/store.ts";
import { noLimits, writtenArtifact } from "./artifact.test-data.ts";
import { applyLimits } from "./limits.ts";
import type { SegmentInput } from "./segments.ts";
import { readLimits, type StatedLimits } from "./stated-limits.ts";

const folder = mkdtempSync(join(tmpdir(), "longrun-limits-"));
const store = new ArtifactStore(join(folder, "stages"));
const asOf = Date.UTC(2024, 0, 1);
const text = (name: string, ...values: (string | null)[]): NewColumn => ({ name, type: "text", values });
const number = (name: string, ...values: number[]): NewColumn => ({ name, type: "double", values });
const integer = (name: string, ...values: number[]): NewColumn => ({ name, type: "integer", values });
const flag = (name: string, ...values: number[]): NewColumn => ({ name, type: "boolean", values });
const time = (name: string, ...values: number[]): NewColumn => ({ name, type: "timestamp", values });
let engine: DuckdbEngine;
let input: SegmentInput;

const artifact = <Values>(stage: string, values: Values, tables: Readonly<Record<string, NewColumn[]>>) =>
  writtenArtifact({ store, engine }, stage, values, tables);

beforeAll(async () => {
  engine = await openDuckdb({ temporaryDirectory: join(folder, "tmp") });
  const nobody = text("language", null, null, null);
  input = {
    cleaned: await artifact(
      "clean",
      { currency: "EUR" },
      {
        customers: [
          text("customer_id", "a", "b", "gone"),
          time("created_at", 0, 0, 0),
          text("country", "DE", null, "FR"),
          nobody,
          text("acquisition_channel", "search", "search", "search"),
          text("consent_email", "granted", null, "denied"),
          text("consent_ads", null, null, null),
        ],
        orders: [
          text("order_id", "1", "2", "3", "4", "5", "6"),
          text("customer_id", "a", "a", "b", "b", "b", "c"),
          time("known_at", ...[90, 31, 91, 30, -1, 366].map((days) => asOf - days * millisecondsPerDay)),
          ...["gross_minor", "discount_minor", "net_minor", "value_minor", "shipping_minor", "units"].map((name) =>
            integer(name, 1, 1, 1, 1, 1, 1),
          ),
          flag("has_coupon", 0, 0, 0, 0, 0, 0),
          flag("value_imputed", 0, 0, 0, 0, 0, 0),
          integer("value_capped_minor", 0, 0, 0, 0, 0, 0),
        ],
        customer_flags: [
          text("customer_id", "b", "c", "a"),
          text("flag", "wholesale", "wholesale", "generous"),
          time("known_at", asOf - 1, asOf, asOf - 1),
        ],
        treatments: [
          text("treatment_id", "none", "banner", "mail"),
          text("type", "none", "ad_audience", "message"),
          { name: "percent_bps", type: "integer", values: [0, 0, 0] },
          { name: "valid_days", type: "integer", values: [0, 0, 0] },
          text("channel", null, "ads", "email"),
          { name: "contact_cost_minor", type: "integer", values: [0, 0, 0] },
        ],
      },
    ),
    featured: { values: { featureNames: [], horizonsDays: [90, 365], asOf } } as unknown as SegmentInput["featured"],
    predicted: await artifact(
      "predict",
      {},
      {
        predictions: [
          text("customer_id", ...problem.customerIds, ...Array.from({ length: 17 }, (_, at) => `other${at}`)),
          number("mean_365d", 5, 100, 1, ...new Array<number>(17).fill(10)),
        ],
        relation: [
          text("customer_id", "a", "a", "b", "c"),
          time("as_of", asOf - 1, asOf, asOf, asOf),
          text("quadrant", "steady_regulars", "late_bloomers", "steady_regulars", "occasional_buyers"),
        ],
      },
    ),
  };
});
afterAll(() => engine.close());

const problem = {
  customerIds: ["a", "b", "c"],
  actions: ["none", "banner", "mail"],
  short: Float64Array.of(0, 1, 2, 0, 3, 4, 0, 5, 6),
  long: Float64Array.of(0, 10, 20, 0, 30, 40, 0, 50, 60),
  cost: Float64Array.of(0, 0.1, 0.2, 0, 0.3, 0.4, 0, 0.5, 0.6),
};

const dailyContacts = { maximumContactsPerPeriod: { contacts: 3, days: 1 } };
const stated = (some: Partial<StatedLimits>): StatedLimits => ({ ...noLimits, ...some });
const apply = (some: Partial<StatedLimits>) =>
  applyLimits(problem, readLimits(stated(some), "EUR"), 50, {
    ...input,
    engine,
    statedCosts: {},
    shortHorizonDays: 90,
  });
const weights = async (limit: string) => [...(await apply({ limits: [limit] })).rows[1].limit.weight];

describe("a project's limits", () => {
  it("are read with names of their own, in the currency of the project", () => {
    const { budget, limits } = readLimits(
      stated({ budget: "500 EUR", maximumContacts: 9, minimumLong: -3, limits: ["ads=cost[channel=ads]<=20 EUR"] }),
      "EUR",
    );
    expect(budget).toBe(500);
    expect(limits.map(({ name, sense, limit }) => [name, sense, limit])).toEqual([
      ["contacts", "at_most", 9],
      ["long", "at_least", -3],
      ["ads", "at_most", 20],
    ]);
  });

  it.each([
    [{ budget: "500 USD" }, /amount_in_other_currency.*plan\.budget.*500 USD.*EUR/],
    [{ minimumTotal: "500 USD" }, /amount_in_other_currency.*plan\.minimumTotal/],
    [{ limits: ["x=cost<=5 USD"] }, /amount_in_other_currency/],
    [{ limits: ["x=revenue<=5"] }, /unknown_limit_column.*revenue.*contacts/],
    [{ limits: ["x=cost[colour=red]<=5"] }, /unknown_limit_column.*colour.*value_decile/],
    [{ forbid: ["mail[colour=red]"] }, /unknown_limit_column.*colour/],
    [{ limits: ["budget=cost<=5"] }, /repeated_limit/],
    [{ maximumContacts: 3, limits: ["contacts=contacts[channel=email]<=5"] }, /repeated_limit/],
    [{ limits: ["x=cost"] }, /unreadable_limit/],
    [{ budgetPerPeriod: { amount: "5 USD", days: 30 } }, /amount_in_other_currency.*plan\.budgetPerPeriod\.amount/],
    [{ stock: { mail: 3 }, limits: ["stock of mail=cost<=5"] }, /repeated_limit/],
    [{ limits: ["contacts_per_period=cost<=5"], ...dailyContacts }, /repeated_limit/],
    [{ sendDates: { mail: { from: "2024-12-02", until: "2024-12-01" } } }, /send_dates_reversed.*mail.*12-02.*12-01/],
  ])("are refused before anything is computed: %j", (some, message) => {
    expect(() => readLimits(stated(some), "EUR")).toThrow(message);
  });

  it.each([
    [{ limits: ["x=cost[country=Narnia]<=5"] }, /unknown_limit_word.*Narnia.*DE.*FR.*unknown/],
    [{ limits: ["x=cost[channel=fax]<=5"] }, /unknown_limit_word.*fax.*"ads","email"\]/],
    [{ limits: ["x=cost[action=gift]<=5"] }, /unknown_limit_word.*gift.*banner.*mail/],
    [{ limits: ["x=cost[quadrant=vip]<=5"] }, /unknown_limit_word.*vip.*steady_regulars/],
    [{ forbid: ["mail[value_decile=11]"] }, /unknown_limit_word.*11/],
    [{ force: ["gift"] }, /unknown_action.*gift.*banner/],
    [{ stock: { gift: 4 } }, /unknown_action.*gift.*banner/],
    [{ sendDates: { none: {} } }, /unknown_action.*none.*banner/],
    [{ forbid: ["mail[new_customer=maybe]"] }, /unknown_limit_word.*maybe.*yes.*no/],
    [{ forbid: ["mail[days_since_last_order=0-7]"] }, /unknown_limit_word.*0-7.*0-30.*31-90.*over_365/],
  ])("name only what is known: %j", async (some, message) => {
    await expect(apply(some)).rejects.toThrow(message);
  });

  it("weigh what they name: offers by action and channel, customers by what exports and forecasts say of them", async () => {
    expect(await weights("x=cost[channel=ads]<=1")).toEqual([0, 0.1, 0, 0, 0.3, 0, 0, 0.5, 0]);
    expect(await weights("x=short[action=mail]<=1")).toEqual([0, 0, 2, 0, 0, 4, 0, 0, 6]);
    expect(await weights("x=contacts[country=DE]<=1")).toEqual([0, 1, 1, 0, 0, 0, 0, 0, 0]);
    // Nothing is stated of b's country, and c is no customer of the export's table.
    expect(await weights("x=contacts[country=unknown]<=1")).toEqual([0, 0, 0, 0, 1, 1, 0, 1, 1]);
    expect(await weights("x=long[quadrant=late_bloomers,occasional_buyers]<=1")).toEqual([
      0, 10, 20, 0, 0, 0, 0, 50, 60,
    ]);
    expect(await weights("x=contacts[value_decile=1]<=1")).toEqual([0, 0, 0, 0, 1, 1, 0, 0, 0]);
    expect(await weights("x=contacts[value_decile=10][channel=email]<=1")).toEqual([0, 0, 1, 0, 0, 0, 0, 0, 1]);
    const returns = await weights("x=short-10*cost>=0");
    for (const [at, weight] of returns.entries()) expect(weight).toBeCloseTo(problem.short[at] - 10 * problem.cost[at]);
  });

  it("know new customers, days since the last order, wholesale and consent by the day of the plan", async () => {
    const contacted = async (filter: string) => {
      const weight = await weights(`x=contacts[action=mail][${filter}]<=1`);
      return problem.customerIds.filter((_, at) => weight[3 * at + 2] === 1);
    };
    expect(await contacted("new_customer=yes")).toEqual(["a"]);
    expect(await contacted("new_customer=no")).toEqual(["b", "c"]);
    expect(await contacted("days_since_last_order=0-30")).toEqual(["b"]);
    expect(await contacted("days_since_last_order=31-90,over_365")).toEqual(["a", "c"]);
    // What cleaning flagged after that day is not known.
    expect(await contacted("wholesale=yes")).toEqual(["b"]);
    expect(await contacted("wholesale=no")).toEqual(["a", "c"]);
    expect(await contacted("consent_email=granted")).toEqual(["a"]);
    expect(await contacted("consent_email=unknown")).toEqual(["b", "c"]);
  });

  it("say what they mean for customers outside the plan", async () => {
    const { rows, rules, planRules } = await apply({
      limits: ["mails=contacts[channel=email]<=2", "vip=cost[value_decile=1]<=5"],
      forbid: ["banner"],
    });
    expect(rows.map(({ limit }) => limit.name)).toEqual(["budget", "mails", "vip"]);
    expect(rows.map(({ meaning }) => meaning.counts)).toEqual([false, true, false]);
    expect(rules.map(({ forbids }) => [...forbids])).toEqual([[0, 1, 0, 0, 1, 0, 0, 1, 0]]);
    expect(planRules.limits[1]).toEqual({
      name: "mails",
      terms: [{ factor: 1, column: "contacts", actions: [false, false, true] }],
      ofSegments: false,
    });
    expect(planRules.limits[2].ofSegments).toBe(true);
    expect(planRules).toMatchObject({ forbidden: [false, true, false], forSegments: false });
    const forced = await apply({ force: ["mail"] });
    expect(forced.planRules.forbidden).toEqual([false, true, false]);
    expect((await apply({ forbid: ["*[country=DE]"] })).planRules.forSegments).toBe(true);
  });

  it("cannot name quadrants where the history proves one horizon only", async () => {
    const predicted = { ...input.predicted, has: () => false } as Artifact;
    const limits = readLimits(stated({ limits: ["x=cost[quadrant=late_bloomers]<=1"] }), "EUR");
    const without = { ...input, predicted, engine, statedCosts: {}, shortHorizonDays: 90 };
    await expect(applyLimits(problem, limits, 50, without)).rejects.toThrow("no_quadrants");
  });
});
