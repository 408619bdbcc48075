import { TextDecoder } from "node:util";
import { crc32 } from "node:zlib";
import { type Entry, openPromise, type ZipFile } from "yauzl";
import { DataError, LongrunError } from "../../base/errors.ts";
import { type XmlHandler, XmlReader } from "./xml.ts";

export interface Sheet {
  readonly name: string;
  /** Name of its part in the archive. */
  readonly part: string;
}

/** An .xlsx file: a ZIP archive of XML parts. Whatever is wrong with it is a DataError. */
export class Workbook {
  readonly #path: string;
  readonly #archive: ZipFile;
  readonly #parts: ReadonlyMap<string, Entry>;

  private constructor(path: string, archive: ZipFile, parts: ReadonlyMap<string, Entry>) {
    this.#path = path;
    this.#archive = archive;
    this.#parts = parts;
  }

  /** Throws DataError "damaged_file". */
  static async open(path: string): Promise<Workbook> {
    return whole(path, async () => {
      const archive = await openPromise(path, { autoClose: false });
      const parts = new Map<string, Entry>();
      for await (const entry of archive.eachEntry()) parts.set(entry.fileName, entry);
      return new Workbook(path, archive, parts);
    });
  }

  close(): void {
    this.#archive.close();
  }

  /** The sheets that are not hidden, in the workbook's order. Throws DataError "not_a_workbook". */
  async sheets(): Promise<{ sheets: Sheet[]; startsIn1904: boolean }> {
    if (!this.#parts.has("xl/workbook.xml")) throw new DataError("not_a_workbook", { path: this.#path });
    const targets = new Map<string, string>();
    await this.xml("xl/_rels/workbook.xml.rels", {
      open: (name, { Id, Target }) => void (name === "Relationship" && targets.set(Id, partName(Target))),
    });
    const sheets: Sheet[] = [];
    let startsIn1904 = false;
    await this.xml("xl/workbook.xml", {
      open: (element, { name, state = "visible", id, date1904 }) => {
        if (element === "workbookPr") startsIn1904 = date1904 === "1" || date1904 === "true";
        const part = targets.get(id);
        if (element === "sheet" && state === "visible" && part !== undefined && this.#parts.has(part))
          sheets.push({ name, part });
      },
    });
    return { sheets: sheets.filter(({ part }) => part.includes("worksheets/")), startsIn1904 };
  }

  /** Reads a part's XML; a part that is not there is empty. */
  async xml(part: string, handler: XmlHandler): Promise<void> {
    if (!this.#parts.has(part)) return;
    const reader = new XmlReader(handler);
    for await (const piece of this.text(part)) await whole(this.#path, async () => reader.push(piece));
    await whole(this.#path, async () => reader.end());
  }

  /** A part's text in pieces, checked against its checksum. */
  async *text(part: string): AsyncGenerator<string> {
    const entry = this.#parts.get(part) as Entry;
    const decoder = new TextDecoder("utf-8", { fatal: true });
    let checksum = 0;
    const stream = await whole(this.#path, () => this.#archive.openReadStreamPromise(entry));
    const pieces = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    try {
      for (;;) {
        const piece = await whole(this.#path, async () => {
          const { value, done } = await pieces.next();
          if (done) return undefined;
          checksum = crc32(value, checksum);
          return decoder.decode(value, { stream: true });
        });
        if (piece === undefined) break;
        yield piece;
      }
    } finally {
      stream.destroy();
    }
    if (checksum !== entry.crc32)
      throw new DataError("damaged_file", { path: this.#path, problem: `${part}: wrong checksum` });
  }
}

/** Runs work on an archive; what it cannot read is the archive's fault. */
export async function whole<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof LongrunError) throw cause;
    throw new DataError("damaged_file", { path, problem: (cause as Error).message }, { cause });
  }
}

function partName(target: string): string {
  return target.startsWith("/") ? target.slice(1) : `xl/${target}`;
}
