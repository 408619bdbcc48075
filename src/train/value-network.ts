import { type TrainedNetwork, type TrainNetworkOptions, trainValueNetwork } from "../models/value-network.ts";
import { type BasketTable, basketsOf } from "../panel/baskets.ts";
import type { Panel, PanelValues } from "../panel/panel.ts";
import { type PanelTable, trainingTable } from "./training-table.ts";

export interface ValueNetworkOptions {
  hiddenUnits: readonly number[];
  members: number;
  maxEpochs: number;
  learningRate: number;
  weightDecay: number;
}

export interface SequenceOptions {
  /** 0 for no sequence network. */
  members: number;
  /** The last so many of a customer are read. */
  baskets: number;
  stateUnits: number;
  hiddenUnits: readonly number[];
}

type Running = Pick<TrainNetworkOptions, "seed" | "threads" | "signal" | "onProgress" | "checkpoints">;

/** The value network as it would have been trained at `cutoff`; `rows` are those it learned from. */
export async function valueNetworkAt(
  cutoff: number,
  panel: Panel,
  values: PanelValues,
  options: ValueNetworkOptions,
  running: Running,
): Promise<TrainedNetwork & { rows: number }> {
  return trainedOn(trainingTable(panel, values, cutoff).table, cutoff, values, options, running);
}

/** The sequence network as it would have been trained at `cutoff`: the value network, which is told the last baskets, too. */
export async function sequenceNetworkAt(
  cutoff: number,
  { panel, baskets }: { panel: Panel; baskets: BasketTable },
  values: PanelValues,
  options: ValueNetworkOptions & { sequence: SequenceOptions },
  running: Running,
): Promise<TrainedNetwork & { rows: number }> {
  const { table, customers } = trainingTable(panel, values, cutoff);
  const { baskets: steps, ...own } = options.sequence;
  const told = { ...table, baskets: basketsOf(baskets, customers, steps) };
  const seed = `${running.seed}/sequence`;
  return trainedOn(told, cutoff, values, { ...options, ...own }, { ...running, seed });
}

async function trainedOn(
  table: PanelTable["table"],
  cutoff: number,
  { horizonsDays }: PanelValues,
  options: ValueNetworkOptions & { stateUnits?: number },
  running: Running,
): Promise<TrainedNetwork & { rows: number }> {
  const seed = `${running.seed}/network/${cutoff}`;
  const network = await trainValueNetwork(table, { ...options, ...running, horizonsDays, seed });
  return { ...network, rows: table.rows };
}
