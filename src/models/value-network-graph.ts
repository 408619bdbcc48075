import type { Random } from "../base/random.ts";
import { constant, input, type Tensor } from "../nn/graph.ts";
import { type DenseParameters, multilayer, multilayerParameters } from "../nn/layers/dense.ts";
import { embedding, embeddingParameters } from "../nn/layers/embedding.ts";
import { type GruParameters, gru, gruParameters } from "../nn/layers/gru.ts";
import { type HurdleHead, hurdleMean } from "../nn/losses/hurdle.ts";
import { nondecreasing } from "../nn/losses/ordered.ts";
import { boundedHead, type ZilnHead, zilnHead, zilnMean } from "../nn/losses/ziln.ts";
import { writeModel } from "../nn/onnx-model.ts";
import { sigmoid } from "../nn/operators/activations.ts";
import {
  absolute,
  add,
  clip,
  divide,
  log,
  maximum,
  minimum,
  multiply,
  sign,
  subtract,
} from "../nn/operators/arithmetic.ts";
import { gatherRows } from "../nn/operators/gather.ts";
import { cast, greater, isMissing, where } from "../nn/operators/logic.ts";
import { matmul } from "../nn/operators/matrix-product.ts";
import { concatenate, reshape, slice } from "../nn/operators/shapes.ts";
import { constantWeights, type Parameter, type Weights } from "../nn/parameters.ts";
import type { Blueprint } from "./value-network-inputs.ts";
import type { Normalisation } from "./value-network-normalisation.ts";

export type NetworkParameters = {
  /** A table of vectors for each feature that is a word. */
  readonly words: readonly Parameter[];
  /** The sequence network's: at most one. */
  readonly baskets: readonly { readonly categories: Parameter; readonly gru: GruParameters }[];
  readonly trunk: readonly DenseParameters[];
};

/** Standardised values beyond this many deviations are cut: a feature far outside what was seen says nothing more. */
const largestDeviation = 5;
/** Ages of baskets are told as logarithms, 1 being a year. */
const daysOfOne = 365;
/** Outputs of a horizon: three of its value, whether anything is bought, how many orders beyond one. */
const outputsPerHorizon = 5;

/** Vectors are as long as the square root of what they tell apart. */
const vectorWidth = (words: number): number => Math.min(8, Math.ceil(Math.sqrt(words)));

/** `indicators`: how many features and measures were missing somewhere, each of which adds an input. */
export function networkParameters(
  { horizons, numbers, categorySizes, baskets }: Blueprint,
  indicators: { readonly features: number; readonly measures: number },
  { hiddenUnits, stateUnits }: { readonly hiddenUnits: readonly number[]; readonly stateUnits: number },
  random: Random,
): NetworkParameters {
  const words = categorySizes.map((size) => embeddingParameters(size, vectorWidth(size), random));
  const wordWidth = categorySizes.reduce((sum, size) => sum + vectorWidth(size), 0);
  const encoders = (baskets ? [baskets] : []).map(({ measures, categoryCount }) => {
    const width = vectorWidth(categoryCount);
    return {
      categories: embeddingParameters(categoryCount, width, random),
      gru: gruParameters(measures + indicators.measures + 1 + width, stateUnits, random),
    };
  });
  const inputs = numbers + indicators.features + wordWidth + (baskets ? stateUnits : 0);
  return {
    words,
    baskets: encoders,
    trunk: multilayerParameters([inputs, ...hiddenUnits, outputsPerHorizon * horizons], random),
  };
}

/** Numbers with NaN or ±Infinity for what is unknown, (…, columns) → (…, columns + indicators), standardised. */
function normalised(raw: Tensor, { mean, deviation, missingColumns }: Normalisation): Tensor {
  const width = mean.length;
  const missing = isMissing(subtract(raw, raw)); // x − x is NaN for an infinite x as well
  const present = where(missing, 0, raw);
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
  const indicators = matmul(cast(missing, "float32"), constant(pick, [width, missingColumns.length]));
  return concatenate([filled, indicators], raw.shape.length - 1);
}

/** What the network sees of a batch; numbers and measures are normalised. */
export interface NetworkInputs {
  readonly numbers: Tensor; // (rows, numbers + indicators)
  readonly words?: Tensor; // (rows, words), integers
  readonly baskets?: BasketInputs;
}

export interface BasketInputs {
  readonly places: Tensor; // (rows, steps), integers
  readonly asOfDays: Tensor; // (rows, 1)
  /** Normalised, of the lines at some places: (rows, steps) → (rows, steps, measures + indicators). */
  readonly measuresAt: (places: Tensor) => Tensor;
  readonly categories: Tensor; // (lines, 1), integers
  readonly days: Tensor; // (lines, 1)
}

/** Features, words and what the baskets leave behind, through the trunk: (rows, 5·horizons). */
export function networkOutputs(
  { numbers, words, baskets }: NetworkInputs,
  weights: Weights<NetworkParameters>,
): Tensor {
  const vectors = weights.words.map((table, word) => wordVector(words as Tensor, word, table));
  const histories = weights.baskets.map((encoder) => encoded(baskets as BasketInputs, encoder));
  return multilayer(concatenate([numbers, ...vectors, ...histories], 1), weights.trunk);
}

function wordVector(words: Tensor, word: number, table: Tensor): Tensor {
  const [rows] = words.shape;
  const ids = slice(words, { axis: 1, start: word, end: word + 1 });
  return reshape(embedding(ids, table), [rows, table.shape[1]]);
}

/** The state of a GRU after the last basket; of zeros for who has none. */
function encoded(
  { places, asOfDays, measuresAt, categories, days }: BasketInputs,
  encoder: Weights<NetworkParameters>["baskets"][number],
): Tensor {
  const [rows, steps] = places.shape;
  const age = maximum(subtract(reshape(asOfDays, [rows, 1, 1]), gatherRows(days, places)), 0);
  const sequence = concatenate(
    [
      measuresAt(places),
      multiply(log(add(1, age)), 1 / Math.log1p(daysOfOne)),
      reshape(embedding(gatherRows(categories, places), encoder.categories), [
        rows,
        steps,
        encoder.categories.shape[1],
      ]),
    ],
    2,
  );
  const present = cast(greater(cast(places, "float32"), 0), "float32");
  return gru(sequence, encoder.gru, present).last;
}

/** Value, and how many orders. Chances and counts never fall from one horizon to the next; value may (refunds, negative margins). */
export interface Heads {
  readonly value: ZilnHead;
  readonly orders: HurdleHead;
}

/** Reads (rows, 5·horizons) outputs as heads. */
export function headsOf(outputs: Tensor, horizons: number): Heads {
  const piece = (start: number, end: number) =>
    slice(outputs, { axis: 1, start: start * horizons, end: end * horizons });
  return {
    value: zilnHead(piece(0, 3)),
    orders: { any: nondecreasing(piece(3, 4)), logMore: nondecreasing(piece(4, 5)) },
  };
}

export interface ServingParts {
  readonly blueprint: Blueprint;
  readonly normalisation: { readonly features: Normalisation; readonly measures?: Normalisation };
  readonly members: readonly NetworkParameters[];
  readonly scale: number;
  readonly largestMu: number;
  readonly largestOrders: number;
  readonly levelCalibration: readonly number[];
}

/** One model that takes raw inputs and averages its members; outputs are (rows, horizons), money in major units. */
export function servingModel(parts: ServingParts): Uint8Array {
  const { blueprint, normalisation, members, scale, largestMu, largestOrders, levelCalibration } = parts;
  const { horizons } = blueprint;
  const { fed, seen } = servedInputs(blueprint, normalisation);
  const heads = members.map((parameters) => headsOf(networkOutputs(seen, constantWeights(parameters)), horizons));
  const values = heads.map(({ value }) => boundedHead(value, largestMu));
  const average = (each: readonly Tensor[]) => multiply(each.reduce(add), 1 / each.length);
  const level = constant(
    Float32Array.from(levelCalibration, (factor) => factor * scale),
    [1, horizons],
  );
  const largestLogMore = Math.log(Math.max(1, largestOrders));
  return writeModel(fed, {
    mean: multiply(average(values.map(zilnMean)), level),
    value_probability: average(values.map(({ logit }) => sigmoid(logit))),
    mu: add(average(values.map(({ mu }) => mu)), Math.log(scale)),
    sigma: average(values.map(({ sigma }) => sigma)),
    purchase_probability: average(heads.map(({ orders }) => sigmoid(orders.any))),
    orders: average(heads.map(({ orders }) => hurdleMean(orders, largestLogMore))),
  });
}

function servedInputs({ numbers, categorySizes, baskets }: Blueprint, normalisation: ServingParts["normalisation"]) {
  const width = numbers + categorySizes.length;
  const features = input("features", ["rows", width]);
  const piece = (start: number, end: number) => slice(features, { axis: 1, start, end });
  const seen: NetworkInputs = {
    numbers: normalised(piece(0, numbers), normalisation.features),
    words: numbers === width ? undefined : knownWords(piece(numbers, width), categorySizes),
  };
  const ofMeasures = normalisation.measures;
  if (!baskets || !ofMeasures) return { fed: [features], seen };
  const places = input("places", ["rows", baskets.steps], "int32");
  const asOfDays = input("as_of_days", ["rows", 1]);
  const measures = input("basket_measures", ["lines", baskets.measures]);
  const categories = input("basket_categories", ["lines", 1], "int32");
  const days = input("basket_days", ["lines", 1]);
  const measuresAt = (lines: Tensor) => normalised(gatherRows(measures, lines), ofMeasures);
  return {
    fed: [features, places, asOfDays, measures, categories, days],
    seen: { ...seen, baskets: { places, asOfDays, measuresAt, categories, days } },
  };
}

/** A word that is missing, impossible or was never seen is 0. */
function knownWords(codes: Tensor, categorySizes: readonly number[]): Tensor {
  const sizes = constant(categorySizes, [1, categorySizes.length]);
  const isKnown = multiply(
    cast(greater(codes, -0.5), "float32"), // false for NaN, too
    cast(greater(subtract(sizes, 0.5), codes), "float32"),
  );
  const safe = minimum(maximum(where(isMissing(codes), 0, codes), 0), subtract(sizes, 1));
  return cast(multiply(safe, isKnown), "int32");
}

/** Only the normalisation, for training: it is computed once and not in every step. */
export function normalisingModel(normalisation: Normalisation): Uint8Array {
  const raw = input("raw", ["rows", normalisation.mean.length]);
  return writeModel([raw], { normalised: normalised(raw, normalisation) });
}
