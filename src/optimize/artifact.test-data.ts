import type { DuckdbEngine } from "../engine/duckdb/engine.ts";
import type { NewColumn } from "../engine/engine.ts";
import type { ArtifactStore } from "../runs/store.ts";
import type { StatedLimits } from "./stated-limits.ts";

/** What a stage would have left: its values, and tables of the columns given. */
export async function writtenArtifact<Values>(
  { store, engine }: { store: ArtifactStore; engine: DuckdbEngine },
  stage: string,
  values: Values,
  tables: Readonly<Record<string, NewColumn[]>>,
) {
  const built = await store.build<Values>(stage, {}, engine, async (output) => {
    for (const [name, columns] of Object.entries(tables)) await output.writeColumns(name, columns);
    return values;
  });
  return built.artifact;
}

/** A configuration that limits nothing. */
export const noLimits: StatedLimits = { limits: [], stock: {}, forbid: [], force: [], sendDates: {}, quietDates: [] };
