import { createHash } from "node:crypto";
import type { ParameterTree } from "../parameters.ts";
import { flatValues } from "../parameters.ts";
import type { Value } from "../session.ts";
import type { Course } from "./course.ts";
import type { Network, Split } from "./network.ts";
import { readSafetensors, writeSafetensors } from "./safetensors.ts";
import type { TrainingOptions } from "./training.ts";

/** Keeps the last checkpoint of one training. `write` must leave the old one or the new one, whatever happens. */
export interface CheckpointStore {
  read(): Uint8Array | undefined;
  write(bytes: Uint8Array): void;
}

/** A checkpoint as a safetensors file, which Python opens too; `fingerprint` says which training it belongs to. */
export function writeCheckpoint(course: Course, fingerprint: string): Uint8Array {
  const { state, best, ...place } = course;
  const tensors = { ...state, best_parameters: { data: best, shape: [best.length] } };
  return writeSafetensors(tensors, { fingerprint, place: JSON.stringify(place) });
}

/** The course to go on from; undefined when the bytes are damaged or belong to another training. */
export function readCheckpoint(bytes: Uint8Array, fingerprint: string): Course | undefined {
  const file = readSafetensors(bytes);
  if (file?.metadata.fingerprint !== fingerprint) return undefined;
  const { best_parameters: best, ...state } = file.tensors;
  return { ...JSON.parse(file.metadata.place), best: best.data, state };
}

/** A hash of all that decides a training's bits: step, first weights, data, split, seed and how long it runs. */
export function fingerprintOf(
  model: Uint8Array,
  network: Network<ParameterTree>,
  { training, validation }: Split,
  { seed, maxEpochs, patience, learningRate, schedule }: TrainingOptions,
): string {
  const hash = createHash("sha256").update(model);
  const rates = schedule && [0, 0.25, 0.5, 0.75, 1].map((share) => schedule(Math.round(share * 1e6), 1e6));
  hash.update(JSON.stringify({ seed, maxEpochs, patience, learningRate, rates }));
  const tables = Object.values({ ...network.tables, ...network.lookups }).map(({ values }): Value["data"] => values);
  for (const { buffer, byteOffset, byteLength } of [flatValues(network.parameters), ...tables, training, validation]) {
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest("hex");
}
