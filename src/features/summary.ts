import type { Engine } from "../engine/engine.ts";
import { instant } from "../engine/sql/expression.ts";
import { md5 } from "../engine/sql/functions.ts";
import { from, namedTable } from "../engine/sql/query.ts";
import type { ColumnType } from "../schema/columns.ts";
import { correlationClusters, rankColumns, varyingColumns } from "../stats/feature-selection.ts";
import { quantileOfSorted } from "../stats/quantile.ts";
import { features as catalogue, type Feature, modifierNames, places } from "./catalogue.ts";
import { pointTypes } from "./families.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** A feature of the catalogue with what today's customers say in it; money in major units. */
export interface FeatureSummary extends Feature {
  /** Share of the customers for whom it is missing. */
  missing: number;
  /** Of the customers for whom it is not missing; absent where it is missing for all. */
  mean?: number;
  deviation?: number;
  minimum?: number;
  median?: number;
  maximum?: number;
  /** Whether the models learn from it. */
  used: boolean;
  /** The word of the vocabulary that it stands for in this shop. */
  word?: string;
}

/** What other stages look up by name stays, whatever the data say. */
const alwaysUsed = new Set(["valueTotal", ...modifierNames]);

const largestSample = 10_000;

/** Rank correlation from which two features are one. */
const sameFrom = 0.98;

/** So many columns are read at a time: today's customers times this many doubles are in memory. */
const columnsAtATime = 24;

/**
 * The features worth learning from: those that vary, and one of each cluster that says the same. Fitted on rows of
 * the first test origin and before, so that no back-test is helped by what its time could not know; labels are not read.
 */
export async function selectFeatures(
  panelPath: string,
  origin: number,
  engine: Engine,
  threshold = sameFrom,
): Promise<string[]> {
  const names = catalogue.map(({ name }) => name);
  const panel = await openPanel(panelPath, names, engine);
  const columns: Float64Array[] = [];
  for (const part of parts(names)) {
    const { numbers } = await engine.collect(
      from(panel)
        .where(panel.columns.as_of.atMost(instant(origin)))
        .select(Object.fromEntries(part.map((name) => [name, panel.columns[name]])))
        .orderBy(md5(panel.columns.customer_id), panel.columns.customer_id, panel.columns.as_of)
        .limit(largestSample),
    );
    columns.push(...part.map((name) => numbers[name]));
  }
  const varying = new Set(varyingColumns(columns));
  const kept = names.map((_, index) => index).filter((index) => varying.has(index) || alwaysUsed.has(names[index]));
  // What is looked up by name stands for its cluster; otherwise the one that comes first in the catalogue does.
  kept.sort((a, b) => Number(alwaysUsed.has(names[b])) - Number(alwaysUsed.has(names[a])) || a - b);
  const clusters = correlationClusters(rankColumns(kept.map((index) => columns[index])), threshold);
  const chosen = new Set(clusters.map(([first]) => names[kept[first]]));
  return names.filter((name) => chosen.has(name) || alwaysUsed.has(name));
}

export async function summariseFeatures(
  panelPath: string,
  { asOf, used, vocabulary }: { asOf: number; used: readonly string[]; vocabulary: Vocabulary },
  engine: Engine,
): Promise<FeatureSummary[]> {
  const names = catalogue.map(({ name }) => name);
  const panel = await openPanel(panelPath, names, engine);
  const learned = new Set(used);
  const words = wordsOf(vocabulary);
  const summaries: FeatureSummary[] = [];
  for (const part of parts(names)) {
    const { numbers } = await engine.collect(
      from(panel)
        .where(panel.columns.as_of.equals(instant(asOf)))
        .select(Object.fromEntries(part.map((name) => [name, panel.columns[name]])))
        .orderBy(panel.columns.customer_id),
    );
    for (const name of part) {
      const feature = catalogue[names.indexOf(name)];
      summaries.push({ ...feature, word: words.get(name), used: learned.has(name), ...momentsOf(numbers[name]) });
    }
  }
  return summaries;
}

/** In the order of the rows, so that the same panel gives the same digits whatever the threads. */
export function momentsOf(values: Float64Array): Omit<FeatureSummary, keyof Feature | "used" | "word"> {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const missing = values.length === 0 ? 1 : 1 - sorted.length / values.length;
  if (sorted.length === 0) return { missing };
  let sum = 0;
  for (const value of sorted) sum += value;
  const mean = sum / sorted.length;
  let squares = 0;
  for (const value of sorted) squares += (value - mean) ** 2;
  return {
    missing,
    mean,
    deviation: sorted.length > 1 ? Math.sqrt(squares / (sorted.length - 1)) : 0,
    minimum: sorted[0],
    median: quantileOfSorted(sorted, 0.5),
    maximum: sorted[sorted.length - 1],
  };
}

function wordsOf(vocabulary: Vocabulary): Map<string, string | undefined> {
  return new Map([
    ...places("category").map((place) => [`viewsCategory${place}`, vocabulary.category[place - 1]] as const),
    ...places("channel").map((place) => [`channel${place}`, vocabulary.channel[place - 1]?.word] as const),
    ...places("country").map((place) => [`country${place}`, vocabulary.country[place - 1]?.word] as const),
  ]);
}

async function openPanel(path: string, names: readonly string[], engine: Engine) {
  const types = {
    ...pointTypes,
    ...(Object.fromEntries(names.map((name) => [name, "double"])) as Record<string, "double">),
  };
  await engine.register("written_panel", [path], types);
  return namedTable("written_panel", types as typeof pointTypes & Record<string, ColumnType>, "w");
}

function parts(names: readonly string[]): string[][] {
  const count = Math.ceil(names.length / columnsAtATime);
  return Array.from({ length: count }, (_, part) => names.slice(part * columnsAtATime, (part + 1) * columnsAtATime));
}
