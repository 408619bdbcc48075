import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRandom } from "../base/random.ts";
import { type DuckdbEngine, openDuckdb } from "../engine/duckdb/engine.ts";
import { nameOf } from "../language/catalogue.ts";
import { ArtifactStore } from "../runs/store.ts";
import type { PlanRules } from "../schema/limit.ts";
import { heldOutValue } from "./held-out-value.ts";

const folder = mkdtempSync(join(tmpdir(), "longrun-held-out-"));
let engine: DuckdbEngine;
let count = 0;
beforeAll(async () => {
  engine = await openDuckdb({ temporaryDirectory: join(folder, "tmp") });
});
afterAll(() => engine.close());

interface Log {
  decisions: number;
  /** How often the offer was really made, and which probability was logged for it. */
  offered: number;
  logged: number;
  longScore?: number;
}

/** Decisions between nothing (0) and an offer (1) that is promised 2 and scores 3; the plan's rule makes the offer. */
async function judged(
  { decisions, offered, logged, longScore = 0 }: Log,
  under: readonly ReturnType<typeof contacts>[] = [],
  rules: Partial<PlanRules> = {},
) {
  const random = createRandom(`held-out/${count}`);
  const taken = Array.from({ length: decisions }, () => Number(random.uniform() < offered));
  const each = (of: (decision: number, action: number) => number) =>
    taken.flatMap((_, decision) => [of(decision, 0), of(decision, 1)]);
  const columns = {
    decision: each((decision) => decision),
    cluster: each((decision) => decision),
    action: each((_, action) => action),
    taken: each((decision) => taken[decision]),
    propensity: each((decision) => (taken[decision] === 1 ? logged : 1 - logged)),
    short: each((_, action) => 2 * action),
    long: each(() => 0),
    cost: each(() => 0),
    shortScore: each((_, action) => 3 * action),
    longScore: each(() => longScore),
  };
  const store = new ArtifactStore(join(folder, `stages${count++}`));
  const { artifact } = await store.build("train", {}, engine, async (output) => {
    const table = Object.entries(columns).map(([name, values]) => ({ name, type: "double" as const, values }));
    await output.writeColumns("held_out_effects", table);
  });
  return heldOutValue(
    engine,
    artifact,
    { balance: 0.5, rows: under.map(({ row }) => row) },
    {
      limits: under.map(({ limit }) => limit),
      forbidden: [false, false],
      forSegments: false,
      ...rules,
    },
  );
}

/** A limit on offers at a price. */
function contacts(price: number, ofSegments = false) {
  const row = {
    row: "few",
    counts: true,
    sense: "at_most" as const,
    limit: 1,
    used: 1,
    left: 0,
    binding: price > 0,
    price,
  };
  return {
    row: { ...row, sensitivity: { short: 0, long: 0, total: 0 } },
    limit: { name: "few", terms: [{ factor: 1, column: "contacts" as const, actions: [true, true] }], ofSegments },
  };
}

describe("the plan's rule on held-out decisions", () => {
  it("is what the scores say, beside what was promised", async () => {
    const value = await judged({ decisions: 1000, offered: 0.5, logged: 0.5 });
    expect(value).toMatchObject({ status: "ok", promised: 2, estimated: { estimate: 3, low: 3, high: 3 } });
    expect(value?.meanWeight).toBeCloseTo(1, 1);
    expect(value?.overlapShare).toBeCloseTo(0.5, 1);
  });

  it("keeps back what a limit's price makes too dear, and what a rule takes from everybody", async () => {
    const log = { decisions: 1000, offered: 0.5, logged: 0.5 };
    expect(await judged(log, [contacts(0.9)])).toMatchObject({ status: "ok", promised: 2 });
    expect(await judged(log, [contacts(1.1)])).toMatchObject({ status: "ok", promised: 0 });
    expect(await judged(log, [], { forbidden: [false, true] })).toMatchObject({ status: "ok", promised: 0 });
  });

  it("says nothing of a plan whose limits or rules hold for segments", async () => {
    const log = { decisions: 1000, offered: 0.5, logged: 0.5 };
    const refusal = { status: "refused", reason: "depends_on_segments" };
    expect(await judged(log, [contacts(0.9, true)])).toMatchObject(refusal);
    expect(await judged(log, [], { forSegments: true })).toMatchObject(refusal);
    expect(await judged(log, [contacts(0, true)])).toMatchObject({ status: "ok" });
    for (const language of ["en", "zh-CN"] as const)
      expect(nameOf(language, "reason", refusal.reason)).not.toBe(refusal.reason);
  });

  it.each([
    [
      "no decision has an outcome",
      { decisions: 1000, offered: 0.5, logged: 0.5, longScore: Number.NaN },
      "no_usable_rows",
    ],
    ["few decisions agree with the rule", { decisions: 150, offered: 0.5, logged: 0.5 }, "too_few_effective_rows"],
    ["the log hardly ever did it", { decisions: 40_000, offered: 0.006, logged: 0.006 }, "low_overlap"],
    ["the logged probabilities are wrong", { decisions: 2000, offered: 0.5, logged: 0.3 }, "mean_weight_off"],
  ])("is refused in words where %s", async (_, log, reason) => {
    const value = await judged(log);
    expect(value).toMatchObject({ status: "refused", reason });
    expect(value).not.toHaveProperty("estimated");
    for (const language of ["en", "zh-CN"] as const) expect(nameOf(language, "reason", reason)).not.toBe(reason);
  });
});
