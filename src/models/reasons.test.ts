import { expect, it } from "vitest";
import { createRandom } from "../base/random.ts";
import { explainForecasts, reasonsOf } from "./reasons.ts";
import { trainValueNetwork } from "./value-network.ts";
import { predictMeans } from "./value-network-prediction.ts";

it("a trained network's reasons add up, credit what its outcomes came from, and do not depend on the company", async () => {
  const random = createRandom("reasons");
  const rows = 600;
  // How often, a twin of it, and noise: only the first decides the value.
  const features = new Float32Array(rows * 3);
  const outcomes = new Float32Array(rows * 2);
  for (let row = 0; row < rows; row++) {
    const often = random.integer(10);
    features.set([often, row % 5 === 0 ? Number.NaN : 2 * often, random.normal()], row * 3);
    const value = 5 * often * Math.exp(0.1 * random.normal());
    outcomes.set([value, 4 * value], row * 2);
  }
  const network = await trainValueNetwork(
    {
      featureNames: ["often", "twin", "noise"],
      rows,
      features,
      outcomes,
      orders: outcomes.map((value) => Math.ceil(value / 20)),
      isValidation: Uint8Array.from({ length: rows }, (_, row) => Number(row % 5 === 1)),
    },
    { horizonsDays: [90, 365], members: 1, hiddenUnits: [16], maxEpochs: 12, seed: "reasons" },
  );
  const groups = [
    { name: "frequency", features: [0, 1] },
    { name: "noise", features: [2] },
  ];
  const explain = (count: number) =>
    explainForecasts(
      network,
      { rows: count, width: 3, features: features.slice(0, 3 * count), baseline: Float32Array.of(4, 8, 0) },
      groups,
    );
  const explained = await explain(40);
  expect(explained.completenessError).toBeLessThan(1e-6);
  const forecasts = await predictMeans(network, features.slice(0, 120));
  const [baseline] = explained.attributions.baseline;
  let frequencyFirst = 0;
  for (let row = 0; row < 40; row++) {
    const reasons = reasonsOf(explained, row, 0);
    expect(baseline + reasons.reduce((sum, { effect }) => sum + effect, 0)).toBeCloseTo(forecasts[2 * row], 3);
    expect(reasons.map(({ effect }) => Math.abs(effect))).toEqual(
      reasons.map(({ effect }) => Math.abs(effect)).sort((a, b) => b - a),
    );
    const frequency = reasons.find(({ concept }) => concept === "frequency");
    expect([0, 1]).toContain(frequency?.feature);
    const often = features[3 * row];
    if (Math.abs(often - 4) >= 2) {
      expect(Math.sign(frequency?.effect ?? 0)).toBe(Math.sign(often - 4));
      frequencyFirst += Number(reasons[0].concept === "frequency") - Number(reasons[0].concept === "noise");
    }
  }
  expect(frequencyFirst).toBeGreaterThan(15);
  const alone = await explain(1);
  expect(reasonsOf(alone, 0, 1)).toEqual(reasonsOf(explained, 0, 1));
}, 30_000);
