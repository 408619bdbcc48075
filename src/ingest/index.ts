import { mkdirSync, rmSync, statSync } from "node:fs";
import { DataError } from "../base/errors.ts";
import { quote, sqlType } from "../engine/duckdb/dialect.ts";
import { type DuckdbEngine, textLiteral } from "../engine/duckdb/engine.ts";
import { from, table } from "../engine/sql/query.ts";
import type { StageContext } from "../runs/context.ts";
import type { Table } from "../schema/columns.ts";
import {
  type CanonicalTableName,
  canonicalTableNames,
  canonicalTables,
  rowOrigin,
  setAside,
} from "../schema/tables.ts";
import {
  type Account,
  account,
  countReplaced,
  type Replacement,
  refuseIfTooMany,
  withMoreSetAside,
} from "./account.ts";
import { answersFor, refuseUnknownAnswers } from "./answers.ts";
import { combineSources } from "./combine.ts";
import { hashContacts } from "./contacts.ts";
import { checkMappingFile, completeMapping } from "./mapping/mapping.ts";
import { mappingPreset } from "./mapping/reading.ts";
import type { Answers, Mapping, Preset, PresetReading } from "./preset.ts";
import { findPreset, isKnownHeader } from "./presets/index.ts";
import { loadRaw, type OpenedSource, openSource, type PasswordDoor, sourceName } from "./readers/index.ts";
import { type DateOrder, type WrittenForms, writtenForms } from "./written-forms.ts";

export interface Source {
  readonly sourceId: string;
  readonly path: string;
  readonly preset?: string;
  /** What a mapping file says, instead of a preset; `mappingFile` is where it says so. */
  readonly mapping?: unknown;
  readonly mappingFile?: string;
}

export interface IngestOptions {
  readonly timezone: string;
  readonly defaultCurrency: string;
  /** Order of dates like 02/03/2024 in files whose own dates do not prove it. */
  readonly dateOrder?: DateOrder;
  /** Answers to presets' questions: preset → question → answer. */
  readonly presets?: Readonly<Record<string, Answers>>;
  /** A file of which more is set aside is refused. */
  readonly maxSetAsideShare: number;
}

export interface SourceReport extends Account {
  readonly sourceId: string;
  readonly file: string;
  readonly preset: string;
  readonly format: string;
  /** Of text formats. */
  readonly encoding?: string;
  /** Title lines above the header. */
  readonly skippedLines: number;
  /** Sheets of a workbook with rows of which nothing was read. */
  readonly unreadSheets?: readonly string[];
  /** Questions of the preset that nobody answered, with the safe answers taken. */
  readonly assumed?: Answers;
  /** Records of the file with its header and titles, counted independently of the parser. */
  readonly lines: number;
}

export interface IngestValues {
  readonly sources: readonly SourceReport[];
  /** Rows that a later source contradicted. */
  readonly replaced: readonly Replacement[];
}

/** Reads every source into the canonical tables; rows that cannot be used are set aside with file, line and reason. */
export async function ingest(
  sources: readonly Source[],
  options: IngestOptions,
  key: Buffer,
  context: StageContext & { readonly password?: PasswordDoor },
): Promise<IngestValues> {
  const { engine, output } = context;
  refuseUnknownAnswers(options.presets);
  await createTables(engine);
  const reports: SourceReport[] = [];
  const bytes = sources.map(({ path }) => statSync(path, { throwIfNoEntry: false })?.size ?? 0);
  const bytesOf = (count: number) => bytes.slice(0, count).reduce((sum, size) => sum + size, 0);
  const directory = output.path("reading");
  mkdirSync(directory, { recursive: true });
  try {
    for (const [index, source] of sources.entries()) {
      context.signal.throwIfAborted();
      const { path } = source;
      const file = await openSource(path, {
        engine,
        directory,
        name: `source${index}`,
        isHeader: isKnownHeader,
        password: context.password,
        signal: context.signal,
      });
      const { report } = await readSource(source, file, index, options, key, { ...context, directory });
      reports.push(report);
      context.progress.report(bytesOf(index + 1), bytesOf(sources.length));
    }
  } finally {
    // The copies hold contacts in the clear.
    rmSync(directory, { recursive: true, force: true });
  }
  const sourceIds = sources.map(({ sourceId }) => sourceId);
  const incomplete = await combineSources(engine, sources);
  const replaced: Replacement[] = [];
  await engine.statement(sourceNames(sources));
  for (const name of canonicalTableNames) {
    if (sources.length > 1) replaced.push(...(await countReplaced(engine, canonicalTables[name] as Table, sourceIds)));
    await writeTable(name, context);
  }
  await engine.drop("source_names");
  const aside = table(setAside, "a");
  const { columns } = aside;
  await output.write(
    "set_aside",
    from(aside).select(columns).orderBy(columns.source_id, columns.line, columns.table_name, columns.reason),
  );
  return { sources: reports.map((report, index) => withMoreSetAside(report, incomplete[index])), replaced };
}

function columnList({ columns }: Table): string {
  return Object.entries(columns)
    .map(([name, { type }]) => `${quote(name)} ${sqlType[type]}`)
    .join(", ");
}

/** Empty canonical tables, each with the place of a row's source among the sources, its line there, and whether it is only a part of a row; and `set_aside`. */
export async function createTables(engine: DuckdbEngine): Promise<void> {
  for (const name of canonicalTableNames) {
    const columns = columnList(canonicalTables[name] as Table);
    await engine.statement(
      `CREATE OR REPLACE TEMP TABLE ${quote(name)} (${columns}, source_order BIGINT, line BIGINT, is_part BOOLEAN)`,
    );
  }
  await engine.statement(`CREATE OR REPLACE TEMP TABLE set_aside (${columnList(setAside)})`);
}

/** What each source is called, by its place; one row that matches nothing where there is no source. */
function sourceNames(sources: readonly Source[]): string {
  const rows = sources.map(
    ({ sourceId, path }, index) => `(${index}, ${textLiteral(sourceId)}, ${textLiteral(sourceName(path))})`,
  );
  return `CREATE OR REPLACE TEMP TABLE source_names AS SELECT * FROM (VALUES ${rows.join(", ") || "(-1, '', '')"}) AS s(source_order, source_id, file)`;
}

/** What reading a source needs; `directory` holds copies with contacts in the clear, and the caller removes it. */
export type ReadingContext = Pick<StageContext, "engine" | "clock"> & { readonly directory: string };

/** Reads one opened source into the tables of `createTables`, and says how and what became of its rows. */
export async function readSource(
  source: Source,
  file: OpenedSource,
  index: number,
  options: IngestOptions,
  key: Buffer,
  { engine, clock, directory }: ReadingContext,
): Promise<{ report: SourceReport; reading: PresetReading }> {
  const preset = presetOf(source, file);
  await loadRaw(engine, file, source.path);
  // A mapping states how its file writes numbers and dates.
  const forms = source.mapping === undefined ? await writtenForms(engine, file.header, options) : {};
  const { answers, assumed } = answersFor(preset, options.presets);
  const reading = preset.read({
    ...options,
    answers,
    header: file.header,
    forms,
    sourceId: source.sourceId,
    now: `make_timestamp(${Math.round(clock.now()) * 1000}::BIGINT)`,
  });
  refuseContradictions(source.path, reading, forms);
  await addColumns(engine, reading.unfolded);
  await hashContacts(engine, reading.contacts ?? {}, key, directory);
  await classify(engine, reading);
  for (const mapping of reading.mappings) await engine.statement(insertion(mapping, index));
  const name = textLiteral(sourceName(source.path));
  await engine.statement(
    `INSERT INTO set_aside SELECT ${textLiteral(source.sourceId)}, ${name}, line, '${reading.table}', problem.reason, problem.column_name, problem.value FROM raw WHERE problem IS NOT NULL
     UNION ALL SELECT ${textLiteral(source.sourceId)}, ${name}, line, '${reading.table}', 'malformed_line', NULL, NULL FROM malformed`,
  );
  const accounted = await account(engine, reading, file.records);
  const { maxSetAsideShare } = options;
  await refuseIfTooMany(engine, reading, { rows: file.records, path: source.path, maxSetAsideShare });
  const { format, encoding, skippedLines, unreadSheets } = file;
  const report = {
    sourceId: source.sourceId,
    file: sourceName(source.path),
    preset: preset.name,
    format,
    encoding,
    skippedLines,
    unreadSheets,
    assumed,
    lines: file.records + skippedLines + (headed.includes(format) ? 1 : 0),
    ...accounted,
  };
  return { report, reading };
}

/** Formats whose column names stand in a line of their own. */
const headed: readonly string[] = ["delimited", "xlsx"];

function presetOf({ path, preset, mapping, mappingFile = "mapping" }: Source, { header }: OpenedSource): Preset {
  if (mapping === undefined) return findPreset(path, header, preset);
  const checked = checkMappingFile(mapping, mappingFile);
  return mappingPreset(completeMapping(checked, header, { path, file: mappingFile }));
}

/** A column that changes its way of writing halfway cannot be read: what only one way allows may be meant in the other. */
function refuseContradictions(path: string, { problems }: PresetReading, forms: WrittenForms): void {
  for (const { reason, column = "" } of problems) {
    const { decimal, dateOrder, examples: [one, other] = [] } = forms[column] ?? {};
    const place = { path, column, value: one?.value ?? "", line: one?.line ?? 0 };
    const both = { ...place, otherValue: other?.value ?? "", otherLine: other?.line ?? 0 };
    if (reason === "unparsable_date" && dateOrder === "mixed") throw new DataError("mixed_date_orders", both);
    if (reason === "unparsable_date" && dateOrder === "unknown") throw new DataError("unknown_date_order", place);
    if (reason === "unparsable_number" && decimal === "mixed" && other) throw new DataError("mixed_decimals", both);
  }
}

async function addColumns(engine: DuckdbEngine, columns: Readonly<Record<string, string>> = {}): Promise<void> {
  const added = Object.entries(columns).map(([name, sql]) => `, ${sql} AS ${quote(name)}`);
  if (added.length > 0)
    await engine.statement(`CREATE OR REPLACE TEMP TABLE raw AS SELECT *${added.join("")} FROM raw`);
}

/** Gives every raw row its first problem, or none. */
async function classify(engine: DuckdbEngine, { problems, derived, together }: PresetReading): Promise<void> {
  await addColumns(engine, derived);
  const branches = problems.map(({ reason, column, when }) => {
    const value = column === undefined ? "NULL" : `raw.${quote(column)}`;
    return `WHEN ${when} THEN {'reason': '${reason}', 'column_name': ${column === undefined ? "NULL" : textLiteral(column)}, 'value': CAST(${value} AS VARCHAR)}`;
  });
  // Most rows have none: the column is added empty and filled where needed, instead of copying the table.
  await engine.statement(
    "ALTER TABLE raw ADD COLUMN problem STRUCT(reason VARCHAR, column_name VARCHAR, value VARCHAR)",
  );
  if (branches.length === 0) return;
  await engine.statement(
    `UPDATE raw SET problem = found.problem FROM (SELECT line, CASE ${branches.join(" ")} END AS problem FROM raw) AS found
     WHERE found.problem IS NOT NULL AND raw.line = found.line`,
  );
  if (together === undefined) return;
  await engine.statement(
    `UPDATE raw SET problem = {'reason': 'incomplete', 'column_name': NULL, 'value': NULL}
     WHERE problem IS NULL AND ${together} IN (SELECT ${together} FROM raw WHERE problem IS NOT NULL)`,
  );
}

const yieldingStep = 1_000_000_000;

function insertion(mapping: Mapping, sourceOrder: number): string {
  const { table: name, columns, from: rows, where, groupBy, yields, completes } = mapping;
  const order = Object.entries((canonicalTables[name] as Table).columns);
  const selected = order.map(([column, { type }]) => columns[column] ?? `CAST(NULL AS ${sqlType[type]})`).join(", ");
  const conditions = ["problem IS NULL", ...(where === undefined ? [] : [where])].join(" AND ");
  const line = groupBy ? "min(raw.line)" : "raw.line";
  // Rows that yield stand before those of every source, in the order of their own.
  const place = yields ? sourceOrder - yieldingStep : sourceOrder;
  const source = rows === undefined ? "raw" : `(${rows}) AS raw`;
  return `INSERT INTO ${quote(name)} SELECT ${selected}, ${place}, ${line}, ${completes === true} FROM ${source} WHERE ${conditions}${groupBy ? ` GROUP BY ${groupBy.join(", ")}` : ""}`;
}

/**
 * Writes a table, each row with the file and line it came from; of a key that several sources carry, the rows of the last
 * source stay.
 */
async function writeTable(name: CanonicalTableName, { engine, output }: StageContext): Promise<void> {
  const definition = canonicalTables[name] as Table;
  const keys = definition.key.map(quote).join(", ");
  const [{ rows, sources }] = await engine.rows(
    `SELECT count(*) AS rows, count(DISTINCT source_order) AS sources FROM ${quote(name)}`,
  );
  if (Number(rows) > 0) {
    const last = Number(sources) > 1 ? ` QUALIFY source_order = max(source_order) OVER (PARTITION BY ${keys})` : "";
    // Rows that yield stand a fixed step below their source.
    await engine.statement(
      `CREATE OR REPLACE TEMP VIEW latest AS SELECT kept.* EXCLUDE (source_order), source_id, file FROM (SELECT * FROM ${quote(name)}${last}) AS kept
         JOIN source_names ON source_names.source_order = CASE WHEN kept.source_order < 0 THEN kept.source_order + ${yieldingStep} ELSE kept.source_order END`,
    );
    const origin = { ...definition.columns, ...rowOrigin };
    const { columns } = table({ ...definition, name: "latest", columns: origin } as Table, "latest");
    await output.write(
      name,
      from(table({ ...definition, name: "latest", columns: origin } as Table, "latest"))
        .select(columns)
        .orderBy(...definition.key.map((column) => columns[column]), columns.line, ...Object.values(columns)),
    );
    await engine.statement("DROP VIEW latest");
  }
  await engine.drop(name);
}
