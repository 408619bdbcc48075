import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { millisecondsPerDay } from "../base/clock.ts";
import { type DuckdbEngine, openDuckdb } from "../engine/duckdb/engine.ts";
import type { NewColumn } from "../engine/engine.ts";
import type { Artifact } from "../runs/artifact.ts";
import { ArtifactStore } from "../runs/store.ts";
import { redemptionsOf, usedInPeriod } from "./offers.ts";

const folder = mkdtempSync(join(tmpdir(), "longrun-offers-"));
const asOf = Date.UTC(2024, 0, 1);
const daysAgo = (days: number) => asOf - days * millisecondsPerDay;
let engine: DuckdbEngine;
let cleaned: Artifact<{ currency: string }>;

const decisions: [action: string, daysAgo: number][] = [
  ["gift", 40],
  ["gift", 30],
  ["gift", 29],
  ["nothing", 5],
  ["mail", 1],
  ["mail", 0],
];
/** Of decisions by their place, or of none; in cents. */
const exposures: [kind: string, action: string, decision: number | null, daysAgo: number, cents: number][] = [
  ["sent", "gift", 1, 30, 5],
  ["sent", "mail", null, 10, 5],
  ["impression", "mail", null, 10, 5],
  ["redeemed", "gift", 0, 35, 1000],
  ["redeemed", "gift", 0, 20, 250],
  ["redeemed", "gift", 2, 20, 100],
  ["redeemed", "gift", 2, -1, 9999],
];

beforeAll(async () => {
  engine = await openDuckdb({ temporaryDirectory: join(folder, "tmp") });
  const text = (name: string, values: (string | null)[]): NewColumn => ({ name, type: "text", values });
  const time = (values: number[]): NewColumn => ({ name: "known_at", type: "timestamp", values: values.map(daysAgo) });
  const built = await new ArtifactStore(join(folder, "stages")).build("clean", {}, engine, async (output) => {
    const ids = decisions.map((_, at) => `decision${at}`);
    const people = decisions.map((_, at) => `customer${at}`);
    await output.writeColumns("assignments", [
      text("assignment_id", ids),
      text("customer_id", people),
      text(
        "treatment_id",
        decisions.map(([action]) => action),
      ),
      text(
        "eligible_treatment_ids",
        ids.map(() => null),
      ),
      { name: "propensity", type: "double", values: ids.map(() => 0.5) },
      time(decisions.map(([, days]) => days)),
    ]);
    await output.writeColumns("exposures", [
      text(
        "exposure_id",
        exposures.map((_, at) => `exposure${at}`),
      ),
      text(
        "assignment_id",
        exposures.map(([, , decision]) => (decision === null ? null : ids[decision])),
      ),
      text(
        "customer_id",
        exposures.map(([, , decision]) => people[decision ?? 0]),
      ),
      text(
        "treatment_id",
        exposures.map(([, action]) => action),
      ),
      text(
        "kind",
        exposures.map(([kind]) => kind),
      ),
      { name: "cost_minor", type: "integer", values: exposures.map(([, , , , cents]) => cents) },
      time(exposures.map(([, , , days]) => days)),
    ]);
    return { currency: "EUR" };
  });
  cleaned = built.artifact;
});
afterAll(() => engine.close());

const used = async (days: number) =>
  Object.fromEntries(await usedInPeriod(engine, cleaned, "nothing", { since: daysAgo(days), before: asOf }));

describe("what was offered and redeemed", () => {
  it("counts a decision that was sent once, what was sent without one, and redemptions on their own day", async () => {
    expect(await used(30)).toEqual({ gift: { offers: 2, redeemed: 3.5 }, mail: { offers: 2, redeemed: 0 } });
    expect(await used(29)).toMatchObject({ gift: { offers: 1 } });
    expect(await used(100)).toMatchObject({ gift: { offers: 3, redeemed: 13.5 } });
    expect(await used(5)).toEqual({ mail: { offers: 1, redeemed: 0 } });
  });

  it("knows how often decisions were redeemed, and neither of those nor of redemptions what came later", async () => {
    const known = await redemptionsOf(engine, cleaned, { decidedBefore: daysAgo(28), knownBefore: asOf });
    expect(Object.fromEntries(known)).toEqual({ gift: { decisions: 3, redemptions: 3 } });
    const earlier = await redemptionsOf(engine, cleaned, { decidedBefore: daysAgo(29), knownBefore: daysAgo(25) });
    expect(Object.fromEntries(earlier)).toEqual({ gift: { decisions: 2, redemptions: 1 } });
  });
});
