import { DataError, InputError } from "../../base/errors.ts";
import type { Preset } from "../preset.ts";
import { longrun } from "./longrun.ts";
import { uciRetail } from "./uci-retail.ts";

export const presets: readonly Preset[] = [uciRetail, longrun];

/** Whether a line of a file is the header of some kind of export. */
export function isKnownHeader(fields: readonly string[]): boolean {
  return presets.some(({ recognisedBy }) =>
    recognisedBy.some((columns) => columns.every((name) => fields.includes(name))),
  );
}

/** The preset that was asked for, or the one whose columns the header has. */
export function findPreset(path: string, header: readonly string[], name?: string): Preset {
  const named = presets.find((preset) => preset.name === name);
  if (name !== undefined && !named)
    throw new InputError("unknown_preset", { preset: name, known: presets.map((preset) => preset.name) });
  const candidates = named ? [named] : presets;
  const fits = (columns: readonly string[]) => columns.every((column) => header.includes(column));
  const recognised = candidates.find(({ recognisedBy }) => recognisedBy.some(fits));
  if (recognised) return recognised;
  const nearest = candidates
    .flatMap(({ recognisedBy }) => recognisedBy.map((columns) => columns.filter((column) => !header.includes(column))))
    .sort((a, b) => a.length - b.length)[0];
  if (named)
    throw new DataError("missing_column", { path, preset: named.name, missing: nearest, found: header.slice(0, 12) });
  throw new DataError("unrecognised_header", {
    path,
    found: header.slice(0, 12),
    known: presets.map((preset) => preset.name),
    missing: nearest,
  });
}
