import { describe, expect, it } from "vitest";
import { createRandom } from "../base/random.ts";
import { gradients } from "./gradient.ts";
import { constant, input, integers, type Tensor } from "./graph.ts";
import { multilayer } from "./layers.ts";
import { writeModel } from "./onnx-model.ts";
import * as operators from "./operators.ts";
import { openSession, type Value } from "./session.ts";
import * as shapes from "./shape-operators.ts";
import { boundedHead, largestSigma, zilnHead, zilnLoss, zilnMean } from "./ziln.ts";

const { add, multiply, divide, subtract } = operators;

/** Values in (0.3, 1.7) with random signs unless `positive`: away from the kinks of relu, abs and max. */
function random(seed: string, shape: readonly number[], positive = false): Value {
  const draws = createRandom(seed);
  const size = shape.reduce((product, length) => product * length, 1);
  const data = Float32Array.from(
    { length: size },
    () => (0.3 + 1.4 * draws.uniform()) * (positive || draws.uniform() < 0.5 ? 1 : -1),
  );
  return { data, shape };
}

/** Largest difference between the graph's gradient and central differences of the same graph, relative to the gradient's size. */
async function gradientError(build: (inputs: Tensor[]) => Tensor, feeds: Value[]): Promise<number> {
  const inputs = feeds.map(({ shape }, index) => input(`x${index}`, shape));
  const output = build(inputs);
  // Weighted, so that every entry of the output counts differently.
  const size = (output.shape as number[]).reduce((product, length) => product * length, 1);
  const weights = constant(random("weights", [size]).data as Float32Array, output.shape as number[]);
  const loss = shapes.reduceSum(multiply(output, weights));
  const slopes = gradients(loss, inputs);
  const session = await openSession(
    writeModel(inputs, { loss, ...Object.fromEntries(slopes.map((slope, index) => [`d${index}`, slope])) }),
  );
  const run = (values: Value[]) => session.run(Object.fromEntries(values.map((value, index) => [`x${index}`, value])));
  const exact = await run(feeds);
  let worst = 0;
  let scale = 1;
  for (const [index, feed] of feeds.entries()) {
    const slope = exact[`d${index}`];
    expect(slope.shape).toEqual(feed.shape);
    for (let at = 0; at < feed.data.length; at++) {
      const step = 1e-2;
      const moved = async (by: number) => {
        const data = (feed.data as Float32Array).slice();
        data[at] += by;
        const { loss: value } = await run(feeds.with(index, { data, shape: feed.shape }));
        return value.data[0] as number;
      };
      const difference = ((await moved(step)) - (await moved(-step))) / (2 * step);
      worst = Math.max(worst, Math.abs(difference - (slope.data[at] as number)));
      scale = Math.max(scale, Math.abs(difference));
    }
  }
  await session.release();
  return worst / scale;
}

const matrix = () => random("a", [3, 4]);
const other = () => random("b", [3, 4]);
const row = () => random("c", [1, 4]);
const positive = () => random("d", [3, 4], true);

const cases: [string, (x: Tensor[]) => Tensor, Value[]][] = [
  ["add with broadcasting", ([a, b]) => add(a, b), [matrix(), row()]],
  ["subtract with broadcasting", ([a, b]) => subtract(a, b), [row(), matrix()]],
  ["multiply with broadcasting", ([a, b]) => multiply(a, b), [matrix(), random("s", [])]],
  ["divide", ([a, b]) => divide(a, b), [matrix(), positive()]],
  ["maximum", ([a, b]) => operators.maximum(a, b), [matrix(), other()]],
  ["minimum", ([a, b]) => operators.minimum(a, b), [matrix(), other()]],
  ["clip", ([a]) => operators.clip(a, { min: -1, max: 1 }), [matrix()]],
  ["power", ([a]) => operators.power(a, 2.5), [positive()]],
  ["negate", ([a]) => operators.negate(a), [matrix()]],
  ["relu", ([a]) => operators.relu(a), [matrix()]],
  ["tanh", ([a]) => operators.tanh(a), [matrix()]],
  ["sigmoid", ([a]) => operators.sigmoid(a), [matrix()]],
  ["softplus", ([a]) => operators.softplus(a), [matrix()]],
  ["exp", ([a]) => operators.exp(a), [matrix()]],
  ["log", ([a]) => operators.log(a), [positive()]],
  ["sqrt", ([a]) => operators.sqrt(a), [positive()]],
  ["absolute", ([a]) => operators.absolute(a), [matrix()]],
  ["square", ([a]) => operators.square(a), [matrix()]],
  ["where", ([a, b]) => operators.where(operators.greater(a, 0), a, b), [matrix(), row()]],
  ["matmul", ([a, b]) => operators.matmul(a, b), [matrix(), random("m", [4, 2])]],
  ["matmul with leading axes", ([a, b]) => operators.matmul(a, b), [random("n", [2, 3, 4]), random("m", [4, 2])]],
  ["reduceSum over one axis", ([a]) => shapes.reduceSum(a, { axes: [0] }), [matrix()]],
  ["reduceSum without kept axes", ([a]) => shapes.reduceSum(a, { axes: [1], keepAxes: false }), [matrix()]],
  ["reduceMean", ([a]) => shapes.reduceMean(operators.square(a), { axes: [1] }), [matrix()]],
  ["reshape", ([a]) => shapes.reshape(operators.square(a), [2, 6]), [matrix()]],
  ["transpose", ([a]) => shapes.transpose(operators.square(a), [1, 0]), [matrix()]],
  ["concatenate", ([a, b]) => shapes.concatenate([operators.square(a), b], 0), [matrix(), row()]],
  ["slice", ([a]) => shapes.slice(operators.square(a), { axis: 1, start: 1, end: 3 }), [matrix()]],
  ["gatherRows, one row twice", ([a]) => shapes.gatherRows(operators.square(a), integers([2, 0, 2])), [matrix()]],
  ["ziln loss", ([a]) => zilnLoss(zilnHead(a, 2), constant([0, 1.5, 2, 0, 0.7, 3], [3, 2])), [random("z", [3, 6])]],
  ["ziln mean", ([a]) => zilnMean(zilnHead(a, 2)), [random("y", [3, 6])]],
  [
    "a network of three layers",
    ([x, ...weights]) => multilayer(x, weights),
    [
      matrix(),
      random("w1", [4, 5]),
      random("b1", [5]),
      random("w2", [5, 3]),
      random("b2", [3]),
      random("w3", [3, 2]),
      random("b3", [2]),
    ],
  ],
];

describe("gradients agree with central differences", () => {
  it.each(cases)("%s", async (_, build, feeds) => {
    // float32 differences with step 1e-2: rounding about 1e-4, curvature about 1e-4.
    expect(await gradientError(build, feeds)).toBeLessThan(4e-3);
  });

  it("refuses a loss that is not one number, naming the shape", () => {
    const x = input("x", [2, 3]);
    expect(() => gradients(x, [x])).toThrow("[2, 3]");
  });
});

describe("the ZILN loss", () => {
  it("equals google/lifetime_value's test case: 0.744397 and 1.878372", async () => {
    const logits = input("logits", [2, 3]);
    const loss = zilnLoss(zilnHead(logits, 1), constant([0, 1.5], [2, 1]));
    const session = await openSession(writeModel([logits], { loss }));
    const { loss: values } = await session.run({
      logits: { data: Float32Array.of(0.1, 0.2, 0.3, 0.4, 0.5, 0.6), shape: [2, 3] },
    });
    await session.release();
    expect(values.data[0]).toBeCloseTo(0.744397, 5);
    expect(values.data[1]).toBeCloseTo(1.878372, 5);
  });
});

describe("the spread of a ZILN head", () => {
  /** Raw spreads far below, inside and far beyond the bounds, for one horizon. */
  const raw = { data: Float32Array.of(0, 0, -9, 0, 0, 0.5, 0, 0, 12), shape: [3, 3] };
  const outputs = input("outputs", [3, 3]);
  const run = async (graph: Record<string, Tensor>) => {
    const session = await openSession(writeModel([outputs], graph));
    const results = await session.run({ outputs: raw });
    await session.release();
    return results;
  };

  it("always gets a gradient in training, so that no head can stick", async () => {
    const loss = shapes.reduceSum(zilnLoss(zilnHead(outputs, 1), constant([2, 2, 2], [3, 1])));
    const { slope } = await run({ slope: gradients(loss, [outputs])[0] });
    for (const row of [0, 1, 2]) expect(slope.data[3 * row + 2], `row ${row}`).not.toBe(0);
    // Far too wide: a step against the gradient makes it narrower.
    expect(slope.data[8]).toBeGreaterThan(0);
  });

  it("is cut off when served", async () => {
    const { mu, sigma } = boundedHead(zilnHead(outputs, 1), -0.5);
    const served = await run({ mu, sigma });
    expect(served.sigma.data[1]).toBeLessThan(largestSigma);
    expect(served.sigma.data[2]).toBe(largestSigma);
    expect([...served.mu.data]).toEqual([-0.5, -0.5, -0.5]);
  });
});

describe("shapes", () => {
  it("are checked when the graph is built; the error names the operation and both shapes", () => {
    expect(() => operators.matmul(input("a", [2, 3]), input("b", [4, 5]))).toThrow("MatMul of [2, 3] and [4, 5]");
    expect(() => add(input("a", [2, 3]), input("b", [2, 4]))).toThrow("Add of [2, 3] and [2, 4]");
  });
});
