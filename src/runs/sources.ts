import { existsSync } from "node:fs";
import type { RegisteredSource } from "./project.ts";
import { hashOf } from "./store.ts";

/** A file given to an import. */
export interface NewSource extends Omit<RegisteredSource, "sourceId"> {
  /** Somebody said how to read it; otherwise a reading that the project already has for the same content stays. */
  readonly isStated: boolean;
}

export interface Registration {
  /** In order of import: where two sources contradict each other the later one counts. */
  readonly sources: readonly RegisteredSource[];
  /** For each file given: the source it became, and whether the project knew it. */
  readonly outcomes: readonly { readonly sourceId: string; readonly status: "added" | "replaced" | "unchanged" }[];
}

/**
 * The project's sources with files added: the same content changes nothing, under whatever path it comes; other content
 * under the same path replaces what was there.
 */
export function register(before: readonly RegisteredSource[], added: readonly NewSource[]): Registration {
  let sources = [...before];
  const outcomes = added.map(({ isStated, ...file }) => {
    const same = sources.find(({ sha256 }) => sha256 === file.sha256);
    if (same && (!isStated || hashOf(readingOf(same)) === hashOf(readingOf(file)))) {
      const moved = !existsSync(same.path);
      if (moved) sources = sources.map((source) => (source === same ? { ...same, path: file.path } : source));
      return { sourceId: same.sourceId, status: "unchanged" as const };
    }
    const replaced = same ?? sources.find(({ path }) => path === file.path);
    const others = sources.filter((source) => source !== replaced);
    const sourceId = replaced?.sourceId ?? unusedId(file.path, sources);
    sources = [...others, { sourceId, ...file }];
    return { sourceId, status: replaced ? ("replaced" as const) : ("added" as const) };
  });
  return { sources, outcomes };
}

const readingOf = ({ preset, mapping }: Pick<RegisteredSource, "preset" | "mapping">) => ({ preset, mapping });

function unusedId(path: string, sources: readonly RegisteredSource[]): string {
  const isTaken = (id: string) => sources.some(({ sourceId }) => sourceId === id);
  let id = path;
  for (let count = 2; isTaken(id); count++) id = `${path}#${count}`;
  return id;
}
