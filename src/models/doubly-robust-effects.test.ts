import { describe, expect, it } from "vitest";
import { clusteredMean } from "../stats/intervals.ts";
import { crossFittedScores, type DecisionTable, fitEffects, predictEffects } from "./doubly-robust-effects.ts";
import { plantDecisions } from "./doubly-robust-effects-known-truth.test-data.ts";

const coupon = { short: 0.4, long: -0.3, discount: 0.1, contactCost: 0.2 };
const quiet = { short: 0, long: 0, discount: 0, contactCost: 0.2 };
const size = { customers: 2500, waves: 4, features: 8, seed: "planted" };

function small(change: (table: DecisionTable) => void): DecisionTable {
  const { table } = plantDecisions([coupon, quiet], { customers: 500, waves: 3, features: 6, seed: "small" });
  change(table);
  return table;
}

function columnMean(values: Float64Array, column: number, columns: number): number {
  let sum = 0;
  for (let at = column; at < values.length; at += columns) sum += values[at];
  return (sum * columns) / values.length;
}

describe("a planted coupon: +40 % now, −30 % later, 10 % discount", () => {
  const known = plantDecisions([coupon, quiet], size);
  const { model, averages, diagnostics } = fitEffects(known.table, { seed: "s", modifiers: ["tenure"] });
  const predicted = predictEffects(model, known.table.features, known.table.rows);

  it("is found with the right signs, beyond doubt, and shrunk towards the sceptic", () => {
    const [found, nothingMuch] = averages;
    expect(found.short!.interval95.lower).toBeGreaterThan(0);
    expect(found.long!.interval95.upper).toBeLessThan(0);
    expect(nothingMuch.long!.interval95.lower * nothingMuch.long!.interval95.upper).toBeLessThan(0);
    const short = columnMean(predicted.short, 1, 3);
    const long = columnMean(predicted.long, 1, 3);
    expect(short).toBeGreaterThan(0);
    expect(short).toBeLessThan(found.short!.estimate);
    expect(long).toBeLessThan(0);
    expect(long).toBeGreaterThan(found.long!.estimate);
  });

  it("costs its contact and its redeemed discount: the fitted cost adds up with the truth to 10 %", () => {
    let redeemed = 0;
    let taken = 0;
    for (let i = 0; i < known.table.rows; i++) {
      if (known.table.action[i] !== 1) continue;
      redeemed += known.table.redeemed[i];
      taken++;
    }
    expect(columnMean(predicted.cost, 1, 3) / (redeemed / taken + 0.2)).toBeCloseTo(1, 1);
    expect(columnMean(predicted.cost, 2, 3)).toBeCloseTo(0.2, 12);
  });

  it("leaves the column of nothing at 0 and gives every effect an uncertainty", () => {
    for (const matrix of Object.values(predicted) as Float64Array[]) expect(columnMean(matrix, 0, 3)).toBe(0);
    expect(predicted.shortSd.every((sd, at) => at % 3 === 0 || sd > 0)).toBe(true);
  });

  it("has a smaller standard error than the difference in means", () => {
    const { table } = known;
    const net = table.short.map((margin, i) => margin - table.contactCost[table.action[i]]);
    const arm = (k: number) => net.filter((_, i) => table.action[i] === k);
    const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const [nothing, treated] = [arm(0), arm(1)];
    const influence = net.map((value, i) => {
      if (table.action[i] === 1) return ((value - mean(treated)) * table.rows) / treated.length;
      return table.action[i] === 0 ? (-(value - mean(nothing)) * table.rows) / nothing.length : 0;
    });
    const plain = clusteredMean(influence, table.cluster).standardError;
    expect(averages[0].short!.standardError).toBeLessThan(0.95 * plain);
    expect(diagnostics.short.outOfFoldR2).toBeGreaterThan(0.2);
  });

  it("prints the smallest detectable effect: 2.80 standard errors", () => {
    const { minimumDetectableEffect, standardError } = averages[0].long!;
    expect(minimumDetectableEffect / standardError).toBeCloseTo(2.8015852, 6);
  });

  it("predicts the same after a round trip through JSON, and the same bytes when fitted again", () => {
    const again = JSON.parse(JSON.stringify(model));
    expect(predictEffects(again, known.table.features, known.table.rows)).toEqual(predicted);
    const refitted = fitEffects(known.table, { seed: "s", modifiers: ["tenure"] });
    expect(JSON.stringify(refitted.model)).toBe(JSON.stringify(model));
  });
});

describe("scores", () => {
  it("look at no outcome of the row's own customer", () => {
    const table = small(() => {});
    const before = crossFittedScores(table, { seed: "s", folds: 3 });
    const changed = small((other) => {
      for (let i = 0; i < 3; i++) other.short[i] += 1000;
    });
    const after = crossFittedScores(changed, { seed: "s", folds: 3 });
    for (let at = 0; at < 9; at++) expect(after.short.predicted[at]).toBe(before.short.predicted[at]);
    expect(after.short.predicted).not.toEqual(before.short.predicted);
  });

  it("stay unbiased for ineligible rows by leaving them out of the action's average", () => {
    const table = small((other) => {
      for (let i = 0; i < other.rows; i++) {
        if (other.cluster[i] % 2 === 0) continue;
        other.eligible[i * 3 + 1] = 0;
        other.propensity[i] = 0.5;
      }
    });
    const { averages, diagnostics } = fitEffects(table, { seed: "s", folds: 3 });
    expect(averages[0].short!.rows).toBeLessThan(0.6 * averages[1].short!.rows);
    expect(diagnostics.excluded.actionNotEligible).toBeGreaterThan(100);
  });
});

describe("refusals", () => {
  it("leaves rows without propensity out and counts them", () => {
    const table = small((other) => {
      other.propensity[0] = Number.NaN;
      other.propensity[1] = 0;
      other.propensity[2] = 0;
    });
    const { diagnostics } = fitEffects(table, { seed: "s", folds: 3 });
    expect(diagnostics.excluded).toMatchObject({ missingPropensity: 1, zeroPropensity: 2 });
    expect(diagnostics.rows).toBe(table.rows - 3);
  });

  it("refuses an action with too few decisions, keeps the sceptic's prior for it, and estimates the other", () => {
    const table = small((other) => {
      for (let i = 0; i < other.rows; i++) {
        if (other.cluster[i] < 60) continue;
        other.eligible[i * 3 + 1] = 0;
        other.propensity[i] = 0.5;
      }
    });
    const { model, averages } = fitEffects(table, { seed: "s", folds: 3 });
    expect(model.status[1].short).toEqual({ status: "refused", reason: "too_few_decisions" });
    expect(model.status[2].short).toEqual({ status: "estimated" });
    expect(averages[0]).toMatchObject({ short: null, long: null, total: null });
    const { short, long, cost } = predictEffects(model, table.features, table.rows);
    for (let at = 1; at < short.length; at += 3) {
      expect(short[at]).toBe(-cost[at]);
      expect(long[at]).toBe(0);
    }
  });

  it("refuses the long term where no decision is old enough, and says that its uncertainty is unknown", () => {
    const table = small((other) => other.long.fill(Number.NaN));
    const { model, averages } = fitEffects(table, { seed: "s", folds: 3 });
    expect(model.status[1].long).toEqual({ status: "refused", reason: "no_mature_outcomes" });
    expect(averages[0].long).toBeNull();
    const { long, longSd } = predictEffects(model, table.features, table.rows);
    expect([long[1], longSd[0], longSd[1]]).toEqual([0, 0, Number.NaN]);
  });

  it("refuses few customers, and propensities that are not those the actions were drawn with", () => {
    const few = plantDecisions([quiet], { customers: 40, waves: 30, features: 5, seed: "few" }).table;
    expect(() => fitEffects(few, { seed: "s", folds: 3 })).toThrow(/no_comparison.*too_few_customers/);
    const wrong = small((other) => {
      for (let i = 0; i < other.rows; i++) if (other.action[i] === 1) other.propensity[i] = 0.8;
    });
    const { model } = fitEffects(wrong, { seed: "s", folds: 3 });
    expect(model.status[1].short).toEqual({ status: "refused", reason: "propensities_do_not_match" });
  });

  it("throws where nothing can be said at all", () => {
    const none = small((other) => other.propensity.fill(Number.NaN));
    expect(() => fitEffects(none, { seed: "s" })).toThrow(/no_usable_decisions/);
    expect(() =>
      fitEffects(
        small((t) => (t.propensity[5] = 1.2)),
        { seed: "s" },
      ),
    ).toThrow(/propensity_out_of_range/);
    expect(() =>
      fitEffects(
        small(() => {}),
        { seed: "s", modifiers: ["height"] },
      ),
    ).toThrow(/unknown_modifier/);
    expect(() => fitEffects({ ...small(() => {}), rows: 7 }, { seed: "s" })).toThrow(/decision_table_shape/);
  });

  it("copes with constant and wholly missing features as modifiers", () => {
    const table = small((other) => {
      for (let i = 0; i < other.rows; i++) {
        other.features[i * 6 + 3] = 1;
        other.features[i * 6 + 5] = Number.NaN;
      }
    });
    const { model } = fitEffects(table, { seed: "s", folds: 3, modifiers: ["tenure", "noise5"] });
    const { short, shortSd } = predictEffects(model, table.features, table.rows);
    expect(short.every(Number.isFinite) && shortSd.every(Number.isFinite)).toBe(true);
  });
});
