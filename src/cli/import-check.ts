import { randomBytes } from "node:crypto";
import type { DataError } from "../base/errors.ts";
import type { DuckdbEngine } from "../engine/duckdb/engine.ts";
import { type ColumnOrigin, checkSource, type SourceCheck } from "../ingest/check.ts";
import { type ColumnSource, openPlaces, sourceColumns } from "../ingest/mapping/mapping.ts";
import { mappingText } from "../ingest/mapping/mapping-text.ts";
import { type PasswordDoor, sourceName } from "../ingest/readers/index.ts";
import { formatNumber, type Language, nameOf, translate } from "../language/catalogue.ts";
import { describeError } from "../language/errors.ts";
import type { Config } from "../runs/config.ts";
import type { Project } from "../runs/project.ts";
import type { ImportFile } from "./import.ts";
import { accountLines, accountOf, type PrintedAccount } from "./import-report.ts";
import { type CommandContext, printResult } from "./options.ts";
import { aligned } from "./text-table.ts";

interface CheckContext {
  readonly project: Project;
  readonly config: Config;
  readonly engine: DuckdbEngine;
  readonly directory: string;
  readonly password: PasswordDoor;
}

/** What would happen to one file; without an account where its mapping is still open. */
interface CheckedFile {
  readonly path: string;
  readonly file: string;
  /** Where the mapping is, or would be saved. */
  readonly mapping?: string;
  /** The text of a mapping that is in no file yet. */
  readonly proposal?: string;
  readonly columns: readonly Omit<ColumnOrigin, "table">[];
  readonly account?: PrintedAccount & { encoding?: string };
  readonly sample: SourceCheck["sample"];
  readonly rejects: SourceCheck["rejects"];
  readonly refusal?: { readonly code: string; readonly message: string };
}

/** `longrun import --check`: shows how each file would be read, and leaves everything as it is. */
export async function checkImport(
  context: CommandContext,
  files: readonly ImportFile[],
  checkContext: CheckContext,
): Promise<void> {
  const checked: CheckedFile[] = [];
  for (const file of files) checked.push(await checkFile(context, file, checkContext));
  const document = {
    check: true,
    files: checked.map(({ account, ...rest }) => ({ ...rest, ...account })),
  };
  printResult(context, document, () => [
    ...checked.flatMap((file) => checkLines(file, context.language)),
    translate(context.language, "import_nothing_changed"),
  ]);
}

async function checkFile(
  { clock, language }: CommandContext,
  { path, preset, mapping, mappingFile, proposal }: ImportFile,
  { project, config, engine, directory, password }: CheckContext,
): Promise<CheckedFile> {
  const file = sourceName(path);
  const text = proposal ? { proposal: mappingText(proposal, { file, language }) } : {};
  const base = { path, file, ...(mappingFile === undefined ? {} : { mapping: mappingFile }), ...text };
  const refusal = (code: string, details: DataError["details"]) => ({
    refusal: { code, message: describeError(language, code, details) },
  });
  const open = mapping === undefined ? [] : openPlaces(mapping);
  if (open.length > 0) {
    const columns = Object.entries(mapping!.columns).map(([column, source]) => originOf(column, source));
    return {
      ...base,
      columns,
      sample: [],
      rejects: [],
      ...refusal("mapping_incomplete", { path, file: mappingFile, missing: open }),
    };
  }
  const options = { ...config.ingest, timezone: config.timezone, defaultCurrency: config.currency ?? "USD" };
  // Without a project there is no key yet: the hashes shown are as long as the real ones, and not the same.
  const key = project.exists ? project.key : randomBytes(32);
  const source = { sourceId: path, path, preset, mapping, mappingFile };
  const { report, origins, sample, rejects, refused } = await checkSource(source, options, key, {
    engine,
    clock,
    directory,
    password,
  });
  return {
    ...base,
    columns: origins,
    account: { file, ...accountOf(report) },
    sample,
    rejects,
    ...(refused ? refusal(refused.code, refused.details) : {}),
  };
}

function originOf(column: string, source: ColumnSource | null): Omit<ColumnOrigin, "table"> {
  if (source === null) return { column, from: [] };
  if (typeof source === "object" && "value" in source) return { column, from: [], value: String(source.value) };
  return { column, from: sourceColumns(source) };
}

const shownRejects = 20;

function checkLines(
  { path, mapping, proposal, columns, account, sample, rejects, refusal }: CheckedFile,
  language: Language,
): string[] {
  const say = translate.bind(null, language);
  const count = account?.setAside ?? 0;
  return [
    path,
    ...(mapping === undefined ? [] : [mapping]),
    ...(proposal === undefined
      ? []
      : proposal
          .trimEnd()
          .split("\n")
          .map((line) => `  ${line}`)),
    "",
    ...aligned(
      [say("column_from"), say("column_to")],
      columns.map((origin) => [fromText(origin), toText(origin)]),
    ),
    ...sample.flatMap(({ table, rows }) => ["", say("import_sample", { table }), ...sampleLines(rows)]),
    ...(rejects.length === 0 ? [] : ["", say("import_rejects")]),
    ...aligned(
      [say("column_line"), say("column_reason"), say("column_from"), say("column_value")],
      rejects
        .slice(0, shownRejects)
        .map(({ line, reason, column, value }) => [
          String(line),
          nameOf(language, "reason", reason),
          column ?? "",
          value ?? "",
        ]),
    ),
    ...(count > shownRejects
      ? [say("import_more_rejects", { rows: formatNumber(language, count - shownRejects) })]
      : []),
    "",
    ...(account ? accountLines([account], language) : []),
    ...(refusal ? [say("import_would_be_refused", { reason: refusal.message })] : []),
    "",
  ];
}

function fromText({ from, value }: Omit<ColumnOrigin, "table">): string {
  if (value !== undefined) return `“${value}”`;
  return from.length === 0 ? "?" : from.join(", ");
}

const toText = (origin: Omit<ColumnOrigin, "table"> & { table?: string }) =>
  origin.table === undefined ? origin.column : `${origin.table}.${origin.column}`;

/** Columns that are unknown in all rows are left out. */
function sampleLines(rows: SourceCheck["sample"][number]["rows"]): string[] {
  if (rows.length === 0) return ["—"];
  const names = Object.keys(rows[0]).filter((name) => rows.some((row) => row[name] !== null));
  return aligned(
    names,
    rows.map((row) => names.map((name) => shortened(row[name] ?? ""))),
  );
}

const shortened = (text: string) => (text.length > 24 ? `${text.slice(0, 23)}…` : text);
