import type { Engine } from "../engine/engine.ts";
import { namedTable } from "../engine/sql/query.ts";
import type { ColumnType } from "../schema/columns.ts";
import { pointTypes } from "./families.ts";

/** So many columns are read at a time: that many doubles a row are in memory, and not the whole catalogue. */
const columnsAtATime = 24;

/** The panel that this stage has just written, to be read back. */
export async function openPanel(path: string, names: readonly string[], engine: Engine) {
  const types = {
    ...pointTypes,
    ...(Object.fromEntries(names.map((name) => [name, "double"])) as Record<string, "double">),
  };
  await engine.register("written_panel", [path], types);
  return namedTable("written_panel", types as typeof pointTypes & Record<string, ColumnType>, "w");
}

export function inParts(names: readonly string[]): string[][] {
  const count = Math.ceil(names.length / columnsAtATime);
  return Array.from({ length: count }, (_, part) => names.slice(part * columnsAtATime, (part + 1) * columnsAtATime));
}
