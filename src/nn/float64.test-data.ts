/**
 * A second computer for tensor expressions: plain loops in float64, written from ONNX's operator definitions. Tests compare
 * the runtime with it, and take central differences on it, where a step of 10⁻⁵ costs no digits.
 */
import { normalCdf } from "../stats/normal.ts";
import { type Tensor, topologicalOrder } from "./graph.ts";
import type { Values } from "./session.ts";
import { elementCount } from "./shape.ts";

export interface Array64 {
  readonly data: Float64Array;
  readonly shape: readonly number[];
}

type Rule = (inputs: readonly Array64[], tensor: Tensor) => Array64;

/** The values of some expressions, by name, for the inputs fed. */
export function evaluate(outputs: Readonly<Record<string, Tensor>>, feeds: Values): Record<string, Array64> {
  const known = new Map<Tensor, Array64>();
  for (const tensor of topologicalOrder(Object.values(outputs))) known.set(tensor, computed(tensor, known, feeds));
  return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, known.get(tensor) as Array64]));
}

function computed(tensor: Tensor, known: Map<Tensor, Array64>, feeds: Values): Array64 {
  if (tensor.operation === "Input") {
    const { data, shape } = feeds[tensor.name as string];
    return { data: Float64Array.from(data as ArrayLike<number>), shape };
  }
  if (tensor.operation === "Constant") {
    return { data: Float64Array.from([...tensor.data!], Number), shape: tensor.shape as number[] };
  }
  const rule = rules[tensor.operation];
  if (!rule) throw new Error(`no float64 rule for ${tensor.operation}`);
  return rule(
    tensor.inputs.map((source) => known.get(source) as Array64),
    tensor,
  );
}

const filled = (shape: readonly number[], value: (at: number) => number): Array64 => ({
  shape,
  data: Float64Array.from({ length: elementCount(shape) }, (_, at) => value(at)),
});

/** Place along each axis of the value at a flat position. */
function placesOf(at: number, shape: readonly number[]): number[] {
  const places = new Array<number>(shape.length);
  let rest = at;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    places[axis] = rest % shape[axis];
    rest = Math.floor(rest / shape[axis]);
  }
  return places;
}

const positionOf = (places: readonly number[], shape: readonly number[]): number =>
  places.reduce((position, place, axis) => position * shape[axis] + place, 0);

/** The position in x of what broadcasting puts at some places of a larger shape. */
const broadcastPosition = (places: readonly number[], { shape }: Array64): number =>
  positionOf(
    shape.map((size, axis) => (size === 1 ? 0 : places[places.length - shape.length + axis])),
    shape,
  );

function broadcast(inputs: readonly Array64[], combine: (...values: number[]) => number): Array64 {
  const rank = Math.max(...inputs.map(({ shape }) => shape.length));
  const shape = Array.from({ length: rank }, (_, axis) =>
    Math.max(...inputs.map((x) => x.shape[axis - (rank - x.shape.length)] ?? 1)),
  );
  return filled(shape, (at) => {
    const places = placesOf(at, shape);
    return combine(...inputs.map((x) => x.data[broadcastPosition(places, x)]));
  });
}

const elementwise =
  (combine: (...values: number[]) => number): Rule =>
  (inputs) =>
    broadcast(inputs, combine);

/** In the element type of the tensor: uint32 wraps around. */
const product: Rule = (inputs, { elementType }) =>
  broadcast(inputs, elementType === "uint32" ? (a, b) => Math.imul(a, b) >>> 0 : (a, b) => a * b);

const reduceSum: Rule = ([x, axes], { shape }) => {
  const reduced = new Set(axes.data);
  const kept = x.shape.map((size, axis) => (reduced.has(axis) ? 1 : size));
  const sums = filled(kept, () => 0);
  x.data.forEach((value, at) => {
    sums.data[broadcastPosition(placesOf(at, x.shape), sums)] += value;
  });
  return shape.length === kept.length ? sums : { ...sums, shape: kept.filter((_, axis) => !reduced.has(axis)) };
};

const matmul: Rule = ([a, b]) => {
  const [m, k] = a.shape.slice(-2);
  const n = b.shape[b.shape.length - 1];
  const leading = broadcast(
    [a, b].map(({ shape }) => filled(shape.slice(0, -2), () => 0)),
    () => 0,
  ).shape;
  return filled([...leading, m, n], (at) => {
    const places = placesOf(at, [...leading, m, n]);
    const [i, j] = places.splice(-2);
    let sum = 0;
    for (let inner = 0; inner < k; inner++) {
      sum += a.data[broadcastPosition([...places, i, inner], a)] * b.data[broadcastPosition([...places, inner, j], b)];
    }
    return sum;
  });
};

const softmax: Rule = ([x]) => {
  const width = x.shape[x.shape.length - 1];
  const data = x.data.slice();
  for (let start = 0; start < data.length; start += width) {
    const row = data.subarray(start, start + width);
    const greatest = Math.max(...row);
    row.forEach((value, at) => {
      row[at] = Math.exp(value - greatest);
    });
    const sum = row.reduce((total, value) => total + value, 0);
    row.forEach((value, at) => {
      row[at] = value / sum;
    });
  }
  return { shape: x.shape, data };
};

/** Picks for every place of the result the place of the source it comes from; undefined is 0. */
const moved = (x: Array64, shape: readonly number[], source: (places: number[]) => number[] | undefined): Array64 =>
  filled(shape, (at) => {
    const from = source(placesOf(at, shape));
    return from ? x.data[positionOf(from, x.shape)] : 0;
  });

const reshape: Rule = ([x, sizes]) => {
  const given = [...sizes.data];
  const unknown = x.data.length / elementCount(given.filter((size) => size !== -1));
  return { data: x.data, shape: given.map((size) => (size === -1 ? unknown : size)) };
};

const concat: Rule = (parts, { attributes }) => {
  const axis = attributes.axis as number;
  const starts = parts.map((_, k) => parts.slice(0, k).reduce((sum, part) => sum + part.shape[axis], 0));
  const size = parts.reduce((sum, part) => sum + part.shape[axis], 0);
  const shape = parts[0].shape.with(axis, size);
  return filled(shape, (at) => {
    const places = placesOf(at, shape);
    const k = starts.findLastIndex((start) => start <= places[axis]);
    return parts[k].data[positionOf(places.with(axis, places[axis] - starts[k]), parts[k].shape)];
  });
};

const slice: Rule = ([x, starts, ends, axes]) => {
  const [start, end, axis] = [starts.data[0], ends.data[0], axes.data[0]];
  return moved(x, x.shape.with(axis, end - start), (places) => places.with(axis, places[axis] + start));
};

const pad: Rule = ([x, pads]) => {
  const before = [...pads.data.slice(0, x.shape.length)];
  const after = [...pads.data.slice(x.shape.length)];
  const shape = x.shape.map((size, axis) => size + before[axis] + after[axis]);
  return moved(x, shape, (places) => {
    const from = places.map((place, axis) => place - before[axis]);
    return from.every((place, axis) => place >= 0 && place < x.shape[axis]) ? from : undefined;
  });
};

const gather: Rule = ([table, positions]) => {
  const shape = [...positions.shape, ...table.shape.slice(1)];
  return moved(table, shape, (places) => {
    const row = positions.data[positionOf(places.slice(0, positions.shape.length), positions.shape)];
    return [row, ...places.slice(positions.shape.length)];
  });
};

const scatterAdd: Rule = ([zeros, paths, rows]) => {
  const data = zeros.data.slice();
  const width = elementCount(zeros.shape.slice(1));
  rows.data.forEach((value, at) => {
    data[paths.data[Math.floor(at / width)] * width + (at % width)] += value;
  });
  return { data, shape: zeros.shape };
};

const rules: Readonly<Record<string, Rule>> = {
  Add: elementwise((a, b) => a + b),
  Sub: elementwise((a, b) => a - b),
  Mul: product,
  Div: elementwise((a, b) => a / b),
  Max: elementwise(Math.max),
  Min: elementwise(Math.min),
  Pow: elementwise((a, b) => a ** b),
  Neg: elementwise((a) => -a),
  Exp: elementwise(Math.exp),
  Log: elementwise(Math.log),
  Sqrt: elementwise(Math.sqrt),
  Abs: elementwise(Math.abs),
  Sign: elementwise(Math.sign),
  Relu: elementwise((a) => Math.max(a, 0)),
  Tanh: elementwise(Math.tanh),
  Sigmoid: elementwise((a) => 1 / (1 + Math.exp(-a))),
  Erf: elementwise((a) => 2 * normalCdf(a * Math.SQRT2) - 1),
  Greater: elementwise((a, b) => Number(a > b)),
  IsNaN: elementwise((a) => Number(Number.isNaN(a))),
  Where: elementwise((condition, a, b) => (condition ? a : b)),
  BitwiseXor: elementwise((a, b) => (a ^ b) >>> 0),
  BitShift: elementwise((a, places) => a >>> places),
  Cast: ([x]) => x,
  Identity: ([x]) => x,
  MatMul: matmul,
  Softmax: softmax,
  ReduceSum: reduceSum,
  Reshape: reshape,
  Shape: ([x]) => ({ shape: [x.shape.length], data: Float64Array.from(x.shape) }),
  Expand: ([x, shape]) => broadcast([x, filled([...shape.data], () => 0)], (a) => a),
  ConstantOfShape: ([shape]) => filled([...shape.data], () => 0),
  Range: ([start, end, step]) =>
    filled([Math.ceil((end.data[0] - start.data[0]) / step.data[0])], (at) => start.data[0] + at * step.data[0]),
  Unsqueeze: ([x]) => ({ data: x.data, shape: [...x.shape, 1] }),
  Transpose: ([x], { attributes }) => {
    const order = attributes.perm as readonly number[];
    const shape = order.map((axis) => x.shape[axis]);
    return moved(x, shape, (places) => x.shape.map((_, axis) => places[order.indexOf(axis)]));
  },
  Concat: concat,
  Slice: slice,
  Pad: pad,
  Gather: gather,
  ScatterND: scatterAdd,
};
