import { beforeAll, describe, expect, it } from "vitest";
import { allocate } from "../../src/allocation/allocation.ts";
import { budgetLimit } from "../../src/allocation/problem.ts";
import { createRandom, type Random } from "../../src/base/random.ts";
import { atUsualValue, fitEffects, predictEffects } from "../../src/models/doubly-robust-effects.ts";
import { type PlantedAction, plantDecisions } from "../../src/models/doubly-robust-effects-known-truth.test-data.ts";
import { mean, meanInterval99, standardError } from "./mean-interval.ts";
import { unshrunkEffects } from "./unshrunk-effects.ts";

const seeds = Array.from({ length: 20 }, (_, index) => `curse-${index + 1}`);
/** 10,000 randomised decisions on nothing and five offers, as in the demo's shop; then 4,000 customers are planned for. */
const log = { customers: 2500, waves: 4, features: 8 };
const customers = 4000;
const budget = 1000;
const offers = [
  { discount: 0, contactCost: 0.03 },
  { discount: 0.1, contactCost: 0.03 },
  { discount: 0.2, contactCost: 0.03 },
  { discount: 0.05, contactCost: 0.3 },
  { discount: 0, contactCost: 0.6 },
];

/** A share of value from N(0, sd²). */
const share = (random: Random, sd: number) => sd * random.normal();

/** Every offer moves something: by 10 % of value, now and later, as one standard deviation. */
const everythingWorks = (random: Random): PlantedAction[] =>
  offers.map((offer) => ({ ...offer, short: share(random, 0.1), long: share(random, 0.1) }));

/**
 * What the learner believes before it sees data (docs/methods/effects.md, step 4): three quarters of the shops have no
 * long-term effects, three quarters of the offers none in the short term, differences between customers are rarer still; the
 * others have the sds of a half-Cauchy, at most 10 % of value.
 */
function asBelieved(random: Random): PlantedAction[] {
  const grid = [0.1, 0.2, 0.35, 0.5, 0.75, 1];
  const sd = (chance: number) => {
    if (random.uniform() >= chance) return 0;
    const weights = grid.map((scale) => 1 / (1 + (scale / 0.2) ** 2));
    const cumulative = weights.map((_, at) => weights.slice(0, at + 1).reduce((sum, weight) => sum + weight, 0));
    const at = random.uniform() * cumulative[cumulative.length - 1];
    return 0.1 * grid[cumulative.findIndex((sum) => at < sum)];
  };
  const [long, tilt] = [sd(1 / 4), sd(1 / 7)];
  return offers.map((offer) => ({
    ...offer,
    short: share(random, sd(1 / 4)),
    long: share(random, long),
    tilt: share(random, tilt),
  }));
}

interface Kept {
  promised: number;
  realised: number;
}

/** Learns from one shop's log, plans for its customers with shrunk and with unshrunk effects, and looks up the truth. */
async function planned(offered: PlantedAction[], seed: string): Promise<{ shrunk: Kept; unshrunk: Kept }> {
  const past = plantDecisions(offered, { ...log, seed: `${seed}/log` });
  const today = plantDecisions(offered, { customers, waves: 1, features: log.features, seed: `${seed}/today` });
  const table = { ...past.table, longAtUsualValue: atUsualValue(past.later) };
  const fitted = fitEffects(table, { seed, modifiers: ["tenure"] });
  const shrunk = predictEffects(fitted.model, today.table.features, customers);
  const { actions } = table;
  const kept = async (effects: { short: Float64Array; long: Float64Array }): Promise<Kept> => {
    const customerIds = Array.from({ length: customers }, (_, row) => String(row));
    const problem = { customerIds, actions, ...effects, cost: shrunk.cost };
    const options = { balance: 0.5, explorationShare: 0, limits: budgetLimit(problem, budget) };
    const { choice, totals } = await allocate(problem, options);
    const truth = (at: number) => today.trueShort[at] + today.trueLong[at];
    const realised = choice.reduce((sum, action, row) => sum + truth(row * actions.length + action), 0);
    return { promised: totals.total, realised };
  };
  return { shrunk: await kept(shrunk), unshrunk: await kept(unshrunkEffects(fitted, table, today.table, shrunk)) };
}

/**
 * The ratio of the means and its standard error (linearised), and the difference with its 99 % interval, which holds 0
 * exactly where Fieller's (1954) interval of the ratio holds 1.
 */
function judge(kept: readonly Kept[]) {
  const [promised, realised] = [mean(kept.map((one) => one.promised)), mean(kept.map((one) => one.realised))];
  const ratio = promised / realised;
  const difference = kept.map((one) => one.promised - one.realised);
  return {
    promised,
    realised,
    ratio,
    ratioError: standardError(kept.map((one) => one.promised - ratio * one.realised)) / Math.abs(realised),
    difference: meanInterval99(difference),
  };
}

describe.each([
  ["as the learner believes them to be", asBelieved, 4],
  ["in which every offer works", everythingWorks, 1],
] as const)("promised and realised value in shops %s", (name, draw, shops) => {
  const kept: { shrunk: Kept; unshrunk: Kept }[] = [];
  beforeAll(async () => {
    for (const seed of seeds) {
      const sum = { shrunk: { promised: 0, realised: 0 }, unshrunk: { promised: 0, realised: 0 } };
      for (let shop = 0; shop < shops; shop++) {
        const one = await planned(draw(createRandom(`${seed}/${shop}/truth`)), `${seed}/${shop}`);
        for (const way of ["shrunk", "unshrunk"] as const) {
          sum[way].promised += one[way].promised / shops;
          sum[way].realised += one[way].realised / shops;
        }
      }
      kept.push(sum);
    }
  });
  const judged = (way: "shrunk" | "unshrunk") => {
    const found = judge(kept.map((one) => one[way]));
    const { promised, realised, ratio, ratioError, difference } = found;
    const figures = [promised, realised, difference.low, difference.high].map(Math.round);
    console.log(
      `${seeds[0]} … ${seeds.at(-1)}, shops ${name}, ${way}: promised, realised, 99 % of the difference ${figures}`,
    );
    console.log(`ratio ${ratio.toFixed(2)} (standard error ${ratioError.toFixed(2)})`);
    return found;
  };

  it("differ without shrinkage: the best of many noisy figures is chosen, and promises too much", () => {
    const { difference } = judged("unshrunk");
    expect(difference.low).toBeGreaterThan(0);
  });

  it("do not with shrinkage: nothing says that too much is promised", () => {
    const { difference } = judged("shrunk");
    expect(difference.low).toBeLessThan(0);
    // Where the prior is right, not too little either; where every offer works, the sceptic promises too little.
    if (draw === asBelieved) expect(difference.high).toBeGreaterThan(0);
  });

  it("and shrinkage earns no less", () => {
    const gains = kept.map(({ shrunk, unshrunk }) => shrunk.realised - unshrunk.realised);
    console.log(
      `shrunk less unshrunk, realised: ${mean(gains).toFixed(0)} (standard error ${standardError(gains).toFixed(0)})`,
    );
    expect(mean(gains)).toBeGreaterThan(-2 * standardError(gains));
  });
});
