import { closeSync, createReadStream, createWriteStream, existsSync, openSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { TextDecoder } from "node:util";
import { createGunzip } from "node:zlib";
import { DataError, InputError } from "../base/errors.ts";

/** A delimited file as plain UTF-8, with what was found out about it on the way. */
export interface SourceFile {
  /** The UTF-8 copy that the engine reads. */
  readonly path: string;
  readonly encoding: "utf-8" | "utf-16le" | "gb18030";
  readonly delimiter: string;
  readonly header: readonly string[];
  /** Records without the header, counted independently of the parser; line breaks inside quotes do not count. */
  readonly lines: number;
}

const sampleBytes = 65_536;

/**
 * Copies a source as UTF-8 into `directory`, decompressed, counting its records on the way. Throws for what cannot be read:
 * missing_file, empty_file, header_only, binary_file, bad_encoding, unclosed_quote.
 */
export async function openSource(
  path: string,
  directory: string,
  name: string,
  signal?: AbortSignal,
): Promise<SourceFile> {
  if (!existsSync(path)) throw new InputError("missing_file", { path });
  if (statSync(path).isDirectory()) throw new InputError("not_a_file", { path });
  if (statSync(path).size === 0) throw new DataError("empty_file", { path });
  const start = firstBytes(path, 4);
  const compressed = start[0] === 0x1f && start[1] === 0x8b;
  if (!compressed && ["PK\u0003\u0004", "PAR1"].includes(start.toString("latin1")))
    throw new DataError("binary_file", { path, offset: 0 });
  const encodings = start[0] === 0xff && start[1] === 0xfe ? (["utf-16le"] as const) : (["utf-8", "gb18030"] as const);
  let failure: unknown;
  for (const encoding of encodings) {
    const copy = join(directory, `${name}.csv`);
    const counter = new RecordCounter(path, encoding);
    try {
      const steps = compressed ? [createReadStream(path), createGunzip(), counter] : [createReadStream(path), counter];
      await pipeline([...steps, createWriteStream(copy)] as never, { signal });
      return finished(path, copy, encoding, counter);
    } catch (error) {
      if (!(error instanceof DataError) || error.code !== "bad_encoding") throw readable(path, error);
      failure ??= error;
    }
  }
  throw failure;
}

function readable(path: string, error: unknown): unknown {
  if (error instanceof DataError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? "";
  return code.startsWith("Z_") ? new DataError("binary_file", { path, offset: 0 }, { cause: error }) : error;
}

function finished(path: string, copy: string, encoding: SourceFile["encoding"], counter: RecordCounter): SourceFile {
  if (counter.openQuoteLine > 0) throw new DataError("unclosed_quote", { path, line: counter.openQuoteLine });
  const firstLine = firstBytes(copy, sampleBytes).toString("utf8").split(/\r?\n/, 1)[0];
  const delimiter = likeliestDelimiter(firstLine);
  const header = splitRecord(firstLine, delimiter);
  if (firstLine.trim() === "") throw new DataError("empty_file", { path });
  if (counter.records <= 1) throw new DataError("header_only", { path, columns: header });
  return { path: copy, encoding, delimiter, header, lines: counter.records - 1 };
}

function firstBytes(path: string, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  const file = openSync(path, "r");
  const read = readSync(file, buffer, 0, length, 0);
  closeSync(file);
  return buffer.subarray(0, read);
}

function likeliestDelimiter(line: string): string {
  const counts = [",", ";", "\t", "|"].map((delimiter) => ({ delimiter, count: splitRecord(line, delimiter).length }));
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).delimiter;
}

function splitRecord(line: string, delimiter: string): string[] {
  const fields: string[] = [];
  let field = "";
  let quoted = false;
  for (const character of line) {
    if (character === '"') quoted = !quoted;
    else if (character === delimiter && !quoted) {
      fields.push(field);
      field = "";
    } else field += character;
  }
  return [...fields, field].map((name) => name.trim());
}

/** Passes bytes on as UTF-8 without a byte order mark, counting records and watching for what is not text. */
class RecordCounter extends Transform {
  records = 0;
  openQuoteLine = 0;
  readonly #path: string;
  readonly #decoder: TextDecoder;
  readonly #wide: boolean;
  #offset = 0;
  #line = 1;
  #quoted = false;
  #lineHasText = false;

  constructor(path: string, encoding: SourceFile["encoding"]) {
    super();
    this.#path = path;
    this.#wide = encoding === "utf-16le";
    this.#decoder = new TextDecoder(encoding, { fatal: true });
  }

  override _transform(chunk: Buffer, _: BufferEncoding, done: (error?: Error | null, data?: string) => void): void {
    const zero = this.#wide ? -1 : chunk.indexOf(0);
    if (zero >= 0) {
      done(new DataError("binary_file", { path: this.#path, offset: this.#offset + zero }));
      return;
    }
    this.#decode(chunk, true, done);
    this.#offset += chunk.length;
  }

  override _flush(done: (error?: Error | null, data?: string) => void): void {
    this.#decode(new Uint8Array(0), false, (error, text) => {
      if (this.#lineHasText) this.records++;
      done(error, text);
    });
  }

  #decode(chunk: Uint8Array, stream: boolean, done: (error?: Error | null, data?: string) => void): void {
    try {
      const text = this.#decoder.decode(chunk, { stream });
      this.#count(text);
      done(null, text);
    } catch (cause) {
      done(new DataError("bad_encoding", { path: this.#path, offset: this.#offset, line: this.#line }, { cause }));
    }
  }

  #count(text: string): void {
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === 34) {
        this.#quoted = !this.#quoted;
        this.openQuoteLine = this.#quoted ? this.#line : 0;
        this.#lineHasText = true;
      } else if (code === 10) {
        this.#line++;
        if (!this.#quoted && this.#lineHasText) {
          this.records++;
          this.#lineHasText = false;
        }
      } else if (code !== 13) this.#lineHasText = true;
    }
  }
}
