/** What tests of operators, layers and losses ask of an expression: the runtime's numbers against those of float64. */
import { expect } from "vitest";
import { createRandom } from "../base/random.ts";
import { evaluate } from "./float64.test-data.ts";
import { gradients } from "./gradient.ts";
import { constant, input, type Tensor } from "./graph.ts";
import { writeModel } from "./onnx-model.ts";
import { multiply } from "./operators/arithmetic.ts";
import { reduceSum } from "./operators/reductions.ts";
import { openSession, type Value, type Values } from "./session.ts";
import { elementCount } from "./shape.ts";

/** Values in ±(0.3, 1.7), positive if asked: away from the kinks of relu, abs and max. */
export function drawn(seed: string, shape: readonly number[], { positive = false } = {}): Value {
  const random = createRandom(seed);
  const draw = () => (0.3 + 1.4 * random.uniform()) * (positive || random.uniform() < 0.5 ? 1 : -1);
  return { shape, data: Float32Array.from({ length: elementCount(shape) }, draw) };
}

export const values = (data: readonly number[], shape: readonly number[]): Value => ({
  data: Float32Array.from(data),
  shape,
});

/** Runs a graph once. */
export async function run(inputs: readonly Tensor[], outputs: Record<string, Tensor>, feeds: Values) {
  const session = await openSession(writeModel(inputs, outputs));
  const results = await session.run(feeds);
  await session.release();
  return results;
}

/** The largest difference, relative to the largest value expected (at least 1). */
export function difference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let worst = 0;
  let scale = 1;
  expect(actual.length).toBe(expected.length);
  for (let at = 0; at < expected.length; at++) {
    worst = Math.max(worst, Number.isNaN(actual[at]) ? Number.POSITIVE_INFINITY : Math.abs(actual[at] - expected[at]));
    scale = Math.max(scale, Math.abs(expected[at]));
  }
  return worst / scale;
}

const step = 1e-5;
/** float32 has 7 digits; sums and quotients lose one or two of them. */
const tolerance = 2e-5;

/**
 * Expects of an expression of some inputs that the runtime's values are those of float64, and that the runtime's gradients are
 * the central differences of float64, for every entry of every input.
 */
export async function expectAgreement(build: (inputs: Tensor[]) => Tensor, fed: readonly Value[]): Promise<void> {
  const inputs = fed.map(({ shape }, index) => input(`x${index}`, shape));
  const feeds = Object.fromEntries(fed.map((value, index) => [`x${index}`, value]));
  const output = build(inputs);
  // Weighted, so that every entry of the output counts differently.
  const shape = output.shape as number[];
  const loss = reduceSum(multiply(output, constant(drawn("weights", shape).data, shape)));
  const slopes = gradients(loss, inputs);
  const named = Object.fromEntries(slopes.map((slope, index) => [`d${index}`, slope]));
  const results = await run(inputs, { output, ...named }, feeds);

  const expected = evaluate({ output, ...named }, feeds);
  expect(results.output.shape).toEqual(shape);
  expect(expected.output.shape).toEqual(shape);
  expect(difference(results.output.data, expected.output.data), "values").toBeLessThan(tolerance);
  for (const [index, value] of fed.entries()) {
    expect(results[`d${index}`].shape).toEqual(value.shape);
    const differences = Float64Array.from(value.data, (_, at) => {
      const moved = (by: number) => {
        // Float64Array: the step must not be rounded to float32.
        const data = Float64Array.from(value.data);
        data[at] += by;
        const changed = { ...feeds, [`x${index}`]: { ...value, data } } as unknown as Values;
        return evaluate({ loss }, changed).loss.data[0];
      };
      return (moved(step) - moved(-step)) / (2 * step);
    });
    expect(difference(results[`d${index}`].data, differences), `gradient of input ${index}`).toBeLessThan(tolerance);
  }
}
