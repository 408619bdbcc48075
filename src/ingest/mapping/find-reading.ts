import { createReadStream, createWriteStream, existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { DataError, InputError, LongrunError } from "../../base/errors.ts";
import type { DuckdbEngine } from "../../engine/duckdb/engine.ts";
import type { Table } from "../../schema/columns.ts";
import { canonicalTables } from "../../schema/tables.ts";
import { isGzip } from "../content-hash.ts";
import type { Preset } from "../preset.ts";
import { findPreset, isKnownHeader, presets } from "../presets/index.ts";
import {
  isPostgresUrl,
  loadRaw,
  type OpenedSource,
  openSource,
  type PasswordDoor,
  sourceName,
} from "../readers/index.ts";
import { type MappingFile, parseMapping } from "./mapping.ts";
import { isComplete, type Proposal, type ProposalDefaults, propose } from "./propose.ts";
import { ColumnSample } from "./sample.ts";

/** How a file will be read: by a preset, named or recognised, or by a mapping, whose file may still have to be written. */
export interface Reading {
  readonly preset?: string;
  readonly mapping?: MappingFile;
  readonly mappingFile?: string;
  /** The mapping was made now and is in no file yet. */
  readonly proposal?: Proposal;
  /** Somebody said so, with an option or in a mapping file. */
  readonly isStated: boolean;
}

export interface FindingContext {
  readonly engine: DuckdbEngine;
  /** For copies, which hold contacts in the clear: the caller removes it. */
  readonly directory: string;
  readonly defaults: ProposalDefaults;
  readonly password?: PasswordDoor;
}

const headBytes = 1 << 20;
const sampleRows = 5000;

/** The mapping file that belongs to a table: beside it, named after it without its endings; a database's is in this folder. */
export function mappingFileOf(path: string): string {
  if (isPostgresUrl(path)) return `${sourceName(path).replaceAll(/[^\p{L}\p{N}._-]+/gu, "-")}.mapping.yaml`;
  return join(
    dirname(path),
    `${basename(path).replace(/(?<=.)(\.(csv|tsv|txt|json|jsonl|ndjson|xlsx|parquet|gz|zip|zst))+$/i, "")}.mapping.yaml`,
  );
}

/**
 * Decides how to read a file: what was asked for, the mapping saved beside it, the preset that knows its header, or a new
 * proposal. Throws missing_file, invalid_mapping, not_delimited and no_mapping_fits besides what opening a file throws.
 */
export async function findReading(
  path: string,
  { preset, mapping }: { preset?: string; mapping?: string },
  context: FindingContext,
): Promise<Reading> {
  if (preset !== undefined) return { preset, isStated: true };
  if (mapping !== undefined && !existsSync(mapping)) throw new InputError("missing_file", { path: mapping });
  const mappingFile = mapping ?? mappingFileOf(path);
  if (existsSync(mappingFile)) {
    return { mapping: parseMapping(readFileSync(mappingFile, "utf8"), mappingFile), mappingFile, isStated: true };
  }
  const proposal = await recogniseOrPropose(path, context);
  if (proposal === "recognised") return { isStated: false };
  return { mapping: proposal.mapping, mappingFile, proposal, isStated: false };
}

/** The first part of a file says what it is; the whole is read only where that leaves something open. */
async function recogniseOrPropose(path: string, context: FindingContext): Promise<Proposal | "recognised"> {
  const head = await headCopy(path, context.directory);
  if (head !== undefined) {
    try {
      const found = await readStart(path, head, context);
      if (found === "recognised" || isComplete(found)) return found;
    } catch (error) {
      // A file cut off in the middle can look broken.
      if (!(error instanceof LongrunError)) throw error;
    }
  }
  return readStart(path, path, context);
}

async function readStart(
  path: string,
  copy: string,
  { engine, directory, defaults, password }: FindingContext,
): Promise<Proposal | "recognised"> {
  const file = await openSource(copy, { engine, directory, name: "start", isHeader: isKnownHeader, password });
  const recognised = recognisedPreset(path, file);
  const known = recognised === undefined ? undefined : knownColumns(recognised, file.header);
  if (known !== undefined && known.columns.length === file.header.length) return "recognised";
  const names = file.header;
  await loadRaw(engine, file, path);
  const rows = await engine.rows(`SELECT * EXCLUDE (line) FROM raw ORDER BY line LIMIT ${sampleRows}`);
  await engine.drop("raw");
  const samples = names.map(
    (name) =>
      new ColumnSample(
        name,
        rows.map((row) => row[name] as string | null),
      ),
  );
  const proposal = propose(samples, defaults);
  if (known !== undefined) return proposal && saysMore(proposal, known, names) ? proposal : "recognised";
  if (proposal === undefined) throw unknownTable(path, file.header);
  return proposal;
}

interface KnownColumns {
  readonly table: string;
  readonly columns: readonly string[];
}

/** What a preset takes of a header; of an export of one shop system everything is known. */
function knownColumns({ name, read }: Preset, header: readonly string[]): KnownColumns {
  const nobody = { forms: {}, answers: {}, timezone: "UTC", defaultCurrency: "USD", now: "now()", sourceId: "" };
  const { table } = read({ header, ...nobody });
  if (name !== "longrun") return { table, columns: header };
  const own = [...Object.keys((canonicalTables[table] as Table).columns), "email", "phone"];
  return { table, columns: header.filter((column) => own.includes(column)) };
}

/** A `customer_id` alone makes a canonical table of customers: not where the other columns say that rows are orders. */
function saysMore({ mapping, unused }: Proposal, known: KnownColumns, names: readonly string[]): boolean {
  const tables = mapping.table === "orders_and_lines" ? ["orders", "order_lines"] : [mapping.table];
  return !tables.includes(known.table) && names.length - unused.length > known.columns.length;
}

function recognisedPreset(path: string, { header }: OpenedSource): Preset | undefined {
  try {
    return findPreset(path, header);
  } catch (error) {
    if (error instanceof DataError && error.code === "unrecognised_header") return undefined;
    throw error;
  }
}

/** What was found in a table that fits nothing, and the preset that it is nearest to. */
function unknownTable(path: string, header: readonly string[]): DataError {
  if (header.length === 1) {
    const signs = [...header[0].replace(/[\p{L}\p{N}\s_"'.()-]/gu, "")];
    const count = (sign: string) => signs.filter((other) => other === sign).length;
    const [likely] = signs.sort((a, b) => count(b) - count(a));
    return new DataError("not_delimited", { path, found: header[0].slice(0, 100), likely: likely ?? "—" });
  }
  const [nearest] = presets
    .flatMap(({ name, recognisedBy }) =>
      recognisedBy.map((columns) => {
        const missing = columns.filter((column) => !header.includes(column));
        return { name, missing, share: missing.length / columns.length };
      }),
    )
    .sort((a, b) => a.share - b.share);
  return new DataError("no_mapping_fits", {
    path,
    columns: header.length,
    found: header.slice(0, 12),
    nearest: nearest.name,
    missing: nearest.missing,
  });
}

/** The first lines of a long text file, decompressed; undefined for a short one and for formats that cannot be cut. */
async function headCopy(path: string, directory: string): Promise<string | undefined> {
  if (!existsSync(path)) return undefined;
  const compressed = isGzip(path);
  const source = compressed ? createReadStream(path).pipe(createGunzip()) : createReadStream(path, { end: headBytes });
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of source) {
      chunks.push(chunk as Buffer);
      bytes += (chunk as Buffer).length;
      if (bytes > headBytes) break;
    }
  } catch {
    return undefined; // opening the file says what is wrong with it
  }
  const start = Buffer.concat(chunks);
  if (bytes <= headBytes || /^(PK|PAR1)/.test(start.toString("latin1", 0, 4))) return undefined;
  const copy = join(directory, "head.csv");
  await pipeline(Readable.from([start.subarray(0, start.lastIndexOf(10) + 1)]), createWriteStream(copy));
  return copy;
}
