import { mkdirSync, rmSync } from "node:fs";
import { DataError } from "../base/errors.ts";
import { quote, sqlType } from "../engine/duckdb/dialect.ts";
import { type DuckdbEngine, textLiteral } from "../engine/duckdb/engine.ts";
import { from, table } from "../engine/sql/query.ts";
import type { StageContext } from "../runs/context.ts";
import type { Table } from "../schema/columns.ts";
import { type CanonicalTableName, canonicalTableNames, canonicalTables, setAside } from "../schema/tables.ts";
import { answersFor, refuseUnknownAnswers } from "./answers.ts";
import { combineSources } from "./combine.ts";
import { contactHash } from "./contacts.ts";
import type { Answers, Mapping, PresetReading } from "./preset.ts";
import { findPreset, isKnownHeader } from "./presets/index.ts";
import { loadRaw, type OpenedSource, openSource, type PasswordDoor, sourceName } from "./readers/index.ts";
import { type DateOrder, type WrittenForms, writtenForms } from "./written-forms.ts";

export interface Source {
  readonly sourceId: string;
  readonly path: string;
  readonly preset?: string;
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

export interface SourceReport {
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
  context: StageContext & { readonly password?: PasswordDoor },
): Promise<IngestValues> {
  const { engine, output } = context;
  refuseUnknownAnswers(options.presets);
  for (const name of canonicalTableNames) await createTable(engine, name);
  await engine.statement(`CREATE OR REPLACE TEMP TABLE set_aside (${columnList(setAside)})`);
  const reports: SourceReport[] = [];
  const directory = output.path("reading");
  mkdirSync(directory, { recursive: true });
  try {
    for (const [index, source] of sources.entries()) {
      context.signal.throwIfAborted();
      const file = await openSource(source.path, {
        engine,
        directory,
        name: `source${index}`,
        isHeader: isKnownHeader,
        password: context.password,
        signal: context.signal,
      });
      reports.push(await readSource(source, file, index, options, key, context));
      context.progress.report(index + 1, sources.length);
    }
  } finally {
    // The copies hold contacts in the clear.
    rmSync(directory, { recursive: true, force: true });
  }
  const setAsideLater = await combineSources(engine, sources);
  for (const name of canonicalTableNames) await writeTable(name, context);
  const aside = table(setAside, "a");
  const { columns } = aside;
  await output.write(
    "set_aside",
    from(aside).select(columns).orderBy(columns.source_id, columns.line, columns.table_name, columns.reason),
  );
  return {
    sources: reports.map((report, index) => ({
      ...report,
      kept: report.kept - setAsideLater[index],
      setAside: report.setAside + setAsideLater[index],
    })),
  };
}

function columnList({ columns }: Table): string {
  return Object.entries(columns)
    .map(([name, { type }]) => `${quote(name)} ${sqlType[type]}`)
    .join(", ");
}

async function createTable(engine: DuckdbEngine, name: CanonicalTableName): Promise<void> {
  await engine.statement(
    `CREATE OR REPLACE TEMP TABLE ${quote(name)} (${columnList(canonicalTables[name] as Table)}, source_order BIGINT, line BIGINT, is_part BOOLEAN)`,
  );
}

async function readSource(
  source: Source,
  file: OpenedSource,
  index: number,
  options: IngestOptions,
  key: Buffer,
  { engine, clock }: StageContext,
): Promise<SourceReport> {
  const preset = findPreset(source.path, file.header, source.preset);
  const malformed = await loadRaw(engine, file, source.path);
  const forms = await writtenForms(engine, file.header, options);
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
  await hashContacts(engine, reading, key);
  await classify(engine, reading);
  for (const mapping of reading.mappings) await engine.statement(insertion(mapping, index));
  const name = textLiteral(sourceName(source.path));
  await engine.statement(
    `INSERT INTO set_aside SELECT ${textLiteral(source.sourceId)}, ${name}, line, '${reading.table}', problem.reason, problem.column_name, problem.value FROM raw WHERE problem IS NOT NULL
     UNION ALL SELECT ${textLiteral(source.sourceId)}, ${name}, line, '${reading.table}', 'malformed_line', NULL, NULL FROM malformed`,
  );
  const report = await account(engine, reading, file, malformed);
  await refuseIfTooMany(engine, reading, report, source.path, options);
  return {
    file: sourceName(source.path),
    preset: preset.name,
    format: file.format,
    encoding: file.encoding,
    skippedLines: file.skippedLines,
    unreadSheets: file.unreadSheets,
    assumed,
    ...report,
  };
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

/** Contacts become keyed hashes before anything else sees them. */
async function hashContacts(engine: DuckdbEngine, { contacts = {} }: PresetReading, key: Buffer): Promise<void> {
  for (const [name, kind] of Object.entries(contacts)) {
    const found = await engine.rows(
      `SELECT DISTINCT ${quote(name)} AS contact FROM raw WHERE trim(${quote(name)}) <> ''`,
    );
    const values = found.map(({ contact }) => String(contact));
    const hashes = values.map((contact) => contactHash(contact, kind, key));
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
  const empty = "CAST(NULL AS STRUCT(reason VARCHAR, column_name VARCHAR, value VARCHAR))";
  await engine.statement(
    `CREATE OR REPLACE TEMP TABLE raw AS SELECT *, ${branches.length > 0 ? `CASE ${branches.join(" ")} ELSE ${empty} END` : empty} AS problem FROM raw`,
  );
  if (together === undefined) return;
  await engine.statement(
    `UPDATE raw SET problem = {'reason': 'incomplete', 'column_name': NULL, 'value': NULL}
     WHERE problem IS NULL AND ${together} IN (SELECT ${together} FROM raw WHERE problem IS NOT NULL)`,
  );
}

function insertion(
  { table: name, columns, from: rows, where, groupBy, yields, completes }: Mapping,
  sourceOrder: number,
) {
  const order = Object.entries((canonicalTables[name] as Table).columns);
  const selected = order.map(([column, { type }]) => columns[column] ?? `CAST(NULL AS ${sqlType[type]})`).join(", ");
  const conditions = ["problem IS NULL", ...(where === undefined ? [] : [where])].join(" AND ");
  const line = groupBy ? "min(raw.line)" : "raw.line";
  // Rows that yield stand before those of every source, in the order of their own.
  const place = yields ? sourceOrder - 1_000_000_000 : sourceOrder;
  const source = rows === undefined ? "raw" : `(${rows}) AS raw`;
  return `INSERT INTO ${quote(name)} SELECT ${selected}, ${place}, ${line}, ${completes === true} FROM ${source} WHERE ${conditions}${groupBy ? ` GROUP BY ${groupBy.join(", ")}` : ""}`;
}

async function account(engine: DuckdbEngine, { money }: PresetReading, file: OpenedSource, malformed: number) {
  const [{ aside }] = await engine.rows("SELECT count(*) FILTER (WHERE problem IS NOT NULL) AS aside FROM raw");
  const setAsideRows = Number(aside) + malformed;
  const sums = money
    ? await engine.rows(
        `SELECT ${money.currency} AS currency, sum(${money.minor})::BIGINT AS source, coalesce(sum(${money.minor}) FILTER (WHERE problem IS NULL), 0)::BIGINT AS kept,
           coalesce(sum(${money.minor}) FILTER (WHERE problem IS NOT NULL), 0)::BIGINT AS aside FROM raw WHERE ${money.minor} IS NOT NULL AND ${money.currency} IS NOT NULL GROUP BY 1 ORDER BY 1`,
      )
    : [];
  return {
    rows: file.records,
    kept: file.records - setAsideRows,
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

/** Writes a table; of a key that several sources carry, the rows of the last source stay. */
async function writeTable(name: CanonicalTableName, { engine, output }: StageContext): Promise<void> {
  const definition = canonicalTables[name] as Table;
  const keys = definition.key.map(quote).join(", ");
  await engine.statement(
    `CREATE OR REPLACE TEMP TABLE latest AS SELECT * FROM ${quote(name)} QUALIFY source_order = max(source_order) OVER (PARTITION BY ${keys})`,
  );
  const [{ rows }] = await engine.rows("SELECT count(*) AS rows FROM latest");
  if (Number(rows) > 0) {
    const latest = table(
      {
        ...definition,
        name: "latest",
        columns: { ...definition.columns, line: { type: "integer", required: true } },
      } as Table,
      "latest",
    );
    const { line, ...columns } = latest.columns;
    await output.write(
      name,
      from(latest)
        .select(columns)
        .orderBy(...definition.key.map((column) => columns[column]), line, ...Object.values(columns)),
    );
  }
  for (const done of ["latest", name]) await engine.drop(done);
}
