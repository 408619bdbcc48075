import { DataError } from "../../base/errors.ts";
import type { RecordScanner } from "./text.ts";

/** How JSON records stand in a file: one a line, as elements of one array, or one after the other over several lines. */
export type JsonLayout = "lines" | "array" | "objects";

/** The layout of a text that begins like JSON; undefined for any other. */
export function jsonLayout(sample: string): JsonLayout | undefined {
  const text = sample.trimStart();
  if (/^\[\s*(\{|\]|$)/.test(text)) return "array";
  if (!/^\{\s*("|\}|$)/.test(text)) return undefined;
  const [firstLine] = text.split(/[\r\n]/, 1);
  return isBalanced(firstLine) ? "lines" : "objects";
}

/** An object that is whole at the end of its line. */
function isBalanced(line: string): boolean {
  let depth = 0;
  for (const [token] of line.matchAll(/"(?:[^"\\]|\\.)*"?|[{}[\]]/g)) {
    if (token === "{" || token === "[") depth++;
    else if (token === "}" || token === "]") depth--;
  }
  return depth <= 0;
}

const [newline, carriageReturn, space, quoteMark, comma, backslash, endOfArray] = [10, 13, 32, 34, 44, 92, 93];
const isOpening = (code: number) => code === 91 || code === 123;
const isClosing = (code: number) => code === 93 || code === 125;

/**
 * Rewrites JSON records as `line<tab>record`, each on one line; where a record is not a line, its number stands for the line.
 * White space between tokens becomes a blank; a control character inside a string, which JSON forbids, becomes one that keeps
 * the record invalid. It counts and cuts; whether a record is JSON is the engine's to say.
 */
export class JsonRecords implements RecordScanner {
  readonly layout: JsonLayout;
  line = 1;
  records = 0;
  lineSum = 0;
  longest = 0;
  readonly #path: string;
  readonly #maxLength: number;
  #record = "";
  #firstLine = 1;
  #hasContent = false;
  #depth = 0;
  #inString = false;
  #escaped = false;
  #sawReturn = false;
  #array: "before" | "inside" | "after";

  constructor(path: string, layout: JsonLayout, maxLength: number) {
    this.#path = path;
    this.layout = layout;
    this.#maxLength = maxLength;
    this.#array = layout === "array" ? "before" : "inside";
  }

  scan(text: string): string {
    let written = "";
    let start = 0;
    const take = (end: number) => {
      this.#record += text.slice(start, end);
      start = end + 1;
    };
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code < space) {
        take(at);
        written += this.#control(code);
      } else if (this.layout === "lines") {
        this.#text(code);
      } else if (this.#isBetween(code)) {
        take(at);
        written += this.#separator(code);
      } else {
        this.#text(code);
        if (this.layout === "objects" && this.#depth === 0 && isClosing(code)) {
          take(at + 1);
          start = at + 1;
          written += this.#finish();
        }
      }
    }
    take(text.length);
    this.#refuseIfLong();
    return written;
  }

  end(): string {
    const isOpen = this.layout !== "lines" && (this.#depth > 0 || this.#inString || this.#array !== this.#lastState);
    if (isOpen) throw this.#damaged("the end inside a record");
    return this.#finish();
  }

  get #lastState() {
    return this.layout === "array" ? "after" : "inside";
  }

  /** A line break or another control character. */
  #control(code: number): string {
    const isBreak = code === newline ? !this.#sawReturn : code === carriageReturn;
    this.#sawReturn = code === carriageReturn;
    if (isBreak) this.line++;
    if (this.layout === "lines" && (code === newline || code === carriageReturn)) {
      this.#inString = this.#escaped = false;
      this.#depth = 0;
      return this.#finish();
    }
    this.#record += this.#inString ? "\u0001" : " ";
    return "";
  }

  #text(code: number): void {
    this.#sawReturn = false;
    if (code !== space && !this.#hasContent) {
      this.#hasContent = true;
      this.#firstLine = this.line;
    }
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (code === backslash) this.#escaped = true;
      else if (code === quoteMark) this.#inString = false;
    } else if (code === quoteMark) this.#inString = true;
    else if (isOpening(code)) this.#depth++;
    else if (isClosing(code) && --this.#depth < 0 && this.layout !== "lines") throw this.#damaged("a bracket too many");
  }

  #damaged(problem: string): DataError {
    return new DataError("damaged_file", { path: this.#path, problem: `JSON, line ${this.line}: ${problem}` });
  }

  /** The brackets and commas of the array itself. */
  #isBetween(code: number): boolean {
    if (this.layout !== "array" || this.#inString || this.#depth > 0) return false;
    return this.#array !== "inside" || code === comma || code === endOfArray;
  }

  #separator(code: number): string {
    this.#sawReturn = false;
    if (code === space) return "";
    if (this.#array === "before") this.#array = "inside";
    else if (this.#array === "inside") {
      if (code === endOfArray) this.#array = "after";
      return this.#finish();
    } else throw this.#damaged("text after the array");
    return "";
  }

  #finish(): string {
    const record = this.#record;
    this.#refuseIfLong();
    this.#record = "";
    if (!this.#hasContent) return "";
    this.#hasContent = false;
    this.records++;
    const line = this.layout === "lines" ? this.#firstLine : this.records;
    this.lineSum += line;
    this.longest = Math.max(this.longest, record.length);
    return `${line}\t${record}\n`;
  }

  #refuseIfLong(): void {
    if (this.#record.length > this.#maxLength)
      throw new DataError("line_too_long", { path: this.#path, line: this.#firstLine, limit: this.#maxLength });
  }
}
