import { createHmac } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { basename } from "node:path";
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
import type { Mapping, PresetReading } from "./preset.ts";
import { findPreset } from "./presets/index.ts";
import { openSource, type SourceFile } from "./source-file.ts";

export interface Source {
  readonly sourceId: string;
  readonly path: string;
  readonly preset?: string;
}

export interface IngestOptions {
  readonly timezone: string;
  readonly defaultCurrency: string;
  /** A file of which more is set aside is refused. */
  readonly maxSetAsideShare: number;
}

export interface SourceReport {
  readonly file: string;
  readonly preset: string;
  readonly encoding: string;
  /** Records in the file, counted independently of the parser; rows = kept + setAside. */
  readonly rows: number;
  readonly kept: number;
  readonly setAside: number;
  /** Signed sums: sourceMinor = keptMinor + setAsideMinor, to the cent. */
  readonly money: readonly { currency: string; sourceMinor: number; keptMinor: number; setAsideMinor: number }[];
}

export interface IngestValues {
  readonly sources: readonly SourceReport[];
}

/** Reads every source into the canonical tables; rows that cannot be used are set aside with file, line and reason. */
export async function ingest(
  sources: readonly Source[],
  options: IngestOptions,
  key: Buffer,
  context: StageContext,
): Promise<IngestValues> {
  const { engine, output } = context;
  for (const name of canonicalTableNames) await createTable(engine, name);
  await engine.statement(`CREATE OR REPLACE TEMP TABLE set_aside (${columnList(setAside)})`);
  const reports: SourceReport[] = [];
  const directory = output.path("reading");
  mkdirSync(directory, { recursive: true });
  try {
    for (const [index, source] of sources.entries()) {
      context.signal.throwIfAborted();
      const file = await openSource(source.path, directory, `source${index}`);
      reports.push(await readSource(source, file, index, options, key, context));
      context.progress.report(index + 1, sources.length);
    }
  } finally {
    // The copies hold contacts in the clear.
    rmSync(directory, { recursive: true, force: true });
  }
  await engine.statement(sourceNames(sources));
  for (const name of canonicalTableNames) await writeTable(name, context);
  await engine.drop("source_names");
  const aside = table(setAside, "a");
  const { columns } = aside;
  await output.write(
    "set_aside",
    from(aside).select(columns).orderBy(columns.source_id, columns.line, columns.table_name, columns.reason),
  );
  return { sources: reports };
}

function columnList({ columns }: Table): string {
  return Object.entries(columns)
    .map(([name, { type }]) => `${quote(name)} ${sqlType[type]}`)
    .join(", ");
}

/** What each source is called, by its place; one row that matches nothing where there is no source. */
function sourceNames(sources: readonly Source[]): string {
  const rows = sources.map(
    ({ sourceId, path }, index) => `(${index}, ${textLiteral(sourceId)}, ${textLiteral(basename(path))})`,
  );
  return `CREATE OR REPLACE TEMP TABLE source_names AS SELECT * FROM (VALUES ${rows.join(", ") || "(-1, '', '')"}) AS s(source_order, source_id, file)`;
}

async function createTable(engine: DuckdbEngine, name: CanonicalTableName): Promise<void> {
  await engine.statement(
    `CREATE OR REPLACE TEMP TABLE ${quote(name)} (${columnList(canonicalTables[name] as Table)}, source_order BIGINT, line BIGINT)`,
  );
}

async function readSource(
  source: Source,
  file: SourceFile,
  index: number,
  options: IngestOptions,
  key: Buffer,
  { engine, clock }: StageContext,
): Promise<SourceReport> {
  const preset = findPreset(source.path, file.header, source.preset);
  const reading = preset.read({
    ...options,
    header: file.header,
    sourceId: source.sourceId,
    now: `make_timestamp(${Math.round(clock.now()) * 1000}::BIGINT)`,
  });
  const malformed = await loadRaw(engine, file, source.path);
  await hashContacts(engine, reading, key);
  await classify(engine, reading);
  for (const mapping of reading.mappings) await engine.statement(insertion(mapping, index));
  const name = textLiteral(basename(source.path));
  await engine.statement(
    `INSERT INTO set_aside SELECT ${textLiteral(source.sourceId)}, ${name}, line, '${reading.table}', problem.reason, problem.column_name, problem.value FROM raw WHERE problem IS NOT NULL
     UNION ALL SELECT ${textLiteral(source.sourceId)}, ${name}, line, '${reading.table}', 'malformed_line', NULL, NULL FROM malformed`,
  );
  const report = await account(engine, reading, file, malformed);
  await refuseIfTooMany(engine, reading, report, source.path, options);
  return { file: basename(source.path), preset: preset.name, encoding: file.encoding, ...report };
}

/** Reads all columns as text, in file order, and checks the parser's count against ours; returns the number of malformed lines. */
async function loadRaw(engine: DuckdbEngine, file: SourceFile, originalPath: string): Promise<number> {
  for (const leftover of ["reject_errors", "reject_scans"]) await engine.statement(`DROP TABLE IF EXISTS ${leftover}`);
  const columns = file.header
    .map((name, at) => `${textLiteral(uniqueName(file.header, name, at))}: 'VARCHAR'`)
    .join(", ");
  await engine.statement(
    `CREATE OR REPLACE TEMP TABLE parsed AS SELECT row_number() OVER () AS place, * FROM read_csv(${textLiteral(file.path)}, columns = {${columns}}, header = true, auto_detect = false,
       delim = ${textLiteral(file.delimiter)}, quote = '"', escape = '"', store_rejects = true, rejects_limit = 0, parallel = false)`,
  );
  await engine.statement(
    "CREATE OR REPLACE TEMP TABLE malformed AS SELECT DISTINCT CAST(line AS BIGINT) AS line FROM reject_errors",
  );
  // The nth row that was read stands after every malformed line that has fewer than n good rows before it.
  await engine.statement(
    `CREATE OR REPLACE TEMP TABLE raw AS WITH skipped AS (SELECT line - 1 - row_number() OVER (ORDER BY line) AS good_before FROM malformed)
     SELECT parsed.* EXCLUDE (place), place + 1 + (SELECT count(*) FROM skipped WHERE parsed.place > skipped.good_before) AS line FROM parsed`,
  );
  await engine.statement("DROP TABLE parsed");
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
  return Number(malformed);
}

function uniqueName(header: readonly string[], name: string, at: number): string {
  return header.indexOf(name) === at && name !== "" ? name : `${name}#${at + 1}`;
}

/** Contacts become keyed hashes before anything else sees them. */
async function hashContacts(engine: DuckdbEngine, { contacts = {} }: PresetReading, key: Buffer): Promise<void> {
  for (const [name, kind] of Object.entries(contacts)) {
    const found = await engine.rows(
      `SELECT DISTINCT ${quote(name)} AS contact FROM raw WHERE trim(${quote(name)}) <> ''`,
    );
    const normalise = (contact: string) =>
      kind === "email" ? contact.trim().toLowerCase() : contact.replace(/\D/g, "");
    const values = found.map(({ contact }) => String(contact));
    const hashes = values.map((contact) => createHmac("sha256", key).update(normalise(contact)).digest("hex"));
    await engine.statement("CREATE OR REPLACE TEMP TABLE contact_hashes (contact VARCHAR, hash VARCHAR)");
    for (let start = 0; start < values.length; start += 1000) {
      const rows = values
        .slice(start, start + 1000)
        .map((contact, at) => `(${textLiteral(contact)}, '${hashes[start + at]}')`);
      await engine.statement(`INSERT INTO contact_hashes VALUES ${rows.join(", ")}`);
    }
    await engine.statement(
      `UPDATE raw SET ${quote(name)} = contact_hashes.hash FROM contact_hashes WHERE raw.${quote(name)} = contact_hashes.contact`,
    );
    await engine.statement("DROP TABLE contact_hashes");
  }
}

/** Gives every raw row its first problem, or none. */
async function classify(engine: DuckdbEngine, { problems }: PresetReading): Promise<void> {
  const branches = problems.map(({ reason, column, when }) => {
    const value = column === undefined ? "NULL" : `raw.${quote(column)}`;
    return `WHEN ${when} THEN {'reason': '${reason}', 'column_name': ${column === undefined ? "NULL" : textLiteral(column)}, 'value': CAST(${value} AS VARCHAR)}`;
  });
  const empty = "CAST(NULL AS STRUCT(reason VARCHAR, column_name VARCHAR, value VARCHAR))";
  await engine.statement(
    `CREATE OR REPLACE TEMP TABLE raw AS SELECT *, ${branches.length > 0 ? `CASE ${branches.join(" ")} ELSE ${empty} END` : empty} AS problem FROM raw`,
  );
}

function insertion({ table: name, columns, where, groupBy }: Mapping, sourceOrder: number): string {
  const order = Object.keys((canonicalTables[name] as Table).columns);
  const selected = order.map((column) => columns[column]).join(", ");
  const conditions = ["problem IS NULL", ...(where === undefined ? [] : [where])].join(" AND ");
  const line = groupBy ? "min(raw.line)" : "raw.line";
  return `INSERT INTO ${quote(name)} SELECT ${selected}, ${sourceOrder}, ${line} FROM raw WHERE ${conditions}${groupBy ? ` GROUP BY ${groupBy.join(", ")}` : ""}`;
}

async function account(engine: DuckdbEngine, { money }: PresetReading, file: SourceFile, malformed: number) {
  const [{ aside }] = await engine.rows("SELECT count(*) FILTER (WHERE problem IS NOT NULL) AS aside FROM raw");
  const setAsideRows = Number(aside) + malformed;
  const sums = money
    ? await engine.rows(
        `SELECT ${money.currency} AS currency, sum(${money.minor})::BIGINT AS source, coalesce(sum(${money.minor}) FILTER (WHERE problem IS NULL), 0)::BIGINT AS kept,
           coalesce(sum(${money.minor}) FILTER (WHERE problem IS NOT NULL), 0)::BIGINT AS aside FROM raw WHERE ${money.minor} IS NOT NULL AND ${money.currency} IS NOT NULL GROUP BY 1 ORDER BY 1`,
      )
    : [];
  return {
    rows: file.lines,
    kept: file.lines - setAsideRows,
    setAside: setAsideRows,
    money: sums.map(({ currency, source, kept, aside: left }) => ({
      currency: String(currency),
      sourceMinor: Number(source),
      keptMinor: Number(kept),
      setAsideMinor: Number(left),
    })),
  };
}

async function refuseIfTooMany(
  engine: DuckdbEngine,
  { expectedReasons }: PresetReading,
  report: { rows: number },
  path: string,
  { maxSetAsideShare }: IngestOptions,
) {
  const expected = expectedReasons.map(textLiteral).join(", ") || "''";
  const worst = await engine.rows(
    `SELECT reason, column_name, any_value(value) AS value, min(line) AS line, count(*) AS rows, sum(count(*)) OVER () AS total FROM (
       SELECT problem.reason AS reason, problem.column_name AS column_name, problem.value AS value, line FROM raw WHERE problem IS NOT NULL
       UNION ALL SELECT 'malformed_line', NULL, NULL, line FROM malformed) WHERE reason NOT IN (${expected}) GROUP BY 1, 2 ORDER BY rows DESC, reason LIMIT 1`,
  );
  if (worst.length === 0) return;
  const [{ reason, column_name, value, line, total }] = worst;
  const share = Number(total) / report.rows;
  if (share <= maxSetAsideShare) return;
  throw new DataError("too_many_set_aside", {
    path,
    share: Math.round(1000 * share) / 10,
    limit: 100 * maxSetAsideShare,
    reason: String(reason),
    column: String(column_name ?? ""),
    value: String(value ?? ""),
    line: Number(line),
  });
}

/**
 * Writes a table, each row with the file and line it came from; of a key that several sources carry, the rows of the last
 * source stay.
 */
async function writeTable(name: CanonicalTableName, { engine, output }: StageContext): Promise<void> {
  const definition = canonicalTables[name] as Table;
  const keys = definition.key.map(quote).join(", ");
  await engine.statement(
    `CREATE OR REPLACE TEMP TABLE latest AS SELECT * EXCLUDE (source_order) FROM
       (SELECT * FROM ${quote(name)} QUALIFY source_order = max(source_order) OVER (PARTITION BY ${keys})) JOIN source_names USING (source_order)`,
  );
  const [{ rows }] = await engine.rows("SELECT count(*) AS rows FROM latest");
  if (Number(rows) > 0) {
    const latest = table(
      { ...definition, name: "latest", columns: { ...definition.columns, ...rowOrigin } } as Table,
      "latest",
    );
    const { columns } = latest;
    await output.write(
      name,
      from(latest)
        .select(columns)
        .orderBy(...definition.key.map((column) => columns[column]), columns.line, ...Object.values(columns)),
    );
  }
  for (const done of ["latest", name]) await engine.drop(done);
}
