import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../base/random.ts";
import { binomialBand } from "../stats/intervals.ts";
import { evaluatePolicy, type OffPolicyInput, type PolicyValues } from "./off-policy.ts";

function valuesOf(input: OffPolicyInput, smallestEffectiveRows = 1): PolicyValues {
  const result = evaluatePolicy(input, { smallestEffectiveRows, meanWeightTolerance: 1 });
  if (result.status === "refused") throw new Error(result.reason);
  return result.values;
}

/** Four decisions at propensity ½ between two actions; the target always takes action 1. */
const four: OffPolicyInput = {
  actions: 2,
  action: [0, 1, 1, 0],
  propensity: [0.5, 0.5, 0.5, 0.5],
  reward: [1, 2, 6, 3],
  cluster: [0, 1, 2, 3],
  target: [0, 1, 0, 1, 0, 1, 0, 1],
  predicted: [0, 3, 0, 4, 0, 5, 0, 2],
};

describe("off-policy values", () => {
  it("by hand: IPS (2·2 + 2·6)/4, SNIPS (2 + 6)/2, DM 14/4, DR DM + 2(2 − 4)/4 + 2(6 − 5)/4", () => {
    const { ips, snips, dm, dr } = valuesOf(four);
    expect(ips.estimate).toBe(4);
    expect(snips.estimate).toBeCloseTo(4, 12);
    expect(dm?.estimate).toBe(3.5);
    expect(dr?.estimate).toBe(3);
    // Scores 3, 4 + 2(2 − 4) = 0, 5 + 2(6 − 5) = 7, 2 around 3: √(4/3·(0 + 9 + 16 + 1))/4.
    expect(dr?.standardError).toBeCloseTo(Math.sqrt((4 / 3) * 26) / 4, 12);
  });

  it("describes the weights by hand: 0, 2, 2, 0", () => {
    const { diagnostics } = evaluatePolicy(four);
    expect(diagnostics).toMatchObject({
      effectiveRows: 2,
      largestWeight: 2,
      meanWeight: 1,
      overlapShare: 0.5,
      excludedRows: 0,
    });
  });

  it("judging the logging policy itself, IPS and SNIPS are the mean reward and every row counts", () => {
    const row = fc.record({
      chances: fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })),
      action: fc.integer({ min: 0, max: 1 }),
      reward: fc.integer({ min: -50, max: 50 }),
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 2, maxLength: 40 }), (rows) => {
        const target = rows.flatMap(({ chances: [a, b] }) => [a / (a + b), b / (a + b)]);
        const input = {
          actions: 2,
          action: rows.map(({ action }) => action),
          propensity: rows.map(({ action }, i) => target[2 * i + action]),
          reward: rows.map(({ reward }) => reward),
          cluster: rows.map((_, i) => i),
          target,
        };
        const mean = input.reward.reduce((sum, reward) => sum + reward, 0) / rows.length;
        const { ips, snips, dm } = valuesOf(input);
        expect(ips.estimate).toBeCloseTo(mean, 9);
        expect(snips.estimate).toBeCloseTo(mean, 9);
        expect(dm).toBeNull();
        expect(evaluatePolicy(input).diagnostics.effectiveRows).toBeCloseTo(rows.length, 9);
      }),
    );
  });

  it("DR with a perfect model is exact whatever was drawn; SNIPS moves with a constant added to rewards, IPS does not", () => {
    const perfect = { ...four, reward: [0, 4, 5, 0] };
    expect(valuesOf(perfect).dr?.estimate).toBe(valuesOf(perfect).dm?.estimate);
    const uneven = { ...four, propensity: [0.5, 0.4, 0.5, 0.5] };
    const shifted = { ...uneven, reward: four.reward.length ? [101, 102, 106, 103] : [] };
    expect(valuesOf(shifted).snips.estimate - valuesOf(uneven).snips.estimate).toBeCloseTo(100, 9);
    expect(valuesOf(shifted).ips.estimate - valuesOf(uneven).ips.estimate).toBeCloseTo(112.5, 9);
  });

  it("leaves rows without a propensity out and counts them", () => {
    const more = {
      ...four,
      action: [0, 1, 1, 0, 1, 1],
      propensity: [0.5, 0.5, 0.5, 0.5, Number.NaN, 0],
      reward: [1, 2, 6, 3, 1e9, 1e9],
      cluster: [0, 1, 2, 3, 4, 5],
      target: [...Array.from(four.target), 0, 1, 0, 1],
      predicted: [...Array.from(four.predicted!), 0, 0, 0, 0],
    };
    expect(valuesOf(more)).toEqual(valuesOf(four));
    expect(evaluatePolicy(more).diagnostics.excludedRows).toBe(2);
  });
});

describe("refusal", () => {
  const rows = 2000;
  const log = (propensity: number) => ({
    actions: 2,
    action: Array.from({ length: rows }, (_, i) => (i % 2 === 0 ? 1 : 0)),
    propensity: new Array(rows).fill(propensity),
    reward: new Array(rows).fill(1),
    cluster: Array.from({ length: rows }, (_, i) => i),
    target: Array.from({ length: 2 * rows }, (_, at) => at % 2),
  });

  it("speaks when half the log agrees with the policy", () => {
    expect(evaluatePolicy(log(0.5)).status).toBe("estimated");
  });

  it("refuses propensities that are not the ones drawn with: mean weight 2", () => {
    expect(evaluatePolicy(log(0.25))).toMatchObject({ status: "refused", reason: "mean_weight_off" });
  });

  it("refuses a log with one huge weight, as OBP's women BTS → uniform (ESS 2 of 10,000)", () => {
    const input = log(0.5);
    input.propensity[0] = 1e-5;
    expect(evaluatePolicy(input)).toMatchObject({ status: "refused", reason: "too_few_effective_rows" });
  });

  it("refuses a log in which the policy's action never happened, and an empty one", () => {
    const never = { ...log(0.5), action: new Array(rows).fill(0) };
    expect(evaluatePolicy(never)).toMatchObject({ status: "refused", reason: "too_few_effective_rows" });
    const empty = { actions: 2, action: [], propensity: [], reward: [], cluster: [], target: [] };
    expect(evaluatePolicy(empty)).toMatchObject({ status: "refused", reason: "no_usable_rows" });
  });

  it("throws at shapes and targets that cannot be", () => {
    expect(() => evaluatePolicy({ ...four, reward: [1] })).toThrow(/off_policy_shape.*reward/);
    expect(() => evaluatePolicy({ ...four, action: [0, 1, 2, 0] })).toThrow(/off_policy_shape.*action/);
    expect(() => evaluatePolicy({ ...four, target: [1, 1, 0, 1, 0, 1, 0, 1] })).toThrow(/target_not_a_distribution/);
  });
});

describe("intervals", () => {
  it("95 % intervals of IPS, SNIPS and DR cover in 400 runs of clustered logs inside the 99 % binomial band", () => {
    const covered = { ips: 0, snips: 0, dr: 0 };
    for (let run = 0; run < 400; run++) {
      const values = valuesOf(clusteredLog(`off-policy-${run}`));
      for (const name of ["ips", "snips", "dr"] as const) {
        const { lower, upper } = values[name]!;
        // Customer mean 10; action 1 adds 1, action 2 adds 4; target ½, ¼, ¼.
        if (lower <= 11.25 && 11.25 <= upper) covered[name]++;
      }
    }
    const band = binomialBand(400, 0.95);
    for (const name of ["ips", "snips", "dr"] as const) {
      expect(covered[name]).toBeGreaterThanOrEqual(band.lower);
      expect(covered[name]).toBeLessThanOrEqual(band.upper);
    }
  });
});

/** 200 customers × 4 decisions sharing a customer effect; uneven propensities; a model that is off by a constant. */
function clusteredLog(seed: string): OffPolicyInput {
  const random = createRandom(seed);
  const chances = [0.6, 0.25, 0.15];
  const effects = [0, 1, 4];
  const log = { action: [] as number[], propensity: [] as number[], reward: [] as number[], cluster: [] as number[] };
  const target: number[] = [];
  const predicted: number[] = [];
  for (let customer = 0; customer < 200; customer++) {
    const own = 10 + 3 * random.normal();
    for (let wave = 0; wave < 4; wave++) {
      const draw = random.uniform();
      const action = draw < 0.6 ? 0 : draw < 0.85 ? 1 : 2;
      log.action.push(action);
      log.propensity.push(chances[action]);
      log.reward.push(own + effects[action] + random.normal());
      log.cluster.push(customer);
      target.push(0.5, 0.25, 0.25);
      predicted.push(own - 2, own - 2, own - 2);
    }
  }
  return { actions: 3, ...log, target, predicted };
}
