import { describe, expect, it } from "vitest";
import { systemClock } from "../base/clock.ts";
import { createRandom } from "../base/random.ts";
import { denseParameters, multilayer } from "./layers.ts";
import { add, multiply, square, subtract } from "./operators.ts";
import { type Network, trainNetwork } from "./training.ts";

const rows = 600;

/** y = 2·x₀ − x₁ + 3, one dense layer. */
function regression(): Network {
  const random = createRandom("regression");
  const x = new Float32Array(rows * 2).map(() => random.normal());
  const y = Float32Array.from({ length: rows }, (_, row) => 2 * x[2 * row] - x[2 * row + 1] + 3);
  return {
    parameters: denseParameters(2, 1, random),
    tables: { x: { width: 2, values: x }, y: { width: 1, values: y } },
    loss: (weights, batch) => {
      const loss = square(subtract(multilayer(batch.x, weights), batch.y));
      return { loss, weight: add(multiply(loss, 0), 1) }; // every row counts once
    },
  };
}

const split = {
  training: Int32Array.from({ length: 500 }, (_, row) => row),
  validation: Int32Array.from({ length: 100 }, (_, row) => 500 + row),
};

const options = (change = {}) => ({
  batchRows: 64,
  maxEpochs: 60,
  learningRate: 0.05,
  weightDecay: 0,
  patience: 10,
  random: createRandom("batches"),
  clock: systemClock,
  stopped: () => false,
  ...change,
});

describe("training", () => {
  it("finds the weights of a linear rule", async () => {
    const { weights, validationLoss, bestEpoch } = await trainNetwork(regression(), split, options());
    expect([...weights[0]].map((value) => Math.round(100 * value) / 100)).toEqual([2, -1]);
    expect(weights[1][0]).toBeCloseTo(3, 2);
    expect(validationLoss[bestEpoch - 1]).toBe(Math.min(...validationLoss));
  });

  it("repeats bit for bit with the same seed", async () => {
    const first = await trainNetwork(regression(), split, options({ maxEpochs: 3 }));
    const second = await trainNetwork(regression(), split, options({ maxEpochs: 3 }));
    expect(first.weights).toEqual(second.weights);
  });

  it("gives a filled-up last batch the same step as an exact one", async () => {
    const whole = await trainNetwork(regression(), split, options({ batchRows: 500, maxEpochs: 2 }));
    const padded = await trainNetwork(regression(), split, options({ batchRows: 512, maxEpochs: 2 }));
    whole.weights[0].forEach((value, at) => {
      expect(padded.weights[0][at]).toBeCloseTo(value, 5);
    });
  });

  it("ends with what it has when told to stop", async () => {
    let asked = 0;
    const { bestEpoch } = await trainNetwork(regression(), split, options({ stopped: () => ++asked > 6 }));
    expect(bestEpoch).toBeLessThan(10);
  });
});
