import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createRandom } from "../base/random.ts";
import { spearman } from "../stats/ranking.ts";
import { type TrainingTable, trainValueNetwork } from "./value-network.ts";
import { predictValueNetwork } from "./value-network-prediction.ts";

/** Value is lognormal with probability p(x); the second horizon is three times the first; feature 2 is noise, 3 is often missing. */
function synthetic(rows: number, seed: string): { table: TrainingTable; expected: Float64Array } {
  const random = createRandom(seed);
  const features = new Float32Array(rows * 3);
  const outcomes = new Float32Array(rows * 2);
  const orders = new Float32Array(rows * 2);
  const expected = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const rate = random.normal();
    const level = random.normal();
    features.set([Math.exp(rate), random.uniform() < 0.3 ? Number.NaN : level, random.normal()], row * 3);
    const probability = 1 / (1 + Math.exp(1 - 1.5 * rate));
    const mu = 3 + 0.6 * level;
    expected[row] = probability * Math.exp(mu + 0.5 * 0.5 ** 2);
    const value = random.uniform() < probability ? Math.exp(mu + 0.5 * random.normal()) : 0;
    outcomes.set([value, row % 4 === 0 ? Number.NaN : 3 * value], row * 2);
    const more = value > 0 ? random.poisson(Math.exp(0.5 * rate)) : 0;
    orders.set([Number(value > 0) + more, row % 4 === 0 ? Number.NaN : 3 * (Number(value > 0) + more)], row * 2);
  }
  const isValidation = Uint8Array.from({ length: rows }, (_, row) => Number(row >= 0.8 * rows));
  return {
    table: { featureNames: ["rate", "level", "noise"], rows, features, outcomes, orders, isValidation },
    expected,
  };
}

const options = { horizonsDays: [90, 365], hiddenUnits: [32, 32], seed: "test", maxEpochs: 12 };

describe("the value network", () => {
  it("learns a zero-inflated lognormal: order and level of the expected value", async () => {
    const { table, expected } = synthetic(8000, "truth");
    const network = await trainValueNetwork(table, options);
    const predicted = await predictValueNetwork(network, table);
    const first = Float64Array.from(expected, (_, row) => predicted.mean[2 * row]);
    const second = Float64Array.from(expected, (_, row) => predicted.mean[2 * row + 1]);
    const rate = Float64Array.from(expected, (_, row) => table.features[3 * row]);
    const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
    expect(spearman(first, expected)).toBeGreaterThan(0.9);
    expect(spearman(first, expected)).toBeGreaterThan(spearman(rate, expected) + 0.03);
    expect(Math.abs(sum(first) / sum(expected) - 1)).toBeLessThan(0.1);
    expect(Math.abs(sum(second) / (3 * sum(expected)) - 1)).toBeLessThan(0.12);
    for (let at = 0; at < predicted.mean.length; at++) {
      expect(predicted.purchaseProbability[at]).toBeGreaterThanOrEqual(0);
      expect(predicted.purchaseProbability[at]).toBeLessThanOrEqual(1);
      expect(predicted.p10[at]).toBeLessThanOrEqual(predicted.p50[at]);
      expect(predicted.p50[at]).toBeLessThanOrEqual(predicted.p90[at]);
    }
  });

  it("gives the same bytes for the same seed whatever the number of threads, and other bytes for another seed", async () => {
    const { table } = synthetic(600, "small");
    const one = await trainValueNetwork(table, { ...options, maxEpochs: 2, threads: 1 });
    const two = await trainValueNetwork(table, { ...options, maxEpochs: 2, threads: 2 });
    const other = await trainValueNetwork(table, { ...options, maxEpochs: 2, seed: "other" });
    expect(Buffer.from(one.onnx).equals(Buffer.from(two.onnx))).toBe(true);
    expect(one.card).toEqual(two.card);
    expect(Buffer.from(one.onnx).equals(Buffer.from(other.onnx))).toBe(false);
  });

  it("stops when it is told to, with one clear error", async () => {
    const { table } = synthetic(20_000, "long");
    const controller = new AbortController();
    const training = trainValueNetwork(table, {
      ...options,
      maxEpochs: 500,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(training).rejects.toMatchObject({ code: "interrupted" });
  });

  it("goes on from its checkpoints with the bytes of a training that was never interrupted", async () => {
    const { table } = synthetic(400, "resumed");
    const checkpoints = mkdtempSync(join(tmpdir(), "longrun-network-"));
    const controller = new AbortController();
    const long = { ...options, maxEpochs: 6 };
    const interrupted = { ...long, checkpoints, signal: controller.signal, onProgress: () => controller.abort() };
    await expect(trainValueNetwork(table, interrupted)).rejects.toMatchObject({ code: "interrupted" });
    expect(readdirSync(checkpoints)).toContain("member0.safetensors");
    let epochs = 0;
    const resumed = await trainValueNetwork(table, { ...long, checkpoints, onProgress: () => epochs++ });
    const whole = await trainValueNetwork(table, long);
    expect(Buffer.from(resumed.onnx).equals(Buffer.from(whole.onnx))).toBe(true);
    expect(resumed.card).toEqual(whole.card);
    expect(epochs).toBeLessThan(whole.card.members.reduce((sum, { trainingLoss }) => sum + trainingLoss.length, 0));
    rmSync(checkpoints, { recursive: true });
  });

  it("refuses data without any positive outcome", async () => {
    const { table } = synthetic(100, "nothing");
    await expect(trainValueNetwork({ ...table, outcomes: new Float32Array(200) }, options)).rejects.toMatchObject({
      code: "no_positive_outcomes",
    });
  });

  it("refuses a horizon that nobody was watched for", async () => {
    const { table } = synthetic(100, "censored");
    const outcomes = table.outcomes.map((value, at) => (at % 2 === 1 ? Number.NaN : value));
    await expect(trainValueNetwork({ ...table, outcomes }, options)).rejects.toMatchObject({
      code: "horizon_never_observed",
      details: { horizonDays: 365 },
    });
  });

  it("calibrates a horizon that only the training rows show on those", async () => {
    const { table } = synthetic(2000, "late");
    const outcomes = table.outcomes.map((value, at) =>
      at % 2 === 1 && table.isValidation[(at - 1) / 2] === 1 ? Number.NaN : 5 * value,
    );
    const network = await trainValueNetwork({ ...table, outcomes }, options);
    const predicted = await predictValueNetwork(network, table);
    let actual = 0;
    let mean = 0;
    for (let row = 0; row < table.rows; row++) {
      const outcome = outcomes[2 * row + 1];
      if (table.isValidation[row] === 1 || Number.isNaN(outcome)) continue;
      actual += outcome;
      mean += predicted.mean[2 * row + 1];
    }
    expect(network.card.levelCalibration[1]).not.toBe(1);
    expect(Math.abs(mean / actual - 1)).toBeLessThan(1e-3);
  });

  it("refuses an infinite outcome, naming its row and horizon", async () => {
    const { table } = synthetic(100, "infinite outcome");
    const outcomes = table.outcomes.slice();
    outcomes[2 * 41 + 1] = Number.POSITIVE_INFINITY;
    await expect(trainValueNetwork({ ...table, outcomes }, options)).rejects.toMatchObject({
      code: "infinite_outcome",
      details: { row: 41, horizonDays: 365 },
    });
  });

  it("learns from ten rows, with a feature that never varies and one that is never there", async () => {
    const { table } = synthetic(10, "ten");
    for (let row = 0; row < 10; row++) table.features.set([7, Number.NaN], 3 * row);
    const network = await trainValueNetwork(table, { ...options, maxEpochs: 4, members: 1 });
    const { mean, p90 } = await predictValueNetwork(network, table);
    expect([...mean, ...p90].every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
  });

  it("says so when no learning rate helps", async () => {
    const { table } = synthetic(100, "diverging");
    await expect(trainValueNetwork(table, { ...options, learningRate: 1e30 })).rejects.toMatchObject({
      kind: "model",
      code: "training_diverged",
    });
  });

  it("weighs rows: one of weight 0 counts for nothing, whatever its features", async () => {
    const { table } = synthetic(300, "weights");
    const rowWeights = Float32Array.from({ length: table.rows }, (_, row) => Number(row % 5 !== 0));
    // Within what others show, so that normalisation and scale stay the same.
    const features = table.features.slice();
    const swapped = [...rowWeights.keys()].filter((row) => rowWeights[row] === 0 && table.isValidation[row] === 0);
    swapped.forEach((row, index) => {
      const other = swapped[(index + 1) % swapped.length];
      features.set(table.features.slice(3 * other, 3 * other + 3), 3 * row);
    });
    const small = { ...options, maxEpochs: 2, members: 1 };
    const one = await trainValueNetwork({ ...table, rowWeights }, small);
    const two = await trainValueNetwork({ ...table, features, rowWeights }, small);
    const all = await trainValueNetwork(table, small);
    one.card.members[0].trainingLoss.forEach((loss, epoch) => {
      expect(two.card.members[0].trainingLoss[epoch]).toBeCloseTo(loss, 5);
    });
    expect(all.card.members[0].trainingLoss[0]).not.toBeCloseTo(one.card.members[0].trainingLoss[0], 3);
  });

  it("tells the losses of every epoch while it learns, and keeps them in the card", async () => {
    const { table } = synthetic(100, "curves");
    const seen = new Map<number, readonly number[]>();
    const { card } = await trainValueNetwork(table, {
      ...options,
      maxEpochs: 3,
      onProgress: (_done, _total, { index, validationLoss }) => seen.set(index, [...validationLoss]),
    });
    expect([...seen].sort()).toEqual(card.members.map(({ validationLoss }, member) => [member, validationLoss]));
  });

  it("takes an infinite feature for a missing one", async () => {
    const { table } = synthetic(600, "infinite");
    const features = table.features.slice();
    features[0] = Number.POSITIVE_INFINITY;
    features[4] = Number.NEGATIVE_INFINITY;
    const network = await trainValueNetwork({ ...table, features }, { ...options, maxEpochs: 2 });
    const { mean } = await predictValueNetwork(network, { ...table, features });
    const missing = features.map((value) => (Number.isFinite(value) ? value : Number.NaN));
    expect([...mean].every(Number.isFinite)).toBe(true);
    expect((await predictValueNetwork(network, { ...table, features: missing })).mean).toEqual(mean);
  });

  it("refuses a file that is cut short, one of another network, and features that are not its own", async () => {
    const { table } = synthetic(100, "files");
    const brief = { ...options, maxEpochs: 1, members: 1 };
    const network = await trainValueNetwork(table, brief);
    const predict = (onnx: Uint8Array) => predictValueNetwork({ ...network, onnx }, table);
    await expect(predict(network.onnx.slice(0, -100))).rejects.toMatchObject({ code: "unreadable_network" });

    const narrower = { ...table, featureNames: ["rate"], features: table.features.filter((_, at) => at % 3 === 0) };
    const other = await trainValueNetwork(narrower, brief);
    await expect(predict(other.onnx)).rejects.toMatchObject({
      code: "foreign_network",
      details: { found: expect.stringContaining("[rows, 1]"), expected: expect.stringContaining("[rows, 3]") },
    });
    await expect(predictValueNetwork(network, { rows: 4, features: new Float32Array(8) })).rejects.toMatchObject({
      code: "foreign_network",
      details: { found: "2 features", expected: "3 features" },
    });
  });
});
