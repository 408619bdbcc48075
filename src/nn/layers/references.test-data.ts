/** The layers once more, as plain loops over rows in float64, after their papers and not after our expressions. */
import type { Value } from "../session.ts";
import type { AttentionParameters } from "./attention.ts";
import type { DenseParameters } from "./dense.ts";
import type { GruParameters } from "./gru.ts";
import type { LayerNormParameters } from "./layer-norm.ts";

type Vector = number[];

/** The last axis as vectors. */
function vectors({ data, shape }: Value): Vector[] {
  const width = shape[shape.length - 1];
  return Array.from({ length: data.length / width }, (_, at) => [...data.slice(at * width, (at + 1) * width)]);
}

/** Rows of steps of vectors, from (rows, steps, width). */
function sequences(x: Value): Vector[][] {
  const steps = x.shape[1];
  const all = vectors(x);
  return Array.from({ length: x.shape[0] }, (_, row) => all.slice(row * steps, (row + 1) * steps));
}

function affine(x: Vector, { weights, bias }: DenseParameters): Vector {
  const outputs = weights.shape[1];
  return Array.from({ length: outputs }, (_, j) =>
    x.reduce((sum, value, i) => sum + value * weights.values[i * outputs + j], bias.values[j]),
  );
}

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

export function multilayerReference(x: Value, layers: readonly DenseParameters[]): Vector {
  return vectors(x).flatMap((vector) =>
    layers.reduce((hidden, layer, k) => affine(k === 0 ? hidden : hidden.map((v) => Math.max(v, 0)), layer), vector),
  );
}

export function layerNormReference(x: Value, { gain, shift }: LayerNormParameters): Vector {
  return vectors(x).flatMap((vector) => {
    const mean = vector.reduce((sum, v) => sum + v, 0) / vector.length;
    const variance = vector.reduce((sum, v) => sum + (v - mean) ** 2, 0) / vector.length;
    return vector.map((v, j) => ((v - mean) / Math.sqrt(variance + 1e-5)) * gain.values[j] + shift.values[j]);
  });
}

export function gruReference(x: Value, { input, hidden }: GruParameters, present?: boolean[][]) {
  const size = hidden.weights.shape[0];
  const states: Vector = [];
  const last: Vector = [];
  sequences(x).forEach((steps, row) => {
    let h: Vector = new Array(size).fill(0);
    steps.forEach((vector, step) => {
      const [fromInput, fromState] = [affine(vector, input), affine(h, hidden)];
      const next = h.map((before, j) => {
        const r = logistic(fromInput[j] + fromState[j]);
        const z = logistic(fromInput[size + j] + fromState[size + j]);
        const n = Math.tanh(fromInput[2 * size + j] + r * fromState[2 * size + j]);
        return (1 - z) * n + z * before;
      });
      if (present?.[row][step] ?? true) h = next;
      states.push(...h);
    });
    last.push(...h);
  });
  return { states, last };
}

export function attentionReference(
  x: Value,
  { projection, output }: AttentionParameters,
  { heads, present, causal = false }: { heads: number; present?: boolean[][]; causal?: boolean },
): Vector {
  const width = x.shape[2];
  const size = width / heads;
  return sequences(x).flatMap((steps, row) => {
    const projected = steps.map((vector) => affine(vector, projection));
    const part = (step: number, kind: number, head: number) =>
      projected[step].slice(kind * width + head * size, kind * width + (head + 1) * size);
    return steps.flatMap((_, from) => {
      const joined = Array.from({ length: heads }, (__, head) => {
        const scores = steps.map((___, to) => {
          if (!(present?.[row][to] ?? true) || (causal && to > from)) return 0;
          const key = part(to, 1, head);
          return Math.exp(part(from, 0, head).reduce((sum, q, i) => sum + q * key[i], 0) / Math.sqrt(size));
        });
        const total = scores.reduce((sum, score) => sum + score, 0);
        return Array.from({ length: size }, (___, i) =>
          scores.reduce((sum, score, to) => sum + (score / total) * part(to, 2, head)[i], 0),
        );
      }).flat();
      return affine(joined, output);
    });
  });
}
