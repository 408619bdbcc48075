import { headerPlace, recognisedPlace, type SampleRecord, usualWidth } from "./header.ts";

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
 * most records into the same number of fields, and the header the first line that is no title.
 * A first line `sep=;` names the delimiter.
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
  const { records, delimiter } =
    candidates.find((table) => recognisedPlace(table.records, isHeader) >= 0) ??
    candidates.reduce((best, next) => (next.score > best.score ? next : best));
  const header = records[headerPlace(records, isHeader)];
  const names = (header?.fields ?? []).map((field) => field.trim());
  return { delimiter, header: names, skippedLines: (header?.line ?? 1) - 1 };
}

/** The records and how much speaks for this delimiter: a wide table that most records fit. */
function tableOf(records: readonly SampleLine[], delimiter: string) {
  const width = usualWidth(records);
  const fitting = records.filter(({ fields, isMalformed }) => fields.length === width && !isMalformed).length;
  return { delimiter, records, score: ((width - 1) * fitting) / Math.max(1, records.length) };
}

interface SampleLine extends SampleRecord {
  readonly line: number;
}

/** The first records with their fields; a record that the sample may have cut off is left out. */
function splitRecords(sample: string, isWhole: boolean, delimiter: string): SampleLine[] {
  const records: SampleLine[] = [];
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
