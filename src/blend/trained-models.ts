import { readFileSync } from "node:fs";
import type { TrainedNetwork } from "../models/value-network.ts";
import type { Artifact } from "../runs/artifact.ts";
import type { NetworkName } from "../schema/blend.ts";
import type { Blend } from "./blend.ts";
import type { FittedModels } from "./members.ts";

/** Where train says that it wrote the models of each cut-off. */
export interface WrittenModels {
  readonly networks: readonly {
    readonly name: NetworkName;
    readonly cutoff: number;
    readonly onnx: string;
    readonly card: string;
  }[];
  readonly lifetimeModels: readonly { readonly cutoff: number; readonly file: string }[];
  readonly blends: readonly { readonly cutoff: number; readonly file: string }[];
}

/** The blend of a cut-off and what it mixes, as train wrote them. */
export function readTrainedModels(
  trained: Artifact<WrittenModels>,
  cutoff: number,
): { blend: Blend; models: FittedModels } {
  const at = <Entry extends { readonly cutoff: number }>(entries: readonly Entry[]): Entry => {
    const found = entries.find((candidate) => candidate.cutoff === cutoff);
    if (!found) throw new Error(`nothing was trained at ${cutoff}`);
    return found;
  };
  const json = (file: string) => JSON.parse(readFileSync(trained.path(file), "utf8"));
  const { networks, lifetimeModels, blends } = trained.values;
  const networkOf = (name: NetworkName): TrainedNetwork | undefined => {
    const found = networks.find((written) => written.cutoff === cutoff && written.name === name);
    return found && { onnx: new Uint8Array(readFileSync(trained.path(found.onnx))), card: json(found.card) };
  };
  const network = networkOf("network");
  if (!network) throw new Error(`no network was trained at ${cutoff}`);
  const blend: Blend = json(at(blends).file);
  return {
    blend,
    models: {
      network,
      sequence: networkOf("sequence"),
      lifetimeModel: json(at(lifetimeModels).file),
      pastSpendLevels: blend.pastSpendLevels,
    },
  };
}
