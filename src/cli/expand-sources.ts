import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { globSync } from "tinyglobby";
import { InputError } from "../base/errors.ts";

/** Endings of files that a folder is searched for; what a pattern or a name says is taken as it is. */
const tableFile = /\.(csv|tsv|txt|json|jsonl|ndjson|xlsx|parquet)(\.(gz|zip|zst))?$|\.(gz|zip|zst)$/i;

/**
 * The files that names, folders and patterns stand for, absolute; each once, folders and patterns sorted, hidden files left
 * out. Throws InputError "missing_file" or "no_files_match".
 */
export function expandSources(given: readonly string[]): string[] {
  return [...new Set(given.flatMap(expand))];
}

function expand(name: string): string[] {
  // Addresses of other stores are for who reads them.
  if (/^[a-z][a-z+]+:\/\//i.test(name)) return [name];
  if (existsSync(name)) return statSync(name).isDirectory() ? filesUnder(name) : [resolve(name)];
  if (!/[*?[{]/.test(name)) throw new InputError("missing_file", { path: name });
  const found = globSync(name, { absolute: true, onlyFiles: true, dot: false, expandDirectories: false });
  const tables = found.filter((path) => !path.endsWith(".mapping.yaml")).sort();
  if (tables.length === 0) throw new InputError("no_files_match", { path: name });
  return tables.map((path) => resolve(path));
}

function filesUnder(folder: string): string[] {
  const found = globSync("**/*", { cwd: folder, onlyFiles: true, dot: false, expandDirectories: false });
  const tables = found.filter((path) => tableFile.test(path)).sort();
  if (tables.length === 0) throw new InputError("no_files_match", { path: folder });
  return tables.map((path) => resolve(join(folder, path)));
}
