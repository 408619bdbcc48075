import { DataError } from "../../base/errors.ts";
import { dateText, decodeEscapes, type SheetValues } from "./sheet-values.ts";
import { type Workbook, whole } from "./workbook.ts";
import { XmlReader } from "./xml.ts";

export interface MergedRange {
  readonly text: string;
  readonly rows: readonly [number, number];
  readonly columns: readonly [number, number];
}

export interface SheetCell {
  readonly text: string;
  /** A number that is no date: what must not be counted twice. */
  readonly isNumber: boolean;
}

export interface SheetRow {
  /** From 1. */
  readonly row: number;
  /** By column from 0; cells without a value are missing. */
  readonly cells: ReadonlyMap<number, SheetCell>;
}

/** Counts a sheet's rows that hold a value and lists its merged ranges, from the text alone: no cell is read here. */
export async function countRows(
  workbook: Workbook,
  part: string,
  path: string,
  maxRowLength: number,
): Promise<{ rows: number; merged: MergedRange[] }> {
  let [rest, rows] = ["", 0];
  for await (const piece of workbook.text(part)) {
    const ends = (rest + piece).split(/<\/(?:\w+:)?row>/);
    rest = ends.pop() as string;
    for (const row of ends) if (/<(?:\w+:)?[vtf](?:\s[^>]*)?>[^<]/.test(row)) rows++;
    if (rest.length > maxRowLength) throw new DataError("line_too_long", { path, line: rows + 1, limit: maxRowLength });
  }
  const found = [...rest.matchAll(/<(?:\w+:)?mergeCell\s[^>]*ref="([^"]+)"/g)].map(([, text]) => rangeOf(text));
  return { rows, merged: found };
}

function rangeOf(text: string): MergedRange {
  const [[row, column], [lastRow, lastColumn]] = [text, text.slice(text.indexOf(":") + 1)].map(placeOf);
  return { text, rows: [row, lastRow], columns: [column, lastColumn] };
}

/** Row from 1 and column from 0 of a reference such as AB12. */
function placeOf(reference: string): [number, number] {
  const [, letters = "", row = ""] = /^\$?([A-Z]{1,3})\$?(\d+)/.exec(reference) ?? [];
  const column = [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
  return [Number(row), column];
}

/** The rows of a sheet that hold a value, in the sheet's order. */
export async function* sheetRows(
  workbook: Workbook,
  part: string,
  path: string,
  values: SheetValues,
): AsyncGenerator<SheetRow> {
  let finished: SheetRow[] = [];
  const reader = new XmlReader(rowHandler(values, (row) => finished.push(row)));
  for await (const piece of workbook.text(part)) {
    await whole(path, async () => reader.push(piece));
    yield* finished;
    finished = [];
  }
  await whole(path, async () => reader.end());
}

function rowHandler(values: SheetValues, finish: (row: SheetRow) => void) {
  let row = 0;
  let column = -1;
  let cells = new Map<number, SheetCell>();
  let cell: { type: string; style: number; text: string; formula: string } | undefined;
  let element = "";
  let isPronunciation = false;
  return {
    open(name: string, { r, t = "n", s = "0" }: Readonly<Record<string, string>>) {
      if (name === "row") {
        row = next("row", row, r === undefined ? row + 1 : Number(r));
        column = -1;
        cells = new Map();
      } else if (name === "c") {
        column = next("column", column, r === undefined ? column + 1 : placeOf(r)[1]);
        cell = { type: t, style: Number(s), text: "", formula: "" };
      } else if (name === "rPh") isPronunciation = true;
      else if (name === "v" || name === "t" || name === "f") element = name;
    },
    text(piece: string) {
      if (!cell || element === "" || isPronunciation) return;
      if (element === "f") cell.formula += piece;
      else cell.text += piece;
    },
    close(name: string) {
      if (name === "row" && cells.size > 0) finish({ row, cells });
      else if (name === "rPh") isPronunciation = false;
      else if (name === "v" || name === "t" || name === "f") element = "";
      else if (name === "c" && cell) {
        if (cell.text !== "") cells.set(column, cellOf(cell, values));
        // Never calculated: shown as it stands, so that it is set aside and not taken for empty.
        else if (cell.formula !== "") cells.set(column, { text: `=${cell.formula}`, isNumber: true });
        cell = undefined;
      }
    },
  };
}

/** Rows and columns come in order; one that comes twice would hide a value. */
function next(what: string, before: number, place: number): number {
  if (!(place > before)) throw new SyntaxError(`${what} ${place} after ${what} ${before}`);
  return place;
}

function cellOf({ type, style, text }: { type: string; style: number; text: string }, values: SheetValues): SheetCell {
  if (type === "s") {
    const shared = values.strings[Number(text)];
    if (shared === undefined) throw new SyntaxError(`a cell refers to the shared text ${text}, which is not there`);
    return { text: shared, isNumber: false };
  }
  if (type === "b") return { text: text === "1" ? "true" : "false", isNumber: false };
  if (type === "d") return { text: text.replace("T", " "), isNumber: false };
  const number = Number(text);
  if (type !== "n" || Number.isNaN(number)) return { text: decodeEscapes(text), isNumber: false };
  const kind = values.styles[style] ?? "number";
  const date = kind === "number" ? undefined : dateText(number, kind, values.startsIn1904);
  // The file holds 17 digits; the shortest text of the same number is what was typed.
  return { text: date ?? decimalText(number, text), isNumber: date === undefined };
}

/** A number without an exponent where it is whole; integers beyond 2^53 stay as they stand. */
function decimalText(number: number, text: string): string {
  if (/^-?\d+$/.test(text)) return text;
  return Number.isInteger(number) ? BigInt(number).toString() : String(number);
}
