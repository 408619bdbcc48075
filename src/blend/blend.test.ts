import { describe, expect, it } from "vitest";
import { millisecondsPerDay } from "../base/clock.ts";
import { createRandom } from "../base/random.ts";
import { type BlendHorizon, memberNames } from "../schema/blend.ts";
import { type Evidence, fitBlend, mix } from "./blend.ts";

const day = (days: number) => Date.UTC(2022, 0, 1) + days * millisecondsPerDay;
const horizonsDays = [30, 90];
const customers = 2500;

/** Outcomes around a worth that members see blurred: the larger the noise, the worse the member; (customers, horizons). */
function evidenceAt(
  origin: number,
  noise: Partial<Record<(typeof memberNames)[number], number>>,
  knownDays = 90,
): Evidence {
  const random = createRandom(`blend/${origin}`);
  const worth = Array.from({ length: customers }, () => 20 * random.gamma(0.8));
  const wide = (of: (worth: number, horizon: number) => number) =>
    Float64Array.from({ length: 2 * customers }, (_, at) => of(worth[at >> 1], at % 2));
  const member = (spread = 1.5) => {
    const blur = worth.map(() => Math.exp(spread * random.normal()));
    return Float64Array.from({ length: 2 * customers }, (_, at) => worth[at >> 1] * blur[at >> 1] * (1 + (at % 2)));
  };
  const forecasts = Object.fromEntries(memberNames.map((name) => [name, member(noise[name])]));
  return {
    origin,
    customers,
    forecasts: {
      ...(forecasts as unknown as Evidence["forecasts"]),
      network: forecasts.network.map((value, at) => (horizonsDays[at % 2] <= knownDays ? value : Number.NaN)),
    },
    outcomes: wide((of, horizon) => (random.uniform() < 0.5 ? 0 : of * (1 + horizon) * random.gamma(1))),
  };
}

const good = { network: 0.3, sequence: 1.5, lifetimeModel: 0.9, pastSpend: 2.5 };
const blendOf = (evidence: readonly Evidence[], cutoff = day(300)) =>
  fitBlend(cutoff, { horizonsDays, evidence, pastSpendLevels: [1, 1], seed: "s" }).horizons;
const sum = ({ weights }: BlendHorizon) => memberNames.reduce((all, name) => all + weights[name], 0);

describe("the blend of a cut-off", () => {
  it("gives most weight to the member that ordered best at an earlier origin, and says what it rests on", () => {
    const [short, long] = blendOf([evidenceAt(day(200), good)]);
    for (const horizon of [short, long]) {
      expect(horizon).toMatchObject({ way: "earlier_origin", chosen: "network", quantiles: "conformal" });
      expect(horizon.weights.network).toBeGreaterThan(0.5);
      expect(sum(horizon)).toBeCloseTo(1, 12);
      expect(horizon.evidence).toEqual({ origin: "2022-07-20", horizonDays: horizon.horizonDays, customers });
      expect(horizon.againstPastSpend.network?.verdict).toBe("better");
    }
  });

  it("is the best member alone where every mix with the others orders worse", () => {
    const [horizon] = blendOf([
      evidenceAt(day(200), { network: 0, sequence: 5, lifetimeModel: 5, pastSpend: 5, ownRate: 5 }),
    ]);
    expect(horizon.weights).toEqual({ network: 1, sequence: 0, lifetimeModel: 0, pastSpend: 0, ownRate: 0 });
  });

  it("gives a network that does not beat past spend weight zero", () => {
    for (const horizon of blendOf([evidenceAt(day(200), { network: 1.5, pastSpend: 0.3 })])) {
      expect(horizon.weights.network).toBe(0);
      expect(horizon.againstPastSpend.network?.verdict).not.toBe("better");
      expect(horizon.chosen).toBe("pastSpend");
    }
  });

  it("judges each network on its own: the sequence network may earn a weight where the other does not", () => {
    const [horizon] = blendOf([evidenceAt(day(200), { network: 3, sequence: 0.2, pastSpend: 1.5, lifetimeModel: 3 })]);
    expect(horizon.weights.network).toBe(0);
    expect(horizon.weights.sequence).toBeGreaterThan(0.5);
    expect(horizon.againstPastSpend.network?.verdict).not.toBe("better");
    expect(horizon.againstPastSpend.sequence?.verdict).toBe("better");
  });

  it("does without a sequence network where none was trained", () => {
    const past = evidenceAt(day(200), good);
    const without = { ...past.forecasts, sequence: past.forecasts.sequence.map(() => Number.NaN) };
    const [horizon] = blendOf([{ ...past, forecasts: without }]);
    expect(horizon.weights.sequence).toBe(0);
    expect(horizon.againstPastSpend).not.toHaveProperty("sequence");
  });

  it("looks at no outcome that had not ended by the cut-off, to the day, and at the latest of the others", () => {
    const past = evidenceAt(day(200), good);
    const later = evidenceAt(day(211), { network: 3, pastSpend: 0.1 });
    const [short, long] = blendOf([past, later]);
    expect(long).toEqual(blendOf([past])[1]); // 211 + 90 > 300
    expect(short.evidence?.origin).toBe("2022-07-31");
    expect(blendOf([past, later], day(301))[1].evidence?.origin).toBe("2022-07-31");
  });

  it("borrows from the next shorter horizon where its own has no evidence, without its quantiles where it is much longer", () => {
    const [short, long] = blendOf([evidenceAt(day(200), good, 30)]);
    expect(long).toMatchObject({ way: "shorter_horizon", weights: short.weights, quantiles: "network" });
    expect(long.evidence).toMatchObject({ horizonDays: 30 });
    expect(long).not.toHaveProperty("conformal");
  });

  it("is the lifetime model alone where there is no earlier origin", () => {
    for (const horizon of blendOf([])) {
      expect(horizon).toMatchObject({ way: "no_earlier_origin", chosen: "lifetimeModel", quantiles: "network" });
      expect([horizon.weights.lifetimeModel, sum(horizon)]).toEqual([1, 1]);
    }
  });

  it("does not stack where nobody brought anything", () => {
    const nothing = { ...evidenceAt(day(200), good), outcomes: new Float64Array(2 * customers) };
    expect(blendOf([nothing])[0].way).toBe("no_earlier_origin");
  });
});

describe("mixing", () => {
  const weights = { network: 0.5, sequence: 0, lifetimeModel: 0.3, pastSpend: 0, ownRate: 0.2 };
  const row = (network: number, lifetimeModel: number, pastSpend: number, ownRate: number) =>
    mix(weights, {
      network: Float64Array.of(network),
      sequence: Float64Array.of(Number.NaN),
      lifetimeModel: Float64Array.of(lifetimeModel),
      pastSpend: Float64Array.of(pastSpend),
      ownRate: Float64Array.of(ownRate),
    })[0];

  it("is the weighted sum, without members that have no forecast, and past spend where none has", () => {
    expect(row(10, 20, 99, 30)).toBeCloseTo(17, 12);
    expect(row(10, Number.NaN, 99, 30)).toBeCloseTo((5 + 6) / 0.7, 12);
    expect(row(Number.NaN, Number.NaN, 99, Number.NaN)).toBe(99);
  });
});
