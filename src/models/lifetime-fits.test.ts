import { describe, expect, it } from "vitest";
import { bgBb } from "./bg-bb.ts";
import { bgNbd } from "./bg-nbd.ts";
import { cdnowPurchases, dataSet, dayOf, readCsv } from "./cdnow.test-data.ts";
import { betaDiscreteWeibull, contractLikelihood, discountedRenewals, shiftedBetaGeometric } from "./contract-churn.ts";
import { fitContracts } from "./fit-contracts.ts";
import { fitPurchases } from "./fit-purchases.ts";
import { fitSpending, groupSpending } from "./fit-spending.ts";
import { expectedSpending } from "./gamma-gamma.ts";
import { mbgNbd } from "./mbg-nbd.ts";
import { paretoNbd } from "./pareto-nbd.ts";
import { groupHistories, summarisePurchases } from "./purchase-summary.ts";

const sample = dataSet("cdnow/cdnow_sample.csv");
const master = dataSet("cdnow/cdnow_master.csv");
const donations = dataSet("donations-bgbb/donations_rf.csv");
const apparel = dataSet("apparel/apparel_trans.csv");
const weeks = { calibrationEnd: dayOf("1997-09-30"), holdoutEnd: dayOf("1998-06-30"), unitDays: 7 };

const rounded = (values: ArrayLike<number>, digits: number) =>
  Array.from(values, (value) => Number(value.toFixed(digits)));

describe.skipIf(!sample)("CDNOW, 1/10 sample", () => {
  const summary = summarisePurchases(cdnowPurchases(sample as URL), weeks);
  const histories = groupHistories(summary);

  it("has 2,357 customers, 946 with a repeat purchase, 2,457 repeats, 1,882 in the holdout worth $70,976.39 (known facts)", () => {
    expect(summary.rows).toBe(2357);
    expect(summary.frequency.filter((x) => x > 0).length).toBe(946);
    expect(summary.frequency.reduce((sum, x) => sum + x, 0)).toBe(2457);
    expect(summary.holdout?.frequency.reduce((sum, x) => sum + x, 0)).toBe(1882);
    expect(summary.holdout?.value.reduce((sum, x) => sum + x, 0)).toBeCloseTo(70976.39, 2);
  });

  it("BG/NBD: 0.2425945, 4.4136019, 0.7929199, 2.4258881; LL −9582.429; SEs 0.012557, 0.378221, 0.185719, 0.705345 (Fader, Hardie & Lee 2005; CLVTools; lifetimes)", () => {
    const fit = fitPurchases(bgNbd, histories);
    expect(rounded(fit.parameters, 3)).toEqual([0.243, 4.414, 0.793, 2.426]);
    expect(fit.parameters[0]).toBeCloseTo(0.2425945, 5);
    expect(fit.parameters[3]).toBeCloseTo(2.4258881, 3);
    expect(fit.logLikelihood).toBeCloseTo(-9582.429, 3);
    [0.012557, 0.378221, 0.185719, 0.705345].forEach((error, i) => {
      expect((fit.standardErrors[i] as number) / error).toBeCloseTo(1, 2);
    });
    expect(fit.converged).toBe(true);
    expect(fit.diagnostics).toEqual([]);
  });

  it("Pareto/NBD: 0.5533, 10.578, 0.6062, 11.669; LL −9594.976; SEs 0.0476, 0.843, 0.187, 6.21 (Fader & Hardie 2005; CLVTools)", () => {
    const fit = fitPurchases(paretoNbd, histories);
    expect(rounded(fit.parameters, 3)).toEqual([0.553, 10.578, 0.606, 11.669]);
    expect(fit.logLikelihood).toBeCloseTo(-9594.976, 3);
    [0.0476264, 0.8427222, 0.1872594, 6.2105448].forEach((error, i) => {
      expect((fit.standardErrors[i] as number) / error).toBeCloseTo(1, 2);
    });
  });

  it("MBG/NBD: 0.525, 6.183, 0.891, 1.614 (lifetimes 0.11.3, tests; BTYDplus)", () => {
    expect(rounded(fitPurchases(mbgNbd, histories).parameters, 3)).toEqual([0.525, 6.183, 0.891, 1.614]);
  });

  it("forecasts 1,653.4 (BG/NBD) and 1,665.5 (Pareto/NBD) repeat purchases for the 39 weeks of holdout, MAE 0.7855 and 0.7545", () => {
    for (const [model, total, mae] of [
      [bgNbd, 1653.4, 0.7855],
      [paretoNbd, 1665.5, 0.7545],
    ] as const) {
      const { parameters } = fitPurchases(model, histories);
      let sum = 0;
      let error = 0;
      for (let row = 0; row < summary.rows; row++) {
        const history = { frequency: summary.frequency[row], recency: summary.recency[row], age: summary.age[row] };
        const expected = model.expectedPurchases(parameters, history, 39);
        sum += expected;
        error += Math.abs(expected - (summary.holdout?.frequency[row] as number)) / summary.rows;
      }
      expect(sum).toBeCloseTo(total, 0);
      expect(error).toBeCloseTo(mae, 3);
    }
  });

  it("Gamma-Gamma: 6.25, 3.74, 15.44; LL −4055.918; population mean 35.17; the first ten customers (Fader & Hardie 2013; CLVTools)", () => {
    const fit = fitSpending(groupSpending(summary.frequency, summary.meanValue));
    expect(fit.customers).toBe(946);
    expect(rounded(fit.parameters, 2)).toEqual([6.25, 3.74, 15.44]);
    expect(fit.logLikelihood).toBeCloseTo(-4055.918, 3);
    expect(fit.populationMean).toBeCloseTo(35.17, 2);
    const first = Array.from({ length: 10 }, (_, row) =>
      expectedSpending(fit.parameters, summary.frequency[row], summary.frequency[row] > 0 ? summary.meanValue[row] : 0),
    );
    expect(rounded(first, 2)).toEqual([24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17]);
  });

  it("BG/NBD by whether the first purchase came to $30: r 0.25153, α 5.9364, a 0.66056, b 1.76449, γ 0.60957, 0.40409, 0.73369 (PyMC-Marketing 0.19.2, MAP, flat priors)", () => {
    const { customer, day, value = new Float64Array(0) } = cdnowPurchases(sample as URL);
    const spentFirst = new Float64Array(summary.rows);
    for (let row = 0; row < summary.rows; row++) {
      const firstDay = weeks.calibrationEnd - 7 * summary.age[row];
      for (let at = 0; at < day.length; at++) {
        if (customer[at] === summary.customer[row] && Math.abs(day[at] - firstDay) < 0.5) spentFirst[row] += value[at];
      }
    }
    const large = spentFirst.map((spent) => Number(spent >= 30));
    const fit = fitPurchases(bgNbd, groupHistories({ ...summary, covariates: { names: ["large"], columns: [large] } }));
    expect(fit.parameterNames).toEqual(["r", "alpha", "a", "b", "rate.large", "a.large", "b.large"]);
    [0.25153, 5.9364, 0.66056, 1.76449, 0.60957, 0.40409, 0.73369].forEach((value, i) => {
      expect(fit.parameters[i] / value, fit.parameterNames[i]).toBeCloseTo(1, 2.7);
    });
    expect(fit.logLikelihood).toBeGreaterThan(-9582.429 + 15);
  });

  it("says the same in days as in weeks", () => {
    const days = groupHistories(summarisePurchases(cdnowPurchases(sample as URL), { ...weeks, unitDays: 1 }));
    for (const model of [bgNbd, paretoNbd]) {
      const inWeeks = fitPurchases(model, histories);
      const inDays = fitPurchases(model, days);
      expect(inDays.parameters[1] / inWeeks.parameters[1]).toBeCloseTo(7, 2);
      const weekly = model.expectedPurchases(inWeeks.parameters, { frequency: 3, recency: 20, age: 38 }, 39);
      const daily = model.expectedPurchases(inDays.parameters, { frequency: 3, recency: 140, age: 266 }, 273);
      expect(daily / weekly).toBeCloseTo(1, 4);
    }
  });
});

describe.skipIf(!master)("CDNOW, all 23,570 customers", () => {
  it("BG/NBD 0.2516, 4.7889, 0.7234, 2.1611, LL −95368.444; Pareto/NBD 0.5974, 11.5857, 0.5222, 8.8277, LL −95415.119 (reference refits in R)", () => {
    const histories = groupHistories(summarisePurchases(cdnowPurchases(master as URL), weeks));
    const bg = fitPurchases(bgNbd, histories);
    expect(rounded(bg.parameters, 3)).toEqual([0.252, 4.789, 0.723, 2.161]);
    expect(bg.logLikelihood).toBeCloseTo(-95368.444, 2);
    const pareto = fitPurchases(paretoNbd, histories);
    expect(rounded(pareto.parameters, 2)).toEqual([0.6, 11.59, 0.52, 8.83]);
    expect(pareto.logLikelihood).toBeCloseTo(-95415.119, 2);
  });
});

describe.skipIf(!donations)("donations to a non-profit, 11,104 donors", () => {
  it("BG/BB: 1.204, 0.750, 0.657, 2.783; LL −33225.6; 12,884.2 gifts in the five years of holdout (Fader, Hardie & Shang 2010)", () => {
    const rows = readCsv(donations as URL);
    const column = (name: string) => Float64Array.from(rows, (row) => Number(row[name]));
    const histories = {
      rows: rows.length,
      frequency: column("x"),
      recency: column("t.x"),
      age: column("n.cal"),
      customers: column("custs"),
    };
    const fit = fitPurchases(bgBb, histories);
    expect(rounded(fit.parameters, 3)).toEqual([1.204, 0.75, 0.657, 2.783]);
    expect(fit.logLikelihood).toBeCloseTo(-33225.58, 2);
    let total = 0;
    for (let row = 0; row < rows.length; row++) {
      const history = { frequency: histories.frequency[row], recency: histories.recency[row], age: histories.age[row] };
      total += histories.customers[row] * bgBb.expectedPurchases(fit.parameters, history, 5);
    }
    expect(total).toBeCloseTo(12884.2, 0);
  });
});

describe.skipIf(!apparel)("apparel retailer (simulated)", () => {
  it("Pareto/NBD 1.3080, 46.3345, 0.4793, 70.2120, LL −3481.978; BG/NBD LL −3480.435 with a, b running off and saying so; Gamma-Gamma 4.0898, 4.1626, 28.7072 (reference refits in R)", () => {
    const rows = readCsv(apparel as URL);
    const numbers = new Map<string, number>();
    for (const { Id } of rows) if (!numbers.has(Id)) numbers.set(Id, numbers.size);
    const purchases = {
      customers: numbers.size,
      customer: Int32Array.from(rows, ({ Id }) => numbers.get(Id) as number),
      day: Int32Array.from(rows, (row) => dayOf(row.Date)),
      value: Float64Array.from(rows, (row) => Number(row.Price)),
    };
    const summary = summarisePurchases(purchases, { calibrationEnd: dayOf("2006-01-01"), unitDays: 7 });
    const histories = groupHistories(summary);
    const pareto = fitPurchases(paretoNbd, histories);
    expect(pareto.logLikelihood).toBeCloseTo(-3481.978, 2);
    [1.308, 46.3345, 0.4793, 70.212].forEach((value, i) => {
      expect(pareto.parameters[i] / value).toBeCloseTo(1, 2);
    });
    const bg = fitPurchases(bgNbd, histories);
    expect(bg.logLikelihood).toBeCloseTo(-3480.435, 2);
    expect(bg.parameters[2] / (bg.parameters[2] + bg.parameters[3])).toBeCloseTo(0.102, 2);
    expect(bg.diagnostics.map(({ code }) => code)).toContain("parameter_at_boundary");
    const spending = fitSpending(groupSpending(summary.frequency, summary.meanValue));
    expect(spending.customers).toBe(341);
    expect(spending.logLikelihood).toBeCloseTo(-1489.267, 2);
  });
});

describe("contracts", () => {
  /** Fader & Hardie (2007), table 1: of 1,000 customers in each of two segments, how many were left after each year. */
  const regular = [1000, 631, 468, 382, 326, 289, 262, 241];
  const highEnd = [1000, 869, 743, 653, 593, 551, 517, 491];
  const histories = (survivors: readonly number[]) => ({
    lost: Float64Array.from(survivors.slice(1), (now, at) => survivors[at] - now),
    remaining: Float64Array.from({ length: survivors.length - 1 }, (_, at) =>
      at === survivors.length - 2 ? (survivors.at(-1) as number) : 0,
    ),
  });

  it("shifted-beta-geometric: 0.704, 1.182 (regular) and 0.668, 3.806 (high end) on seven years (Fader & Hardie 2007)", () => {
    expect(rounded(fitContracts(shiftedBetaGeometric, histories(regular)).parameters, 3)).toEqual([0.704, 1.182]);
    expect(rounded(fitContracts(shiftedBetaGeometric, histories(highEnd)).parameters, 3)).toEqual([0.668, 3.806]);
  });

  it("beta-discrete-Weibull is the shifted-beta-geometric at c = 1, fits at least as well, and has the gradient of its likelihood", () => {
    const data = histories(highEnd);
    const two = fitContracts(shiftedBetaGeometric, data);
    const three = fitContracts(betaDiscreteWeibull, data);
    expect(three.logLikelihood).toBeGreaterThanOrEqual(two.logLikelihood - 1e-6);
    const at = Float64Array.of(0.7, 2.5, 1.3);
    const gradient = new Float64Array(3);
    contractLikelihood(betaDiscreteWeibull, at, data, gradient);
    for (let i = 0; i < 3; i++) {
      const value = (factor: number) => {
        const moved = at.slice();
        moved[i] *= 1 + factor * 1e-5;
        return contractLikelihood(betaDiscreteWeibull, moved, data, new Float64Array(3));
      };
      expect(gradient[i] / ((value(1) - value(-1)) / (2e-5 * at[i]))).toBeCloseTo(1, 5);
    }
    expect(betaDiscreteWeibull.survival(Float64Array.of(0.7, 2.5, 1), 6)).toBeCloseTo(
      shiftedBetaGeometric.survival(Float64Array.of(0.7, 2.5), 6),
      12,
    );
  });

  it("discounted renewals are the sum of survival; without discount over one period, the retention rate", () => {
    const parameters = Float64Array.of(0.668, 3.806);
    const one = discountedRenewals(shiftedBetaGeometric, parameters, 2, { horizon: 1, discountFactor: 1 });
    expect(one).toBeCloseTo((3.806 + 2) / (0.668 + 3.806 + 2), 12);
  });
});
