import { millisecondsPerDay } from "../../base/clock.ts";
import type { Workbook } from "./workbook.ts";

/** What the cells of a workbook refer to. */
export interface SheetValues {
  readonly strings: readonly string[];
  /** By style number: what a number in this style is. */
  readonly styles: readonly NumberKind[];
  readonly startsIn1904: boolean;
}

export type NumberKind = "number" | "date" | "timestamp" | "time";

export async function sheetValues(workbook: Workbook, startsIn1904: boolean): Promise<SheetValues> {
  return { strings: await sharedStrings(workbook), styles: await numberKinds(workbook), startsIn1904 };
}

/** Texts that cells share; runs of formatted text are joined, pronunciation is left out. */
async function sharedStrings(workbook: Workbook): Promise<string[]> {
  const strings: string[] = [];
  let text = "";
  let [isText, isPronunciation] = [false, false];
  await workbook.xml("xl/sharedStrings.xml", {
    open: (name) => {
      if (name === "si") text = "";
      else if (name === "t") isText = true;
      else if (name === "rPh") isPronunciation = true;
    },
    text: (piece) => {
      if (isText && !isPronunciation) text += piece;
    },
    close: (name) => {
      if (name === "si") strings.push(decodeEscapes(text));
      else if (name === "t") isText = false;
      else if (name === "rPh") isPronunciation = false;
    },
  });
  return strings;
}

/** Characters that XML cannot hold stand as _x000D_. */
export function decodeEscapes(text: string): string {
  return text.replaceAll(/_x([0-9A-F]{4})_/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** Number formats that every workbook has (ECMA-376 part 1, 18.8.30, with the East Asian ones): dates, dates with time, times. */
const builtIn: readonly (readonly [number, number, NumberKind])[] = [
  [14, 17, "date"],
  [18, 21, "time"],
  [22, 22, "timestamp"],
  [27, 31, "date"],
  [32, 35, "time"],
  [36, 36, "date"],
  [45, 47, "time"],
  [50, 54, "date"],
  [55, 56, "time"],
  [57, 58, "date"],
];

async function numberKinds(workbook: Workbook): Promise<NumberKind[]> {
  const custom = new Map<number, NumberKind>();
  const kinds: NumberKind[] = [];
  let isCellStyle = false;
  await workbook.xml("xl/styles.xml", {
    open: (name, { numFmtId, formatCode }) => {
      if (name === "numFmt") custom.set(Number(numFmtId), kindOfFormat(formatCode));
      else if (name === "cellXfs") isCellStyle = true;
      else if (name === "xf" && isCellStyle)
        kinds.push(custom.get(Number(numFmtId)) ?? kindOfBuiltIn(Number(numFmtId)));
    },
    close: (name) => {
      if (name === "cellXfs") isCellStyle = false;
    },
  });
  return kinds;
}

const kindOfBuiltIn = (id: number): NumberKind =>
  builtIn.find(([first, last]) => id >= first && id <= last)?.[2] ?? "number";

/** The kind of a format code, by the letters outside quotes, escapes and brackets; `[h]` is a time that runs on. */
function kindOfFormat(code = ""): NumberKind {
  const [positive] = code.replaceAll(/"[^"]*"|\\.|_.|\*./g, "").split(";", 1);
  const plain = positive.replaceAll(/am\/pm|a\/p|上午\/下午/gi, "");
  const letters = plain.replaceAll(/\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, "").toLowerCase();
  if (/general/.test(letters)) return "number";
  const hasDate = /[yd年月日]|m{3}/.test(letters) || /m/.test(letters.replaceAll(/h+[^a-z]*m+|m+[^a-z]*s+/g, ""));
  const hasTime = /[hs时]/.test(letters);
  if (hasDate) return hasTime ? "timestamp" : "date";
  return hasTime ? "time" : "number";
}

const lastDay = 2_958_465;

/** A serial number of days as ISO text; a date that shows no time but has one keeps it. */
export function dateText(serial: number, kind: NumberKind, startsIn1904: boolean): string | undefined {
  // The calendar of 1900 has a 29 February that never was: before it, days count from the next day.
  const days = startsIn1904 ? serial + 1462 : serial < 60 ? serial + 1 : serial;
  if (serial < 0 || days > lastDay + 1) return undefined;
  const time = new Date(Math.round((days - 25_569) * millisecondsPerDay)).toISOString().replace(/\.000Z$|Z$/, "");
  const [date, clock] = time.split("T");
  if (kind === "time" && serial < 1) return clock;
  return kind === "date" && clock === "00:00:00" ? date : `${date} ${clock}`;
}
