import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { millisecondsPerDay } from "../base/clock.ts";
import { type DuckdbEngine, openDuckdb } from "../engine/duckdb/engine.ts";
import type { NewColumn } from "../engine/engine.ts";
import type { PanelValues } from "../panel/panel.ts";
import type { Artifact } from "../runs/artifact.ts";
import { ArtifactStore } from "../runs/store.ts";
import { type Contacts, eligibility } from "./eligibility.ts";

const folder = mkdtempSync(join(tmpdir(), "longrun-eligibility-"));
const asOf = Date.UTC(2024, 0, 1);
const daysAgo = (days: number) => asOf - days * millisecondsPerDay;
const customerIds = ["fresh", "often", "sent", "control", "later", "silent", "old"];
const text = (name: string, values: (string | null)[]): NewColumn => ({ name, type: "text", values });
let engine: DuckdbEngine;
let cleaned: Artifact;

/** Each customer's logged decisions, and what was sent without one; `later` is decided upon after today. */
const decisions: [customer: string, action: string, daysAgo: number][] = [
  ["fresh", "mail", 10],
  ["often", "mail", 89],
  ["often", "mail", 60],
  ["often", "mail", 40],
  ["often", "mail", 91],
  ["control", "none", 5],
  ["later", "mail", -1],
];
const exposures: [customer: string, kind: string, assignment: string | null, daysAgo: number][] = [
  ["sent", "sent", null, 20],
  ["silent", "impression", null, 3],
  ["often", "sent", "decision1", 89],
];

beforeAll(async () => {
  engine = await openDuckdb({ temporaryDirectory: join(folder, "tmp") });
  const nobody = customerIds.map(() => null);
  const built = await new ArtifactStore(join(folder, "stages")).build("clean", {}, engine, async (output) => {
    await output.writeColumns("customers", [
      text("customer_id", customerIds),
      ...["country", "language", "acquisition_channel", "consent_email", "consent_ads"].map((name) =>
        text(name, nobody),
      ),
    ]);
    await output.writeColumns("assignments", [
      text(
        "assignment_id",
        decisions.map((_, at) => `decision${at}`),
      ),
      text(
        "customer_id",
        decisions.map(([customer]) => customer),
      ),
      text(
        "treatment_id",
        decisions.map(([, action]) => action),
      ),
      text(
        "eligible_treatment_ids",
        decisions.map(() => "none;mail"),
      ),
      { name: "propensity", type: "double", values: decisions.map(() => 0.5) },
      { name: "known_at", type: "timestamp", values: decisions.map(([, , days]) => daysAgo(days)) },
    ]);
    await output.writeColumns("exposures", [
      text(
        "exposure_id",
        exposures.map((_, at) => `exposure${at}`),
      ),
      text(
        "assignment_id",
        exposures.map(([, , assignment]) => assignment),
      ),
      text(
        "customer_id",
        exposures.map(([customer]) => customer),
      ),
      text(
        "treatment_id",
        exposures.map(() => "mail"),
      ),
      text(
        "kind",
        exposures.map(([, kind]) => kind),
      ),
      { name: "cost_minor", type: "integer", values: exposures.map(() => 0) },
      { name: "known_at", type: "timestamp", values: exposures.map(([, , , days]) => daysAgo(days)) },
    ]);
  });
  cleaned = built.artifact;
});
afterAll(() => engine.close());

/** Who may get the mail; doing nothing must always be possible. */
async function reached(contacts: Partial<Contacts>): Promise<string[]> {
  const features = Float32Array.from(customerIds, (id) => (id === "old" ? 400 : 30));
  const eligible = await eligibility(
    {
      cleaned,
      featured: { values: { featureNames: ["daysSinceLastOrder"], asOf } } as unknown as Artifact<PanelValues>,
    },
    {
      eligibleWithinDays: 365,
      ...contacts,
      treatments: [
        { treatmentId: "none", type: "none", channel: null, contactCost: 0 },
        { treatmentId: "mail", type: "message", channel: "email", contactCost: 0 },
      ],
      actions: ["none", "mail"],
      refused: [],
    },
    { rows: customerIds.length, customerIds, features },
    engine,
  );
  for (let row = 0; row < customerIds.length; row++) expect(eligible[2 * row]).toBe(1);
  return customerIds.filter((_, row) => eligible[2 * row + 1] === 1);
}

const allButOld = ["fresh", "often", "sent", "control", "later", "silent"];

describe("who may get an offer", () => {
  it("is everybody with a recent order where nothing is said of how often", async () => {
    expect(await reached({})).toEqual(allButOld);
  });

  it("is nobody whose last offer is too fresh, decided or sent; what came after today is not known", async () => {
    expect(await reached({ minimumDaysBetweenOffers: 10 })).toEqual(allButOld);
    expect(await reached({ minimumDaysBetweenOffers: 11 })).toEqual(allButOld.filter((id) => id !== "fresh"));
    expect(await reached({ minimumDaysBetweenOffers: 41 })).toEqual(["control", "later", "silent"]);
  });

  it("is nobody who had as many in 90 days as may be; a decision that was sent counts once", async () => {
    expect(await reached({ maximumOffersPer90Days: 4 })).toEqual(allButOld);
    expect(await reached({ maximumOffersPer90Days: 3 })).toEqual(allButOld.filter((id) => id !== "often"));
    expect(await reached({ maximumOffersPer90Days: 1 })).toEqual(["control", "later", "silent"]);
  });
});
