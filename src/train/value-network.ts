import { type TrainedNetwork, type TrainNetworkOptions, trainValueNetwork } from "../models/value-network.ts";
import { type BasketTable, basketsOf } from "../panel/baskets.ts";
import type { PanelValues } from "../panel/panel.ts";
import type { PanelTable } from "./training-table.ts";

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

/** The value network as it would have been trained at `cutoff` on that day's table; `rows` are those it learned from. */
export async function valueNetworkAt(
  cutoff: number,
  { table }: Pick<PanelTable, "table">,
  { horizonsDays }: PanelValues,
  options: ValueNetworkOptions & { stateUnits?: number },
  running: Running,
): Promise<TrainedNetwork & { rows: number }> {
  const seed = `${running.seed}/network/${cutoff}`;
  const network = await trainValueNetwork(table, { ...options, ...running, horizonsDays, seed });
  return { ...network, rows: table.rows };
}

/** The sequence network of the same day: the value network, which is told the last baskets, too. */
export async function sequenceNetworkAt(
  cutoff: number,
  { table, customers }: PanelTable,
  baskets: BasketTable,
  values: PanelValues,
  options: ValueNetworkOptions & { sequence: SequenceOptions },
  running: Running,
): Promise<TrainedNetwork & { rows: number }> {
  const { baskets: steps, ...own } = options.sequence;
  const told = { ...table, baskets: basketsOf(baskets, customers, steps) };
  const seed = `${running.seed}/sequence`;
  return valueNetworkAt(cutoff, { table: told }, values, { ...options, ...own }, { ...running, seed });
}
