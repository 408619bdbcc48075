import { describe, expect, it } from "vitest";
import { createRandom } from "../../base/random.ts";
import { difference, drawn, expectAgreement, run, values } from "../agreement.test-data.ts";
import { gradients } from "../gradient.ts";
import { constant, input, integers, type Tensor } from "../graph.ts";
import { createNoise } from "../operators/noise.ts";
import { reduceSum } from "../operators/reductions.ts";
import { constantWeights, flatWeights, parameterCount, type Weights } from "../parameters.ts";
import { elementCount } from "../shape.ts";
import { type AttentionParameters, attention, attentionParameters } from "./attention.ts";
import { multilayer, multilayerParameters } from "./dense.ts";
import { dropout } from "./dropout.ts";
import { embedding, embeddingParameters, refuseUnknownCategories } from "./embedding.ts";
import { type GruParameters, gru, gruParameters } from "./gru.ts";
import { layerNorm, layerNormParameters } from "./layer-norm.ts";
import { attentionReference, gruReference, layerNormReference, multilayerReference } from "./references.test-data.ts";

const random = createRandom("layers");
const [rows, steps, width] = [2, 4, 6];
const sequence = drawn("sequence", [rows, steps, width]);
/** The second row is two steps long; its padding holds numbers that must not matter. */
const mask = constant([1, 1, 1, 1, 1, 1, 0, 0], [rows, steps]);
const present = [
  [true, true, true, true],
  [true, true, false, false],
];

/** The same parameters as one flat input: gradients are taken of all of them. */
function fedFlat<Tree extends Parameters<typeof flatWeights>[0]>(tree: Tree) {
  const flat = drawn("flat", [parameterCount(tree)]);
  return { flat, weights: (tensor: Tensor) => flatWeights(tree, tensor) as Weights<Tree> };
}

describe("layers have the values of a float64 reference", () => {
  const x = input("x", sequence.shape);
  const output = async (y: Tensor) => (await run([x], { y }, { x: sequence })).y.data;

  it("dense layers with ReLU between them", async () => {
    const layers = multilayerParameters([width, 5, 3], random);
    const y = await output(multilayer(x, constantWeights(layers)));
    expect(difference(y, multilayerReference(sequence, layers))).toBeLessThan(1e-6);
  });

  it("layer norm", async () => {
    const parameters = {
      gain: { ...layerNormParameters(width).gain, values: drawn("gain", [width]).data as Float32Array },
      shift: { ...layerNormParameters(width).shift, values: drawn("shift", [width]).data as Float32Array },
    };
    const y = await output(layerNorm(x, constantWeights(parameters)));
    expect(difference(y, layerNormReference(sequence, parameters))).toBeLessThan(1e-6);
  });

  it("layer norm of a constant is its shift, not NaN", async () => {
    const parameters = layerNormParameters(width);
    const flat = { ...sequence, data: new Float32Array(sequence.data.length).fill(3) };
    const { y } = await run([x], { y: layerNorm(x, constantWeights(parameters)) }, { x: flat });
    expect(new Set(y.data)).toEqual(new Set([0]));
  });

  it.each([
    ["every step", undefined, undefined],
    ["a padding mask", mask, present],
  ])("GRU with %s", async (_, given, lengths) => {
    const parameters = gruParameters(width, 5, random);
    parameters.hidden.bias.values.set(drawn("bias", [15]).data);
    const { states, last } = gru(x, constantWeights(parameters), given);
    const results = await run([x], { states, last }, { x: sequence });
    const expected = gruReference(sequence, parameters, lengths);
    expect(difference(results.states.data, expected.states)).toBeLessThan(1e-6);
    expect(difference(results.last.data, expected.last)).toBeLessThan(1e-6);
  });

  it.each([
    ["every step", {}, {}],
    ["a padding mask", { mask }, { present }],
    ["only earlier steps", { causal: true }, { causal: true }],
    ["both", { mask, causal: true }, { present, causal: true }],
  ])("multi-head attention over %s", async (_, given, wanted) => {
    const parameters = attentionParameters(width, random);
    const y = await output(attention(x, constantWeights(parameters), { heads: 2, ...given }));
    expect(difference(y, attentionReference(sequence, parameters, { heads: 2, ...wanted }))).toBeLessThan(1e-6);
  });

  it("embedding", async () => {
    const table = embeddingParameters(5, 3, random);
    const ids = integers([4, 0, 4]);
    const { y } = await run([], { y: embedding(ids, constant(table.values, table.shape)) }, {});
    expect([...y.data]).toEqual([4, 0, 4].flatMap((id) => [...table.values.slice(3 * id, 3 * id + 3)]));
  });
});

describe("padding", () => {
  const parameters = { gru: gruParameters(width, 5, random), attention: attentionParameters(width, random) };
  const x = input("x", sequence.shape);
  const other = { ...sequence, data: (sequence.data as Float32Array).slice() };
  other.data.fill(77, (steps + 2) * width); // the second row's padding
  const weights = constantWeights(parameters);
  const outputs = {
    last: gru(x, weights.gru, mask).last,
    seen: attention(x, weights.attention, { heads: 2, mask }),
  };

  it("changes nothing, whatever stands in it", async () => {
    const one = await run([x], outputs, { x: sequence });
    const two = await run([x], outputs, { x: other });
    expect(two.last).toEqual(one.last);
    expect(two.seen.data.slice(0, (steps + 2) * width)).toEqual(one.seen.data.slice(0, (steps + 2) * width));
  });

  it("leaves a row of nothing but padding finite", async () => {
    const nobody = constant(new Float32Array(rows * steps), [rows, steps]);
    const all = reduceSum(attention(x, weights.attention, { heads: 2, mask: nobody }));
    const { all: sum, slope } = await run([x], { all, slope: gradients(all, [x])[0] }, { x: sequence });
    expect(Number.isFinite(sum.data[0])).toBe(true);
    expect([...slope.data].every(Number.isFinite)).toBe(true);
  });
});

describe("a layer's values and gradients agree with float64 and central differences", () => {
  const short = drawn("short", [2, 3, 4]);
  const shortMask = constant([1, 1, 1, 1, 0, 0], [2, 3]);

  it("dense layers", () => {
    const { flat, weights } = fedFlat(multilayerParameters([4, 3, 2], random));
    return expectAgreement(([x, w]) => multilayer(x, weights(w)), [short, flat]);
  });

  it("layer norm", () => {
    const { flat, weights } = fedFlat(layerNormParameters(4));
    return expectAgreement(([x, w]) => layerNorm(x, weights(w)), [short, flat]);
  });

  it("GRU, all states", () => {
    const { flat, weights } = fedFlat<GruParameters>(gruParameters(4, 2, random));
    return expectAgreement(([x, w]) => gru(x, weights(w)).states, [short, flat]);
  });

  it("GRU, last state, with a padding mask", () => {
    const { flat, weights } = fedFlat<GruParameters>(gruParameters(4, 2, random));
    return expectAgreement(([x, w]) => gru(x, weights(w), shortMask).last, [short, flat]);
  });

  it("multi-head attention with a padding mask", () => {
    const { flat, weights } = fedFlat<AttentionParameters>(attentionParameters(4, random));
    return expectAgreement(([x, w]) => attention(x, weights(w), { heads: 2, mask: shortMask }), [short, flat]);
  });

  it("embedding, one category twice", () => {
    return expectAgreement(([table]) => embedding(integers([1, 3, 1]), table), [drawn("table", [4, 3])]);
  });

  it("dropout", () => {
    const noise = () => createNoise(3, constantStep);
    return expectAgreement(([x]) => dropout(x, { rate: 0.4, noise: noise() }), [short]);
  });
});

const constantStep = { ...constant(0), elementType: "int32" as const, data: Int32Array.of(4) };

describe("dropout", () => {
  const x = input("x", [200, 100]);
  const ones = values(new Array(elementCount([200, 100])).fill(1), [200, 100]);

  it("drops the stated share and keeps the expectation", async () => {
    const { y } = await run([x], { y: dropout(x, { rate: 0.3, noise: createNoise(1, constantStep) }) }, { x: ones });
    const dropped = [...y.data].filter((value) => value === 0).length / y.data.length;
    expect(Math.abs(dropped - 0.3)).toBeLessThan(4 * Math.sqrt((0.3 * 0.7) / y.data.length));
    expect(Math.max(...y.data)).toBeCloseTo(1 / 0.7, 6);
  });

  it("is nothing without noise: in validation and when served", () => {
    expect(dropout(x, { rate: 0.3, noise: undefined })).toBe(x);
  });

  it("refuses a rate outside [0, 1)", () => {
    expect(() => dropout(x, { rate: 1, noise: undefined })).toThrow("[0, 1), not 1");
  });
});

describe("categories", () => {
  it("outside the table are refused with the id and its place", () => {
    expect(() => refuseUnknownCategories([0, 3, 4], 4)).toThrow("category 4 at place 2 is none of 0 to 3");
    expect(() => refuseUnknownCategories([-1], 4)).toThrow("category -1");
    expect(() => refuseUnknownCategories([0.5], 4)).toThrow("category 0.5");
    refuseUnknownCategories([0, 1, 2, 3], 4);
  });
});

describe("shapes of layers are checked when the graph is built", () => {
  it("GRU", () => {
    const weights = constantWeights(gruParameters(5, 3, random));
    expect(() => gru(input("x", [2, 4, 6]), weights)).toThrow("GRU of [2, 4, 6] and [5, 9]");
  });

  it("attention", () => {
    const weights = constantWeights(attentionParameters(6, random));
    expect(() => attention(input("x", [2, 4, 6]), weights, { heads: 4 })).toThrow("Attention of [2, 4, 6]");
  });
});
