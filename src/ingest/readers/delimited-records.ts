import { DataError } from "../../base/errors.ts";
import type { DelimitedLayout } from "./delimited-layout.ts";
import type { RecordScanner } from "./text.ts";

const [carriageReturn, quoteMark] = [13, 34];

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
    const marks = /["\r\n]/g;
    for (let at = 0; at < text.length; at = marks.lastIndex) {
      marks.lastIndex = at;
      const mark = marks.exec(text);
      const end = mark?.index ?? text.length;
      if (end > at) this.#pass(text.charCodeAt(end - 1));
      if (!mark) break;
      const code = text.charCodeAt(end);
      if (code === quoteMark) this.#quote();
      else if (this.#breakLine(code) && this.#place !== "quoted") {
        this.#record += text.slice(start, end);
        written += this.#finish();
        start = end + 1;
      } else if (this.#place !== "quoted") start = end + 1; // the LF of a CR LF
    }
    this.#record += text.slice(start);
    this.#refuseIfLong();
    return written;
  }

  end(): string {
    if (this.#place === "quoted") throw new DataError("unclosed_quote", { path: this.#path, line: this.#quoteLine });
    return this.#finish();
  }

  /** Text without quotes and line breaks, by its last character. */
  #pass(last: number): void {
    this.#sawReturn = false;
    if (this.#place !== "quoted") this.#place = last === this.#delimiter ? "field start" : "unquoted";
  }

  #quote(): void {
    this.#sawReturn = false;
    if (this.#place === "quoted") this.#place = "quote in quoted";
    else if (this.#place === "quote in quoted") this.#place = "quoted";
    else if (this.#place === "field start") {
      this.#place = "quoted";
      this.#quoteLine = this.line;
    }
  }

  /** Counts a line break; CR LF is one. */
  #breakLine(code: number): boolean {
    const isNew = code === carriageReturn || !this.#sawReturn;
    this.#sawReturn = code === carriageReturn;
    if (isNew) this.line++;
    return isNew;
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
