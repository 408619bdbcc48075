/** What a delimited text looks like: found from its beginning. */
export interface DelimitedLayout {
  readonly delimiter: string;
  /** Column names as they stand. */
  readonly header: readonly string[];
  /** Lines above the header: titles and blank ones. */
  readonly skippedLines: number;
}

const sampleRecords = 200;

/**
 * Finds the delimiter and the header. `isHeader` recognises a header someone waits for; else the delimiter is the one that cuts
 * most records into the same number of fields, and the header the first line that is no title: a title fills at most half of
 * the table's width. A first line `sep=;` names the delimiter.
 */
export function findLayout(
  sample: string,
  isWhole: boolean,
  isHeader: (fields: readonly string[]) => boolean = () => false,
): DelimitedLayout {
  const stated = /^sep=(.)\r?\n/i.exec(sample)?.[1];
  const candidates = (stated === undefined ? [",", ";", "\t", "|"] : [stated]).map((delimiter) => {
    const records = splitRecords(sample, isWhole, delimiter);
    return tableOf(stated === undefined ? records : records.slice(1), delimiter);
  });
  const recognised = candidates
    .map((table) => ({ ...table, at: table.records.findIndex(({ fields }) => isHeader(names(fields))) }))
    .find(({ at }) => at >= 0);
  const { records, at, delimiter } =
    recognised ?? candidates.reduce((best, next) => (next.score > best.score ? next : best));
  const header = records[at];
  return { delimiter, header: names(header?.fields ?? []), skippedLines: (header?.line ?? 1) - 1 };
}

const names = (fields: readonly string[]) => fields.map((field) => field.trim());

interface SampleRecord {
  readonly line: number;
  readonly fields: readonly string[];
  /** Something stands between a closing quote and the delimiter. */
  readonly isMalformed: boolean;
}

/** The records as a table: where its header stands and how much speaks for this delimiter. */
function tableOf(records: readonly SampleRecord[], delimiter: string) {
  const body = records.slice(1);
  const widths = new Map<number, number>();
  for (const { fields } of body.length > 0 ? body : records)
    widths.set(fields.length, (widths.get(fields.length) ?? 0) + 1);
  const [width = 0] = [...widths].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0] ?? [];
  const isTitle = ({ fields }: SampleRecord) => {
    const filled = fields.filter((field) => field.trim() !== "").length;
    return filled <= (fields.length < width ? width / 2 : width / 4);
  };
  const first = records.findIndex((record) => !isTitle(record));
  const fitting = records.filter(({ fields, isMalformed }) => fields.length === width && !isMalformed).length;
  return { delimiter, records, at: Math.max(0, first), score: ((width - 1) * fitting) / Math.max(1, records.length) };
}

/** The first records with their fields; a record that the sample may have cut off is left out. */
function splitRecords(sample: string, isWhole: boolean, delimiter: string): SampleRecord[] {
  const records: SampleRecord[] = [];
  const pattern = new RegExp(
    `(?:"((?:[^"]|"")*)"([^${escaped(delimiter)}\\r\\n]*)|([^${escaped(delimiter)}\\r\\n]*))(${escaped(delimiter)}|\\r\\n|\\n|\\r|$)`,
    "y",
  );
  let [line, firstLine] = [1, 1];
  let fields: string[] = [];
  let isMalformed = false;
  while (records.length < sampleRecords) {
    const match = pattern.exec(sample);
    if (!match) break;
    const [whole, quoted, afterQuote = "", plain, end] = match;
    fields.push(quoted === undefined ? plain : quoted.replaceAll('""', '"') + afterQuote);
    isMalformed ||= afterQuote !== "";
    line += whole.match(/\r\n|\n|\r/g)?.length ?? 0;
    if (end === delimiter) continue;
    const isBlank = fields.length === 1 && fields[0] === "";
    if (!isBlank && (end !== "" || isWhole || records.length === 0))
      records.push({ line: firstLine, fields, isMalformed });
    if (end === "") break;
    [firstLine, fields, isMalformed] = [line, [], false];
  }
  return records;
}

const escaped = (delimiter: string) => delimiter.replace(/[\\^$.*+?()[\]{}|]/, "\\$&");
