import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { silentProgress } from "../base/progress.ts";
import { createRandom } from "../base/random.ts";
import { type DuckdbEngine, openDuckdb } from "../engine/duckdb/engine.ts";
import type { NewColumn } from "../engine/engine.ts";
import { describeError } from "../language/errors.ts";
import type { StageContext } from "../runs/context.ts";
import { ArtifactStore } from "../runs/store.ts";
import { noLimits, writtenArtifact } from "./artifact.test-data.ts";
import { type OptimizeInput, optimize } from "./index.ts";
import { readLimits, type StatedLimits } from "./stated-limits.ts";

const customers = 150;
const actions = ["nothing", "coupon", "mail"];
const countries = ["DE", "FR"];
const customerIds = Array.from({ length: customers }, (_, at) => `c${String(at).padStart(3, "0")}`);
const countryOf = (id: string) => countries[Number(id.slice(1)) % 2];

const asOf = Date.UTC(2024, 10, 28);
const folder = mkdtempSync(join(tmpdir(), "longrun-optimize-"));
const store = new ArtifactStore(join(folder, "stages"));
const text = (name: string, values: (string | null)[]): NewColumn => ({ name, type: "text", values });
let engine: DuckdbEngine;
let input: OptimizeInput;

const artifact = <Values>(stage: string, values: Values, tables: Readonly<Record<string, NewColumn[]>>) =>
  writtenArtifact({ store, engine }, stage, values, tables);

beforeAll(async () => {
  engine = await openDuckdb({ temporaryDirectory: join(folder, "tmp") });
  const random = createRandom("optimize");
  const cells = customerIds.flatMap((id) => actions.map((action) => ({ id, action })));
  const draw = (scale: number, shift: number) =>
    cells.map(({ action }) => (action === "nothing" ? 0 : shift + scale * random.normal()));
  const double = (name: string, values: number[]): NewColumn => ({ name, type: "double", values });
  const nobody = customerIds.map(() => null);
  input = {
    cleaned: await artifact(
      "clean",
      { currency: "EUR" },
      {
        customers: [
          text("customer_id", customerIds),
          text("country", customerIds.map(countryOf)),
          ...["language", "acquisition_channel", "consent_email", "consent_ads"].map((name) => text(name, nobody)),
          { name: "created_at", type: "timestamp", values: customerIds.map(() => 0) },
        ],
      },
    ),
    featured: { values: { asOf, horizonsDays: [90] } } as unknown as OptimizeInput["featured"],
    predicted: await artifact(
      "predict",
      { actions, effectsFrom: "decisions" as const, customers, recentNetSales: 1000 },
      {
        action_values: [
          text(
            "customer_id",
            cells.map(({ id }) => id),
          ),
          text(
            "action",
            cells.map(({ action }) => action),
          ),
          { name: "eligible", type: "boolean", values: cells.map(() => 1) },
          double("short", draw(2, 0.2)),
          double("long", draw(3, 0.3)),
          double("cost", draw(1, 1).map(Math.abs)),
          ...["shortSd", "longSd"].map((name) =>
            double(
              name,
              cells.map(() => 0.1),
            ),
          ),
        ],
      },
    ),
  };
});
afterAll(() => engine.close());

let runs = 0;
async function plan(some: Partial<StatedLimits>, balance = 0.5) {
  const limits = readLimits({ ...noLimits, ...some }, "EUR");
  const options = {
    balance,
    limits,
    explorationShare: 0.05,
    holdoutShare: 0.1,
    currency: "EUR",
    shortHorizonDays: 90,
    statedCosts: {},
  };
  const context = { engine, seed: "s", progress: silentProgress } as unknown as StageContext;
  const built = await store.build(`optimize${runs++}`, {}, engine, (output) =>
    optimize(input, options, { ...context, output }),
  );
  const [header, ...lines] = readFileSync(built.artifact.path("plan.csv"), "utf8").trim().split("\n");
  const names = header.split(",");
  const rows = lines.map((line) => Object.fromEntries(line.split(",").map((cell, at) => [names[at], cell])));
  return { ...built.artifact.values.plan, drawn: rows as Record<string, string>[] };
}

describe("a plan under limits", () => {
  it("keeps every limit, exploration included, says what is left, and what one more unit would bring", async () => {
    const limits = ["french=contacts[country=FR]<=20", "mails=contacts[action=mail]<=25", "return=total-2*cost>=0"];
    const { rows, short, long, cost, drawn } = await plan({ budget: "600 EUR", limits });
    expect(rows.map(({ row, counts }) => [row, counts])).toEqual([
      ["budget", false],
      ["french", true],
      ["mails", true],
      ["return", false],
    ]);
    for (const { sense, limit, used, left, binding, price, sensitivity } of rows) {
      expect(left).toBeCloseTo(sense === "at_most" ? limit - used : used - limit, 9);
      expect(left).toBeGreaterThan(-1e-9);
      expect(binding).toBe(price > 0);
      expect(0.5 * sensitivity.total).toBeCloseTo(price, 6);
    }
    expect(rows[0].used).toBeCloseTo(cost, 9);
    expect(rows[3].used).toBeCloseTo(short + long - 2 * cost, 9);
    const binding = rows.filter((row) => row.binding).map(({ row }) => row);
    expect(binding.length).toBeGreaterThanOrEqual(2);
    for (const { reason, binding_limits } of drawn) {
      expect(["best", "within_limits", "exploration", "holdout"]).toContain(reason);
      for (const name of binding_limits === "" ? [] : binding_limits.split(";")) expect(binding).toContain(name);
      expect(binding_limits === "" || reason === "within_limits").toBe(true);
    }
    expect(drawn.some(({ binding_limits }) => binding_limits.includes("french"))).toBe(true);
    for (const { customer_id, binding_limits } of drawn)
      if (countryOf(customer_id) === "DE") expect(binding_limits).not.toContain("french");
  });

  it("is worth more with a relaxed limit by no more than its price, and less with a tighter one by no less", async () => {
    const under = (contacts: number) => plan({ budget: 1e6, limits: [`french=contacts[country=FR]<=${contacts}`] });
    const [tight, chosen, loose] = [await under(20), await under(25), await under(30)];
    const price = chosen.rows[1].price;
    expect(price).toBeGreaterThan(0);
    expect((loose.bound - chosen.bound) / 5).toBeLessThanOrEqual(price + 1e-9);
    expect((chosen.bound - tight.bound) / 5).toBeGreaterThanOrEqual(price - 1e-9);
  });

  it("never gives what a rule takes away, not even to explore, and says what each rule costs", async () => {
    const { rules, drawn, alternatives } = await plan({
      budget: 1e6,
      forbid: ["*[country=FR]", "mail[action=mail]"],
      force: ["mail[country=DE]"],
    });
    for (const { customer_id, action, reason } of drawn) {
      expect(action).toBe("nothing");
      if (reason !== "holdout") expect(["best", "rule"], customer_id).toContain(reason);
    }
    expect(rules.map(({ rule }) => rule)).toEqual(["*[country=FR]", "mail[action=mail]", "mail[country=DE]"]);
    for (const { price, short, long, total } of rules) {
      expect(price).toBeGreaterThan(0);
      expect(total).toBeCloseTo(2 * price, 6);
      expect(total).toBeCloseTo(short + long, 9);
    }
    // What everybody would get without a plan does not depend on the plan's rules.
    expect(alternatives[1].cost).toBeGreaterThan(0);
  });

  it("says in words which limits contradict each other, and what would do", async () => {
    const limits = ["few=contacts<=40", "french=long[country=FR]>=5000"];
    const conflict = await plan({ budget: 1e6, limits }).catch((error) => error);
    expect(describeError("en", conflict.code, conflict.details)).toMatch(
      /cannot hold together: few, french\..*french ≥ \d/,
    );
    const named = await plan({ maximumContacts: 40, minimumLong: 5000 }).catch((error) => error);
    expect(describeError("zh-CN", named.code, named.details)).toMatch(/触达次数, 以后价值.*以后价值 ≥ \d/);
  });
});
