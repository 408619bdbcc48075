import { describe, expect, it } from "vitest";
import { difference, drawn, expectAgreement, run, values } from "../agreement.test-data.ts";
import { gradients } from "../gradient.ts";
import { counter, input, integers, type Tensor } from "../graph.ts";
import type { Value } from "../session.ts";
import * as activations from "./activations.ts";
import * as arithmetic from "./arithmetic.ts";
import { gatherRows } from "./gather.ts";
import { cast, greater, where } from "./logic.ts";
import { matmul } from "./matrix-product.ts";
import { createNoise } from "./noise.ts";
import { reduceMean, reduceSum } from "./reductions.ts";
import { concatenate, reshape, slice, split, transpose } from "./shapes.ts";

const { add, multiply, divide, subtract, square } = arithmetic;

const matrix = () => drawn("a", [3, 4]);
const other = () => drawn("b", [3, 4]);
const row = () => drawn("c", [1, 4]);
const positive = () => drawn("d", [3, 4], { positive: true });
const cube = () => drawn("n", [2, 3, 4]);

const cases: [string, (x: Tensor[]) => Tensor, Value[]][] = [
  ["add with broadcasting", ([a, b]) => add(a, b), [matrix(), row()]],
  ["subtract with broadcasting", ([a, b]) => subtract(a, b), [row(), matrix()]],
  ["multiply with broadcasting", ([a, b]) => multiply(a, b), [matrix(), drawn("s", [])]],
  ["multiply with a missing axis", ([a, b]) => multiply(a, b), [cube(), drawn("e", [4])]],
  ["divide", ([a, b]) => divide(a, b), [matrix(), positive()]],
  ["maximum", ([a, b]) => arithmetic.maximum(a, b), [matrix(), other()]],
  ["minimum", ([a, b]) => arithmetic.minimum(a, b), [matrix(), other()]],
  ["clip", ([a]) => arithmetic.clip(a, { min: -1, max: 1 }), [matrix()]],
  ["power", ([a]) => arithmetic.power(a, 2.5), [positive()]],
  ["negate", ([a]) => arithmetic.negate(a), [matrix()]],
  ["exp", ([a]) => arithmetic.exp(a), [matrix()]],
  ["log", ([a]) => arithmetic.log(a), [positive()]],
  ["sqrt", ([a]) => arithmetic.sqrt(a), [positive()]],
  ["absolute", ([a]) => arithmetic.absolute(a), [matrix()]],
  ["sign, which is flat", ([a]) => multiply(arithmetic.sign(a), a), [matrix()]],
  ["square", ([a]) => square(a), [matrix()]],
  ["a tensor used twice", ([a]) => multiply(arithmetic.exp(a), a), [matrix()]],
  ["relu", ([a]) => activations.relu(a), [matrix()]],
  ["tanh", ([a]) => activations.tanh(a), [matrix()]],
  ["sigmoid", ([a]) => activations.sigmoid(a), [matrix()]],
  ["softplus", ([a]) => activations.softplus(a), [matrix()]],
  ["softplus of large numbers", ([a]) => activations.softplus(multiply(a, 40)), [matrix()]],
  ["erf", ([a]) => activations.erf(a), [matrix()]],
  ["gelu", ([a]) => activations.gelu(a), [matrix()]],
  ["softmax", ([a]) => activations.softmax(a), [cube()]],
  ["where", ([a, b]) => where(greater(a, 0), square(a), b), [matrix(), row()]],
  ["a condition as a number, which is flat", ([a]) => multiply(cast(greater(a, 0), "float32"), a), [matrix()]],
  ["matmul", ([a, b]) => matmul(a, b), [matrix(), drawn("m", [4, 2])]],
  ["matmul of many rows with one matrix", ([a, b]) => matmul(a, b), [cube(), drawn("m", [4, 2])]],
  ["matmul of one matrix with many", ([a, b]) => matmul(a, b), [drawn("m", [2, 3]), cube()]],
  ["matmul in pairs", ([a, b]) => matmul(a, b), [cube(), drawn("m", [2, 4, 2])]],
  ["reduceSum over one axis", ([a]) => reduceSum(square(a), { axes: [0] }), [matrix()]],
  ["reduceSum over all axes", ([a]) => reduceSum(square(a)), [matrix()]],
  ["reduceSum without kept axes", ([a]) => reduceSum(square(a), { axes: [1], keepAxes: false }), [cube()]],
  ["reduceMean", ([a]) => reduceMean(square(a), { axes: [-1] }), [cube()]],
  ["reshape", ([a]) => reshape(square(a), [2, 6]), [matrix()]],
  ["transpose", ([a]) => transpose(square(a), [2, 0, 1]), [cube()]],
  ["concatenate", ([a, b]) => concatenate([square(a), b], 0), [matrix(), row()]],
  ["slice", ([a]) => slice(square(a), { axis: 1, start: 1, end: 3 }), [matrix()]],
  ["the pieces of a split", ([a]) => split(square(a), { axis: 1, pieces: 2 }).reduce(multiply), [matrix()]],
  [
    "slices with gaps, in any order, overlapping, along two axes, and the whole beside them",
    ([a]) => {
      const column = (start: number, end: number) => slice(a, { axis: 1, start, end });
      const parts = [column(3, 4), column(0, 1), column(0, 2), slice(a, { axis: 0, start: 1, end: 2 }), a];
      return parts.map((part, k) => multiply(reduceSum(square(part)), k + 1)).reduce(add);
    },
    [matrix()],
  ],
  ["gatherRows, one row twice", ([a]) => gatherRows(square(a), integers([2, 0, 2])), [matrix()]],
  ["gatherRows by a table of positions", ([a]) => gatherRows(a, reshape(integers([2, 0, 2, 1]), [2, 2])), [cube2()]],
];

function cube2(): Value {
  return drawn("g", [3, 2, 2]);
}

describe("an operator's values and gradient agree with float64 and central differences", () => {
  it.each(cases)("%s", (_, build, fed) => expectAgreement(build, fed));
});

describe("softplus", () => {
  it("neither overflows nor loses its gradient far from 0", async () => {
    const x = input("x", [1, 3]);
    const y = activations.softplus(x);
    const [slope] = gradients(reduceSum(y), [x]);
    const results = await run([x], { y, slope }, { x: values([-200, 0, 200], [1, 3]) });
    expect(difference(results.y.data, [0, Math.log(2), 200])).toBeLessThan(1e-6);
    expect(difference(results.slope.data, [0, 0.5, 1])).toBeLessThan(1e-6);
  });
});

describe("noise", () => {
  const step = input("step", [], "int32");
  const draw = async (seed: number, at: number) => {
    const noise = createNoise(seed, step);
    const outputs = { first: noise.uniform([100, 100]), second: noise.uniform([100, 100]) };
    const { first, second } = await run([step], outputs, { step: { data: Int32Array.of(at), shape: [] } });
    return { first: first.data as Float32Array, second: second.data as Float32Array };
  };
  const mean = (data: ArrayLike<number>) => Array.from(data).reduce((sum, value) => sum + value, 0) / data.length;
  const correlation = (a: Float32Array, b: Float32Array) =>
    12 * mean(a.map((value, at) => (value - 0.5) * (b[at] - 0.5)));

  it("is uniform, and independent over streams, steps, seeds and neighbours", async () => {
    const { first, second } = await draw(7, 1);
    const later = (await draw(7, 2)).first;
    const otherSeed = (await draw(8, 1)).first;
    // 10,000 numbers: the mean of uniforms has a standard error of 0.0029, a correlation one of 0.01; four of them.
    expect(Math.abs(mean(first) - 0.5)).toBeLessThan(0.0116);
    expect(Math.abs(mean(first.map((u) => (u - 0.5) ** 2)) - 1 / 12)).toBeLessThan(0.003);
    expect(Math.min(...first)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...first)).toBeLessThan(1);
    const neighbours = first.map((_, at) => first[(at + 1) % first.length]);
    for (const [name, draws] of Object.entries({ second, later, otherSeed, neighbours }))
      expect(Math.abs(correlation(first, draws)), name).toBeLessThan(0.04);
  });

  it("is the same at every run", async () => {
    expect(await draw(7, 3)).toEqual(await draw(7, 3));
  });

  it("has the bits of the float64 reference", async () => {
    const { evaluate } = await import("../float64.test-data.ts");
    const noise = createNoise(123456789, counter(5)).uniform([10, 10]);
    const { noise: drawnNoise } = await run([], { noise }, {});
    expect([...drawnNoise.data]).toEqual([...evaluate({ noise }, {}).noise.data]);
  });
});

describe("shapes are checked when the graph is built", () => {
  const a = input("a", [2, 3]);
  const refused: [string, () => unknown, string][] = [
    ["matmul", () => matmul(a, input("b", [4, 5])), "MatMul of [2, 3] and [4, 5]: inner sizes differ"],
    ["add", () => add(a, input("b", [2, 4])), "Add of [2, 3] and [2, 4]: sizes must be equal or 1"],
    ["add of named sizes", () => add(a, input("b", ["rows", 3])), "Add of [2, 3] and [rows, 3]"],
    ["concatenate", () => concatenate([a, input("b", [3, 4])], 0), "Concat of [2, 3] and [3, 4]"],
    ["reshape", () => reshape(a, [4, 2]), "Reshape of [2, 3] and [4, 2]"],
    [
      "reshape of named sizes",
      () => reshape(input("b", ["rows", 6]), [3, "rows"]),
      "Reshape of [rows, 6] and [3, rows]",
    ],
    ["slice", () => slice(a, { axis: 1, start: 2, end: 4 }), "Slice of [2, 3]: positions 2 to 4"],
    ["split", () => split(a, { axis: 1, pieces: 2 }), "Split of [2, 3]"],
    ["transpose", () => transpose(a, [0, 0]), "Transpose of [2, 3]"],
    ["reduceSum", () => reduceSum(a, { axes: [2] }), "ReduceSum of [2, 3]: there is no axis 2"],
    ["gatherRows", () => gatherRows(a, a), "Gather of [2, 3] and [2, 3]: positions must be integers"],
    ["where", () => where(a, 1, 0), "Where of [2, 3]: the condition must be bool"],
    ["gradient of many numbers", () => gradients(a, [a]), "Gradient of [2, 3]: the loss must be one number"],
    ["gradient of what plays no part", () => gradients(reduceSum(a), [input("b", [5])]), "does not depend on b"],
  ];
  it.each(refused)("%s names the operation and the shapes", (_, build, message) => {
    expect(build).toThrow(message);
  });

  it("a size known only when the model runs may be multiplied and divided back", async () => {
    const x = input("x", ["rows", 2, 3]);
    const flat = reshape(x, ["2*rows", 3]);
    expect(flat.shape).toEqual(["2*rows", 3]);
    const back = reshape(flat, ["rows", 6]);
    const { back: result } = await run([x], { back }, { x: drawn("x", [4, 2, 3]) });
    expect(result.shape).toEqual([4, 6]);
  });
});
