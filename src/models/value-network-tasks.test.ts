import { describe, expect, it } from "vitest";
import { createRandom } from "../base/random.ts";
import { spearman } from "../stats/ranking.ts";
import { type TrainingTable, trainValueNetwork } from "./value-network.ts";
import { type Baskets, numbersAndWords } from "./value-network-inputs.ts";
import { predictValueNetwork } from "./value-network-prediction.ts";

const rows = 2400;
const isValidation = Uint8Array.from({ length: rows }, (_, row) => Number(row % 5 === 0));
const options = { horizonsDays: [30, 90, 365], hiddenUnits: [24], members: 1, maxEpochs: 20, seed: "tasks" };
const ofHorizon = (matrix: ArrayLike<number>, horizon: number) =>
  Float64Array.from({ length: rows }, (_, row) => matrix[3 * row + horizon]);
const sum = (values: ArrayLike<number>) => Array.from(values).reduce((total, value) => total + value, 0);

/** Poisson orders at a rate that the first feature tells and the word doubles or halves; an order is worth about 10. */
function shop(): { table: TrainingTable; rate: Float64Array } {
  const random = createRandom("tasks");
  const features = new Float32Array(2 * rows);
  const outcomes = new Float32Array(3 * rows);
  const orders = new Float32Array(3 * rows);
  const rate = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const often = random.gamma(1);
    const word = random.integer(4);
    features.set([often, word], 2 * row);
    rate[row] = often * [0.5, 0.25, 1, 2][word];
    let [count, value] = [0, 0];
    [30, 60, 275].forEach((days, horizon) => {
      const more = random.poisson((rate[row] * days) / 60);
      count += more;
      for (let order = 0; order < more; order++) value += 10 * Math.exp(0.3 * random.normal());
      orders[3 * row + horizon] = count;
      outcomes[3 * row + horizon] = value;
    });
  }
  const categorySizes = { word: 4 };
  return {
    table: { featureNames: ["often", "word"], categorySizes, rows, features, outcomes, orders, isValidation },
    rate,
  };
}

describe("a network of several tasks", () => {
  const { table, rate } = shop();
  const trained = trainValueNetwork(table, options);

  it("forecasts chances and numbers of orders that never fall with the horizon and never contradict each other", async () => {
    // A network that has hardly learned anything: the promise must be its shape's, not the data's.
    const falling = { ...table, orders: table.orders.map((_, at) => 2 - (at % 3)) };
    const misled = await trainValueNetwork(falling, { ...options, maxEpochs: 3 });
    const { purchaseProbability, orders } = await predictValueNetwork(misled, table);
    for (let at = 0; at < 3 * rows; at++) {
      expect(orders[at]).toBeGreaterThanOrEqual(purchaseProbability[at]);
      if (at % 3 === 0) continue;
      expect(purchaseProbability[at]).toBeGreaterThanOrEqual(purchaseProbability[at - 1]);
      expect(orders[at]).toBeGreaterThanOrEqual(orders[at - 1]);
    }
  });

  it("finds the number of orders: their order, and their total within a tenth", async () => {
    const { orders, purchaseProbability } = await predictValueNetwork(await trained, table);
    for (const horizon of [0, 1, 2]) {
      const actual = ofHorizon(table.orders, horizon);
      expect(Math.abs(sum(ofHorizon(orders, horizon)) / sum(actual) - 1)).toBeLessThan(0.1);
      const bought = actual.filter((count) => count > 0).length;
      expect(Math.abs(sum(ofHorizon(purchaseProbability, horizon)) / bought - 1)).toBeLessThan(0.1);
    }
    expect(spearman(ofHorizon(orders, 2), rate)).toBeGreaterThan(0.95);
  });

  it("learns what a word stands for, and takes one it never saw, a missing and an impossible one for the rare ones", async () => {
    const network = await trained;
    const said = async (word: number) => {
      const features = table.features.map((value, at) => (at % 2 === 1 ? word : value));
      return (await predictValueNetwork(network, { rows, features })).mean;
    };
    const rare = await said(0);
    expect(sum(await said(3))).toBeGreaterThan(1.5 * sum(await said(2)));
    expect(sum(await said(2))).toBeGreaterThan(1.5 * sum(await said(1)));
    for (const word of [4, 99, -1, Number.NaN, Number.POSITIVE_INFINITY]) expect(await said(word)).toEqual(rare);
    expect(numbersAndWords(Float32Array.of(5, 4, 6, 3), { horizons: 3, numbers: 1, categorySizes: [4] })).toEqual({
      numbers: Float32Array.of(5, 6),
      words: Int32Array.of(0, 3),
    });
  });
});

/** Only the order of the last two baskets tells who will come back; sums over them say nothing. */
function basketShop() {
  const random = createRandom("baskets");
  const outcomes = new Float32Array(3 * rows);
  const places = new Int32Array(3 * rows);
  const measures = [Number.NaN];
  for (let row = 0; row < rows; row++) {
    const rises = random.uniform() < 0.5;
    const [small, large] = [5, 50];
    places.set([0, measures.length, measures.length + 1], 3 * row);
    measures.push(...(rises ? [small, large] : [large, small]));
    const value = random.uniform() < (rises ? 0.8 : 0.2) ? 30 * Math.exp(0.2 * random.normal()) : 0;
    outcomes.set([value, value, value], 3 * row);
  }
  const lines = measures.length;
  const baskets: Baskets = {
    measureNames: ["value"],
    measures: Float32Array.from(measures),
    categories: new Int32Array(lines),
    categoryCount: 2,
    days: Float32Array.from({ length: lines }, (_, line) => 100 + (line % 2)),
    places,
    steps: 3,
    asOfDays: new Float32Array(rows).fill(200),
  };
  const orders = outcomes.map((value) => Number(value > 0));
  const features = new Float32Array(rows).fill(55);
  const table: TrainingTable = { featureNames: ["spent"], rows, features, baskets, outcomes, orders, isValidation };
  const rises = Float64Array.from({ length: rows }, (_, row) => baskets.measures[places[3 * row + 2]]);
  return { table, baskets, rises };
}

describe("a sequence network", () => {
  const { table, baskets, rises } = basketShop();
  const trained = trainValueNetwork(table, { ...options, stateUnits: 8, seed: "sequence" });

  it("reads in the order of the baskets what no sum of them tells", async () => {
    const { mean } = await predictValueNetwork(await trained, table);
    expect(spearman(ofHorizon(mean, 1), rises)).toBeGreaterThan(0.8);
    const blind = await trainValueNetwork({ ...table, baskets: undefined }, options);
    const unread = ofHorizon((await predictValueNetwork(blind, table)).mean, 1);
    expect(new Set(unread).size).toBe(1);
  });

  it("is told nothing by the line that is nobody's, and can serve a customer without any basket", async () => {
    const network = await trained;
    const other = { ...baskets, measures: baskets.measures.map((value, line) => (line === 0 ? 1e6 : value)) };
    const { mean } = await predictValueNetwork(network, table);
    expect((await predictValueNetwork(network, { ...table, baskets: other })).mean).toEqual(mean);
    const none = { ...baskets, places: new Int32Array(3 * rows) };
    const without = await predictValueNetwork(network, { ...table, baskets: none });
    expect([...without.mean].every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
  });

  it("refuses rows without baskets, and baskets measured otherwise", async () => {
    const network = await trained;
    await expect(predictValueNetwork(network, { ...table, baskets: undefined })).rejects.toMatchObject({
      code: "foreign_network",
      details: { found: "no baskets", expected: "3 baskets of value and 2 categories" },
    });
    const measured = { ...baskets, measureNames: ["units"] };
    await expect(predictValueNetwork(network, { ...table, baskets: measured })).rejects.toMatchObject({
      code: "foreign_network",
    });
  });
});
