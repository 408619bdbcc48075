import { createHmac } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { DataError } from "../base/errors.ts";
import { quote, sqlType } from "../engine/duckdb/dialect.ts";
import { type DuckdbEngine, textLiteral } from "../engine/duckdb/engine.ts";
import { trim } from "../engine/sql/functions.ts";
import { from, namedTable, table } from "../engine/sql/query.ts";
import type { StageContext } from "../runs/context.ts";
import type { Table } from "../schema/columns.ts";
import { type CanonicalTableName, canonicalTableNames, canonicalTables, setAside } from "../schema/tables.ts";
import { type Account, account, countReplaced, type Replacement, refuseIfTooMany } from "./account.ts";
import { checkMappingFile, completeMapping } from "./mapping/mapping.ts";
import { mappingPreset } from "./mapping/reading.ts";
import type { Mapping, Preset, PresetReading } from "./preset.ts";
import { findPreset } from "./presets/index.ts";
import { openSource, type SourceFile } from "./source-file.ts";

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
  /** A file of which more is set aside is refused. */
  readonly maxSetAsideShare: number;
}

export interface SourceReport extends Account {
  readonly sourceId: string;
  readonly file: string;
  readonly preset: string;
  readonly encoding: string;
  /** Records of the file with its header, counted independently of the parser. */
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
  context: StageContext,
): Promise<IngestValues> {
  const { engine, output } = context;
  await createTables(engine);
  const reports: SourceReport[] = [];
  const directory = output.path("reading");
  mkdirSync(directory, { recursive: true });
  try {
    for (const [index, source] of sources.entries()) {
      context.signal.throwIfAborted();
      const file = await openSource(source.path, directory, `source${index}`);
      const { report } = await readSource(source, file, index, options, key, context);
      reports.push(report);
      context.progress.report(index + 1, sources.length);
    }
  } finally {
    // The copies hold contacts in the clear.
    rmSync(directory, { recursive: true, force: true });
  }
  const sourceIds = sources.map(({ sourceId }) => sourceId);
  const replaced: Replacement[] = [];
  for (const name of canonicalTableNames) {
    if (sources.length > 1) replaced.push(...(await countReplaced(engine, canonicalTables[name] as Table, sourceIds)));
    await writeTable(name, context);
  }
  const aside = table(setAside, "a");
  const { columns } = aside;
  await output.write(
    "set_aside",
    from(aside).select(columns).orderBy(columns.source_id, columns.line, columns.table_name, columns.reason),
  );
  return { sources: reports, replaced };
}

function columnList({ columns }: Table): string {
  return Object.entries(columns)
    .map(([name, { type }]) => `${quote(name)} ${sqlType[type]}`)
    .join(", ");
}

/** Empty canonical tables, each with the place of a row's source among the sources and its line there, and `set_aside`. */
export async function createTables(engine: DuckdbEngine): Promise<void> {
  for (const name of canonicalTableNames) {
    const columns = columnList(canonicalTables[name] as Table);
    await engine.statement(
      `CREATE OR REPLACE TEMP TABLE ${quote(name)} (${columns}, source_order BIGINT, line BIGINT)`,
    );
  }
  await engine.statement(`CREATE OR REPLACE TEMP TABLE set_aside (${columnList(setAside)})`);
}

/** Reads one opened source into the tables of `createTables`, and says how and what became of its rows. */
export async function readSource(
  source: Source,
  file: SourceFile,
  index: number,
  options: IngestOptions,
  key: Buffer,
  { engine, clock }: Pick<StageContext, "engine" | "clock">,
): Promise<{ report: SourceReport; reading: PresetReading }> {
  const preset = presetOf(source, file);
  const reading = preset.read({
    ...options,
    header: file.header,
    sourceId: source.sourceId,
    now: `make_timestamp(${Math.round(clock.now()) * 1000}::BIGINT)`,
  });
  await loadRaw(engine, file, source.path);
  await hashContacts(engine, reading, key, dirname(file.path));
  await classify(engine, reading);
  for (const mapping of reading.mappings) await engine.statement(insertion(mapping, index));
  const name = textLiteral(basename(source.path));
  await engine.statement(
    `INSERT INTO set_aside SELECT ${textLiteral(source.sourceId)}, ${name}, line, '${reading.table}', problem.reason, problem.column_name, problem.value FROM raw WHERE problem IS NOT NULL
     UNION ALL SELECT ${textLiteral(source.sourceId)}, ${name}, line, '${reading.table}', 'malformed_line', NULL, NULL FROM malformed`,
  );
  const accounted = await account(engine, reading, file.lines);
  const { maxSetAsideShare } = options;
  await refuseIfTooMany(engine, reading, { rows: file.lines, path: source.path, maxSetAsideShare });
  const { sourceId, path } = source;
  const found = { sourceId, file: basename(path), preset: preset.name, encoding: file.encoding, lines: file.lines + 1 };
  return { report: { ...found, ...accounted }, reading };
}

function presetOf({ path, preset, mapping, mappingFile = "mapping" }: Source, { header }: SourceFile): Preset {
  if (mapping === undefined) return findPreset(path, header, preset);
  const checked = checkMappingFile(mapping, mappingFile);
  return mappingPreset(completeMapping(checked, columnNames(header), { path, file: mappingFile }));
}

/** Reads all columns as text, in file order, and checks the parser's count against ours: `raw` and `malformed`. */
export async function loadRaw(engine: DuckdbEngine, file: SourceFile, originalPath: string): Promise<void> {
  for (const leftover of ["reject_errors", "reject_scans"]) await engine.statement(`DROP TABLE IF EXISTS ${leftover}`);
  const columns = columnNames(file.header)
    .map((name) => `${textLiteral(name)}: 'VARCHAR'`)
    .join(", ");
  await engine.statement(
    `CREATE OR REPLACE TEMP TABLE raw AS SELECT *, row_number() OVER () + 1 AS line FROM read_csv(${textLiteral(file.path)}, columns = {${columns}}, header = true, auto_detect = false,
       delim = ${textLiteral(file.delimiter)}, quote = '"', escape = '"', store_rejects = true, rejects_limit = 0, parallel = false)`,
  );
  await engine.statement(
    "CREATE OR REPLACE TEMP TABLE malformed AS SELECT DISTINCT CAST(line AS BIGINT) AS line FROM reject_errors",
  );
  const [{ rows, malformed }] = await engine.rows(
    "SELECT (SELECT count(*) FROM raw) AS rows, (SELECT count(*) FROM malformed) AS malformed",
  );
  if (Number(rows) + Number(malformed) !== file.lines) {
    throw new DataError("line_count_mismatch", {
      path: originalPath,
      lines: file.lines,
      rows: Number(rows),
      malformed: Number(malformed),
    });
  }
  // The nth row that was read stands after every malformed line that has fewer than n good rows before it.
  if (Number(malformed) > 0)
    await engine.statement(
      `WITH skipped AS (SELECT line - row_number() OVER (ORDER BY line) AS good_before FROM malformed)
       UPDATE raw SET line = line + (SELECT count(*) FROM skipped WHERE raw.line > skipped.good_before)`,
    );
}

/** The columns of `raw`: a blank or repeated name of the header gets its place. */
export function columnNames(header: readonly string[]): string[] {
  return header.map((name, at) => (header.indexOf(name) === at && name !== "" ? name : `${name}#${at + 1}`));
}

/** Contacts become keyed hashes before anything else sees them; `directory` is for the files that reading needs. */
async function hashContacts(
  engine: DuckdbEngine,
  { contacts = {} }: PresetReading,
  key: Buffer,
  directory: string,
): Promise<void> {
  for (const [name, kind] of Object.entries(contacts)) {
    const raw = namedTable("raw", { [name]: "text" as const });
    const contact = raw.columns[name];
    const found = await engine.collect(from(raw).where(trim(contact).differs("")).select({ contact }).distinct());
    const normalise = (contact: string) =>
      kind === "email" ? contact.trim().toLowerCase() : contact.replace(/\D/g, "");
    const values = found.texts.contact as string[];
    const hashes = values.map((contact) => createHmac("sha256", key).update(normalise(contact)).digest("hex"));
    const columns = [
      { name: "contact", type: "text" as const, values },
      { name: "hash", type: "text" as const, values: hashes },
    ];
    const { path } = await engine.writeColumns(columns, join(directory, "contact-hashes.parquet"));
    await engine.statement(
      `UPDATE raw SET ${quote(name)} = hashed.hash FROM read_parquet(${textLiteral(path)}) AS hashed WHERE raw.${quote(name)} = hashed.contact`,
    );
  }
}

/** Gives every raw row its first problem, or none. */
async function classify(engine: DuckdbEngine, { problems, derived = {} }: PresetReading): Promise<void> {
  const added = Object.entries(derived).map(([name, sql]) => `, ${sql} AS ${quote(name)}`);
  if (added.length > 0)
    await engine.statement(`CREATE OR REPLACE TEMP TABLE raw AS SELECT *${added.join("")} FROM raw`);
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
}

function insertion({ table: name, columns, where, groupBy, yields }: Mapping, sourceOrder: number): string {
  const order = Object.keys((canonicalTables[name] as Table).columns);
  const selected = order.map((column) => columns[column]).join(", ");
  const conditions = ["problem IS NULL", ...(where === undefined ? [] : [where])].join(" AND ");
  const line = groupBy ? "min(raw.line)" : "raw.line";
  // Rows that yield stand before those of every source, in the order of their own.
  const place = yields ? sourceOrder - 1_000_000_000 : sourceOrder;
  return `INSERT INTO ${quote(name)} SELECT ${selected}, ${place}, ${line} FROM raw WHERE ${conditions}${groupBy ? ` GROUP BY ${groupBy.join(", ")}` : ""}`;
}

/** Writes a table; of a key that several sources carry, the rows of the last source stay. */
async function writeTable(name: CanonicalTableName, { engine, output }: StageContext): Promise<void> {
  const definition = canonicalTables[name] as Table;
  const keys = definition.key.map(quote).join(", ");
  const [{ rows, sources }] = await engine.rows(
    `SELECT count(*) AS rows, count(DISTINCT source_order) AS sources FROM ${quote(name)}`,
  );
  if (Number(sources) > 1) {
    await engine.statement(
      `CREATE OR REPLACE TEMP TABLE latest AS SELECT * FROM ${quote(name)} QUALIFY source_order = max(source_order) OVER (PARTITION BY ${keys})`,
    );
  }
  if (Number(rows) > 0) {
    const columns = { ...definition.columns, line: { type: "integer" as const, required: true } };
    const source = { ...definition, columns, name: Number(sources) > 1 ? "latest" : name } as Table;
    const { line, ...kept } = table(source, "latest").columns;
    await output.write(
      name,
      from(table(source, "latest"))
        .select(kept)
        .orderBy(...definition.key.map((column) => kept[column]), line, ...Object.values(kept)),
    );
  }
  for (const done of ["latest", name]) await engine.drop(done);
}
