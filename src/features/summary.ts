import type { Engine } from "../engine/engine.ts";
import { instant } from "../engine/sql/expression.ts";
import { from } from "../engine/sql/query.ts";
import type { Concept } from "../schema/concepts.ts";
import { quantileOfSorted } from "../stats/quantile.ts";
import { features as catalogue, type Feature, places } from "./catalogue.ts";
import { conceptOf } from "./concepts.ts";
import type { Vocabulary } from "./vocabulary.ts";
import { inParts, openPanel } from "./written-panel.ts";

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
  /** What it is about; reasons are given by it. */
  concept: Concept;
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
  for (const part of inParts(names)) {
    const { numbers } = await engine.collect(
      from(panel)
        .where(panel.columns.as_of.equals(instant(asOf)))
        .select(Object.fromEntries(part.map((name) => [name, panel.columns[name]])))
        .orderBy(panel.columns.customer_id),
    );
    for (const name of part) {
      const feature = catalogue[names.indexOf(name)];
      summaries.push({
        ...feature,
        concept: conceptOf(name),
        word: words.get(name),
        used: learned.has(name),
        ...momentsOf(numbers[name]),
      });
    }
  }
  return summaries;
}

/** In the order of the rows, so that the same panel gives the same digits whatever the threads. */
function momentsOf(values: Float64Array): Omit<FeatureSummary, keyof Feature | "concept" | "used" | "word"> {
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
