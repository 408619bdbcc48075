import { describe, expect, it } from "vitest";
import { createRandom } from "../base/random.ts";
import { bgNbd } from "../models/bg-nbd.ts";
import { compareModels } from "./compare.ts";
import { fitSummary, purchaseModels } from "./fit.ts";

const random = createRandom("fit-summary");
const drawn = Array.from({ length: 300 }, (_, at) =>
  bgNbd.simulate(Float64Array.of(0.8, 4, 0.8, 2.4), 20 + (at % 9), random),
);
const summary = {
  rows: drawn.length,
  customer: Int32Array.from(drawn.keys()),
  frequency: Float64Array.from(drawn, ({ frequency }) => frequency),
  recency: Float64Array.from(drawn, ({ recency }) => recency),
  age: Float64Array.from(drawn, ({ age }) => age),
  meanValue: new Float64Array(drawn.length).fill(Number.NaN),
  pastSpend: new Float64Array(drawn.length).fill(Number.NaN),
  daysNettedAway: 0,
};
const discounting = { unitDays: 7, annualDiscountRate: 0.1 };

describe("fits of a summary", () => {
  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 60_000])("refuse a horizon of %d weeks", (horizon) => {
    expect(() => fitSummary("bg-nbd", summary, { horizon, discounting })).toThrow(
      expect.objectContaining({ code: "invalid_horizon" }),
    );
  });

  it("name the customer's own row where a history cannot be, not the group's", () => {
    const recency = summary.recency.slice();
    recency[200] = 99;
    expect(() => fitSummary("bg-nbd", { ...summary, recency }, { discounting })).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ row: 201, reason: "recency_above_age" }) }),
    );
  });

  it.each(purchaseModels.filter((name) => name !== "bg-cnbd-k" && name !== "bg-bb"))(
    "forecast what the model expects of each customer: %s",
    (name) => {
      const { fit, predictions } = fitSummary(name, summary, { horizon: 13, discounting });
      for (let row = 0; row < 50; row++) {
        const expected = fit.model.expectedPurchases(fit.parameters, drawn[row], 13);
        expect(predictions.expectedTransactions[row]).toBeCloseTo(expected, 10);
      }
    },
  );

  it("recommend nothing without a holdout, and refuse a summary for the model of gaps", () => {
    const { recommended } = compareModels(summary, { discounting, seed: "s", names: ["bg-nbd"] });
    expect(recommended).toBeNull();
    expect(() => fitSummary("bg-cnbd-k", summary, { discounting })).toThrow(
      expect.objectContaining({ code: "gaps_unknown" }),
    );
  });
});
