import { constant, input, type Tensor } from "../nn/graph.ts";
import { type DenseParameters, multilayer } from "../nn/layers/dense.ts";
import { boundedHead, zilnHead, zilnMean } from "../nn/losses/ziln.ts";
import { writeModel } from "../nn/onnx-model.ts";
import { sigmoid } from "../nn/operators/activations.ts";
import { absolute, add, clip, divide, log, multiply, sign, subtract } from "../nn/operators/arithmetic.ts";
import { cast, isMissing, where } from "../nn/operators/logic.ts";
import { matmul } from "../nn/operators/matrix-product.ts";
import { concatenate } from "../nn/operators/shapes.ts";
import { constantWeights } from "../nn/parameters.ts";
import type { Normalisation } from "./ziln-network-features.ts";

/** Standardised values beyond this many deviations are cut: a feature far outside what was seen says nothing more. */
const largestDeviation = 5;

/** (rows, features) with NaN or ±Infinity for what is unknown → (rows, features + indicators), standardised. */
function normalised(features: Tensor, { mean, deviation, missingColumns }: Normalisation): Tensor {
  const width = mean.length;
  const missing = isMissing(subtract(features, features)); // x − x is NaN for an infinite x as well
  const present = where(missing, 0, features);
  const logarithm = multiply(sign(present), log(add(1, absolute(present))));
  const standardised = clip(divide(subtract(logarithm, constant(mean, [1, width])), constant(deviation, [1, width])), {
    min: -largestDeviation,
    max: largestDeviation,
  });
  const filled = where(missing, 0, standardised);
  if (missingColumns.length === 0) return filled;
  const pick = new Float32Array(width * missingColumns.length);
  missingColumns.forEach((column, index) => {
    pick[column * missingColumns.length + index] = 1;
  });
  return concatenate([filled, matmul(cast(missing, "float32"), constant(pick, [width, missingColumns.length]))], 1);
}

export interface ServingParts {
  normalisation: Normalisation;
  features: number;
  horizons: number;
  members: readonly (readonly DenseParameters[])[];
  scale: number;
  largestMu: number;
  levelCalibration: readonly number[];
}

/** One model that takes raw features and averages its members; outputs are (rows, horizons) in major units. */
export function servingModel({
  normalisation,
  features,
  horizons,
  members,
  scale,
  largestMu,
  levelCalibration,
}: ServingParts): Uint8Array {
  const raw = input("features", ["rows", features]);
  const seen = normalised(raw, normalisation);
  const heads = members.map((layers) => boundedHead(zilnHead(multilayer(seen, constantWeights(layers))), largestMu));
  const average = (parts: readonly Tensor[]) => multiply(parts.reduce(add), 1 / parts.length);
  const level = constant(
    Float32Array.from(levelCalibration, (factor) => factor * scale),
    [1, horizons],
  );
  return writeModel([raw], {
    mean: multiply(average(heads.map(zilnMean)), level),
    purchase_probability: average(heads.map(({ logit }) => sigmoid(logit))),
    mu: add(average(heads.map(({ mu }) => mu)), Math.log(scale)),
    sigma: average(heads.map(({ sigma }) => sigma)),
  });
}

/** Only the normalisation, for training: it is computed once and not in every step. */
export function normalisingModel(normalisation: Normalisation): Uint8Array {
  const raw = input("features", ["rows", normalisation.mean.length]);
  return writeModel([raw], { normalised: normalised(raw, normalisation) });
}
