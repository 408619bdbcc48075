import { toMajor } from "../base/money.ts";
import type { MoneyAccount } from "../ingest/account.ts";
import type { IngestValues, SourceReport } from "../ingest/index.ts";
import { sourceName } from "../ingest/readers/index.ts";
import { formatMoney, formatNumber, type Language, nameOf, translate } from "../language/catalogue.ts";
import type { Registration } from "../runs/sources.ts";
import type { ImportFile } from "./import.ts";
import { aligned } from "./text-table.ts";

/** What an import says about one of its files. Money is in major units, exact to the last minor unit. */
export interface FileAccount {
  readonly file: string;
  readonly path: string;
  readonly status: "added" | "replaced" | "unchanged";
  /** The source with the same content, where that has another name. */
  readonly sameAs?: string;
  readonly preset: string;
  readonly mapping?: string;
  readonly format: string;
  /** Of text formats. */
  readonly encoding?: string;
  readonly lines: number;
  readonly rows: number;
  readonly kept: number;
  readonly setAside: number;
  readonly reasons: Readonly<Record<string, number>>;
  readonly money: Readonly<Record<string, { source: number; kept: number; setAside: number }>>;
  /** Sheets of a workbook with rows of which nothing was read. */
  readonly unreadSheets?: readonly string[];
  /** What only the shop knows and nobody answered: question → the safe answer taken. */
  readonly assumed?: Readonly<Record<string, string>>;
  /** Rows of earlier files that this one contradicts, and replaces. */
  readonly replaced: readonly { file: string; table: string; rows: number }[];
}

export interface ImportDocument {
  readonly files: readonly FileAccount[];
  /** Mappings that were proposed and saved by this import. */
  readonly proposed: readonly { file: string; mapping: string }[];
}

export function importDocument(
  files: readonly ImportFile[],
  { sources, outcomes }: Registration,
  values: IngestValues,
): ImportDocument {
  const nameOfSource = (id: string) => sourceName(sources.find(({ sourceId }) => sourceId === id)!.path);
  const accounts = files.map(({ path }, at): FileAccount => {
    const { sourceId, status } = outcomes[at];
    const source = sources.find((one) => one.sourceId === sourceId)!;
    const report = values.sources.find((one) => one.sourceId === sourceId)!;
    const replaced = values.replaced.filter(({ by }) => by === sourceId && status !== "unchanged");
    return {
      file: sourceName(path),
      path,
      status,
      ...(source.path === path ? {} : { sameAs: source.path }),
      ...(source.mappingFile === undefined ? {} : { mapping: source.mappingFile }),
      ...accountOf(report),
      replaced: replaced.map(({ sourceId: id, table, rows }) => ({ file: nameOfSource(id), table, rows })),
    };
  });
  const proposed = files.flatMap(({ path, proposal, mappingFile }, at) =>
    proposal && outcomes[at].status !== "unchanged" ? [{ file: sourceName(path), mapping: mappingFile! }] : [],
  );
  return { files: accounts, proposed };
}

/** A source's account with money in major units by currency. */
export function accountOf({
  preset,
  format,
  encoding,
  lines,
  rows,
  kept,
  setAside,
  reasons,
  money,
  unreadSheets,
  assumed,
}: SourceReport) {
  return {
    preset,
    format,
    encoding,
    unreadSheets,
    assumed,
    lines,
    rows,
    kept,
    setAside,
    reasons,
    money: majorUnits(money),
  };
}

function majorUnits(money: readonly MoneyAccount[]): FileAccount["money"] {
  return Object.fromEntries(
    money.map(({ currency, sourceMinor, keptMinor, setAsideMinor }) => [
      currency,
      {
        source: major(sourceMinor, currency),
        kept: major(keptMinor, currency),
        setAside: major(setAsideMinor, currency),
      },
    ]),
  );
}

/** A code that is no currency's (rows with it are set aside) counts in hundredths, as when it was read. */
function major(minor: number, currency: string): number {
  return /^[A-Z]{3}$/.test(currency) ? toMajor(minor, currency) : minor / 100;
}

/** The account as people read it: files, then reasons, then money, then what else is to be known. */
export function importLines({ files, proposed }: ImportDocument, language: Language): string[] {
  const say = translate.bind(null, language);
  const remarks = files.flatMap(({ file, path, status, preset, sameAs, replaced, unreadSheets = [], assumed = {} }) => [
    ...unreadSheets.map((sheet) => say("sheet_not_read", { file, sheet })),
    ...Object.entries(assumed).map(([question, answer]) => say("answer_assumed", { file, preset, question, answer })),
    ...(sameAs !== undefined ? [say("import_same_as", { file: path, other: sameAs })] : []),
    ...(status === "unchanged" && sameAs === undefined ? [say("import_unchanged", { file })] : []),
    ...replaced.map(({ file: other, table, rows }) =>
      say("import_replaced", { file, other, table, rows: formatNumber(language, rows) }),
    ),
  ]);
  return [
    ...accountLines(files, language),
    ...remarks,
    ...proposed.map(({ file, mapping }) => say("import_mapping_saved", { file, mapping })),
    say("next_command", { command: "longrun run" }),
  ];
}

export type PrintedAccount = Pick<
  FileAccount,
  "file" | "preset" | "lines" | "rows" | "kept" | "setAside" | "reasons" | "money"
>;

/** Three aligned tables, a blank line between them; those without rows are left out. */
export function accountLines(files: readonly PrintedAccount[], language: Language): string[] {
  const say = translate.bind(null, language);
  const number = (value: number) => formatNumber(language, value);
  const reasons = files.flatMap(({ file, reasons }) =>
    Object.entries(reasons).map(([reason, rows]) => [file, nameOf(language, "reason", reason), number(rows)]),
  );
  const money = files.flatMap(({ file, money }) =>
    Object.entries(money).map(([currency, sums]) => [
      file,
      currency,
      ...[sums.source, sums.kept, sums.setAside].map((sum) => exactMoney(language, sum, currency)),
    ]),
  );
  const counts = files.map(({ file, preset, lines, rows, kept, setAside }) => [
    file,
    preset,
    ...[lines, rows, kept, setAside].map(number),
  ]);
  const [file, kept, setAside] = [say("column_file"), say("column_kept"), say("column_set_aside")];
  const tables = [
    aligned([file, say("column_as"), say("column_lines"), say("column_rows"), kept, setAside], counts, { right: 4 }),
    aligned([file, say("column_reason"), say("column_rows")], reasons, { right: 1 }),
    aligned([file, say("column_currency"), say("column_source_sum"), kept, setAside], money, { right: 3 }),
  ];
  return tables.filter((lines) => lines.length > 0).flatMap((lines, at) => (at === 0 ? lines : ["", ...lines]));
}

function exactMoney(language: Language, amount: number, currency: string): string {
  const isCurrency = /^[A-Z]{3}$/.test(currency);
  const digits = isCurrency ? Math.round(Math.log10(1 / toMajor(1, currency))) : 2;
  return isCurrency ? formatMoney(language, amount, currency, digits) : formatNumber(language, amount, digits);
}
