import { isoDate } from "../base/clock.ts";
import { inLanes } from "../base/lanes.ts";
import { sideBySide } from "../base/progress.ts";
import type { TrainedNetwork } from "../models/value-network.ts";
import type { BasketTable } from "../panel/baskets.ts";
import type { Panel, PanelValues } from "../panel/panel.ts";
import type { StageContext } from "../runs/context.ts";
import type { NetworkName } from "../schema/blend.ts";
import { type PanelTable, trainingTable } from "./training-table.ts";
import { type SequenceOptions, sequenceNetworkAt, type ValueNetworkOptions, valueNetworkAt } from "./value-network.ts";

export type NamedNetwork = TrainedNetwork & { readonly name: NetworkName; readonly rows: number };

/** What is known at a cut-off. */
export interface Known {
  readonly panel: Panel;
  readonly values: PanelValues;
}

/**
 * For each cut-off the value network and, where one is asked for, the sequence network. All are trained side by side as far as there
 * are threads, the latest cut-off, which has most to learn from, first; results do not hang on that.
 */
export async function trainNetworks(
  cutoffs: readonly number[],
  knownAt: (cutoff: number) => Known,
  baskets: BasketTable,
  { sequence, ...options }: ValueNetworkOptions & { readonly sequence: SequenceOptions },
  { seed, threads, signal, output, progress }: StageContext,
): Promise<Map<number, NamedNetwork[]>> {
  const members = { network: options.members, sequence: sequence.members };
  const names = (["network", "sequence"] as const).filter((name) => members[name] > 0);
  const latestFirst = [...cutoffs].sort((a, b) => b - a);
  const jobs = latestFirst.flatMap((cutoff) => names.map((name) => ({ cutoff, name })));
  const allMembers = jobs.reduce((sum, { name }) => sum + members[name], 0);
  const shares = sideBySide(
    progress,
    jobs.map(({ name }) => members[name] / allMembers),
  );
  const lanes = Math.min(threads, jobs.length);
  const tables = new SharedTables(names.length, (cutoff) => {
    const { panel, values } = knownAt(cutoff);
    return { ...trainingTable(panel, values, cutoff), values };
  });
  const trained = await inLanes([...jobs.entries()], lanes, async ([index, { cutoff, name }]) => {
    const { values, ...table } = tables.take(cutoff);
    const running = {
      seed,
      threads: Math.max(1, Math.floor(threads / lanes)),
      signal,
      checkpoints: output.checkpoints(`${name}-${isoDate(cutoff)}`),
      onProgress: (done: number, total: number, { validationLoss }: { validationLoss: readonly number[] }) =>
        shares[index].report(done, total, validationLoss),
    };
    const network =
      name === "network"
        ? await valueNetworkAt(cutoff, table, values, options, running)
        : await sequenceNetworkAt(cutoff, table, baskets, values, { ...options, sequence }, running);
    return { cutoff, network: { name, ...network } };
  });
  return new Map(
    cutoffs.map((cutoff) => [cutoff, trained.filter((one) => one.cutoff === cutoff).map(({ network }) => network)]),
  );
}

type LearnedFrom = PanelTable & Pick<Known, "values">;

/** A table is made when the first of those that need it asks, and forgotten when the last one has: two of them are large. */
class SharedTables {
  readonly #users: number;
  readonly #make: (cutoff: number) => LearnedFrom;
  readonly #made = new Map<number, { readonly table: LearnedFrom; left: number }>();

  constructor(users: number, make: (cutoff: number) => LearnedFrom) {
    this.#users = users;
    this.#make = make;
  }

  take(cutoff: number): LearnedFrom {
    const made = this.#made.get(cutoff) ?? { table: this.#make(cutoff), left: this.#users };
    made.left--;
    if (made.left > 0) this.#made.set(cutoff, made);
    else this.#made.delete(cutoff);
    return made.table;
  }
}
