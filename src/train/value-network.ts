import { type TrainedNetwork, trainZilnNetwork, type ZilnNetworkOptions } from "../models/ziln-network.ts";
import type { Panel, PanelValues } from "../panel/panel.ts";
import { trainingTable } from "./training-table.ts";

export interface ValueNetworkOptions {
  hiddenUnits: readonly number[];
  members: number;
  maxEpochs: number;
  learningRate: number;
  weightDecay: number;
}

/** The value network as it would have been trained at `cutoff`; `rows` are those it learned from. */
export async function valueNetworkAt(
  cutoff: number,
  panel: Panel,
  { featureNames, horizonsDays }: PanelValues,
  options: ValueNetworkOptions,
  running: Pick<ZilnNetworkOptions, "seed" | "threads" | "signal" | "onProgress" | "checkpoints">,
): Promise<TrainedNetwork & { rows: number }> {
  const table = trainingTable(panel, featureNames, horizonsDays, cutoff);
  const seed = `${running.seed}/network/${cutoff}`;
  const network = await trainZilnNetwork(table, { ...options, ...running, horizonsDays, seed });
  return { ...network, rows: table.rows };
}
