import { millisecondsPerDay } from "../base/clock.ts";
import type { Engine } from "../engine/engine.ts";
import { instant } from "../engine/sql/expression.ts";
import { md5 } from "../engine/sql/functions.ts";
import { from } from "../engine/sql/query.ts";
import { correlationClusters, mutualInformation, rankColumns, varyingColumns } from "../stats/feature-selection.ts";
import { features as catalogue, modifierNames } from "./catalogue.ts";
import { inParts, openPanel } from "./written-panel.ts";

/** What other stages look up by name stays, whatever the data say. */
const alwaysUsed = new Set(["valueTotal", ...modifierNames]);

/** Models cost time with every column: beyond these, the next one has little to add. */
const mostUsed = 40;

/** Rank correlation from which two features are one. */
const sameFrom = 0.98;

const largestSample = 10_000;

/**
 * The features that models learn from: those that vary, one of each cluster that says the same, and of these the ones
 * that share most information with the value of the longest horizon. Fitted on what was known at the first test origin,
 * labels that had not ended then left out, so that no back-test is helped by what its time could not know.
 */
export async function selectFeatures(
  panelPath: string,
  { origin, horizonDays }: { origin: number; horizonDays: number },
  engine: Engine,
): Promise<string[]> {
  const names = catalogue.map(({ name }) => name);
  const label = `value_${horizonDays}d`;
  const panel = await openPanel(panelPath, [...names, label], engine);
  const read = async (columns: readonly string[]) => {
    const { numbers } = await engine.collect(
      from(panel)
        .where(panel.columns.as_of.atMost(instant(origin)))
        .select(Object.fromEntries(columns.map((name) => [name, panel.columns[name]])))
        .orderBy(md5(panel.columns.customer_id), panel.columns.customer_id, panel.columns.as_of)
        .limit(largestSample),
    );
    return columns.map((name) => numbers[name]);
  };
  const columns: Float64Array[] = [];
  for (const part of inParts(names)) columns.push(...(await read(part)));
  const [asOf, values] = await read(["as_of", label]);

  const varying = new Set(varyingColumns(columns));
  const kept = names.map((_, index) => index).filter((index) => varying.has(index) || alwaysUsed.has(names[index]));
  // What is looked up by name stands for its cluster; otherwise the one that comes first in the catalogue does.
  kept.sort((a, b) => Number(alwaysUsed.has(names[b])) - Number(alwaysUsed.has(names[a])) || a - b);
  const clusters = correlationClusters(rankColumns(kept.map((index) => columns[index])), sameFrom);
  const leaders = clusters.map(([first]) => kept[first]);

  const ended = Int32Array.from(asOf.keys()).filter((row) => asOf[row] + horizonDays * millisecondsPerDay <= origin);
  const known = (column: Float64Array) => Float64Array.from(ended, (row) => column[row]);
  const target = known(values);
  const information = new Map(leaders.map((index) => [index, mutualInformation(known(columns[index]), target)]));
  const told = (index: number) => (alwaysUsed.has(names[index]) ? Number.POSITIVE_INFINITY : information.get(index));
  leaders.sort((a, b) => Number(told(b)) - Number(told(a)) || a - b);
  const chosen = new Set(leaders.slice(0, mostUsed).map((index) => names[index]));
  return names.filter((name) => chosen.has(name) || alwaysUsed.has(name));
}
