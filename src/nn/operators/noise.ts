/**
 * Random numbers inside a graph that depend on nothing but seed, stream, step and place. There is no state to lose: a
 * resumed training sees the same noise, which the runtime's own random operators cannot promise.
 */
import { counter, node, type Tensor, unsigned } from "../graph.ts";
import { elementCount } from "../shape.ts";
import { multiply } from "./arithmetic.ts";
import { cast } from "./logic.ts";
import { reshape } from "./shapes.ts";

/** Streams of uniform noise; every call while a graph is built is a stream of its own. */
export interface Noise {
  /** Uniform on [0, 1) in steps of 2⁻²⁴. */
  uniform(shape: readonly number[]): Tensor;
}

/** Noise of a seed (32 bits) at a step, an int32 scalar that the graph counts. */
export function createNoise(seed: number, step: Tensor): Noise {
  let streams = 0;
  return {
    uniform(shape) {
      const stream = Math.imul(++streams, 0x9e3779b9) >>> 0; // 2³²/golden ratio: streams lie far apart
      const key = hashed(xor(hashed(xor(cast(step, "uint32"), unsigned(seed >>> 0))), unsigned(stream)));
      const count = elementCount(shape);
      const places = node("Range", [counter(0), counter(count), counter(1)], [count], { elementType: "int32" });
      // The places' hash is a constant, computed when the model is opened; a step pays for one round only.
      const bits = mixed(xor(hashed(cast(places, "uint32")), key));
      return reshape(multiply(cast(shiftedRight(bits, 8), "float32"), 2 ** -24), shape);
    },
  };
}

/** The finaliser "lowbias32" (Chris Wellons, hash-prospector, 2018): every input bit turns every output bit with chance ½. */
const hashed = (bits: Tensor): Tensor => {
  const twice = times(xorShifted(mixed(xorShifted(bits, 16)), 15), 0x846ca68b);
  return xorShifted(twice, 16);
};

/** One multiplication round, enough for bits that a hash has mixed before. */
const mixed = (bits: Tensor): Tensor => times(bits, 0x7feb352d);

const xorShifted = (bits: Tensor, places: number): Tensor => xor(bits, shiftedRight(bits, places));
const xor = (a: Tensor, b: Tensor): Tensor => uint32("BitwiseXor", a, b);
const times = (bits: Tensor, factor: number): Tensor => uint32("Mul", bits, unsigned(factor));
const shiftedRight = (bits: Tensor, places: number): Tensor =>
  node("BitShift", [bits, unsigned(places)], bits.shape, { elementType: "uint32", attributes: { direction: "RIGHT" } });

const uint32 = (operation: string, a: Tensor, b: Tensor): Tensor =>
  node(operation, [a, b], a.shape, { elementType: "uint32" });
