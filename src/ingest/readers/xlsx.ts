import { DataError } from "../../base/errors.ts";
import { headerPlace } from "./header.ts";
import { defaultMaxLineLength, distinctNames, type OpenedSource, type ReaderContext } from "./reader.ts";
import { findMalformed, type RecordsFormat, readRecords, writeRecords } from "./records.ts";
import { countRows, type MergedRange, type SheetCell, type SheetRow, sheetRows } from "./sheet.ts";
import { sheetValues } from "./sheet-values.ts";
import { type Sheet, Workbook } from "./workbook.ts";

/**
 * The first sheet of an .xlsx workbook that is not hidden and has a header and a row. Dates become ISO text by their format,
 * booleans true and false, a formula its last value, an error its name (#N/A). A text or date merged down several rows is each
 * row's; every other merged range in the table is refused, for a number repeated would be counted twice.
 */
export async function openXlsx(path: string, copy: string, context: ReaderContext): Promise<OpenedSource> {
  const workbook = await Workbook.open(path);
  try {
    const { sheets, startsIn1904 } = await workbook.sheets();
    const values = await sheetValues(workbook, startsIn1904);
    const maxRowLength = context.maxLineLength ?? defaultMaxLineLength;
    const filled: (Sheet & { rows: number; merged: MergedRange[] })[] = [];
    for (const sheet of sheets) {
      const counted = await countRows(workbook, sheet.part, path, maxRowLength);
      if (counted.rows > 0) filled.push({ ...sheet, ...counted });
    }
    if (filled.length === 0) throw new DataError("empty_file", { path });
    const sheet = filled.find(({ rows }) => rows > 1) ?? filled[0];
    const rows = () => sheetRows(workbook, sheet.part, path, values);
    const { header, row: headerRow, rowsAbove } = await findHeader(rows(), context.isHeader);
    const records = sheet.rows - rowsAbove - 1;
    if (records === 0) throw new DataError("header_only", { path, columns: header });
    const merged = mergedDown(path, sheet.merged, headerRow, header.length);
    const format = await writeRecords(copy, header, dataRows(path, rows(), headerRow, merged), {
      path,
      maxLength: maxRowLength,
    });
    return {
      format: "xlsx",
      header,
      records,
      skippedLines: headerRow - 1,
      unreadSheets: filled.filter(({ part }) => part !== sheet.part).map(({ name }) => name),
      load: () => load(context, copy, format),
    };
  } finally {
    workbook.close();
  }
}

async function load({ engine }: ReaderContext, copy: string, format: RecordsFormat): Promise<void> {
  await readRecords(engine, "raw", copy, format);
  await findMalformed(engine);
}

const sampleRows = 200;

async function findHeader(rows: AsyncIterable<SheetRow>, isHeader: ReaderContext["isHeader"]) {
  const sample: { row: number; fields: string[] }[] = [];
  for await (const { row, cells } of rows) {
    sample.push({ row, fields: fieldsOf(cells) });
    if (sample.length === sampleRows) break;
  }
  const at = headerPlace(sample, isHeader);
  const names = sample[at].fields.map((name) => name.trim());
  return { header: distinctNames(names), row: sample[at].row, rowsAbove: at };
}

function fieldsOf(cells: ReadonlyMap<number, SheetCell>): string[] {
  const width = Math.max(...cells.keys()) + 1;
  return Array.from({ length: width }, (_, column) => cells.get(column)?.text ?? "");
}

/** Merged ranges one column wide, by the column they stand in; throws DataError "merged_cells" for the others in the table. */
function mergedDown(path: string, merged: readonly MergedRange[], headerRow: number, width: number) {
  const inTable = merged.filter(({ rows, columns }) => rows[1] >= headerRow && columns[0] < width);
  const wide = inTable.find(({ rows, columns }) => rows[0] <= headerRow || columns[0] !== columns[1]);
  if (wide) throw new DataError("merged_cells", { path, range: wide.text });
  return new Map(inTable.map((range) => [`${range.columns[0]}:${range.rows[0]}`, range]));
}

async function* dataRows(
  path: string,
  rows: AsyncIterable<SheetRow>,
  headerRow: number,
  merged: ReadonlyMap<string, MergedRange>,
): AsyncGenerator<{ line: number; fields: string[] }> {
  const open = new Map<number, { last: number; cell: SheetCell }>();
  for await (const { row, cells } of rows) {
    if (row <= headerRow) continue;
    const complete = new Map(cells);
    for (const [column, { last, cell }] of open) {
      if (row > last) open.delete(column);
      else if (!complete.has(column)) complete.set(column, cell);
    }
    for (const [column, cell] of merged.size > 0 ? cells : []) {
      const range = merged.get(`${column}:${row}`);
      if (!range) continue;
      if (cell.isNumber) throw new DataError("merged_cells", { path, range: range.text });
      open.set(column, { last: range.rows[1], cell });
    }
    yield { line: row, fields: fieldsOf(complete) };
  }
}
