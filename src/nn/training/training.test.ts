import { describe, expect, it } from "vitest";
import { systemClock } from "../../base/clock.ts";
import { createRandom } from "../../base/random.ts";
import { type DenseParameters, dense, denseParameters } from "../layers/dense.ts";
import { dropout } from "../layers/dropout.ts";
import { squaredError } from "../losses/pointwise.ts";
import { add, log, multiply, square, subtract } from "../operators/arithmetic.ts";
import { adam, adamW } from "../optimisers/adam.ts";
import { sgd } from "../optimisers/sgd.ts";
import type { CheckpointStore } from "./checkpoint.ts";
import type { Network } from "./network.ts";
import { type TrainingOptions, trainNetwork } from "./training.ts";

const rows = 600;

/** y = 2·x₀ − x₁ + 3, one dense layer; the last table holds each row's weight. */
function regression({ dropoutRate = 0 } = {}): Network<DenseParameters> {
  const random = createRandom("regression");
  const x = new Float32Array(rows * 2).map(() => random.normal());
  const y = Float32Array.from({ length: rows }, (_, row) => 2 * x[2 * row] - x[2 * row + 1] + 3);
  return {
    parameters: denseParameters(2, 1, random),
    tables: {
      x: { width: 2, values: x },
      y: { width: 1, values: y },
      weight: { width: 1, values: new Float32Array(rows).fill(1) },
    },
    loss: (weights, { x, y, weight }, noise) => ({
      loss: squaredError(dense(dropout(x, { rate: dropoutRate, noise }), weights), y),
      weight,
    }),
  };
}

const split = {
  training: Int32Array.from({ length: 500 }, (_, row) => row),
  validation: Int32Array.from({ length: 100 }, (_, row) => 500 + row),
};

const options = (change: Partial<TrainingOptions> = {}): TrainingOptions => ({
  batchRows: 64,
  maxEpochs: 60,
  optimiser: adam(),
  learningRate: 0.05,
  patience: 10,
  seed: "batches",
  clock: systemClock,
  stopped: () => false,
  ...change,
});

/** Keeps checkpoints in memory. */
function memoryStore(): CheckpointStore & { writes: number; bytes?: Uint8Array } {
  return {
    writes: 0,
    read() {
      return this.bytes;
    },
    write(bytes) {
      this.writes++;
      this.bytes = bytes;
    },
  };
}

describe("training", () => {
  it("finds the weights of a linear rule", async () => {
    const { parameters, validationLoss, bestEpoch, end } = await trainNetwork(regression(), split, options());
    expect([...parameters.weights.values].map((value) => Math.round(100 * value) / 100)).toEqual([2, -1]);
    expect(parameters.bias.values[0]).toBeCloseTo(3, 2);
    expect(validationLoss[bestEpoch - 1]).toBe(Math.min(...validationLoss));
    expect(["all epochs", "patience"]).toContain(end);
  });

  it("gives a filled-up last batch the same step as an exact one", async () => {
    const twoSteps = (batchRows: number) => options({ batchRows, maxEpochs: 2, optimiser: sgd() });
    const whole = await trainNetwork(regression(), split, twoSteps(500));
    const padded = await trainNetwork(regression(), split, twoSteps(800));
    whole.parameters.weights.values.forEach((value, at) => {
      expect(padded.parameters.weights.values[at]).toBeCloseTo(value, 5);
    });
  });

  it("ends with what it has when told to stop", async () => {
    let asked = 0;
    const { bestEpoch, end } = await trainNetwork(regression(), split, options({ stopped: () => ++asked > 6 }));
    expect(bestEpoch).toBeLessThan(10);
    expect(end).toBe("stopped");
  });

  it("counts a row of weight 0 for nothing", async () => {
    const network = regression();
    const spoiled = { ...network, tables: structuredClone(network.tables) };
    for (let row = 0; row < rows; row += 3) {
      spoiled.tables.y.values[row] = 1e4;
      spoiled.tables.weight.values[row] = 0;
    }
    const { parameters } = await trainNetwork(spoiled, split, options());
    expect(parameters.bias.values[0]).toBeCloseTo(3, 2);
  });

  it("reports every epoch with the losses it returns", async () => {
    const reported: number[] = [];
    const onEpoch = ({ validationLoss }: { validationLoss: number }) => reported.push(validationLoss);
    const { validationLoss, trainingLoss } = await trainNetwork(
      regression(),
      split,
      options({ maxEpochs: 4, onEpoch }),
    );
    expect(reported).toEqual(validationLoss);
    expect(trainingLoss.length).toBe(4);
  });

  it("ends by patience once validation stops getting better, with the best weights and not the last", async () => {
    // Validation rows follow the opposite rule: the better the training, the worse they fare.
    const network = regression();
    for (const row of split.validation) network.tables.y.values[row] *= -1;
    const result = await trainNetwork(network, split, options({ patience: 3 }));
    expect(result.end).toBe("patience");
    expect(result.validationLoss.length).toBe(result.bestEpoch + 3);
    const again = await trainNetwork(network, split, options({ patience: 3 }));
    expect(again.parameters).toEqual(result.parameters);
    expect(result.validationLoss[result.bestEpoch - 1]).toBe(Math.min(...result.validationLoss));
  });
});

describe("a training repeated", () => {
  const demanding = (change: Partial<TrainingOptions> = {}) =>
    options({
      optimiser: adamW({ weightDecay: 0.01 }),
      maxEpochs: 5,
      maxGradientNorm: 1,
      averagingDecay: 0.9,
      ...change,
    });
  const network = () => regression({ dropoutRate: 0.2 });

  it("gives the same bits with the same seed, and others with another", async () => {
    const first = await trainNetwork(network(), split, demanding());
    const second = await trainNetwork(network(), split, demanding());
    const other = await trainNetwork(network(), split, demanding({ seed: "other" }));
    expect(first).toEqual(second);
    expect(other.parameters).not.toEqual(first.parameters);
  });

  it("gives the same bits when it was killed on the way and resumed from its checkpoint", async () => {
    const whole = await trainNetwork(network(), split, demanding());
    for (const killedAt of [1, 2, 5]) {
      const checkpoints = memoryStore();
      // A stop saves in the middle of an epoch, with the clock standing still a run is never longer than 4 batches.
      let asked = 0;
      const stopped = () => ++asked > killedAt;
      const killed = await trainNetwork(network(), split, demanding({ checkpoints, stopped }));
      expect(killed.end).toBe("stopped");
      const resumed = await trainNetwork(network(), split, demanding({ checkpoints }));
      expect(resumed, `killed at ${killedAt}`).toEqual(whole);
    }
  });

  it("does not go on from the checkpoint of another training, or from a damaged one", async () => {
    const checkpoints = memoryStore();
    await trainNetwork(network(), split, demanding({ checkpoints, maxEpochs: 2 }));
    const whole = await trainNetwork(network(), split, demanding());
    expect(await trainNetwork(network(), split, demanding({ checkpoints }))).toEqual(whole);
    checkpoints.bytes = checkpoints.bytes!.slice(0, -5);
    expect(await trainNetwork(network(), split, demanding({ checkpoints }))).toEqual(whole);
  });
});

describe("a training that diverges", () => {
  it("goes on from the best weights at a smaller rate, and says so", async () => {
    // A loss that is no number as soon as a prediction leaves (−30, 30).
    const fragile: Network<DenseParameters> = {
      ...regression(),
      loss: (weights, { x, y, weight }) => {
        const prediction = dense(x, weights);
        const edge = multiply(0, log(subtract(30 ** 2, square(prediction))));
        return { loss: add(squaredError(prediction, y), edge), weight };
      },
    };
    // One step an epoch: the first one leaves weights that no later step could mend.
    const result = await trainNetwork(fragile, split, options({ learningRate: 15, batchRows: 500 }));
    expect(result.divergedEpochs.length).toBeGreaterThan(0);
    expect(result.divergedEpochs.length).toBeLessThan(4);
    expect(result.end).not.toBe("diverged");
    expect(result.validationLoss.length).toBeGreaterThan(5);
    expect(result.validationLoss.every(Number.isFinite)).toBe(true);
  });

  it("refuses with one clear error when no rate helps", async () => {
    const network = regression();
    network.tables.x.values[7] = Number.POSITIVE_INFINITY;
    await expect(trainNetwork(network, split, options())).rejects.toMatchObject({
      code: "training_diverged",
      details: { epoch: 1 },
    });
  });
});
