import { DataError } from "../../base/errors.ts";
import type { DelimitedLayout } from "./delimited-layout.ts";
import type { RecordScanner } from "./text.ts";

const [newline, carriageReturn, quoteMark] = [10, 13, 34];

/** Where in a record the scan is: a quote means something only at a field's start and inside a quoted field. */
type Place = "field start" | "unquoted" | "quoted" | "quote in quoted";

/**
 * Rewrites the records of a delimited text as `line<delimiter>record`, without header and titles, each ending in "\n"; line breaks inside
 * quotes stay as they are, blank lines are left out. It counts and cuts; what is in a record is the engine's to read.
 */
export class DelimitedRecords implements RecordScanner {
  readonly layout: DelimitedLayout;
  line = 1;
  records = 0;
  lineSum = 0;
  longest = 0;
  readonly #path: string;
  readonly #delimiter: number;
  readonly #maxLength: number;
  #record = "";
  #firstLine = 1;
  #quoteLine = 0;
  #place: Place = "field start";
  #sawReturn = false;
  #isPastHeader = false;

  constructor(path: string, layout: DelimitedLayout, maxLength: number) {
    this.#path = path;
    this.layout = layout;
    this.#delimiter = layout.delimiter.charCodeAt(0);
    this.#maxLength = maxLength;
  }

  scan(text: string): string {
    let written = "";
    let start = 0;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (this.#sawReturn) {
        this.#sawReturn = false;
        if (code === newline) {
          if (this.#place !== "quoted") start = at + 1;
          continue;
        }
      }
      if (code === newline || code === carriageReturn) {
        this.line++;
        this.#sawReturn = code === carriageReturn;
        if (this.#place === "quoted") continue;
        this.#record += text.slice(start, at);
        start = at + 1;
        written += this.#finish();
      } else this.#step(code);
    }
    this.#record += text.slice(start);
    this.#refuseIfLong();
    return written;
  }

  end(): string {
    if (this.#place === "quoted") throw new DataError("unclosed_quote", { path: this.#path, line: this.#quoteLine });
    return this.#finish();
  }

  #step(code: number): void {
    const inside = this.#place === "quoted";
    if (code === quoteMark) {
      if (inside) this.#place = "quote in quoted";
      else if (this.#place === "quote in quoted") this.#place = "quoted";
      else if (this.#place === "field start") {
        this.#place = "quoted";
        this.#quoteLine = this.line;
      }
    } else if (inside) return;
    else this.#place = code === this.#delimiter ? "field start" : "unquoted";
  }

  #finish(): string {
    this.#refuseIfLong();
    const record = this.#record;
    const line = this.#firstLine;
    this.#record = "";
    this.#place = "field start";
    this.#firstLine = this.line;
    if (record === "" || line <= this.layout.skippedLines) return "";
    if (!this.#isPastHeader) {
      this.#isPastHeader = true;
      return "";
    }
    this.records++;
    this.lineSum += line;
    this.longest = Math.max(this.longest, record.length);
    return `${line}${this.layout.delimiter}${record}\n`;
  }

  #refuseIfLong(): void {
    if (this.#record.length <= this.#maxLength) return;
    if (this.#place === "quoted") throw new DataError("unclosed_quote", { path: this.#path, line: this.#quoteLine });
    throw new DataError("line_too_long", { path: this.#path, line: this.#firstLine, limit: this.#maxLength });
  }
}
