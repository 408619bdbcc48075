import type { Random } from "../../base/random.ts";
import { constant, type Tensor } from "../graph.ts";
import { softmax } from "../operators/activations.ts";
import { add, multiply, subtract } from "../operators/arithmetic.ts";
import { matmul, transposeLast } from "../operators/matrix-product.ts";
import type { Noise } from "../operators/noise.ts";
import { reshape, split, transpose } from "../operators/shapes.ts";
import { glorotUniform, type Weights } from "../parameters.ts";
import { ShapeError } from "../shape.ts";
import { type DenseParameters, dense, denseParameters } from "./dense.ts";
import { dropout } from "./dropout.ts";

export type AttentionParameters = {
  /** Queries, keys and values side by side. */
  readonly projection: DenseParameters; // (width, 3·width)
  readonly output: DenseParameters; // (width, width)
};

export function attentionParameters(width: number, random: Random): AttentionParameters {
  return {
    projection: denseParameters(width, 3 * width, random, glorotUniform),
    output: denseParameters(width, width, random, glorotUniform),
  };
}

export interface AttentionOptions {
  readonly heads: number;
  /** (rows, steps), 1 for a step that is there and 0 for padding, to which nobody attends. */
  readonly mask?: Tensor;
  /** Lets a step see only itself and earlier ones. */
  readonly causal?: boolean;
  /** Dropout of the attention's weights, in training. */
  readonly dropout?: { readonly rate: number; readonly noise: Noise | undefined };
}

/** Added to the score of what must not be seen: e^−10⁹ is 0 in float32, and a row with nothing to see stays finite. */
const unseen = -1e9;

/**
 * Multi-head self-attention over (rows, steps, width) → (rows, steps, width): softmax(Q·Kᵀ/√d)·V in each head (Vaswani et
 * al. 2017, eq. 1 and §3.2.2).
 */
export function attention(x: Tensor, parameters: Weights<AttentionParameters>, options: AttentionOptions): Tensor {
  const [rows, steps, width] = x.shape;
  const { heads, mask, causal } = options;
  if (x.shape.length !== 3 || typeof steps !== "number" || typeof width !== "number" || width % heads !== 0) {
    throw new ShapeError("Attention", [x.shape], `needs rows, known steps, and a width that ${heads} heads divide`);
  }
  const headWidth = width / heads;
  const perHead = (part: Tensor) => transpose(reshape(part, [rows, steps, heads, headWidth]), [0, 2, 1, 3]);
  const [queries, keys, values] = split(dense(x, parameters.projection), { axis: 2, pieces: 3 }).map(perHead);

  let scores = multiply(matmul(queries, transposeLast(keys)), 1 / Math.sqrt(headWidth)); // (rows, heads, steps, steps)
  if (mask) scores = add(scores, reshape(multiply(subtract(1, mask), unseen), [rows, 1, 1, steps]));
  if (causal) scores = add(scores, laterSteps(steps));
  const shares = softmax(scores);
  const seen = matmul(options.dropout ? dropout(shares, options.dropout) : shares, values);
  return dense(reshape(transpose(seen, [0, 2, 1, 3]), [rows, steps, width]), parameters.output);
}

/** (steps, steps): what hides later steps from earlier ones. */
function laterSteps(steps: number): Tensor {
  const hidden = Float32Array.from({ length: steps * steps }, (_, at) =>
    at % steps > Math.floor(at / steps) ? unseen : 0,
  );
  return constant(hidden, [steps, steps]);
}
